"""The risk lexicon: patterns of disclosure that also work when the language model is away.

It is deliberately plain: regular expressions over the folded text, one file a language, and a short list of what
takes the weight from a match (a denial, a question about the law, a film). A language is only looked at where its
script occurs; what is harmless in one language takes no weight from a match in another.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.understanding.cleaning import fold_letters, folded
from bot.understanding.model import NO_RISK, Risk, RiskLevel
from bot.yaml_file import read_model

FOLDER = Path(__file__).parent / "lexicon"
_SENTENCE = re.compile(
    r"[.!?;\u061f\u06d4\u061b\u0964\u0965\u3002\uff01\uff1f\u104a\u104b\u17d4\u17d5\u1361\u1362\u1367]+|,\s+(?=tapi|but|pero|cuma)"
)
_SCRIPTS = {
    "latin": "a-z",
    "arabic": "\u0600-\u06ff",
    "bengali": "\u0980-\u09ff",
    "tamil": "\u0b80-\u0bff",
    "thai": "\u0e00-\u0e7f",
    "burmese": "\u1000-\u109f",
    "ethiopic": "\u1200-\u137f",
    "khmer": "\u1780-\u17ff",
    "han": "\u4e00-\u9fff",
}
_LETTERS = {name: re.compile(f"[{letters}]") for name, letters in _SCRIPTS.items()}


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    pattern: str
    level: str
    kinds: tuple[str, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    language: str
    script: str = "latin"
    spaced: bool = True
    """Whether the script has spaces between words; where it has, a pattern begins at the beginning of a word."""
    other: tuple[str, ...]
    """Patterns that say the message is about somebody else."""
    harmless: tuple[str, ...]
    """Patterns that take the weight from every match of the same sentence."""
    entries: tuple[_Entry, ...]


@dataclass(frozen=True)
class _Pattern:
    regex: re.Pattern[str]
    level: RiskLevel
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class _Words:
    """The patterns of one language."""

    script: re.Pattern[str]
    patterns: tuple[_Pattern, ...]
    harmless: re.Pattern[str]
    other: re.Pattern[str]

    def read(self, sentence: str) -> Risk:
        """Return what the patterns find in one folded sentence."""
        if not self.script.search(sentence) or self.harmless.search(sentence):
            return NO_RISK
        # A comma parts words that belong together as often as not: "I can't talk, he is here".
        words = " ".join(sentence.replace(",", " ").replace("\u060c", " ").split())
        hits = [pattern for pattern in self.patterns if pattern.regex.search(words)]
        if not hits:
            return NO_RISK
        level = max(hit.level for hit in hits)
        kinds = tuple(dict.fromkeys(kind for hit in hits for kind in hit.kinds))
        return Risk(level, kinds, "other" if self.other.search(sentence) else "self")


@dataclass(frozen=True)
class Lexicon:
    """The patterns of every language."""

    languages: Mapping[str, _Words]

    def read(self, text: str, *, likely: Collection[str] | None = None) -> Risk:
        """Return what the patterns find in `text`; each sentence is read on its own, the gravest counts.

        Args:
            text: As the person wrote it, or as `bot.understanding.spelling` does.
            likely: The languages to look at; None looks at all.
        """
        found = NO_RISK
        wanted = [
            words for code, words in self.languages.items() if likely is None or code in likely
        ]
        for sentence in split_sentences(text):
            for words in wanted:
                found = found.joined(words.read(sentence))
        return found


def split_sentences(text: str) -> Iterator[str]:
    """Yield the folded sentences of the whole, and of each line: people break lines in and between sentences."""
    lines = text.splitlines()
    for part in (text, *lines) if len(lines) > 1 else (text,):
        for sentence in _SENTENCE.split(folded(part)):
            if sentence.strip():
                yield sentence


def load_lexicon(folder: Path = FOLDER) -> Lexicon:
    """Read every language's file.

    Raises:
        ContentError: A file cannot be read.
    """
    files = [
        read_model(_File, path, f"lexicon/{path.name}") for path in sorted(folder.glob("*.yml"))
    ]
    return Lexicon({file.language: _words_of(file) for file in files})


def _words_of(file: _File) -> _Words:
    return _Words(
        _LETTERS[file.script],
        tuple(
            _Pattern(_compiled(entry.pattern, file), RiskLevel.of(entry.level), entry.kinds)
            for entry in file.entries
        ),
        harmless=_any_of(file.harmless, file),
        other=_any_of(file.other, file),
    )


def _compiled(pattern: str, file: _File) -> re.Pattern[str]:
    start = r"(?<!\w)" if file.spaced else ""
    return re.compile(rf"{start}(?:{fold_letters(pattern)})", re.VERBOSE if "\n" in pattern else 0)


def _any_of(patterns: Sequence[str], file: _File) -> re.Pattern[str]:
    if not patterns:
        return re.compile(r"(?!)")
    return _compiled("|".join(f"(?:{pattern})" for pattern in patterns), file)

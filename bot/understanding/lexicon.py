"""The risk lexicon: patterns of disclosure that also work when the language model is away.

It is deliberately plain: regular expressions over the folded text, one file a language, and a short list of what
takes the weight from a match (a denial, a question about the law, a film).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.understanding.cleaning import folded
from bot.understanding.model import NO_RISK, Risk, RiskLevel
from bot.yaml_file import read_model

FOLDER = Path(__file__).parent / "lexicon"
_SENTENCE = re.compile(r"[.!?;]+|,\s+(?=tapi|but)")


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    pattern: str
    level: str
    kinds: tuple[str, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    language: str
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
class Lexicon:
    """The patterns of every language."""

    patterns: tuple[_Pattern, ...]
    harmless: re.Pattern[str]
    other: re.Pattern[str]

    def read(self, text: str) -> Risk:
        """Return what the patterns find in `text`; each sentence is read on its own, the gravest counts."""
        found = NO_RISK
        for sentence in _sentences(text):
            if not self.harmless.search(sentence):
                found = found.joined(self._read_sentence(sentence))
        return found

    def _read_sentence(self, sentence: str) -> Risk:
        # A comma parts words that belong together as often as not: "I can't talk, he is here".
        words = " ".join(sentence.replace(",", " ").split())
        hits = [pattern for pattern in self.patterns if pattern.regex.search(words)]
        if not hits:
            return NO_RISK
        level = max(hit.level for hit in hits)
        kinds = tuple(dict.fromkeys(kind for hit in hits for kind in hit.kinds))
        subject = "other" if self.other.search(sentence) else "self"
        return Risk(level, kinds, subject)


def _sentences(text: str) -> Iterator[str]:
    """Yield the sentences of the whole, and of each line: people break lines in and between sentences."""
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
    return Lexicon(
        patterns=tuple(
            _Pattern(_compiled(entry.pattern), RiskLevel.of(entry.level), entry.kinds)
            for file in files
            for entry in file.entries
        ),
        harmless=_any_of(pattern for file in files for pattern in file.harmless),
        other=_any_of(pattern for file in files for pattern in file.other),
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})", re.VERBOSE if "\n" in pattern else 0)


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    joined: Sequence[str] = [f"(?:{pattern})" for pattern in patterns]
    return re.compile(rf"(?<!\w)(?:{'|'.join(joined)})")

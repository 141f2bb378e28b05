"""The signs that a job offer may show, and how they are found in a pasted text.

Deliberately plain, like the lexicon: regular expressions over the folded text, clause by clause. A sign is found or it is
not; nothing is weighed or summed up, and no text is judged as a whole.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from bot.content.parts import TRANSLATED, Id, Strict
from bot.understanding.cleaning import fold_letters
from bot.understanding.spelling import spell
from bot.yaml_file import read_model

_CLAUSE = re.compile(r"[\n;|()\u2022]+|[.!?]+(?=\s|$)|,(?!\d)")
"""Where a clause ends; a dot or a comma inside a number ends none."""
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
"""Letters only: unlike `cleaning.folded`, which would make 15.000 of 15.0."""
_NOTHING = re.compile(r"(?!)")


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as exc:
        raise ValueError(f"no regular expression: {exc}") from None
    return pattern


Patterns = dict[str, tuple[Annotated[str, AfterValidator(_compiles)], ...]]
"""Regular expressions over folded text, by the language they are written for; each matches whole words."""


class Sign(Strict):
    """One thing in an offer that is worth a second look, or, where it is `good`, that speaks for it."""

    id: Id
    good: bool = False
    title: Annotated[str, StringConstraints(min_length=1, max_length=60), TRANSLATED]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=260), TRANSLATED]
    """Why it is worth a look; for a good sign, how to check that it is so."""
    question: Annotated[str, StringConstraints(min_length=1, max_length=140), TRANSLATED]
    """What to ask whoever makes the offer."""
    sources: tuple[str, ...] = Field(min_length=1)
    patterns: Patterns
    unless: Patterns = Field(default_factory=dict)
    """Phrases that are taken out of the text before the patterns look at it."""
    together: Patterns = Field(default_factory=dict)
    """Where given, one of these must stand anywhere in the text as well."""
    negated: bool = True
    """Whether a negation right before a match takes it away."""


class SignsFile(Strict):
    """`flows/offer/signs.yml`: the most important sign first."""

    negations: Patterns
    """What takes a match away when it stands right before it: "no", "we never ask for"."""
    signs: tuple[Sign, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Finding:
    """A sign that a text shows, and the words that show it."""

    sign: str
    words: str = field(repr=False)


@dataclass(frozen=True)
class _Looking:
    """One sign's patterns, ready to look."""

    patterns: re.Pattern[str]
    unless: re.Pattern[str]
    together: re.Pattern[str] | None
    negation: re.Pattern[str]

    def look(self, clauses: Iterable[str]) -> str | None:
        """Return the first words that show the sign."""
        for clause in clauses:
            # Not a word and not a space, so that no pattern reaches across what was taken out.
            rest = self.unless.sub("\x1f", clause)
            for match in self.patterns.finditer(rest):
                if not self.negation.search(rest[: match.start()]):
                    return match[0]
        return None


@dataclass(frozen=True)
class OfferSigns:
    """All signs, by id and in the order of their importance."""

    signs: Mapping[str, Sign]
    _looking: Mapping[str, _Looking] = field(repr=False)

    def read(self, text: str) -> tuple[Finding, ...]:
        """Return the signs that `text` shows, each once, the most important first.

        Args:
            text: As the person pasted it, in any language; all patterns are tried, since offers mix languages.
        """
        clauses = tuple(_clauses(text))
        found = []
        for name, looking in self._looking.items():
            if looking.together and not any(map(looking.together.search, clauses)):
                continue
            words = looking.look(clauses)
            if words is not None:
                found.append(Finding(name, words))
        return tuple(found)


def load_signs(path: Path, shown_as: str) -> OfferSigns:
    """Read the signs.

    Raises:
        ContentError: The file is missing or wrong; says the line.
    """
    file = read_model(SignsFile, path, shown_as)
    negation = re.compile(rf"(?<!\w)(?:{'|'.join(_all(file.negations))})\W*$")
    looking = {
        sign.id: _Looking(
            _whole_words(sign.patterns),
            _whole_words(sign.unless),
            _whole_words(sign.together) if sign.together else None,
            negation if sign.negated else _NOTHING,
        )
        for sign in file.signs
    }
    return OfferSigns({sign.id: sign for sign in file.signs}, looking)


def _clauses(text: str) -> Iterator[str]:
    """Yield the clauses of a text, folded: lower case, plain letters, no letter stretched."""
    for clause in _CLAUSE.split(text):
        folded = fold_letters(_STRETCHED.sub(r"\1", spell(clause).casefold()))
        if folded:
            yield folded


def _all(patterns: Patterns) -> Iterator[str]:
    for listed in patterns.values():
        for pattern in listed:
            yield f"(?:{fold_letters(pattern)})"


def _whole_words(patterns: Patterns) -> re.Pattern[str]:
    listed = "|".join(_all(patterns))
    return re.compile(rf"(?<!\w)(?:{listed})(?!\w)") if listed else _NOTHING

"""The people of the practice room, and how what a trainee writes is heard.

Everybody here is made up. Their words stand in the files in English and in Indonesian and are no part of the catalogues:
they are a person's own words, not Suar's.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from bot.content.offer import Patterns
from bot.content.parts import MAX_MESSAGE_CHARS, Id, Strict
from bot.errors import ContentError
from bot.mend import did_you_mean
from bot.understanding.cleaning import fold_letters, folded
from bot.yaml_file import check_model, read_model, read_part

Language = Literal["en", "id"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Sign = Literal[
    "why",
    "blames",
    "refers",
    "orders",
    "intrusive",
    "promises",
    "labels",
    "asks_safety",
    "asks_consent",
    "respects",
    "gives_number",
    "names_help",
    "says_limits",
    "agrees_next",
    "believes",
    "asks_pace",
    "asks_wish",
    "says_who",
]
"""What can be heard in a line of a trainee, found by the patterns of `reading.yml`; of these the first seven hurt."""
SIGNS: tuple[Sign, ...] = get_args(Sign)
Criterion = Literal[
    "safety",
    "who",
    "believing",
    "own_words",
    "one_question",
    "no_why",
    "their_choice",
    "only_needed",
    "no_promises",
    "limits",
    "consent",
    "respect",
    "numbers",
    "next_step",
]
"""What the rubric looks at, in its order; the words for each stand in the desk's templates."""
CRITERIA: tuple[Criterion, ...] = get_args(Criterion)
Line = Annotated[str, StringConstraints(min_length=1, max_length=MAX_MESSAGE_CHARS)]


class Both(Strict):
    """The same in both languages."""

    en: Line
    id: Line

    def in_(self, language: str) -> str:
        """Return the words in one of them; English for any other language."""
        return self.id if language == "id" else self.en


Lines = Annotated[tuple[Both, ...], Field(min_length=1)]


class Fact(Strict):
    """Something that somebody tells once they trust enough, or are asked for it and trust nearly enough."""

    id: Id
    needs: int = Field(ge=0, le=10)
    asked: Patterns = Field(default_factory=dict)
    text: Both


class Agreement(Strict):
    """What somebody says when they are asked whether their words may be passed on."""

    needs: int = Field(ge=0, le=10)
    agrees: Both
    not_yet: Both
    changes_mind: Both | None = None
    """Said some lines after the yes; the yes has ended with it."""


class Persona(Strict):
    """Somebody to practise with."""

    persona: Id
    title: Both
    about: Both
    """What the trainee knows before the talk, as the queue would show it."""
    trust: int = Field(default=2, ge=1, le=10)
    opening: Lines
    facts: tuple[Fact, ...] = Field(min_length=2)
    reactions: dict[Sign, Lines] = Field(default_factory=dict)
    """Their own answers to what is heard; what is missing here stands in `shared.yml`."""
    agreement: Agreement
    quiet: Lines
    """Said when there is nothing else to say, in turn."""
    leaves: Both
    not_for: tuple[Criterion, ...] = ()
    """What the rubric leaves out, because it does not come up."""


class Shared(Strict):
    """`shared.yml`: how anybody reacts who has no words of their own for it."""

    reactions: dict[Sign, Lines]


class Reading(Strict):
    """`reading.yml`: how signs are found, and what to read about each criterion."""

    signs: dict[Sign, Patterns]
    common: dict[str, tuple[str, ...]]
    """Words that are everybody's, by language."""
    read: dict[Criterion, tuple[Id, ...]]
    """Ids of `sources.yml`."""


@dataclass(frozen=True)
class Practice:
    """The whole practice room."""

    personas: Mapping[str, Persona] = field(default_factory=dict)
    shared: Mapping[Sign, tuple[Both, ...]] = field(default_factory=dict, repr=False)
    read: Mapping[Criterion, tuple[str, ...]] = field(default_factory=dict, repr=False)
    common: frozenset[str] = field(default=frozenset(), repr=False)
    """Words that show no listening when they are taken up."""
    _signs: Mapping[Sign, re.Pattern[str]] = field(default_factory=dict, repr=False)
    _asked: Mapping[tuple[str, str], re.Pattern[str]] = field(default_factory=dict, repr=False)

    def signs_in(self, line: str) -> frozenset[Sign]:
        """Return what is heard in a line, in whichever of the languages it is written."""
        words = folded(line)
        return frozenset(sign for sign, pattern in self._signs.items() if pattern.search(words))

    def asks_for(self, persona: Persona, fact: Fact, line: str) -> bool:
        """Tell whether a line asks for what a fact tells."""
        pattern = self._asked.get((persona.persona, fact.id))
        return pattern is not None and pattern.search(folded(line)) is not None


def load_practice(folder: Path, shown_as: str, sources: Collection[str]) -> Practice:
    """Read the practice room; one without a folder is empty.

    Args:
        folder: `flows/practice`.
        shown_as: How messages name it.
        sources: The ids of all known sources.

    Raises:
        ContentError: A file is wrong, a sign has no patterns or nobody reacts to it, or a source is not known.
    """
    if not folder.exists():
        return Practice()
    name = f"{shown_as}/reading.yml"
    reading = check_model(
        Reading, read_part(folder / "reading.yml", name, "reading"), folder / "reading.yml", name,
        inside=("reading",),
    )  # fmt: skip
    shared = read_model(Shared, folder / "shared.yml", f"{shown_as}/shared.yml")
    _check_all(SIGNS, reading.signs, "sign", name)
    _check_all(SIGNS, shared.reactions, "sign", f"{shown_as}/shared.yml")
    _check_all(CRITERIA, reading.read, "criterion", name)
    for source in (each for ids in reading.read.values() for each in ids):
        if source not in sources:
            mend = f"add it, or correct the name{did_you_mean(source, sources)}"
            raise ContentError(f"no source {source!r}", file=name, key="read", mend=mend)
    personas = {each.persona: each for each in _personas(folder, shown_as)}
    return Practice(
        personas,
        shared.reactions,
        reading.read,
        frozenset(word for listed in reading.common.values() for word in listed),
        {sign: _any_of(patterns) for sign, patterns in reading.signs.items()},
        {
            (each.persona, fact.id): _any_of(fact.asked)
            for each in personas.values()
            for fact in each.facts
            if fact.asked
        },
    )


def _personas(folder: Path, shown_as: str) -> Iterator[Persona]:
    for path in sorted((folder / "personas").glob("*.yml")):
        shown = f"{shown_as}/personas/{path.name}"
        persona = read_model(Persona, path, shown)
        if persona.persona != path.stem:
            problem = f"persona: is {persona.persona!r}, the file is named {path.stem!r}"
            raise ContentError(problem, file=shown)
        ids = [fact.id for fact in persona.facts]
        if len(set(ids)) < len(ids):
            raise ContentError("facts: two have the same id", file=shown, key="facts")
        if not any(fact.needs <= persona.trust for fact in persona.facts):
            raise ContentError(
                "facts: nothing is told from the start, so the talk may never begin",
                file=shown,
                key="facts",
                mend=f"let one need no more than {persona.trust}, the trust they come with",
            )
        yield persona


def _check_all(wanted: tuple[str, ...], given: Collection[str], what: str, file: str) -> None:
    for each in wanted:
        if each not in given:
            raise ContentError(f"the {what} {each!r} is missing", file=file, mend="add it")


def _any_of(patterns: Patterns) -> re.Pattern[str]:
    every = (each for listed in patterns.values() for each in listed)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(fold_letters, every))})(?!\w)")

"""Which texts recorded voices speak, and which recording belongs to words as a person reads them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, UUID, uuid5

from bot.errors import ContentError
from bot.yaml_file import read_part

if TYPE_CHECKING:  # what loads the content asks for its voices
    from bot.content.load import Content

FILE = "flows/voiced.yml"
ANSWERS = "answers"
MORE = "more"
_BREAK = "\n\n"


@dataclass(frozen=True)
class Voice:
    """One published recording."""

    id: UUID
    words: str = field(repr=False)
    """What it speaks, as people read it. Words that have changed are other words: it is not theirs any more."""
    seconds: int


@dataclass(frozen=True)
class Voices:
    """The recordings that may be heard, by language."""

    by_locale: Mapping[str, tuple[Voice, ...]] = field(default_factory=dict)

    def speaks_in(self, locale: str) -> bool:
        """Tell whether there is any in a language."""
        return bool(self.by_locale.get(locale))

    def of(self, text: str, locale: str) -> Voice | None:
        """Return the recording of the words that a message consists of, begins with, or holds as a part of its own."""
        return next((v for v in self.by_locale.get(locale, ()) if _holds(text, v.words)), None)

    def find(self, voice_id: UUID) -> tuple[Voice, str] | None:
        """Return the recording of this number with its language; None where it is not heard (any more)."""
        for locale, voices in self.by_locale.items():
            for voice in voices:
                if voice.id == voice_id:
                    return voice, locale
        return None


def _holds(text: str, words: str) -> bool:
    # Beside the words may stand numbers, limits, or what is said of a translation: always as a part of its own.
    return f"{_BREAK}{words}{_BREAK}" in f"{_BREAK}{text}{_BREAK}"


def load_voiced(flows_dir: Path) -> tuple[str, ...]:
    """Return the places of `flows/voiced.yml`."""
    return tuple(read_part(flows_dir / "voiced.yml", FILE, "texts"))


def check_voiced(content: "Content") -> None:
    """Make sure that each place of the file is a text that can be spoken.

    Raises:
        ContentError: One is not.
    """
    for place in content.voiced:
        text = text_at(content, place)
        if text is None or "{" in text:
            why = "is no text" if text is None else "has a gap in it"
            raise ContentError(f"{place}: {why}", file=FILE, key=place, mend="name another")


def places_of(content: "Content") -> Iterator[str]:
    """Yield every place whose text a recording may speak: the named ones, then the answers and their second pages."""
    yield from content.voiced
    for name, answer in content.answers.items():
        yield f"{ANSWERS}.{name}"
        if answer.more:
            yield f"{ANSWERS}.{name}.{MORE}"


def text_at(content: "Content", place: str) -> str | None:
    """Return the text at a place, in the source language; None where there is none (any more)."""
    first, _, rest = place.partition(".")
    name, _, part = rest.partition(".")
    found: Any
    if first == ANSWERS:
        answer = content.answers.get(name)
        found = {"": "text", MORE: MORE}.get(part)
        return getattr(answer, found) if answer is not None and found else None
    if not content.has_step(f"{first}.{name}"):
        return None
    part, _, number = part.partition(".")
    found = getattr(content.step(f"{first}.{name}"), part, None)
    if number:
        texts = found if isinstance(found, tuple) else ()
        found = texts[int(number)] if number.isdecimal() and int(number) < len(texts) else None
    return found if isinstance(found, str) else None


def all_spoken(content: "Content", locales: Iterable[str]) -> Voices:
    """Return the voices that there are once everything that can be spoken is, in these languages."""
    return Voices(
        {
            code: tuple(
                Voice(uuid5(NAMESPACE_OID, f"{place}@{code}"), words, 1)
                for place in places_of(content)
                if (words := words_at(content, place, code)) is not None
            )
            for code in locales
        }
    )


def words_at(content: "Content", place: str, locale: str) -> str | None:
    """Return what a person of a language reads at a place; None where there is nothing (any more)."""
    text = text_at(content, place)
    return None if text is None else content.words.say(text, locale)

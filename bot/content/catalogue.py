"""The words in each language: gettext catalogues, found by the English text that stands in `flows/`.

A language is released, begun or planned (`locales/locales.yml`). A begun one is offered, but its translations count as unchecked
until somebody has reviewed them; whoever speaks asks `Words` what to make of a text. Released languages never pay for that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.content.isolates import isolated
from bot.content.pofile import DOMAIN, Catalogue, read_catalogue
from bot.content.ranks import Rank
from bot.yaml_file import read_model

_NONE: Mapping[str, str] = {}


class LocaleInfo(BaseModel):
    """A language that Suar speaks, or will."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    dir: Literal["ltr", "rtl"] = "ltr"
    state: Literal["released", "begun", "planned"] = "planned"
    chain: tuple[str, ...] = ()
    """What is said where a translation is missing."""
    also: tuple[str, ...] = ()
    formats: str | None = None


class _LocalesFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    source: str
    locales: dict[str, LocaleInfo]


@dataclass(frozen=True)
class Words:
    """The catalogues of every language that is offered."""

    source: str
    """The language in which `flows/` is written."""
    locales: Mapping[str, LocaleInfo]
    """The languages offered, released ones first."""
    catalogues: Mapping[str, Mapping[str, str]] = field(repr=False)
    reviewed: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """Which texts of a begun language somebody has reviewed as they stand now."""
    ranks: Mapping[str, Rank] = field(default_factory=dict, repr=False)
    """The rank of each text of the content."""
    listed: Mapping[str, LocaleInfo] = field(default_factory=dict)
    """Every language of the file, also those that are only planned."""

    def say(self, text: str, locale: str, **values: object) -> str:
        """Return `text` in `locale`, with `{placeholders}` filled in.

        A text that a catalogue lacks is said in the next language of its chain, at last in the source language: better
        understood by some than by nobody.
        """
        words = self._spoken.get(locale, _NONE).get(text) or text
        if not values:
            return words
        if locale in self._from_right:
            values = {name: isolated(value) for name, value in values.items()}
        return words.format_map(values)

    def direction(self, locale: str) -> str:
        """Return `ltr` or `rtl`."""
        info = self.locales.get(locale)
        return info.dir if info else "ltr"

    def chain(self, locale: str) -> tuple[str, ...]:
        """Return the languages in which to look for a text, in order; the source language ends it."""
        info = self.locales.get(locale)
        codes = (locale, *(info.chain if info else ()), self.source)
        return codes[: codes.index(self.source) + 1]

    def is_begun(self, locale: str) -> bool:
        """Tell whether what is said in `locale` may be unchecked or missing."""
        return locale in self._begun

    def tongue(self, text: str, locale: str) -> str:
        """Return the language in which `say` says `text`."""
        return next(
            (code for code in self.chain(locale) if text in self.catalogues.get(code, _NONE)),
            self.source,
        )

    def is_unchecked(self, text: str, locale: str) -> bool:
        """Tell whether `say` says `text` in a translation that nobody has reviewed."""
        tongue = self.tongue(text, locale)
        return tongue in self._begun and text not in self.reviewed.get(tongue, frozenset())

    def needs_original(self, text: str, locale: str) -> bool:
        """Tell whether `text` may be shown in `locale` only with its original beneath.

        Every unchecked text of the content may, but answers: twice they would be too long to read.
        """
        return self.ranks.get(text, "answer") != "answer" and self.is_unchecked(text, locale)

    def original(self, locale: str) -> str:
        """Return the language with which a person can compare an unchecked translation."""
        released = (code for code in self.chain(locale) if not self.is_begun(code))
        return next(released, self.source)

    def nearest(self, code: str) -> str | None:
        """Return the language to speak with somebody who writes or reads `code` (ISO 639, perhaps with a script or a country).

        Where theirs is not offered, it is the first other language of its chain. The source language ends every chain and tells
        nothing about who reads it: then None.
        """
        wanted = self._codes.get(code) or self._codes.get(code.partition("-")[0].lower())
        if wanted is None or wanted in self.locales:
            return wanted
        others = self.listed[wanted].chain
        return next((c for c in others if c in self.locales and c != self.source), None)

    def formats(self, locale: str) -> str:
        """Return in which language Babel writes dates for `locale`."""
        info = self.locales.get(locale)
        return (info.formats if info else None) or locale

    @cached_property
    def released(self) -> Mapping[str, LocaleInfo]:
        """The languages that are complete."""
        return {c: info for c, info in self.locales.items() if c not in self._begun}

    @cached_property
    def _begun(self) -> frozenset[str]:
        return frozenset(c for c, info in self.locales.items() if info.state == "begun")

    @cached_property
    def _from_right(self) -> frozenset[str]:
        return frozenset(code for code, info in self.locales.items() if info.dir == "rtl")

    @cached_property
    def _spoken(self) -> Mapping[str, Mapping[str, str]]:
        """Each language's whole chain laid into one: a text is found at once, whatever language it is said in."""
        spoken = {}
        for locale in {*self.locales, *self.catalogues}:
            merged: dict[str, str] = {}
            for code in reversed(self.chain(locale)):
                merged |= self.catalogues.get(code, _NONE)
            spoken[locale] = merged
        return spoken

    @cached_property
    def _codes(self) -> Mapping[str, str]:
        known = self.listed or self.locales
        others = {other: code for code, info in known.items() for other in info.also}
        return others | {code: code for code in known}


def load_words(folder: Path) -> Words:
    """Read `locales.yml` and the catalogue of every language that is offered.

    Raises:
        ContentError: A file is missing or cannot be read.
    """
    source, listed = load_locales(folder)
    order = ("released", "begun")
    offered = {
        code: info for state in order for code, info in listed.items() if info.state == state
    }
    read: dict[str, Catalogue] = {code: read_catalogue(folder, code) for code in offered}
    return Words(
        source,
        offered,
        {code: catalogue.words for code, catalogue in read.items()},
        reviewed={code: read[code].reviewed for code in offered},
        listed=listed,
    )


def load_locales(folder: Path) -> tuple[str, Mapping[str, LocaleInfo]]:
    """Read `locales.yml`: the source language, and every language that is listed.

    Raises:
        ContentError: It is missing or wrong.
    """
    listed = read_model(_LocalesFile, folder / "locales.yml", "locales/locales.yml")
    return listed.source, listed.locales


__all__ = ["DOMAIN", "LocaleInfo", "Words", "load_locales", "load_words"]

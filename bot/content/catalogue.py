"""The words in each language: gettext catalogues, found by the English text that stands in `flows/`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.mofile import read_mo
from babel.messages.pofile import PoFileError, read_po
from pydantic import BaseModel, ConfigDict

from bot.errors import ContentError
from bot.yaml_file import read_model

DOMAIN = "suar"


class LocaleInfo(BaseModel):
    """A language that Suar speaks."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    dir: str = "ltr"
    released: bool = False


class _LocalesFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    source: str
    locales: dict[str, LocaleInfo]


@dataclass(frozen=True)
class Words:
    """The catalogues of every released language."""

    source: str
    """The language in which `flows/` is written."""
    locales: Mapping[str, LocaleInfo]
    catalogues: Mapping[str, Mapping[str, str]] = field(repr=False)

    def say(self, text: str, locale: str, **values: object) -> str:
        """Return `text` in `locale`, with `{placeholders}` filled in.

        A text that a catalogue lacks is said in the source language: better understood by some than by nobody.
        """
        words = self.catalogues.get(locale, {}).get(text) or text
        return words.format_map(values) if values else words

    def direction(self, locale: str) -> str:
        """Return `ltr` or `rtl`."""
        info = self.locales.get(locale)
        return info.dir if info else "ltr"


def load_words(folder: Path) -> Words:
    """Read `locales.yml` and the catalogue of every released language.

    Raises:
        ContentError: A file is missing or cannot be read.
    """
    listed = read_model(_LocalesFile, folder / "locales.yml", "locales/locales.yml")
    released = {code: info for code, info in listed.locales.items() if info.released}
    catalogues = {code: _read_catalogue(folder, code) for code in released}
    return Words(listed.source, released, catalogues)


def _read_catalogue(folder: Path, code: str) -> dict[str, str]:
    base = folder / code / "LC_MESSAGES" / DOMAIN
    po, mo = base.with_suffix(".po"), base.with_suffix(".mo")
    shown = f"locales/{code}/LC_MESSAGES/{DOMAIN}.po"
    try:
        # A compiled catalogue is read only while it is not older than its source.
        if mo.exists() and (not po.exists() or mo.stat().st_mtime >= po.stat().st_mtime):
            with mo.open("rb") as file:
                catalog = read_mo(file)
        else:
            with po.open("rb") as file:
                catalog = read_po(file, locale=code, abort_invalid=True)
    except FileNotFoundError:
        raise ContentError("the catalogue is missing", file=shown) from None
    except (PoFileError, ValueError) as exc:
        raise ContentError(str(exc), file=shown) from None
    return {
        message.id: message.string
        for message in catalog
        if message.id
        and isinstance(message.id, str)
        and isinstance(message.string, str)
        and message.string
        and not message.fuzzy
    }

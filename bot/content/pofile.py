"""Catalogues as files: what a translator writes (PO) and what starts faster (MO), with the reviews of each translation.

A review is a translator's comment: ``# reviewed: BS, 2026-11-22, 4be1f09a``. The last part is the fingerprint of the text and
its translation, so that a review lapses by itself when either of them changes, in whatever tool. Compiled, reviewed texts
stand once more under the context `REVIEWED`.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

from babel import UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from bot.errors import ContentError

DOMAIN = "suar"
REVIEWED = "reviewed"
_REVIEW = re.compile(r"reviewed: (?P<by>.+), (?P<on>\d{4}-\d\d-\d\d), (?P<of>[0-9a-f]{8})")
_VOLATILE = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By')
"""Dates and the tool's version would make each run a change."""


@dataclass(frozen=True)
class Catalogue:
    """What one file holds: the translations that count, and which of them are reviewed."""

    words: dict[str, str]
    reviewed: frozenset[str]


def catalogue_path(folder: Path, code: str) -> Path:
    """Return where the catalogue of a language lies."""
    return folder / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def read_catalogue(folder: Path, code: str) -> Catalogue:
    """Return the translations of a language; what is marked as fuzzy does not count, whatever its rank.

    A compiled catalogue is read only while it is not older than its source.

    Raises:
        ContentError: It is missing or broken.
    """
    po = catalogue_path(folder, code)
    mo = po.with_suffix(".mo")
    shown = f"locales/{code}/LC_MESSAGES/{DOMAIN}.po"
    try:
        if mo.exists() and (not po.exists() or mo.stat().st_mtime >= po.stat().st_mtime):
            with mo.open("rb") as file:
                return _compiled(read_mo(file))
        return _written(read_catalog(po))
    except FileNotFoundError:
        raise ContentError("the catalogue is missing", file=shown) from None
    except (PoFileError, ValueError) as exc:
        raise ContentError(str(exc), file=shown) from None


def read_catalog(path: Path) -> Catalog:
    """Return a PO file as Babel's catalogue."""
    with path.open("rb") as file:
        return read_po(
            file, locale=_known(path.parent.parent.name), domain=DOMAIN, abort_invalid=True
        )


def write_catalog(path: Path, catalog: Catalog) -> None:
    """Write a PO file, the same every time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_text(catalog, path.parent.parent.name), encoding="utf-8")


def write_compiled(path: Path, catalog: Catalog) -> None:
    """Write the compiled form of a catalogue beside it, with its reviews, all at once: others may be reading it."""
    for message in list(catalog):
        if counts(message) and is_reviewed(message):
            catalog.add(message.id, "yes", context=REVIEWED)
    half = path.with_suffix(".mo.half")
    with half.open("wb") as file:
        write_mo(file, catalog)
    half.replace(path.with_suffix(".mo"))


def as_text(catalog: Catalog, code: str | None = None) -> str:
    """Return a catalogue as the text of a PO file."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=100, include_lineno=False, sort_output=False)
    lines = buffer.getvalue().decode("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(_VOLATILE)]
    if code:
        # Babel writes its own name of the language (``fil_PH`` for ``tl``), or none.
        kept = [line for line in kept if not line.startswith('"Language: ')]
        at = next(i for i, line in enumerate(kept) if line.startswith('"MIME-Version'))
        kept.insert(at, f'"Language: {code}\\n"\n')
    return "".join(kept)


def counts(message: Message) -> bool:
    """Tell whether a message is a translation that may be said."""
    return bool(
        message.id
        and isinstance(message.id, str)
        and isinstance(message.string, str)
        and message.string
        and not message.fuzzy
        and message.context is None
    )


def translations(catalog: Catalog) -> Iterator[tuple[Message, str, str]]:
    """Yield each translation that may be said, with its text and its words."""
    for message in catalog:
        if counts(message):
            yield message, str(message.id), str(message.string)


def is_reviewed(message: Message) -> bool:
    """Tell whether somebody has reviewed a translation as it stands now."""
    marks = (_REVIEW.fullmatch(comment.strip()) for comment in message.user_comments)
    return any(mark is not None and mark["of"] == _fingerprint(message) for mark in marks)


def mark_reviewed(message: Message, by: str, on: date) -> None:
    """Record a review; an older one of the same translation gives way."""
    forget_reviews(message)
    message.user_comments.append(f"reviewed: {by}, {on.isoformat()}, {_fingerprint(message)}")


def forget_reviews(message: Message) -> None:
    """Take out what was said of an earlier translation."""
    message.user_comments[:] = [
        comment for comment in message.user_comments if not comment.startswith("reviewed:")
    ]


def _fingerprint(message: Message) -> str:
    whole = f"{message.id}\x1f{message.string}"
    return hashlib.sha256(whole.encode()).hexdigest()[:8]


def _compiled(catalog: Catalog) -> Catalogue:
    words = {text: words for _, text, words in translations(catalog)}
    # Babel gives a compiled context back as bytes; `REVIEWED` is the only one that we write.
    return Catalogue(words, frozenset(str(m.id) for m in catalog if m.context is not None))


def _written(catalog: Catalog) -> Catalogue:
    kept = [*translations(catalog)]
    return Catalogue(
        {text: words for _, text, words in kept},
        frozenset(text for message, text, _ in kept if is_reviewed(message)),
    )


def _known(code: str) -> str | None:
    try:
        Catalog(locale=code)
    except (ValueError, UnknownLocaleError):
        return None
    return code

"""Takes an edited copy of the files in as drafts, so that it goes through the same review as what is written on the desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.edits import fields_of, fingerprint, texts_of
from bot.content.load import Content
from bot.editing.live import LiveContent
from bot.editing.rules import Desired, Now
from bot.editing.work import get_now, get_sheet, save_draft
from bot.errors import Conflict
from bot.hotline.staff import Staff

TAKEN, BUSY, SAME = "taken", "busy", "same"


@dataclass(frozen=True)
class Wanted:
    """What an edited copy says of an answer in a language, and of which texts."""

    answer: str
    locale: str | None
    fields: dict[str, Any]
    of: dict[str, Any]


def find_edits(copy: Content, now: Now) -> Iterator[Wanted]:
    """Yield where the copy says something else than is said now; the source of an answer before its translations."""
    for answer in now.content.answers:
        if answer not in copy.answers:
            continue
        source = fields_of(copy, answer)
        if fingerprint(source) != fingerprint(fields_of(now.content, answer)):
            yield Wanted(answer, None, source, {})
        of = texts_of(copy, answer)
        for locale in now.content.words.locales:
            if locale == now.content.words.source or locale not in copy.words.catalogues:
                continue
            said = fields_of(copy, answer, locale, of)
            is_new = fingerprint(said) != fingerprint(fields_of(now.content, answer, locale, of))
            if is_new and all(said.values()):
                yield Wanted(answer, locale, said, of)


async def take_in(
    conn: AsyncConnection, live: LiveContent, staff: Staff, wanted: Wanted, *, note: str
) -> str:
    """Keep one edit as a draft of `staff`.

    Returns:
        `taken`; `same`, when it is said already; `busy`, when somebody else is at it.

    Raises:
        NotFound: The role does not write, or there is no such answer or language.
    """
    sheet = await get_sheet(conn, await get_now(conn, live), wanted.answer, wanted.locale)
    if sheet.of != wanted.of:
        return BUSY
    desired = Desired(wanted.answer, wanted.locale, wanted.fields, sheet.seen, note)
    try:
        await save_draft(conn, live, staff, desired, kind="import")
    except Conflict:
        return BUSY
    except ValueError:
        return SAME
    return TAKEN

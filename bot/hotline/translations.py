"""A slot beside each line of the person for what it means; a colleague can be asked for single lines.

Who is asked sees those lines and nothing else: no case, no name, no reference, nothing before and nothing after. Whether the person
still agrees to talk is checked here, at the read, and what is translated is shown to them no more.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy import update as change
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import NotFound, Refused
from bot.hotline import consent
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.store import notices
from bot.store.batch import Batch, Rows, prepared
from bot.store.contacts import Party, People
from bot.store.tables import (
    CaseRow,
    ContactRow,
    LineTranslationRow,
    StaffRow,
    TranscriptRow,
)
from bot.store.transcript import TEXT as LINE
from bot.understanding.masking import mask

TEXT = "line.translation"
MAX_CHARS = 4000


@dataclass(frozen=True)
class Translation:
    """What stands in the slot of a line: the words, or who is asked for them."""

    by: str
    text: str | None = field(default=None, repr=False)
    at: datetime | None = None


@dataclass(frozen=True)
class Turn:
    """One line that somebody is asked to translate."""

    id: UUID
    case_id: UUID
    """For the audit log alone: whoever translates does not learn whose line it is."""
    locale: str
    words: str = field(repr=False)
    """Numbers, accounts and addresses are hidden in them."""


async def put(
    conn: AsyncConnection,
    party: Party,
    staff: Staff,
    case_id: UUID,
    line_id: int,
    text: str,
    *,
    clock: Clock,
) -> None:
    """Write what a line means; the caller has checked that the case is theirs (`access_claimed`).

    Raises:
        NotFound: The case has no such line of the person.
        Refused: It is empty or too long.
    """
    words = _checked(text)
    await _check_line(conn, case_id, line_id)
    now = clock.now()
    new = {"text_sealed": party.key.seal(words, TEXT), "by_id": staff.id, "at": now}
    made = insert(LineTranslationRow).values(
        id=clock.new_id(),
        case_id=case_id,
        line_id=line_id,
        asked_by=staff.id,
        asked_at=now,
        **new,
    )
    await conn.execute(
        made.on_conflict_do_update(index_elements=[LineTranslationRow.line_id], set_=new)
    )
    await notices.to_desk(conn, "message", case_id)


async def ask(
    conn: AsyncConnection,
    staff: Staff,
    case_id: UUID,
    line_id: int,
    colleague: Staff,
    *,
    clock: Clock,
) -> None:
    """Ask a colleague what a line means; whoever was asked before is asked no more.

    Raises:
        NotFound: The case has no such line, or the colleague does not talk with people.
    """
    if not colleague.may(Permission.TALK) or colleague.disabled or colleague.id == staff.id:
        raise NotFound
    await _check_line(conn, case_id, line_id)
    asked = {"asked_by": staff.id, "asked_of": colleague.id, "asked_at": clock.now()}
    empty = {"text_sealed": None, "by_id": None, "at": None}
    made = insert(LineTranslationRow).values(
        id=clock.new_id(), case_id=case_id, line_id=line_id, **asked
    )
    await conn.execute(
        made.on_conflict_do_update(
            index_elements=[LineTranslationRow.line_id], set_={**asked, **empty}
        )
    )
    await notices.to_desk(conn, "translation_asked", case_id)


async def list_asked(conn: AsyncConnection, people: People, staff: Staff) -> list[Turn]:
    """Return the lines that `staff` is asked to translate, oldest first."""
    rows = await conn.execute(
        _OPEN.where(LineTranslationRow.asked_of == staff.id).order_by(LineTranslationRow.asked_at)
    )
    return [
        Turn(
            row.id,
            row.case_id,
            row.locale,
            mask(people.keyring.unwrap(row.wrapped_key).open(row.text_sealed, LINE)),
        )
        for row in rows
    ]


async def count_asked(conn: AsyncConnection, staff: Staff) -> int:
    """Return how many lines `staff` is asked to translate."""
    mine = _OPEN.where(LineTranslationRow.asked_of == staff.id).subquery()
    return await conn.scalar(select(func.count()).select_from(mine)) or 0


async def answer(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    translation_id: UUID,
    text: str,
    *,
    now: datetime,
) -> None:
    """Write what one has been asked for; from then on the line is seen no more.

    Raises:
        NotFound: One is not asked for it (any more).
        Refused: It is empty or too long.
    """
    words = _checked(text)
    mine = (LineTranslationRow.id == translation_id, LineTranslationRow.asked_of == staff.id)
    row = (await conn.execute(_OPEN.where(*mine))).one_or_none()
    if row is None:
        raise NotFound
    sealed = people.keyring.unwrap(row.wrapped_key).seal(words, TEXT)
    await conn.execute(
        change(LineTranslationRow).where(*mine).values(text_sealed=sealed, by_id=staff.id, at=now)
    )
    await notices.to_desk(conn, "message", row.case_id)


def lookup(batch: Batch, case_id: UUID) -> Rows:
    """Look up what stands in the slots of a case, for `read`. Staff come here only through `bot.hotline.access`."""
    return batch.add(_OF_CASE, case=case_id)


def read(rows: Rows, party: Party) -> dict[int, Translation]:
    """Return what `lookup` has found, by line."""
    return {
        row.line_id: Translation(
            row.name, party.key.open(row.text_sealed, TEXT) if row.text_sealed else None, row.at
        )
        for row in rows
    }


async def _check_line(conn: AsyncConnection, case_id: UUID, line_id: int) -> None:
    await consent.check(conn, case_id, consent.TALK)
    found = await conn.scalar(
        select(TranscriptRow.shared).where(
            TranscriptRow.id == line_id,
            TranscriptRow.case_id == case_id,
            TranscriptRow.author == "person",
        )
    )
    if found is None:
        raise NotFound
    if found:
        await consent.check(conn, case_id, consent.SHARE)


def _checked(text: str) -> str:
    words = text.strip()
    if not words or len(words) > MAX_CHARS:
        raise Refused("translation")
    return words


_OF_CASE = prepared(
    select(
        LineTranslationRow.line_id,
        LineTranslationRow.text_sealed,
        LineTranslationRow.at,
        StaffRow.name,
    )
    .join(
        StaffRow,
        StaffRow.id == func.coalesce(LineTranslationRow.by_id, LineTranslationRow.asked_of),
    )
    .where(LineTranslationRow.case_id == bindparam("case")),
    gives_rows=True,
)
# What is open: not translated yet, of a talk that goes on, and the person agrees to what shows the line.
_OPEN = (
    select(
        LineTranslationRow.id,
        LineTranslationRow.case_id,
        CaseRow.locale,
        TranscriptRow.text_sealed,
        ContactRow.wrapped_key,
    )
    .join(CaseRow, CaseRow.id == LineTranslationRow.case_id)
    .join(ContactRow, ContactRow.id == CaseRow.contact_id)
    .join(TranscriptRow, TranscriptRow.id == LineTranslationRow.line_id)
    .where(
        LineTranslationRow.text_sealed.is_(None),
        CaseRow.state == "claimed",
        TranscriptRow.case_id == CaseRow.id,
        ContactRow.wrapped_key.is_not(None),
        consent.holding(consent.TALK, CaseRow.id),
        TranscriptRow.shared.is_(False) | consent.holding(consent.SHARE, CaseRow.id),
    )
)

"""What a counsellor has begun to write: kept for her in her case, on every machine, until it is sent or the case closes."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFound
from bot.hotline import guests
from bot.hotline.staff import Staff
from bot.store.batch import Batch, Rows, at_once, prepared
from bot.store.contacts import Party, People
from bot.store.tables import CaseRow, DraftRow, InboxRow

DRAFT = "case.draft"
SENT = "desk"
"""Under this name and the form's token the inbox notes that a reply was sent."""


class Draft(NamedTuple):
    """What was begun, and when it was last changed."""

    text: str
    at: datetime
    quote: int | None = None
    """The line of the person that it answers."""


async def save(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    case_id: UUID,
    text: str,
    *,
    token: str,
    now: datetime,
    quote: int | None = None,
) -> None:
    """Keep what `staff` has begun in a case of hers, or that she has joined; nothing but spaces drops it.

    What was on its way to us while the reply itself was sent (`token`) is late, and kept no more.

    Raises:
        NotFound: The case is not hers.
    """
    row = (
        await conn.execute(
            select(CaseRow.conversation_id, CaseRow.claimed_by).where(
                CaseRow.id == case_id, CaseRow.state == "claimed"
            )
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.claimed_by != staff.id and not await guests.may_write(conn, staff, case_id):
        raise NotFound
    if not text.strip():
        await drop(conn, staff.id, case_id)
        return
    if await _is_sent(conn, case_id, token):
        return
    party = await people.get(conn, row.conversation_id)
    await put(conn, party, staff.id, case_id, text, now=now, quote=quote)


async def put(
    conn: AsyncConnection,
    party: Party,
    staff_id: UUID,
    case_id: UUID,
    text: str,
    *,
    now: datetime,
    quote: int | None = None,
) -> None:
    """Keep what somebody has begun; the caller knows that the case is theirs."""
    sealed = party.key.seal(text, DRAFT)
    made = insert(DraftRow).values(
        case_id=case_id, staff_id=staff_id, text_sealed=sealed, at=now, quotes=quote
    )
    await conn.execute(
        made.on_conflict_do_update(
            index_elements=[DraftRow.case_id, DraftRow.staff_id],
            set_={name: made.excluded[name] for name in ("text_sealed", "quotes", "at")},
        )
    )


async def find(conn: AsyncConnection, party: Party, staff_id: UUID, case_id: UUID) -> Draft | None:
    """Return what somebody has begun in a case."""
    return read(await at_once(conn, lambda batch: ask(batch, staff_id, case_id)), party)


def ask(batch: Batch, staff_id: UUID, case_id: UUID) -> Rows:
    """Look up what somebody has begun in a case, for `read`."""
    return batch.add(_FIND, case=case_id, staff=staff_id)


def read(rows: Rows, party: Party) -> Draft | None:
    """Return what `ask` has found."""
    if not rows:
        return None
    return Draft(party.key.open(rows[0].text_sealed, DRAFT), rows[0].at, rows[0].quotes)


async def drop(conn: AsyncConnection, staff_id: UUID, case_id: UUID) -> None:
    """Forget what somebody has begun in a case."""
    await conn.execute(
        delete(DraftRow).where(DraftRow.case_id == case_id, DraftRow.staff_id == staff_id)
    )


async def drop_all(conn: AsyncConnection, case_id: UUID) -> None:
    """Forget what anybody has begun in a case."""
    await conn.execute(delete(DraftRow).where(DraftRow.case_id == case_id))


async def _is_sent(conn: AsyncConnection, case_id: UUID, token: str) -> bool:
    done = exists().where(
        InboxRow.channel == SENT,
        InboxRow.account == SENT,
        InboxRow.event_id == f"{case_id}:{token}",
    )
    return bool(await conn.scalar(select(done)))


_FIND = prepared(
    select(DraftRow.text_sealed, DraftRow.at, DraftRow.quotes).where(
        DraftRow.case_id == bindparam("case"), DraftRow.staff_id == bindparam("staff")
    ),
    gives_rows=True,
)

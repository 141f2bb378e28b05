"""Lines of the staff that are kept back in the outbox: for a moment, for a safe hour, or while the person's phone is watched.

A held message holds up nobody: what is said after it may leave before it. Only once it is let go does it stand in the outbox
like any other; until then it can be taken back, and no process but the one that lets it go ever touches it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, case, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import notices
from bot.store.batch import Batch, Rows, prepared
from bot.store.sending import UNANSWERED
from bot.store.tables import ConversationRow, OutboxRow, TranscriptRow

MOMENT, SAFE_HOUR, COVER, WINDOW, AWAY = "moment", "safe_hour", "cover", "window", "away"
"""Why a line is held: it can still be undone; it waits for the person's safe hours; somebody may be looking at the phone; the platform
takes nothing until the person writes (`bot.store.window`); somebody else is at their address (`bot.store.parking`), for which what the bot
says is held as well."""
LOOK_AGAIN = timedelta(minutes=1)
_CASES = select(TranscriptRow.case_id).distinct()


class Held(NamedTuple):
    """A line that is kept back; its words stay sealed."""

    line_id: int
    case_id: UUID
    why: str
    not_before: datetime | None


async def name_line(conn: AsyncConnection, numbers: Sequence[int], line_id: int) -> None:
    """Note which line of the transcript messages are the parts of."""
    await conn.execute(update(OutboxRow).where(OutboxRow.id.in_(numbers)).values(line_id=line_id))


async def hold(
    conn: AsyncConnection, line_id: int, *, why: str, not_before: datetime | None
) -> None:
    """Keep a line back that was queued in this very transaction; without a time it waits until it is said otherwise."""
    await conn.execute(
        update(OutboxRow)
        .where(OutboxRow.line_id == line_id, OutboxRow.status == "queued")
        .values(status="held", held_for=why, not_before=not_before)
    )


async def hold_sending(
    conn: AsyncConnection, conversation_id: UUID, numbers: Sequence[int], *, now: datetime
) -> list[int]:
    """Keep lines of the staff back that their platform would not take now; return which messages were any.

    Should the person have written in this very moment, it is looked at once more a little later.
    """
    heard_lately = exists().where(
        ConversationRow.id == conversation_id, ConversationRow.last_in_at > now - LOOK_AGAIN
    )
    rows = await conn.execute(
        update(OutboxRow)
        .where(
            OutboxRow.id.in_(numbers),
            OutboxRow.status == "sending",
            OutboxRow.author == "staff",
            OutboxRow.line_id.is_not(None),
        )
        .values(
            status="held",
            held_for=WINDOW,
            not_before=case((heard_lately, now + LOOK_AGAIN)),
            holder=None,
        )
        .returning(OutboxRow.id, OutboxRow.line_id)
    )
    kept = rows.all()
    lines = [row.line_id for row in kept]
    for case_id in await conn.scalars(_CASES.where(TranscriptRow.id.in_(lines))):
        if case_id is not None:
            await notices.to_desk(conn, "message", case_id)
    return [row.id for row in kept]


async def list_due(conn: AsyncConnection, *, now: datetime, limit: int) -> list[UUID]:
    """Return the conversations in which a line has been kept back for long enough."""
    rows = await conn.scalars(
        select(OutboxRow.conversation_id)
        .where(OutboxRow.status == "held", OutboxRow.not_before <= now)
        .group_by(OutboxRow.conversation_id)
        .order_by(func.min(OutboxRow.not_before))
        .limit(limit)
    )
    return list(rows)


async def due_in(conn: AsyncConnection, conversation_id: UUID, *, now: datetime) -> list[Held]:
    """Return the lines of a conversation that were kept back for long enough; the caller holds its lock."""
    rows = await conn.execute(
        select(
            OutboxRow.line_id,
            TranscriptRow.case_id,
            OutboxRow.held_for,
            func.min(OutboxRow.not_before),
        )
        .join(TranscriptRow, TranscriptRow.id == OutboxRow.line_id)
        .where(
            OutboxRow.conversation_id == conversation_id,
            OutboxRow.status == "held",
            OutboxRow.not_before <= now,
        )
        .group_by(OutboxRow.line_id, TranscriptRow.case_id, OutboxRow.held_for)
        .order_by(OutboxRow.line_id)
    )
    return [Held(*row) for row in rows]  # type: ignore[arg-type]  # the join leaves no gaps


def ask_due(batch: Batch, case_id: UUID, *, now: datetime) -> Rows:
    """Look up whether a line of a case has been kept back for long enough; there is a row if so."""
    return batch.add(_DUE, case=case_id, now=now)


async def let_go(conn: AsyncConnection, line_id: int) -> None:
    """Let a line take its place in the outbox."""
    await _change(conn, line_id, status="queued", held_for=None, not_before=None)


async def keep(
    conn: AsyncConnection, line_id: int, *, why: str, not_before: datetime | None
) -> None:
    """Keep a held line for another reason, or for longer."""
    await _change(conn, line_id, held_for=why, not_before=not_before)


async def refuse(conn: AsyncConnection, line_id: int, *, error: str) -> None:
    """Never send a held line; the desk shows why."""
    await _change(conn, line_id, status="refused", held_for=None, not_before=None, error=error)


async def take_back(conn: AsyncConnection, case_id: UUID, line_id: int) -> bool:
    """Forget a held line of a case, as if it had never been written; False when it is held no more."""
    gone = await conn.scalars(
        delete(OutboxRow)
        .where(
            OutboxRow.line_id == line_id,
            OutboxRow.status == "held",
            OutboxRow.line_id.in_(
                select(TranscriptRow.id).where(
                    TranscriptRow.id == line_id, TranscriptRow.case_id == case_id
                )
            ),
        )
        .returning(OutboxRow.id)
    )
    if not gone.all():
        return False
    await conn.execute(delete(TranscriptRow).where(TranscriptRow.id == line_id))
    return True


async def cover(conn: AsyncConnection, conversation_id: UUID) -> None:
    """Keep back all that the staff wrote and that has not left, because somebody may be looking now."""
    await conn.execute(
        update(OutboxRow)
        .where(
            OutboxRow.conversation_id == conversation_id,
            OutboxRow.line_id.is_not(None),
            OutboxRow.status.in_(("queued", "held")),
        )
        .values(status="held", held_for=COVER, not_before=None)
    )


async def uncover(conn: AsyncConnection, conversation_id: UUID, *, now: datetime) -> None:
    """Let what was kept back while somebody may have looked go from now on."""
    await conn.execute(
        update(OutboxRow)
        .where(
            OutboxRow.conversation_id == conversation_id,
            OutboxRow.status == "held",
            OutboxRow.held_for == COVER,
        )
        .values(held_for=MOMENT, not_before=now)
    )


async def settle(conn: AsyncConnection, conversation_id: UUID, *, now: datetime) -> None:
    """End what a closing counsellor can decide no more: a moment is over now, and what a cover or the platform kept back is never sent."""
    mine = (OutboxRow.conversation_id == conversation_id, OutboxRow.status == "held")
    await conn.execute(
        update(OutboxRow).where(*mine, OutboxRow.held_for == MOMENT).values(not_before=now)
    )
    for why, error in ((COVER, "watched"), (WINDOW, "window_closed")):
        await conn.execute(
            update(OutboxRow)
            .where(*mine, OutboxRow.held_for == why)
            .values(status="refused", held_for=None, error=error)
        )


async def put_away(conn: AsyncConnection, conversation_id: UUID) -> None:
    """Keep back all that has not left, because somebody else is at the person's address now; the caller holds the lock.

    Nothing of it is being sent by a living process. What a dead one was sending may have arrived, and is asked for later.
    """
    sending = OutboxRow.status == "sending"
    await conn.execute(
        update(OutboxRow)
        .where(
            OutboxRow.conversation_id == conversation_id,
            OutboxRow.status.in_(("queued", "sending")),
            ~OutboxRow.bulk,
        )
        .values(
            status="held",
            held_for=AWAY,
            not_before=None,
            holder=None,
            error=case((sending, UNANSWERED), else_=OutboxRow.error),
        )
    )


async def bring_back(conn: AsyncConnection, conversation_id: UUID, *, now: datetime) -> None:
    """Let what waited for the person's return go: the staff's lines are decided about once more, the bot's words leave as they are."""
    mine = (
        OutboxRow.conversation_id == conversation_id,
        OutboxRow.status == "held",
        OutboxRow.held_for == AWAY,
    )
    lines = update(OutboxRow).where(*mine, OutboxRow.line_id.is_not(None))
    await conn.execute(lines.values(held_for=MOMENT, not_before=now))
    words = update(OutboxRow).where(*mine, OutboxRow.line_id.is_(None))
    await conn.execute(words.values(status="queued", held_for=None))


async def bring_along(
    conn: AsyncConnection, before: UUID, after: UUID, *, epoch: int, now: datetime
) -> None:
    """Let the staff's lines that waited in one conversation go on in another, where the person has come back to their case."""
    await conn.execute(
        update(OutboxRow)
        .where(
            OutboxRow.conversation_id == before,
            OutboxRow.status == "held",
            OutboxRow.held_for == AWAY,
            OutboxRow.line_id.is_not(None),
        )
        .values(conversation_id=after, epoch=epoch, held_for=MOMENT, not_before=now)
    )


async def _change(conn: AsyncConnection, line_id: int, **values: object) -> None:
    await conn.execute(
        update(OutboxRow)
        .where(OutboxRow.line_id == line_id, OutboxRow.status == "held")
        .values(**values)
    )


_DUE = prepared(
    select(OutboxRow.id)
    .join(TranscriptRow, TranscriptRow.id == OutboxRow.line_id)
    .where(
        TranscriptRow.case_id == bindparam("case"),
        OutboxRow.status == "held",
        OutboxRow.not_before <= bindparam("now"),
    )
    .limit(1),
    gives_rows=True,
)

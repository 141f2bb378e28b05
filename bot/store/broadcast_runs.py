"""How runs of broadcasts end, and what is done with those who were still waiting then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, literal_column, select, text, true, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.store import broadcast_sent
from bot.store.tables import (
    BroadcastRecipientRow,
    BroadcastRow,
    BroadcastRunRow,
    ConversationRow,
)

OPEN = ("planning", "running", "paused")
AT_ONCE = 5_000
"""So many people of a run that has ended are written off in one transaction."""
ENDED_LATELY = timedelta(days=30)
_LEAVING = {"cancelled": "cancelled", "expired": "expired"}
"""Why those are left out who still waited when a run ended so. Those of a stopped one go on waiting, for whoever mends it."""


@dataclass(frozen=True)
class Standstill:
    """A run in which somebody has been due for long and nobody is written to."""

    run_id: UUID
    state: str
    waiting: int
    since: datetime


async def end(
    conn: AsyncConnection, run_id: UUID, state: str, *, at: datetime, because: str | None = None
) -> None:
    """End a run as `done`, `cancelled`, `expired` or `stopped`, and with it its broadcast where nothing more is to come of it.

    Args:
        conn: The transaction.
        run_id: Whose.
        state: How it ends.
        at: When.
        because: For `stopped`, the code of the reason, which campaigners are told.
    """
    ended = await conn.execute(
        update(BroadcastRunRow)
        .where(BroadcastRunRow.id == run_id, BroadcastRunRow.state.in_(OPEN))
        .values(state=state, ended_at=at, stopped_because=because)
        .returning(BroadcastRunRow.broadcast_id, BroadcastRunRow.test)
    )
    run = ended.one_or_none()
    if run is None or run.test:
        return  # What became of a test says nothing of the broadcast itself.
    of_it = update(BroadcastRow).where(BroadcastRow.id == run.broadcast_id)
    if state == "stopped":
        of_it = of_it.values(state=state, stopped_because=because, next_at=None)
    else:
        more = exists().where(
            BroadcastRunRow.broadcast_id == run.broadcast_id,
            BroadcastRunRow.state.in_(OPEN),
            ~BroadcastRunRow.test,
        )
        of_it = of_it.where(
            BroadcastRow.state == "scheduled", BroadcastRow.next_at.is_(None), ~more
        ).values(state=state)
    await conn.execute(of_it.values(version=BroadcastRow.version + 1, changed_at=at))


async def is_over(conn: AsyncConnection, run_id: UUID) -> bool:
    """Tell whether nobody of a run waits or is on the way."""
    mine = select(true()).where(BroadcastRecipientRow.run_id == run_id)
    for state in ("waiting", "taken"):
        # Written out, so that the index of exactly these is used.
        there = mine.where(text(f"state = '{state}'"))
        if await conn.scalar(there.limit(literal_column("1"))):
            return False
    return True


async def leave_out_rest(conn: AsyncConnection, *, now: datetime) -> int:
    """Leave out some of those who still wait in runs that have ended; return how many."""
    runs = await conn.execute(
        select(BroadcastRunRow.id, BroadcastRunRow.state).where(
            BroadcastRunRow.state.in_(_LEAVING), BroadcastRunRow.ended_at > now - ENDED_LATELY
        )
    )
    left = 0
    for run in runs.all():
        some = (
            select(BroadcastRecipientRow.contact_id)
            .where(BroadcastRecipientRow.run_id == run.id, text("state = 'waiting'"))
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        result = await conn.execute(
            update(BroadcastRecipientRow)
            .where(
                BroadcastRecipientRow.run_id == run.id,
                BroadcastRecipientRow.contact_id.in_(some),
            )
            .values(state="left_out", why=_LEAVING[run.state], at=now)
        )
        left += result.rowcount
    return left


async def leave_out_gone(conn: AsyncConnection, run_ids: Sequence[UUID], *, now: datetime) -> int:
    """Leave out those who are due and whose conversation is no more, or another person's by now; return how many."""
    theirs = exists().where(
        ConversationRow.id == BroadcastRecipientRow.conversation_id,
        ConversationRow.contact_id == BroadcastRecipientRow.contact_id,
    )
    result = await conn.execute(
        update(BroadcastRecipientRow)
        .where(
            BroadcastRecipientRow.run_id.in_(run_ids),
            text("state = 'waiting'"),
            BroadcastRecipientRow.due_at <= now,
            ~theirs,
        )
        .values(state="left_out", why="erased", at=now)
    )
    return result.rowcount


async def tell_all(conn: AsyncConnection) -> None:
    """Note of every recipient on the way what became of the message, and of those who were reached whether they have it, or read it."""
    await conn.execute(text(broadcast_sent.TELL_ALL))
    await conn.execute(text(_RECEIPTS))


async def list_standing_still(
    conn: AsyncConnection, *, now: datetime, for_: timedelta
) -> list[Standstill]:
    """Return the running runs in which somebody has been due for `for_` and nobody was written to since."""
    due = func.min(BroadcastRecipientRow.due_at)
    other = aliased(BroadcastRecipientRow)
    lately = select(func.max(other.at)).where(other.run_id == BroadcastRunRow.id).scalar_subquery()
    rows = await conn.execute(
        select(BroadcastRunRow.id, BroadcastRunRow.state, func.count(), due)
        .join(BroadcastRecipientRow, BroadcastRecipientRow.run_id == BroadcastRunRow.id)
        .join(BroadcastRow, BroadcastRow.id == BroadcastRunRow.broadcast_id)
        .where(
            BroadcastRunRow.state == "running",
            BroadcastRow.state.in_(("scheduled", "done")),
            text("broadcast_recipients.state = 'waiting'"),
            BroadcastRecipientRow.due_at < now - for_,
        )
        .group_by(BroadcastRunRow.id)
        .having(func.coalesce(lately, now - for_) <= now - for_)
    )
    return [Standstill(*row) for row in rows]


_RECEIPTS = """
UPDATE broadcast_recipients r SET state = CASE WHEN o.read_at IS NULL THEN 'delivered' ELSE 'read' END
FROM outbox o
WHERE o.bulk AND o.id = r.outbox_id AND r.state IN ('sent', 'delivered')
    AND (o.read_at IS NOT NULL OR (o.delivered_at IS NOT NULL AND r.state = 'sent'))
"""

"""The runs of a broadcast: one for each time it fires. `planning` ends when everybody has their row; the sending (`bot.conversation`) does the rest."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import BroadcastRunRow

LAST_ID = UUID(int=2**128 - 1)
"""Nobody has it: a run planned up to here is planned."""
OPEN = ("planning", "running", "paused")


async def add_run(
    conn: AsyncConnection,
    run_id: UUID,
    broadcast_id: UUID,
    due_at: datetime,
    *,
    test: bool = False,
) -> bool:
    """Add a run; False where this broadcast has one for this moment already."""
    added = await conn.scalar(
        insert(BroadcastRunRow)
        .values(id=run_id, broadcast_id=broadcast_id, due_at=due_at, test=test)
        .on_conflict_do_nothing()
        .returning(BroadcastRunRow.id)
    )
    return added is not None


async def planning(conn: AsyncConnection) -> list[UUID]:
    """Return the runs that are still to be planned, the oldest first."""
    query = select(BroadcastRunRow.id).where(BroadcastRunRow.state == "planning")
    return list(await conn.scalars(query.order_by(BroadcastRunRow.due_at, BroadcastRunRow.id)))


async def open_runs(conn: AsyncConnection, broadcast_id: UUID) -> int:
    """Return how many runs of a broadcast are under way; those to the team alone do not count."""
    return (
        await conn.scalar(
            select(func.count()).where(
                BroadcastRunRow.broadcast_id == broadcast_id,
                BroadcastRunRow.state.in_(OPEN),
                ~BroadcastRunRow.test,
            )
        )
        or 0
    )


async def pause_runs(conn: AsyncConnection, broadcast_id: UUID) -> None:
    """Hold what is under way."""
    await conn.execute(
        update(BroadcastRunRow)
        .where(_of(broadcast_id), BroadcastRunRow.state.in_(("planning", "running")))
        .values(state="paused")
    )


async def resume_runs(conn: AsyncConnection, broadcast_id: UUID) -> None:
    """Go on with what was held: with its planning, where that was not done."""
    planned = case((BroadcastRunRow.planned_to == LAST_ID, "running"), else_="planning")
    await conn.execute(
        update(BroadcastRunRow)
        .where(_of(broadcast_id), BroadcastRunRow.state == "paused")
        .values(state=planned)
    )


async def cancel_runs(
    conn: AsyncConnection, broadcast_id: UUID, *, at: datetime, tests: bool = True
) -> None:
    """End what is under way: nobody else gets it. With `tests` also those to the team alone."""
    ended = update(BroadcastRunRow).where(_of(broadcast_id), BroadcastRunRow.state.in_(OPEN))
    if not tests:
        ended = ended.where(~BroadcastRunRow.test)
    await conn.execute(ended.values(state="cancelled", ended_at=at))


def _of(broadcast_id: UUID) -> ColumnElement[bool]:
    return BroadcastRunRow.broadcast_id == broadcast_id

"""Broadcasts as rows: read, locked, taken when they are due, and ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, case, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.audience import AnyRule, read_rule, write_rule
from bot.campaigns.broadcast import BroadcastContent, read_content, to_json
from bot.campaigns.runs import OPEN
from bot.campaigns.schedule import AnySchedule, read_schedule
from bot.errors import Conflict, NotFound
from bot.store.tables import BroadcastRow, BroadcastRunRow


@dataclass(frozen=True)
class Draft:
    """What somebody writes."""

    name: str
    content: BroadcastContent
    audience: AnyRule
    schedule: AnySchedule
    not_after: datetime | None = None

    def columns(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            "name": self.name,
            "content": to_json(self.content),
            "audience": write_rule(self.audience),
            "schedule": self.schedule.model_dump(mode="json"),
            "not_after": self.not_after,
        }


@dataclass(frozen=True)
class Broadcast:
    """A broadcast as it is kept."""

    id: UUID
    campaign_id: UUID
    draft: Draft
    state: str
    next_at: datetime | None
    stopped_because: str | None
    written_by: UUID | None
    approved_by: UUID | None
    version: int
    sent_back_because: str | None = None
    """What the second person wrote to the author; there until it waits again."""
    archived_from: str | None = None
    """The state in which it was put away."""


COLUMNS = (
    BroadcastRow.id,
    BroadcastRow.campaign_id,
    BroadcastRow.name,
    BroadcastRow.content,
    BroadcastRow.audience,
    BroadcastRow.schedule,
    BroadcastRow.not_after,
    BroadcastRow.state,
    BroadcastRow.next_at,
    BroadcastRow.stopped_because,
    BroadcastRow.written_by,
    BroadcastRow.approved_by,
    BroadcastRow.version,
    BroadcastRow.sent_back_because,
    BroadcastRow.archived_from,
)


async def get(conn: AsyncConnection, broadcast_id: UUID, *, lock: bool = False) -> Broadcast:
    """Return a broadcast; with `lock`, nobody else changes it meanwhile.

    Raises:
        NotFound: There is none.
    """
    query = select(*COLUMNS).where(BroadcastRow.id == broadcast_id)
    row = (await conn.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise NotFound
    return read(row)


async def take_due(conn: AsyncConnection, now: datetime) -> Broadcast | None:
    """Lock and return the broadcast that is due the longest; None where none is, or others have them in hand."""
    query = (
        select(*COLUMNS)
        .where(BroadcastRow.state == "scheduled", BroadcastRow.next_at <= now)
        .order_by(BroadcastRow.next_at, BroadcastRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = (await conn.execute(query)).one_or_none()
    return read(row) if row else None


async def fired(
    conn: AsyncConnection, broadcast_id: UUID, *, state: str, next_at: datetime | None
) -> None:
    """Note when a broadcast fires next; what its authors wrote stays as it was, and so does its version."""
    values = {"state": state, "next_at": next_at}
    await conn.execute(
        update(BroadcastRow).where(BroadcastRow.id == broadcast_id).values(**values)
    )


async def close_finished(conn: AsyncConnection, now: datetime) -> None:
    """End the broadcasts that do not fire any more and whose runs are all over, and those whose time is over."""
    run = BroadcastRunRow.broadcast_id == BroadcastRow.id
    is_open = exists().where(run, BroadcastRunRow.state.in_(OPEN), ~BroadcastRunRow.test)
    over = BroadcastRow.not_after <= now
    await conn.execute(
        update(BroadcastRow)
        .where(
            or_(BroadcastRow.state == "scheduled", (BroadcastRow.state == "paused") & over),
            or_(BroadcastRow.next_at.is_(None), over),
            ~is_open,
        )
        .values(state=_ended(), next_at=None)
    )


def _ended() -> Any:  # noqa: ANN401  # a scalar query
    """Return the state of a broadcast that has come to its end: done where anything of it went out."""
    run = BroadcastRunRow.broadcast_id == BroadcastRow.id
    last = (
        select(BroadcastRunRow.state)
        .where(run, ~BroadcastRunRow.test)
        .order_by(BroadcastRunRow.due_at.desc())
        .limit(1)
        .correlate(BroadcastRow)
        .scalar_subquery()
    )
    return case((last == "done", "done"), (last == "stopped", "stopped"), else_="expired")


async def lock(conn: AsyncConnection, broadcast_id: UUID, version: int) -> Broadcast:
    """Return a broadcast that nobody else changes meanwhile.

    Raises:
        NotFound: There is none.
        Conflict: It is another version by now.
    """
    seen = await get(conn, broadcast_id, lock=True)
    if seen.version != version:
        raise Conflict
    return seen


def read(row: Row[Any]) -> Broadcast:
    """Return what a row of `COLUMNS` holds."""
    draft = Draft(
        row.name,
        read_content(row.content),
        read_rule(row.audience),
        read_schedule(row.schedule),
        row.not_after,
    )
    return Broadcast(
        row.id, row.campaign_id, draft, row.state, row.next_at, row.stopped_because,
        row.written_by, row.approved_by, row.version, row.sent_back_because, row.archived_from,
    )  # fmt: skip

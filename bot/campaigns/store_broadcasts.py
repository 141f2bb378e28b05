"""Broadcasts as they are kept: written, approved by a second person, paused, cancelled. All of it under the campaigns' own role.

Whoever changes a broadcast names the version that they saw; where somebody was faster, nothing is changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, case, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.audience import AnyRule, read_rule, write_rule
from bot.campaigns.broadcast import (
    Act,
    BroadcastContent,
    Finding,
    Ground,
    Known,
    NotNow,
    check_content,
    check_when,
    first_fire,
    move,
    read_content,
    to_json,
)
from bot.campaigns.runs import OPEN, cancel_runs, open_runs, pause_runs, resume_runs
from bot.campaigns.schedule import AnySchedule, read_schedule
from bot.clock import Clock
from bot.content.load import Content
from bot.errors import Conflict, NotFound, Refused
from bot.store.engine import Database
from bot.store.tables import BroadcastRow, BroadcastRunRow, CampaignRow, EventRow

ENDS_RUNS = frozenset({"cancel", "stop", "expire"})


class SecondPerson(Refused):
    """Whoever wrote a broadcast does not approve it: somebody else looks at it too."""


class NotReady(Refused):
    """Something about the broadcast is wrong, so that it cannot go out."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(", ".join(f"{each.code} {each.where}".strip() for each in findings))


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


@dataclass(frozen=True)
class Broadcasts:
    """Reads and changes broadcasts."""

    db: Database
    """As the role of campaigns."""
    clock: Clock
    content: Callable[[], Content]
    home: str
    """The house's own zone."""

    @property
    def ground(self) -> Ground:
        """What planning has to know of the house."""
        return Ground.of(self.content(), self.home)

    async def create(self, campaign_id: UUID, draft: Draft, *, by: UUID | None) -> UUID:
        """Keep a new draft; return its id."""
        made = self.clock.new_id()
        async with self.db.transaction() as conn:
            values = {**draft.columns(), "id": made, "campaign_id": campaign_id, "written_by": by}
            await conn.execute(insert(BroadcastRow).values(**values))
        return made

    async def copy(self, broadcast_id: UUID, *, name: str, by: UUID | None) -> UUID:
        """Keep a new draft that says the same as another broadcast, under another name."""
        seen = await self.get(broadcast_id)
        old = seen.draft
        draft = Draft(name, old.content, old.audience, old.schedule, old.not_after)
        return await self.create(seen.campaign_id, draft, by=by)

    async def get(self, broadcast_id: UUID) -> Broadcast:
        """Return a broadcast.

        Raises:
            NotFound: There is none.
        """
        async with self.db.transaction(durable=False) as conn:
            return await get(conn, broadcast_id)

    async def all(self, campaign_id: UUID | None = None) -> list[Broadcast]:
        """Return the broadcasts of a campaign, or all, those that were changed last first; archived ones are left out."""
        query = select(*_COLUMNS).where(BroadcastRow.state != "archived")
        if campaign_id is not None:
            query = query.where(BroadcastRow.campaign_id == campaign_id)
        async with self.db.transaction(durable=False) as conn:
            rows = await conn.execute(query.order_by(BroadcastRow.changed_at.desc()))
            return [_read(row) for row in rows]

    async def edit(self, broadcast_id: UUID, draft: Draft, *, by: UUID, version: int) -> int:
        """Change what a broadcast says, for whom, or when; it is a draft then. Return its new version.

        Raises:
            Conflict: Somebody has changed it meanwhile.
            NotNow: It is on its way to people, or archived.
        """
        async with self.db.transaction() as conn:
            seen = await _lock(conn, broadcast_id, version)
            state = move(seen.state, "edit")
            if await open_runs(conn, broadcast_id):
                # The rest of them would get other words than those that were approved.
                raise NotNow("under way", "edit")
            await cancel_runs(conn, broadcast_id, at=self.clock.now())
            values = {**draft.columns(), "written_by": by, "approved_by": None}
            cleared = {"approved_at": None, "next_at": None, "stopped_because": None}
            return await self._save(conn, seen, state=state, **values, **cleared)

    async def act(self, broadcast_id: UUID, act: Act, *, by: UUID, version: int) -> int:
        """Do something with a broadcast other than editing it; return its new version.

        Raises:
            Conflict: Somebody has changed it meanwhile.
            NotNow: It cannot be done as it stands.
            NotReady: It is submitted, approved or resumed, and something is wrong with it.
            SecondPerson: Whoever wrote it approves it.
        """
        now = self.clock.now()
        async with self.db.transaction() as conn:
            seen = await _lock(conn, broadcast_id, version)
            values: dict[str, Any] = {"state": move(seen.state, act)}
            if act in {"submit", "approve"}:
                await self._check(conn, seen, now)
            if act == "approve":
                if by == seen.written_by:
                    raise SecondPerson
                first = first_fire(seen.draft.schedule, now=now, ground=self.ground)
                values |= {"approved_by": by, "approved_at": now, "next_at": first}
            elif act == "pause":
                await pause_runs(conn, broadcast_id)
            elif act == "resume":
                await resume_runs(conn, broadcast_id)
            elif act in ENDS_RUNS:
                await cancel_runs(conn, broadcast_id, at=now, tests=False)
                values["next_at"] = None
            return await self._save(conn, seen, **values)

    async def findings(self, broadcast_id: UUID) -> list[Finding]:
        """Return what is wrong with a broadcast as it stands, and what is worth a second look."""
        async with self.db.transaction(durable=False) as conn:
            seen = await get(conn, broadcast_id)
            return await self._findings(conn, seen, self.clock.now())

    async def _check(self, conn: AsyncConnection, seen: Broadcast, now: datetime) -> None:
        wrong = [each for each in await self._findings(conn, seen, now) if not each.warning]
        if wrong:
            raise NotReady(wrong)

    async def _findings(
        self, conn: AsyncConnection, seen: Broadcast, now: datetime
    ) -> list[Finding]:
        campaign = CampaignRow.id == seen.campaign_id
        body = await conn.scalar(select(CampaignRow.body).where(campaign)) or {}
        events = await conn.scalars(
            select(EventRow.slug).where(EventRow.campaign_id == seen.campaign_id)
        )
        known = Known(self.content(), frozenset(events), tuple(body.get("domains", ())))
        draft = seen.draft
        return [
            *check_content(draft.content, known),
            *check_when(draft.schedule, draft.not_after, now=now, ground=self.ground),
        ]

    async def _save(self, conn: AsyncConnection, seen: Broadcast, **values: Any) -> int:  # noqa: ANN401  # columns
        version = seen.version + 1
        values |= {"version": version, "changed_at": self.clock.now()}
        await conn.execute(update(BroadcastRow).where(BroadcastRow.id == seen.id).values(**values))
        return version


_COLUMNS = (
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
)


async def get(conn: AsyncConnection, broadcast_id: UUID, *, lock: bool = False) -> Broadcast:
    """Return a broadcast; with `lock`, nobody else changes it meanwhile.

    Raises:
        NotFound: There is none.
    """
    query = select(*_COLUMNS).where(BroadcastRow.id == broadcast_id)
    row = (await conn.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise NotFound
    return _read(row)


async def take_due(conn: AsyncConnection, now: datetime) -> Broadcast | None:
    """Lock and return the broadcast that is due the longest; None where none is, or others have them in hand."""
    query = (
        select(*_COLUMNS)
        .where(BroadcastRow.state == "scheduled", BroadcastRow.next_at <= now)
        .order_by(BroadcastRow.next_at, BroadcastRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = (await conn.execute(query)).one_or_none()
    return _read(row) if row else None


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


async def _lock(conn: AsyncConnection, broadcast_id: UUID, version: int) -> Broadcast:
    seen = await get(conn, broadcast_id, lock=True)
    if seen.version != version:
        raise Conflict
    return seen


def _read(row: Row[Any]) -> Broadcast:
    draft = Draft(
        row.name,
        read_content(row.content),
        read_rule(row.audience),
        read_schedule(row.schedule),
        row.not_after,
    )
    return Broadcast(
        row.id, row.campaign_id, draft, row.state, row.next_at, row.stopped_because,
        row.written_by, row.approved_by, row.version,
    )  # fmt: skip

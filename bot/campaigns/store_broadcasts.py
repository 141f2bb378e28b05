"""Broadcasts as they are kept: written, approved by a second person, paused, cancelled. All of it under the campaigns' own role.

Whoever changes a broadcast names the version that they saw; where somebody was faster, nothing is changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns import acts
from bot.campaigns.broadcast import (
    Act,
    Finding,
    Ground,
    Known,
    NotNow,
    check_content,
    check_when,
    first_fire,
    move,
)
from bot.campaigns.broadcast_rows import COLUMNS, Broadcast, Draft, get, lock, read
from bot.campaigns.runs import cancel_runs, open_runs, pause_runs, resume_runs
from bot.campaigns.schedule import next_fire
from bot.clock import Clock
from bot.content.load import Content
from bot.errors import Refused
from bot.store.engine import Database
from bot.store.tables import BroadcastRow, CampaignRow, EventRow

__all__ = ["Broadcast", "Broadcasts", "Draft", "NotReady", "SecondPerson"]
ENDS_RUNS = frozenset({"cancel", "stop", "expire", "archive"})
KIND = "message"
"""What a broadcast is called in `campaign_acts`, and on the desk."""


class SecondPerson(Refused):
    """Whoever wrote a broadcast does not approve it: somebody else looks at it too."""


class NotReady(Refused):
    """Something about the broadcast is wrong, so that it cannot go out."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(", ".join(f"{each.code} {each.where}".strip() for each in findings))


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
        async with self.db.transaction() as conn:
            return await self.add(conn, campaign_id, draft, by=by)

    async def add(
        self, conn: AsyncConnection, campaign_id: UUID, draft: Draft, *, by: UUID | None
    ) -> UUID:
        """Keep a new draft as part of a transaction; return its id."""
        made = self.clock.new_id()
        values = {**draft.columns(), "id": made, "campaign_id": campaign_id, "written_by": by}
        await conn.execute(insert(BroadcastRow).values(**values))
        await self._note(conn, made, campaign_id, "create", by)
        return made

    async def copy(self, broadcast_id: UUID, *, name: str, by: UUID | None) -> UUID:
        """Keep a new draft that says the same as another broadcast, under another name."""
        seen = await self.get(broadcast_id)
        return await self.create(seen.campaign_id, replace(seen.draft, name=name), by=by)

    async def get(self, broadcast_id: UUID) -> Broadcast:
        """Return a broadcast.

        Raises:
            NotFound: There is none.
        """
        async with self.db.transaction(durable=False) as conn:
            return await get(conn, broadcast_id)

    async def all(
        self, campaign_id: UUID | None = None, *, archived: bool = False
    ) -> list[Broadcast]:
        """Return the broadcasts of a campaign, or all, those that were changed last first; without the archived ones, or only those."""
        in_archive = BroadcastRow.state == "archived"
        query = select(*COLUMNS).where(in_archive if archived else ~in_archive)
        if campaign_id is not None:
            query = query.where(BroadcastRow.campaign_id == campaign_id)
        async with self.db.transaction(durable=False) as conn:
            rows = await conn.execute(query.order_by(BroadcastRow.changed_at.desc()))
            return [read(row) for row in rows]

    async def edit(self, broadcast_id: UUID, draft: Draft, *, by: UUID, version: int) -> int:
        """Change what a broadcast says, for whom, or when; it is a draft then. Return its new version.

        Of one that is paused on its way only the words can be changed, for those who have not got it yet.

        Raises:
            Conflict: Somebody has changed it meanwhile.
            NotNow: It is on its way to people, or archived.
        """
        async with self.db.transaction() as conn:
            seen = await lock(conn, broadcast_id, version)
            state = move(seen.state, "edit")
            if await open_runs(conn, broadcast_id):
                _may_only_change_words(seen, draft)
            else:
                await cancel_runs(conn, broadcast_id, at=self.clock.now())
            values = {**draft.columns(), "written_by": by, "approved_by": None}
            cleared = {"approved_at": None, "next_at": None, "stopped_because": None}
            await self._note(conn, broadcast_id, seen.campaign_id, "edit", by)
            return await self._save(conn, seen, state=state, **values, **cleared)

    async def act(
        self, broadcast_id: UUID, act: Act, *, by: UUID, version: int, reason: str = ""
    ) -> int:
        """Do something with a broadcast other than editing it; return its new version.

        Args:
            broadcast_id: Which.
            act: What.
            by: Who of the staff.
            version: What they saw.
            reason: Why it is sent back.

        Raises:
            Conflict: Somebody has changed it meanwhile.
            NotNow: It cannot be done as it stands.
            NotReady: It is submitted, approved or resumed, and something is wrong with it.
            SecondPerson: Whoever wrote it approves it.
        """
        now = self.clock.now()
        async with self.db.transaction() as conn:
            seen = await lock(conn, broadcast_id, version)
            values: dict[str, Any] = {"state": move(seen.state, act)}
            values |= await self._consequences(conn, seen, act, by=by, now=now)
            if act == "send_back":
                values["sent_back_because"] = reason
            await self._note(conn, broadcast_id, seen.campaign_id, act, by)
            return await self._save(conn, seen, **values)

    async def _consequences(
        self, conn: AsyncConnection, seen: Broadcast, act: Act, *, by: UUID, now: datetime
    ) -> dict[str, Any]:
        """Carry out what an act means for the runs; return the columns that it changes beside the state."""
        match act:
            case "submit":
                await self._check(conn, seen, now)
                return {"sent_back_because": None}
            case "approve":
                return await self._approve(conn, seen, by=by, now=now)
            case "unapprove":
                if await open_runs(conn, seen.id):
                    raise NotNow("under way", act)
                return {"approved_by": None, "approved_at": None, "next_at": None}
            case "pause":
                await pause_runs(conn, seen.id)
            case "resume":
                await resume_runs(conn, seen.id)
            case "unarchive":
                return {"state": seen.archived_from or "draft", "archived_from": None}
        if act in ENDS_RUNS:
            await cancel_runs(conn, seen.id, at=now, tests=False)
            return {"next_at": None} | ({"archived_from": seen.state} if act == "archive" else {})
        return {}

    async def _approve(
        self, conn: AsyncConnection, seen: Broadcast, *, by: UUID, now: datetime
    ) -> dict[str, Any]:
        await self._check(conn, seen, now)
        if by == seen.written_by:
            raise SecondPerson
        schedule = seen.draft.schedule
        if await open_runs(conn, seen.id):
            # Its words were changed midway. Those who have not got it do; nobody gets it twice.
            await resume_runs(conn, seen.id)
            first = next_fire(schedule, now, self.ground.zones, home=self.ground.home)
        else:
            first = first_fire(schedule, now=now, ground=self.ground)
        # Its links lead somewhere from now on, too.
        await conn.execute(
            update(CampaignRow)
            .where(CampaignRow.id == seen.campaign_id, CampaignRow.state == "draft")
            .values(state="live", version=CampaignRow.version + 1)
        )
        return {"approved_by": by, "approved_at": now, "next_at": first}

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
        wrong = list(check_content(draft.content, known))
        # One that is on its way already has had its moment.
        if not await open_runs(conn, seen.id):
            wrong += check_when(draft.schedule, draft.not_after, now=now, ground=self.ground)
        return wrong

    async def _note(
        self, conn: AsyncConnection, subject: UUID, campaign: UUID, act: str, by: UUID | None
    ) -> None:
        at = self.clock.now()
        await acts.note(conn, by=by, act=act, kind=KIND, subject=subject, campaign=campaign, at=at)

    async def _save(self, conn: AsyncConnection, seen: Broadcast, **values: Any) -> int:  # noqa: ANN401  # columns
        version = seen.version + 1
        values |= {"version": version, "changed_at": self.clock.now()}
        await conn.execute(update(BroadcastRow).where(BroadcastRow.id == seen.id).values(**values))
        return version


def _may_only_change_words(seen: Broadcast, draft: Draft) -> None:
    """Hold an edit of a broadcast that is on its way to its words.

    Raises:
        NotNow: It is not paused, or something else is changed: it was decided from that who gets it.
    """
    kept = replace(draft, content=seen.draft.content, name=seen.draft.name)
    ids = [each.id for each in draft.content.variants]
    same_ids = ids == [each.id for each in seen.draft.content.variants]
    held = seen.state == "paused" or seen.approved_by is None
    if not (held and same_ids and kept == seen.draft):
        raise NotNow("under way", "edit")

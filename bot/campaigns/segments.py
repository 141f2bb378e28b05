"""Saved rules, and the team's own list of those who look at a broadcast before everybody else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.audience import AnyRule, is_tester, read_rule, write_rule
from bot.campaigns.people import PEOPLE, REACHED
from bot.clock import Clock
from bot.errors import Conflict, NotFound
from bot.store.engine import Database
from bot.store.tables import SegmentRow, TesterInviteRow, TesterRow

INVITED_FOR = timedelta(days=7)
CODE_BYTES = 12
"""Of chance in an invitation: nobody guesses one."""


@dataclass(frozen=True)
class Segment:
    """A saved rule."""

    id: UUID
    name: str
    rule: AnyRule


@dataclass(frozen=True)
class Segments:
    """Reads and keeps saved rules."""

    db: Database
    """As the role of campaigns."""
    clock: Clock

    async def save(self, name: str, rule: AnyRule, *, by: UUID | None) -> UUID:
        """Keep a rule under a name; return its id.

        Raises:
            Conflict: There is one of this name.
        """
        made = self.clock.new_id()
        values = {"id": made, "name": name, "rule": write_rule(rule), "created_by": by}
        try:
            async with self.db.transaction() as conn:
                await conn.execute(insert(SegmentRow).values(**values))
        except IntegrityError as exc:
            raise Conflict from exc
        return made

    async def all(self) -> list[Segment]:
        """Return the saved rules by name; those that were put away are left out."""
        query = select(SegmentRow.id, SegmentRow.name, SegmentRow.rule)
        query = query.where(SegmentRow.archived_at.is_(None)).order_by(SegmentRow.name)
        async with self.db.transaction(durable=False) as conn:
            rows = await conn.execute(query)
            return [Segment(row.id, row.name, read_rule(row.rule)) for row in rows]

    async def archive(self, segment_id: UUID) -> None:
        """Put a rule away; its name is free again. Broadcasts have rules of their own and do not change.

        Raises:
            NotFound: There is none.
        """
        async with self.db.transaction() as conn:
            put_away = update(SegmentRow).where(
                SegmentRow.id == segment_id, SegmentRow.archived_at.is_(None)
            )
            name = SegmentRow.name + " " + str(segment_id)
            done = await conn.execute(put_away.values(archived_at=self.clock.now(), name=name))
        if done.rowcount == 0:
            raise NotFound


@dataclass(frozen=True)
class Tester:
    """Somebody of the team."""

    contact_id: UUID
    label: str


@dataclass(frozen=True)
class Invitation:
    """A link `t_<code>` by which one person becomes a tester."""

    code: str
    label: str
    expires_at: datetime


@dataclass(frozen=True)
class Testers:
    """Invites people of the team to look at broadcasts first. They are reached only while they agree to hear of campaigns, like anybody."""

    db: Database
    """As the role of campaigns."""
    clock: Clock

    async def invite(self, label: str, *, by: UUID | None) -> str:
        """Make an invitation for one person, for a week; return its code."""
        code = self.clock.token(CODE_BYTES)[:40]
        until = self.clock.now() + INVITED_FOR
        async with self.db.transaction() as conn:
            values = {"code": code, "label": label, "added_by": by, "expires_at": until}
            await conn.execute(insert(TesterInviteRow).values(**values))
        return code

    async def invitations(self) -> list[Invitation]:
        """Return the invitations that nobody has taken yet, those that end first first."""
        query = (
            select(TesterInviteRow.code, TesterInviteRow.label, TesterInviteRow.expires_at)
            .where(TesterInviteRow.expires_at > self.clock.now())
            .order_by(TesterInviteRow.expires_at)
        )
        async with self.db.transaction(durable=False) as conn:
            return [Invitation(*row) for row in await conn.execute(query)]

    async def all(self) -> list[Tester]:
        """Return the testers by label."""
        query = select(TesterRow.contact_id, TesterRow.label).order_by(TesterRow.label)
        async with self.db.transaction(durable=False) as conn:
            return [Tester(*row) for row in await conn.execute(query)]

    async def remove(self, contact_id: UUID) -> None:
        """Take somebody off the list."""
        async with self.db.transaction() as conn:
            await conn.execute(delete(TesterRow).where(TesterRow.contact_id == contact_id))

    async def uninvite(self, code: str) -> None:
        """Take an invitation back; one that is gone already is no mistake."""
        async with self.db.transaction() as conn:
            await conn.execute(delete(TesterInviteRow).where(TesterInviteRow.code == code))


async def count_testers(conn: AsyncConnection) -> int:
    """Return how many of the team a test would reach: those who agree to hear of campaigns, like anybody."""
    return (
        await conn.scalar(select(func.count()).select_from(PEOPLE).where(is_tester(), REACHED))
        or 0
    )

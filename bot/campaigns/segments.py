"""Saved rules, and the team's own list of those who look at a broadcast before everybody else."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.audience import AnyRule, is_tester, read_rule, write_rule
from bot.campaigns.people import PEOPLE, REACHED
from bot.clock import Clock
from bot.errors import Conflict, NotFound
from bot.store.engine import Database
from bot.store.tables import BroadcastRow, SegmentRow, TesterInviteRow, TesterRow

INVITED_FOR = timedelta(days=7)
CODE_BYTES = 12
"""Of chance in an invitation: nobody guesses one."""


class NameTaken(Conflict):
    """There is one of this name already."""


@dataclass(frozen=True)
class Segment:
    """A saved rule."""

    id: UUID
    name: str
    rule: AnyRule
    is_archived: bool = False


@dataclass(frozen=True)
class Use:
    """A message that is for exactly whom a rule is for."""

    broadcast_id: UUID
    name: str


@dataclass(frozen=True)
class Segments:
    """Reads and keeps saved rules."""

    db: Database
    """As the role of campaigns."""
    clock: Clock

    async def save(self, name: str, rule: AnyRule, *, by: UUID | None) -> UUID:
        """Keep a rule under a name; return its id.

        Raises:
            NameTaken: There is one of this name.
        """
        made = self.clock.new_id()
        values = {"id": made, "name": name, "rule": write_rule(rule), "created_by": by}
        try:
            async with self.db.transaction() as conn:
                await conn.execute(insert(SegmentRow).values(**values))
        except IntegrityError as exc:
            raise NameTaken from exc
        return made

    async def all(self, *, archived: bool = False) -> list[Segment]:
        """Return the saved rules by name: those in use, or only those that were put away."""
        away = SegmentRow.archived_at.is_not(None)
        query = select(*_COLUMNS).where(away if archived else ~away).order_by(SegmentRow.name)
        async with self.db.transaction(durable=False) as conn:
            return [_read(row) for row in await conn.execute(query)]

    async def get(self, segment_id: UUID) -> Segment:
        """Return a saved rule, also one that was put away.

        Raises:
            NotFound: There is none.
        """
        query = select(*_COLUMNS).where(SegmentRow.id == segment_id)
        async with self.db.transaction(durable=False) as conn:
            row = (await conn.execute(query)).one_or_none()
        if row is None:
            raise NotFound
        return _read(row)

    async def rename(self, segment_id: UUID, name: str, *, seen: str) -> None:
        """Give a rule another name, where it still has the name that was `seen`.

        Raises:
            NameTaken: There is another one of this name.
            Conflict: Somebody has renamed it or put it away meanwhile.
            NotFound: There is none.
        """
        await self.get(segment_id)
        mine = (SegmentRow.id == segment_id, SegmentRow.archived_at.is_(None))
        change = update(SegmentRow).where(*mine, SegmentRow.name == seen).values(name=name)
        try:
            async with self.db.transaction() as conn:
                done = await conn.execute(change)
        except IntegrityError as exc:
            raise NameTaken from exc
        if done.rowcount == 0:
            raise Conflict

    async def change(self, segment_id: UUID, rule: AnyRule, *, seen: str) -> None:
        """Let an audience be for somebody else, where it is still for whom it was `seen` to be (`version_of`).

        Messages have rules of their own and do not change.

        Raises:
            Conflict: Somebody has changed it or put it away meanwhile.
            NotFound: There is none.
        """
        async with self.db.transaction() as conn:
            query = select(*_COLUMNS).where(SegmentRow.id == segment_id).with_for_update()
            row = (await conn.execute(query)).one_or_none()
            if row is None:
                raise NotFound
            was = _read(row)
            if was.is_archived or version_of(was.rule) != seen:
                raise Conflict
            mine = update(SegmentRow).where(SegmentRow.id == segment_id)
            await conn.execute(mine.values(rule=write_rule(rule)))

    async def archive(self, segment_id: UUID) -> None:
        """Put a rule away; its name is free again. Broadcasts have rules of their own and do not change.

        Raises:
            NotFound: There is none.
        """
        async with self.db.transaction() as conn:
            put_away = update(SegmentRow).where(
                SegmentRow.id == segment_id, SegmentRow.archived_at.is_(None)
            )
            name = SegmentRow.name + _away(segment_id)
            done = await conn.execute(put_away.values(archived_at=self.clock.now(), name=name))
        if done.rowcount == 0:
            raise NotFound

    async def restore(self, segment_id: UUID) -> None:
        """Take a rule up again that was put away, under its name of then.

        Raises:
            NameTaken: Another one has this name by now.
            NotFound: There is none that was put away.
        """
        found = await self.get(segment_id)
        mine = (SegmentRow.id == segment_id, SegmentRow.archived_at.is_not(None))
        change = update(SegmentRow).where(*mine).values(archived_at=None, name=found.name)
        try:
            async with self.db.transaction() as conn:
                done = await conn.execute(change)
        except IntegrityError as exc:
            raise NameTaken from exc
        if done.rowcount == 0:
            raise NotFound

    async def used_by(self) -> dict[UUID, list[Use]]:
        """Return by segment which messages are for exactly whom it is for, as they stand now; archived ones are left out."""
        same = (BroadcastRow.audience == SegmentRow.rule) & (BroadcastRow.state != "archived")
        query = (
            select(SegmentRow.id, BroadcastRow.id.label("broadcast"), BroadcastRow.name)
            .join(BroadcastRow, same)
            .order_by(BroadcastRow.name)
        )
        found: dict[UUID, list[Use]] = {}
        async with self.db.transaction(durable=False) as conn:
            for row in await conn.execute(query):
                found.setdefault(row.id, []).append(Use(row.broadcast, row.name))
        return found


def version_of(rule: AnyRule) -> str:
    """Return by what a page knows that a rule is still the one it showed."""
    text = json.dumps(write_rule(rule), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


_COLUMNS = (SegmentRow.id, SegmentRow.name, SegmentRow.rule, SegmentRow.archived_at)


def _away(segment_id: UUID) -> str:
    """Return what is added to the name of a rule that is put away, so that it is free again."""
    return f" {segment_id}"


def _read(row: Row[Any]) -> Segment:
    is_archived = row.archived_at is not None
    name = row.name.removesuffix(_away(row.id)) if is_archived else row.name
    return Segment(row.id, name, read_rule(row.rule), is_archived)


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

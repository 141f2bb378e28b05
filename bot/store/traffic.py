"""Words that many people write: who wrote them and what they are is kept as keyed hashes, for a day, and counted when somebody looks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Address
from bot.store.batch import Batch, prepared
from bot.store.counts import Tally
from bot.store.crypto import Lookup
from bot.store.tables import TrafficCountRow, TrafficMarkRow, TrafficRulingRow
from bot.understanding.shape import CADENCE, Shape

KEEP = timedelta(hours=24)
SLOW_FOR = timedelta(hours=1)
MAX_GROUPS = 100
_NOTE = prepared(
    """
    INSERT INTO traffic_marks AS m (shape, who, kind, danger, channel, first_at, last_at)
    VALUES (:shape, :who, :kind, :danger, :channel, :now, :now)
    ON CONFLICT (shape, who) DO UPDATE SET
        times = m.times + 1, danger = m.danger OR excluded.danger, last_at = greatest(m.last_at, excluded.last_at)
    """
)

_FORGET = prepared("DELETE FROM traffic_marks WHERE shape = :shape AND who = :who")


@dataclass(frozen=True)
class Ruling:
    """What a supervisor has decided about the words of a group."""

    id: UUID
    ruling: str
    people: int
    made_at: datetime
    until: datetime | None


@dataclass(frozen=True)
class Group:
    """People who wrote the same words, or sent the same link, within a day."""

    shape: str
    """Its keyed hash, in hex."""
    kind: str
    danger: bool
    people: int
    times: int
    since: datetime
    last_at: datetime
    channels: Mapping[str, int]
    """How many people on each channel."""
    ruling: Ruling | None = None


def hash_of(lookup: Lookup, shape: Shape | None) -> bytes | None:
    """Return the keyed hash of a shape, by which it is found."""
    return None if shape is None else lookup.of("traffic.shape", shape.kind, shape.words)


def note(
    batch: Batch, lookup: Lookup, address: Address, shape: Shape, *, danger: bool, now: datetime
) -> None:
    """Note that somebody wrote words of this shape.

    What stands for them fits these words and this day alone: two groups cannot be compared by who is in them.
    """
    shaped, who = _who(lookup, address, shape, now)
    batch.add(
        _NOTE,
        shape=shaped,
        who=who,
        kind=shape.kind,
        danger=danger,
        channel=address.channel,
        now=now,
    )


def tally(into: Tally, kind: str, number: int, now: datetime) -> None:
    """Count `number` of something that happened: `insult`, `together` or `let_go`."""
    into.add(TrafficCountRow, {"day": now.date(), "kind": kind}, number=number)


def forget_cadence(batch: Batch, lookup: Lookup, address: Address, *, now: datetime) -> None:
    """Take back that somebody writes like a machine: they have told of danger."""
    shaped, who = _who(lookup, address, CADENCE, now)
    batch.add(_FORGET, shape=shaped, who=who)


def _who(lookup: Lookup, address: Address, shape: Shape, now: datetime) -> tuple[bytes, bytes]:
    shaped = hash_of(lookup, shape)
    assert shaped is not None
    place = lookup.of("address", address.channel, address.account, address.value)
    return shaped, lookup.of("traffic.who", now.date().isoformat(), shaped.hex(), place.hex())[:16]


async def list_groups(conn: AsyncConnection, *, at_least: int, now: datetime) -> list[Group]:
    """Return what at least so many people wrote within a day, the largest first, and whoever writes like a machine."""
    mark = TrafficMarkRow
    per_channel = (
        select(
            mark.shape,
            mark.channel,
            func.max(mark.kind).label("kind"),
            func.bool_or(mark.danger).label("danger"),
            func.count().label("people"),
            func.sum(mark.times).label("times"),
            func.min(mark.first_at).label("since"),
            func.max(mark.last_at).label("last_at"),
        )
        .where(mark.last_at > now - KEEP)
        .group_by(mark.shape, mark.channel)
        .subquery()
    )
    part = per_channel.c
    whole = (
        select(
            part.shape,
            func.max(part.kind).label("kind"),
            func.bool_or(part.danger).label("danger"),
            func.sum(part.people).label("people"),
            func.sum(part.times).label("times"),
            func.min(part.since).label("since"),
            func.max(part.last_at).label("last_at"),
            func.jsonb_object_agg(part.channel, part.people).label("channels"),
        )
        .group_by(part.shape)
        .having(
            or_(func.sum(part.people) >= at_least, func.max(part.kind) == CADENCE.kind),
        )
        .order_by(func.bool_or(part.danger).desc(), func.sum(part.people).desc(), part.shape)
        .limit(MAX_GROUPS)
    )
    rows = (await conn.execute(whole)).all()
    rulings = await _list_holding(conn, [row.shape for row in rows], now)
    return [
        Group(
            row.shape.hex(),
            row.kind,
            row.danger,
            int(row.people),
            int(row.times),
            row.since,
            row.last_at,
            row.channels,
            rulings.get(row.shape),
        )
        for row in rows
    ]


async def _list_holding(
    conn: AsyncConnection, shapes: list[bytes], now: datetime
) -> dict[bytes, Ruling]:
    row = TrafficRulingRow
    holding = row.undone_at.is_(None), (row.until.is_(None)) | (row.until > now)
    query = select(row).where(row.shape.in_(shapes), *holding).order_by(row.made_at, row.id)
    return {
        each.shape: Ruling(each.id, each.ruling, each.people, each.made_at, each.until)
        for each in (await conn.execute(query)).all()
    }


async def list_harmless(conn: AsyncConnection) -> list[tuple[Ruling, str]]:
    """Return what counts as harmless now, the newest first, each with its kind."""
    row = TrafficRulingRow
    query = (
        select(row)
        .where(row.ruling == "harmless", row.undone_at.is_(None))
        .order_by(row.made_at.desc())
        .limit(MAX_GROUPS)
    )
    return [
        (Ruling(each.id, each.ruling, each.people, each.made_at, each.until), each.kind)
        for each in (await conn.execute(query)).all()
    ]


async def rule(
    conn: AsyncConnection, group: Group, ruling: str, *, id_: UUID, staff_id: UUID, now: datetime
) -> None:
    """Note what a supervisor has decided about a group; it takes the place of what was decided before."""
    shape = bytes.fromhex(group.shape)
    row = TrafficRulingRow
    before = row.shape == shape, row.undone_at.is_(None)
    await conn.execute(update(row).where(*before).values(undone_at=now))
    until = {"slow": now + SLOW_FOR, "seen": now + KEEP}.get(ruling)
    await conn.execute(
        insert(row).values(
            id=id_,
            shape=shape,
            kind=group.kind,
            ruling=ruling,
            people=group.people,
            staff_id=staff_id,
            made_at=now,
            until=until,
        )
    )


async def undo(conn: AsyncConnection, ruling_id: UUID, *, now: datetime) -> bool:
    """Take a decision back; False where there is none (any more)."""
    row = TrafficRulingRow
    mine = row.id == ruling_id, row.undone_at.is_(None)
    return (await conn.execute(update(row).where(*mine).values(undone_at=now))).rowcount == 1


async def count_kinds(conn: AsyncConnection, *, now: datetime) -> dict[str, int]:
    """Return what was counted today."""
    columns = TrafficCountRow.kind, TrafficCountRow.number
    query = select(*columns).where(TrafficCountRow.day == now.date())
    return {row.kind: row.number for row in await conn.execute(query)}


async def purge(conn: AsyncConnection, *, now: datetime) -> int:
    """Forget what was written more than a day ago; return how many marks."""
    old = TrafficMarkRow.last_at <= now - KEEP
    return (await conn.execute(delete(TrafficMarkRow).where(old))).rowcount

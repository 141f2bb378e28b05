"""What supervisors see of unusual traffic: many people who tell the same danger, many who send the same words or link, and how fast it all comes.

Nobody's words are in it, and nobody's name: groups are counted from keyed hashes (`bot.store.traffic`). The same danger told by several people
may be one place in which all of them are held, so it is an alarm, and never anything that can be slowed down.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Conflict, NotFound
from bot.hotline import pauses
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.store import inbox, paces, traffic
from bot.store.inbox import Backlog
from bot.store.traffic import Group, Ruling
from bot.understanding.shape import CADENCE

SAME_DANGER = 3
"""From so many people on it is an alarm."""
MANY = 10
"""From so many people on, words without danger are worth a look."""
SLOW, HARMLESS, SEEN = "slow", "harmless", "seen"
Verdict = Literal["slow", "harmless", "seen"]


@dataclass(frozen=True)
class Unusual:
    """All that the page shows."""

    alarms: tuple[Group, ...] = ()
    """The same danger, told by several people, that nobody looks after yet, or that has grown since."""
    seen: tuple[Group, ...] = ()
    """Those that somebody looks after."""
    groups: tuple[Group, ...] = ()
    """The same words or links without any danger."""
    harmless: tuple[tuple[Ruling, str], ...] = ()
    waiting: int = 0
    """How many people are answered more slowly right now."""
    backlog: Backlog = field(default_factory=Backlog)
    too_much: bool = False
    """The house cannot keep up, and campaigns wait."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """What was counted today."""
    pauses: int | None = 0
    """How often in four weeks a counsellor has rested from an abusive talk; None where it was seldom, but not never."""

    @property
    def unruled(self) -> tuple[Group, ...]:
        """The groups that nobody has decided about yet."""
        return tuple(group for group in self.groups if group.ruling is None)


async def look(conn: AsyncConnection, staff: Staff, *, now: datetime) -> Unusual:
    """Return what there is now.

    Raises:
        NotFound: Only those who oversee may see it.
    """
    _check(staff)
    backlog = await inbox.get_backlog(conn)
    found = await look_at_groups(conn, now=now)
    return Unusual(
        *found,
        harmless=tuple(await traffic.list_harmless(conn)),
        waiting=await paces.count_waiting(conn),
        backlog=backlog,
        too_much=backlog.is_too_much(now),
        counts=await traffic.count_kinds(conn, now=now),
        pauses=pauses.told(await pauses.count_recent(conn, now=now)),
    )


async def look_at_groups(
    conn: AsyncConnection, *, now: datetime
) -> tuple[tuple[Group, ...], tuple[Group, ...], tuple[Group, ...]]:
    """Return alarms, alarms that somebody looks after, and groups without danger, for pages and for numbers alike."""
    groups = await traffic.list_groups(conn, at_least=SAME_DANGER, now=now)
    alarms = tuple(group for group in groups if group.danger and not _is_seen(group))
    seen = tuple(group for group in groups if group.danger and _is_seen(group))
    return alarms, seen, tuple(group for group in groups if _is_unusual(group))


async def rule(
    conn: AsyncConnection,
    staff: Staff,
    shape: str,
    verdict: str,
    *,
    ruling_id: UUID,
    now: datetime,
) -> None:
    """Decide about a group.

    Raises:
        NotFound: There is no such group (any more), no such decision, or this is not for them to decide.
        Conflict: People tell of danger in these words: they can be looked after, and neither be slowed down nor be called harmless.
    """
    _check(staff)
    groups = await traffic.list_groups(conn, at_least=SAME_DANGER, now=now)
    group = next((each for each in groups if each.shape == shape), None)
    if group is None or verdict not in {SLOW, HARMLESS, SEEN}:
        raise NotFound
    if group.danger != (verdict == SEEN):
        raise Conflict
    await traffic.rule(conn, group, verdict, id_=ruling_id, staff_id=staff.id, now=now)


async def undo(conn: AsyncConnection, staff: Staff, ruling_id: UUID, *, now: datetime) -> None:
    """Take a decision back.

    Raises:
        NotFound: There is none (any more).
    """
    _check(staff)
    if not await traffic.undo(conn, ruling_id, now=now):
        raise NotFound


def _check(staff: Staff) -> None:
    if not staff.may(Permission.OVERSEE):
        raise NotFound


def _is_seen(group: Group) -> bool:
    """Tell whether somebody looks after an alarm, and it has not grown by as many people since as make an alarm."""
    ruling = group.ruling
    return (
        ruling is not None and ruling.ruling == SEEN and group.people < ruling.people + SAME_DANGER
    )


def _is_unusual(group: Group) -> bool:
    harmless = group.ruling is not None and group.ruling.ruling == HARMLESS
    is_many = group.people >= MANY or group.kind == CADENCE.kind
    return not group.danger and is_many and not harmless

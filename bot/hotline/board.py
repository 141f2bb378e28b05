"""What supervisors look after: who waits, for how long, who is there, how much they carry, and which promise is broken."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFound
from bot.hotline.hours import on_duty
from bot.hotline.lists import QueueItem, list_claimed, list_waiting
from bot.hotline.permissions import Permission
from bot.hotline.shifts import list_shifts
from bot.hotline.staff import Staff, list_on_desk, list_staff
from bot.hotline.weight import WEIGHT
from bot.store.contacts import People
from bot.store.tables import CaseRow, PromiseRow
from bot.understanding.model import RiskLevel

MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Group:
    """Those who wait of one class and one language."""

    level: RiskLevel
    locale: str
    count: int
    waiting_since: datetime
    """Of whoever has waited longest."""
    speaks: bool
    """Somebody is there who speaks it."""


@dataclass(frozen=True)
class Late:
    """A promise that is broken: somebody should have heard from a person, and has not."""

    case: QueueItem
    due_at: datetime


@dataclass(frozen=True)
class Colleague:
    """Somebody who talks with people, as the board shows them: there, or missing although they are on duty."""

    id: UUID
    name: str
    languages: tuple[str, ...]
    load: int
    limit: int
    cases: int
    there: bool
    rests: bool
    planned: bool
    """On duty by the rota now."""


@dataclass(frozen=True)
class Held:
    """A case that somebody has, and could be given to somebody else."""

    case: QueueItem
    staff_id: UUID
    gone: bool
    """Its counsellor may not sign in any more."""


@dataclass(frozen=True)
class Board:
    """Everything at one moment."""

    groups: tuple[Group, ...]
    oldest: QueueItem | None
    late: tuple[Late, ...]
    colleagues: tuple[Colleague, ...]
    held: tuple[Held, ...]
    left: tuple[str, ...]
    """References of those whose counsellor fell silent, and whom nobody has taken since."""
    alarms: tuple[str, ...]
    """What is worth a sound, as keys that change with each new one; they name nobody."""

    @property
    def waiting(self) -> int:
        """How many wait who could be taken now."""
        return sum(group.count for group in self.groups)

    @property
    def there(self) -> int:
        """How many counsellors have the desk open."""
        return sum(each.there for each in self.colleagues)


def check_may_oversee(staff: Staff) -> None:
    """Make sure that somebody may see the board.

    Raises:
        NotFound: They may not.
    """
    if not staff.may(Permission.OVERSEE):
        raise NotFound


async def look(conn: AsyncConnection, people: People, by: Staff, *, now: datetime) -> Board:
    """Return the board.

    Raises:
        NotFound: This role does not oversee.
    """
    check_may_oversee(by)
    waiting = [
        item for item in await list_waiting(conn, people, by, now=now) if item.note != "not_now"
    ]
    claimed = await list_claimed(conn, by)
    staff = {each.id: each for each in await list_staff(conn)}
    owners = await _owners(conn, [item.id for item in claimed])
    late = await _late(conn, [*waiting, *claimed], now)
    left = [item for item in waiting if item.note == "alarm"]
    colleagues = await _colleagues(conn, staff.values(), now)
    awake = {
        code for each in colleagues if each.there and not each.rests for code in each.languages
    }
    return Board(
        groups=tuple(_groups(waiting, awake)),
        oldest=min(waiting, key=lambda item: item.waiting_since, default=None),
        late=tuple(late),
        colleagues=tuple(colleagues),
        held=tuple(
            Held(item, owners[item.id], staff[owners[item.id]].disabled)  # type: ignore[index]  # a `StaffId` is a UUID
            for item in claimed
            if item.id in owners
        ),
        left=tuple(item.reference for item in left),
        alarms=(
            *(f"{each.case.id}:late" for each in late),
            *(f"{item.id}:left" for item in left),
        ),
    )


def _groups(waiting: Iterable[QueueItem], spoken: Collection[str]) -> Iterator[Group]:
    def of(item: QueueItem) -> tuple[int, str]:
        return -item.level, item.locale

    for (_, locale), members in groupby(sorted(waiting, key=of), key=of):
        items = list(members)
        since = min(item.waiting_since for item in items)
        yield Group(items[0].level, locale, len(items), since, locale in spoken)


async def _late(conn: AsyncConnection, items: Sequence[QueueItem], now: datetime) -> list[Late]:
    rows = await conn.execute(
        select(PromiseRow.case_id, PromiseRow.due_at).where(
            PromiseRow.case_id.in_([item.id for item in items]),
            PromiseRow.answered_at.is_(None),
            PromiseRow.due_at < now,
        )
    )
    due = {row.case_id: row.due_at for row in rows}
    found = [Late(item, due[item.id]) for item in items if item.id in due]
    return sorted(found, key=lambda each: each.due_at)


async def _colleagues(
    conn: AsyncConnection, staff: Iterable[Staff], now: datetime
) -> list[Colleague]:
    """Return who is there, who should be, and who has cases."""
    there = {each.id for each in await list_on_desk(conn, now)}
    planned = {
        shift.staff_id for shift in on_duty(await list_shifts(conn, now, now + MOMENT), now)
    }
    carried = await _carried(conn)
    return [
        Colleague(
            id=each.id,
            name=each.name,
            languages=each.languages,
            load=carried.get(each.id, (0, 0))[1],
            limit=each.carries,
            cases=carried.get(each.id, (0, 0))[0],
            there=each.id in there,
            rests=each.rests_until is not None and each.rests_until > now,
            planned=each.id in planned,
        )
        for each in staff
        if each.may(Permission.TALK)
        and (each.id in there or each.id in planned or each.id in carried)
    ]


async def _carried(conn: AsyncConnection) -> Mapping[UUID, tuple[int, int]]:
    """Return how many cases everybody has, and what they weigh."""
    rows = await conn.execute(
        select(CaseRow.claimed_by, CaseRow.level, func.count().label("number"))
        .where(CaseRow.state == "claimed")
        .group_by(CaseRow.claimed_by, CaseRow.level)
    )
    found: dict[Any, tuple[int, int]] = {}
    for row in rows:
        cases, load = found.get(row.claimed_by, (0, 0))
        weight = WEIGHT[RiskLevel.of(row.level)]
        found[row.claimed_by] = (cases + row.number, load + row.number * weight)
    return found


async def _owners(conn: AsyncConnection, case_ids: Sequence[UUID]) -> Mapping[UUID, UUID]:
    rows = await conn.execute(
        select(CaseRow.id, CaseRow.claimed_by).where(
            CaseRow.id.in_(case_ids), CaseRow.claimed_by.is_not(None)
        )
    )
    return {row.id: row.claimed_by for row in rows}

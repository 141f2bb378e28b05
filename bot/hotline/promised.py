"""What somebody who asks for a person is told of the time, and the promise that is kept of it.

Nobody is promised more than the rota allows, and every promise is a row: the board shows those that are broken.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.hotline.hours import opens
from bot.hotline.hours_waits import LATELY, Range, Waited, range_of
from bot.hotline.order import PROMISE
from bot.hotline.shifts import list_shifts
from bot.hotline.staff import list_on_desk
from bot.store.tables import CaseRow, PromiseRow
from bot.understanding.model import RiskLevel

AHEAD = timedelta(days=5)
"""So far the rota is looked at: a day of the week, told without its date, must not be taken for the wrong one."""


@dataclass(frozen=True)
class Outlook:
    """What can honestly be said to somebody who asks for a person now."""

    there: bool
    """Somebody is at the desk."""
    speaks: bool
    """Somebody is there who speaks their language, and takes no breather."""
    due_at: datetime
    """By when they should hear from a person."""
    opens_at: datetime | None = None
    """When by the rota somebody who speaks their language is there next; None where somebody is, or it is not known."""
    range: Range | None = None
    """How long people like them waited lately; None where no number would be honest."""

    @property
    def told(self) -> str:
        """What of it the person is told: a `range`, that we are `unsure`, a `time`, or `nothing`."""
        if self.speaks:
            return "range" if self.range else "unsure"
        return "time" if self.opens_at else "nothing"


async def outlook(
    conn: AsyncConnection, language: str, level: RiskLevel, *, now: datetime
) -> Outlook:
    """Return what can be said to somebody of a class and a language."""
    there = await list_on_desk(conn, now)
    awake = [each for each in there if each.rests_until is None or each.rests_until <= now]
    shifts = await list_shifts(conn, now, now + AHEAD)
    if any(language in each.languages for each in awake):
        waits = await recent_waits(conn, language, level, now=now)
        told = range_of(waits, shifts, now, language)
        return Outlook(True, True, now + PROMISE[level], range=told)
    begins = opens(shifts, now, language)
    # On duty by the rota, and not at the desk: when somebody will be is not known.
    known = begins if begins is not None and begins > now else None
    return Outlook(bool(there), False, (known or now) + PROMISE[level], opens_at=known)


async def recent_waits(
    conn: AsyncConnection, language: str, level: RiskLevel, *, now: datetime
) -> list[Waited]:
    """Return how long people of a class and a language waited lately, who came while somebody was there for them."""
    until = func.coalesce(PromiseRow.answered_at, CaseRow.closed_at, now)
    rows = await conn.execute(
        select(
            (until - PromiseRow.made_at).label("span"),
            PromiseRow.answered_at.is_not(None).label("ended"),
        )
        .join(CaseRow, CaseRow.id == PromiseRow.case_id)
        .where(
            PromiseRow.covered,
            PromiseRow.made_at > now - LATELY,
            PromiseRow.made_at <= now,
            PromiseRow.level == level.label,
            PromiseRow.language == language,
        )
    )
    return [Waited(row.span, row.ended) for row in rows]


async def make(
    conn: AsyncConnection,
    case_id: UUID,
    *,
    language: str,
    level: str,
    made_at: datetime,
    due_at: datetime,
    told: str,
    covered: bool,
    low: timedelta | None,
    high: timedelta | None,
) -> None:
    """Keep what a person was promised; whoever comes back later is promised anew."""
    values: dict[str, Any] = {
        "language": language,
        "level": level,
        "made_at": made_at,
        "due_at": due_at,
        "told": told,
        "covered": covered,
        "low_s": None if low is None else int(low.total_seconds()),
        "high_s": None if high is None else int(high.total_seconds()),
        "answered_at": None,
    }
    wanted = insert(PromiseRow).values(case_id=case_id, **values)
    await conn.execute(wanted.on_conflict_do_update(index_elements=["case_id"], set_=values))


async def note_answer(conn: AsyncConnection, case_id: UUID, *, now: datetime) -> None:
    """Note that a counsellor has written, where it is the first time since the promise."""
    await conn.execute(
        update(PromiseRow)
        .where(PromiseRow.case_id == case_id, PromiseRow.answered_at.is_(None))
        .values(answered_at=now)
    )


async def hasten(conn: AsyncConnection, case_id: UUID, level: RiskLevel, *, now: datetime) -> None:
    """Bring the promise of somebody forward who has told of more danger while they wait; it is never put off."""
    await conn.execute(
        update(PromiseRow)
        .where(PromiseRow.case_id == case_id, PromiseRow.answered_at.is_(None))
        .values(due_at=func.least(PromiseRow.due_at, now + PROMISE[level]), level=level.label)
    )


async def renew(conn: AsyncConnection, case_id: UUID, *, now: datetime) -> None:
    """Promise anew to somebody who has just come back to a case that was closed; of the time they are told nothing."""
    row = (
        await conn.execute(
            select(CaseRow.level, CaseRow.locale).where(
                CaseRow.id == case_id, CaseRow.state == "waiting", CaseRow.waiting_since == now
            )
        )
    ).one_or_none()
    if row is None:
        return
    seen = await outlook(conn, row.locale, RiskLevel.of(row.level), now=now)
    await make(
        conn,
        case_id,
        language=row.locale,
        level=row.level,
        made_at=now,
        due_at=seen.due_at,
        told="nothing",
        covered=seen.speaks,
        low=None,
        high=None,
    )

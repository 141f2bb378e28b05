"""Who of the staff is told, away from the desk, that somebody waits: classes and numbers only, and nobody is flooded.

The decisions are pure. `docs/staff-bot.md` says what follows from them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.hotline import claiming, waiting
from bot.hotline.order import PROMISE
from bot.hotline.staff_accounts import Linked, may_be_alarmed
from bot.store.contacts import People
from bot.store.staff_bot import Notice
from bot.store.tables import CaseRow, StaffRow, TransferRow
from bot.understanding.model import RiskLevel

QUIET = timedelta(minutes=5)
"""Between two sounds for the same person of the staff, unless somebody is in danger now."""
CALL_AFTER = PROMISE[RiskLevel.IMMEDIATE]
"""So long somebody in danger now waits before whoever is on duty is called, whether they fit or not."""
ALARM_AFTER = 2 * CALL_AFTER
"""And so long before supervisors are."""


class Act(StrEnum):
    """What to do with the one notice that somebody is shown."""

    NOTHING = "nothing"
    SOUND = "sound"
    """A new one that makes a sound; an old one goes."""
    WHISPER = "whisper"
    """A new one without a sound, where there is none."""
    EDIT = "edit"
    """The old one says something else, without a sound."""
    DELETE = "delete"


class Call(StrEnum):
    """Why the staff are called; the ids of the words."""

    WAITS = "call"
    """Somebody in danger now waits too long: to those on duty."""
    ALARM = "call_alarm"
    """Still: to supervisors."""
    RETURNED = "call_returned"
    """Nobody has taken somebody who was left in the middle of a talk: to supervisors."""
    REMIND = "call_remind"
    """A counsellor leaves somebody without a word: to that counsellor."""
    OFFERED = "call_offered"
    """A colleague would hand a talk over: to who is asked."""
    ACCEPTED = "call_accepted"
    """It was taken over: to who had offered it."""
    DECLINED = "call_declined"
    """It stays with who had offered it: to them."""


TO_ONE = frozenset({Call.REMIND, Call.OFFERED, Call.ACCEPTED, Call.DECLINED})
"""Calls for one of the staff, who need not have an account here; of the others somebody must hear."""
TOLD_FOR = timedelta(minutes=10)
"""So long after a colleague's answer it is news."""


@dataclass(frozen=True)
class Due:
    """A call that is to be made."""

    case_id: UUID
    call: Call
    staff_id: UUID | None = None
    """The counsellor whom it is for; None where it is for several."""
    transfer: int | None = None
    """The transfer that it is about."""
    name: str = ""
    """The colleague whom it names."""
    level: str = ""
    """The class of the talk that is offered."""

    @property
    def mark(self) -> str:
        """Under which it is remembered to have been made."""
        return self.call.value if self.transfer is None else f"{self.call.value}:{self.transfer}"


def act_on(notice: Notice, counts: Mapping[str, int], now: datetime) -> Act:
    """Decide what becomes of somebody's notice.

    More people in danger now are heard of at once, everybody else together, `QUIET` after the last sound at the latest.

    Args:
        notice: What they are shown.
        counts: How many wait for them now, by level, without zeros.
        now: Aware.
    """
    if not counts:
        return Act.DELETE if notice.counts else Act.NOTHING
    new = {level for level, number in counts.items() if number > notice.heard.get(level, 0)}
    rested = notice.loud_at is None or now - notice.loud_at >= QUIET
    if RiskLevel.IMMEDIATE.label in new or (new and rested):
        return Act.SOUND
    if not notice.counts:
        return Act.WHISPER
    return Act.NOTHING if dict(notice.counts) == dict(counts) else Act.EDIT


def after(
    act: Act, notice: Notice, counts: Mapping[str, int], now: datetime, message_id: int | None
) -> Notice:
    """Return what somebody is shown once the act is done; whoever waits no more was not heard of either."""
    if act is Act.SOUND:
        return Notice(message_id, counts, counts, now)
    heard = {level: min(number, counts.get(level, 0)) for level, number in notice.heard.items()}
    return Notice(message_id, counts, heard, notice.loud_at)


def targets(call: Call, linked: Sequence[Linked], due: Due, now: datetime) -> list[Linked]:
    """Return who hears of a call; empty where nobody can be reached."""
    if call in TO_ONE:
        return [each for each in linked if each.staff.id == due.staff_id]
    if call is Call.WAITS:
        on_duty = [each for each in linked if each.is_on_duty(now)]
        # Who takes a breather is left in peace while somebody else is there; with nobody on duty all are called.
        return [each for each in on_duty if not each.rests(now)] or on_duty or list(linked)
    return [each for each in linked if may_be_alarmed(each.staff)]


async def count_for(
    conn: AsyncConnection, people: People, linked: Iterable[Linked], now: datetime
) -> dict[UUID, dict[str, int]]:
    """Return for those on duty how many, by level, “next person” would have for them at this moment."""
    found: dict[UUID, dict[str, int]] = {}
    for each in linked:
        if not each.is_on_duty(now) or each.rests(now):
            continue
        counts: dict[str, int] = {}
        for given in (await claiming.look(conn, people, each.staff, now=now)).given:
            level = given.waiting.place.level.label
            counts[level] = counts.get(level, 0) + 1
        found[each.staff.id] = counts
    return found


async def list_due(conn: AsyncConnection, people: People, now: datetime) -> list[Due]:
    """Return all calls that are due now, also those that were made already."""
    found: list[Due] = []
    offered, _ = await waiting.list_in_order(conn, people, now)
    for place in offered:
        if place.level is RiskLevel.IMMEDIATE:
            waited = now - place.waiting_since
            if waited >= CALL_AFTER:
                found.append(Due(place.case_id, Call.WAITS))
            if waited >= ALARM_AFTER:
                found.append(Due(place.case_id, Call.ALARM))
    rows = await conn.execute(
        select(CaseRow.id, CaseRow.state, CaseRow.claimed_by, CaseRow.alarmed_at).where(
            (CaseRow.state == "waiting") & CaseRow.alarmed_at.is_not(None)
            | (CaseRow.state == "claimed") & CaseRow.reminded_at.is_not(None)
        )
    )
    for row in rows:
        if row.state == "claimed":
            found.append(Due(row.id, Call.REMIND, row.claimed_by))
        else:
            found.append(Due(row.id, Call.RETURNED))
    return [*found, *await _transfers(conn, now)]


async def _transfers(conn: AsyncConnection, now: datetime) -> list[Due]:
    one, other = aliased(StaffRow), aliased(StaffRow)
    rows = await conn.execute(
        select(TransferRow, CaseRow.level, one.name.label("by"), other.name.label("to"))
        .join(CaseRow, CaseRow.id == TransferRow.case_id)
        .join(one, one.id == TransferRow.from_id)
        .join(other, other.id == TransferRow.to_id)
        .where(
            (TransferRow.state == "offered") & (CaseRow.state == "claimed")
            | TransferRow.state.in_(("accepted", "declined"))
            & (TransferRow.answered_at > now - TOLD_FOR)
        )
        .order_by(TransferRow.id)
    )
    found: list[Due] = []
    for row in rows:
        if row.state == "offered":
            found.append(
                Due(row.case_id, Call.OFFERED, row.to_id, row.id, name=row.by, level=row.level)
            )
        else:
            call = Call.ACCEPTED if row.state == "accepted" else Call.DECLINED
            found.append(Due(row.case_id, call, row.from_id, row.id, name=row.to))
    return found

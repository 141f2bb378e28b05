"""A message that is moved to another day of the calendar keeps its time, in every zone there is, and never goes out at night."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.campaigns.broadcast import Ground, first_fire
from bot.campaigns.clocks import zone_of
from bot.campaigns.moving import CannotMove, clock_of, moved, moves
from bot.campaigns.quiet import QUIET, is_quiet
from bot.campaigns.schedule import AnySchedule, At, Drip, Local, Now, Recurring, dues
from tests.support.rules import at_moments, locals_, moments, schedules, zones

HOME = "Asia/Jakarta"
NOW = datetime(2026, 7, 30, 5, tzinfo=UTC)
GROUND = Ground(HOME, frozenset({HOME, "Asia/Makassar", "Europe/London"}))
shifts = st.integers(-400, 400)
DAY = timedelta(days=1)


def wall(schedule: At | Local, ground: Ground) -> tuple[date, time]:
    """Return day and time of what goes out once, by the clock that it was written by."""
    if isinstance(schedule, Local):
        return schedule.on, schedule.time
    there = schedule.at.astimezone(zone_of(clock_of(schedule, ground)))
    return there.date(), there.time().replace(fold=0)


@given(st.one_of(at_moments, locals_), shifts, moments, st.lists(zones, min_size=1, max_size=4))
@example(
    At(at=datetime(2026, 10, 24, 9, tzinfo=UTC), zone="Europe/London"), 2,
    datetime(2026, 10, 1, tzinfo=UTC), ["Europe/London"],
)  # fmt: skip
def test_it_keeps_its_time_and_is_neither_past_nor_at_night(
    schedule: At | Local, days: int, now: datetime, where: list[str]
) -> None:
    """So many days later by the same clock, at the same time; what it comes to is ahead, and in nobody's quiet hours. Else it is refused."""
    ground = Ground(HOME, frozenset({HOME, *where}))
    day, at = wall(schedule, ground)
    no, new = "", None
    try:
        new = moved(schedule, days, now=now, ground=ground)
    except CannotMove as exc:
        no = exc.why
    if new is None:
        assert no == "quiet" if QUIET.covers(at) else no in {"past", "no_such_time"}
        return
    assert wall(new, ground) == (day + days * DAY, at)
    assert not QUIET.covers(at)
    fires = first_fire(new, now=now, ground=ground)
    assert fires is not None
    assert fires > now
    for due in dues(new, fires, ground.zones):
        assert not is_quiet(due.at, due.zone)


@given(st.one_of(at_moments, locals_), shifts, moments)
def test_moved_back_it_is_what_it_was(schedule: At | Local, days: int, now: datetime) -> None:
    """A move can be undone, where the former day has not passed: the same day, and the same moment unless the clock shows two alike."""
    try:
        new = moved(schedule, days, now=now, ground=GROUND)
        back = moved(new, -days, now=now, ground=GROUND)
    except CannotMove:
        return
    assume(not isinstance(schedule, At) or schedule.zone is not None)
    assert wall(back, GROUND) == wall(schedule, GROUND)


@given(schedules, shifts)
def test_what_has_no_day_of_its_own_is_not_moved(schedule: AnySchedule, days: int) -> None:
    """What recurs, what follows somebody's joining and what goes out at once has no day that could be another."""
    if moves(schedule):
        return
    assert isinstance(schedule, Now | Recurring | Drip)
    with pytest.raises(CannotMove, match="not_by_day"):
        moved(schedule, days, now=NOW, ground=GROUND)


@pytest.mark.parametrize(
    ("schedule", "days", "why"),
    [
        (Local(on=date(2026, 8, 1), time=time(9)), -2, "past"),
        (Local(on=date(2026, 8, 1), time=time(9)), 10**9, "no_such_day"),
        (At(at=datetime(2026, 8, 1, 16, tzinfo=UTC), zone=HOME), 1, "quiet"),
        (At(at=datetime(2011, 12, 29, 20, tzinfo=UTC), zone="Pacific/Apia"), 1, "no_such_time"),
        (Local(on=date(2026, 8, 1), time=time(9)), 20, "after_its_end"),
    ],
)
def test_where_it_cannot_go_it_says_why(schedule: At | Local, days: int, why: str) -> None:
    """The past, a day that a zone leapt over, one after the end of the calendar, a time at night, and one after its end."""
    end = datetime(2026, 8, 10, tzinfo=UTC)
    with pytest.raises(CannotMove, match=why):
        moved(schedule, days, now=NOW, ground=GROUND, not_after=end)

"""Windows of a rota: over midnight, in three zones, and what a stretch of duty is worth."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.hotline.hours import (
    DAY,
    LONGEST,
    SHORTEST,
    WEEK,
    ZONES,
    Shift,
    cover,
    covered,
    monday_of,
    next_week,
    on_duty,
    opens,
    overlap,
    reached,
    window,
)
from bot.hotline.hours_days import OwnDay, days_off

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
times = st.times().map(lambda t: t.replace(second=0, microsecond=0))
zones = st.sampled_from(sorted(ZONES))


@st.composite
def shifts(draw: st.DrawFn) -> Shift:
    """Return a shift within two weeks of now."""
    starts = NOW + draw(st.integers(-7 * 24 * 60, 7 * 24 * 60)) * MINUTE
    lasts = draw(st.integers(15, 16 * 60)) * MINUTE
    spoken = draw(st.frozensets(st.sampled_from(("id", "en", "prs")), min_size=1))
    return Shift(
        UUID(int=draw(st.integers(0, 10**6))), UUID(int=draw(st.integers(0, 2))), starts,
        starts + lasts, spoken, draw(zones),
    )  # fmt: skip


rotas = st.lists(shifts(), max_size=8)
moments = st.integers(-8 * 24 * 60, 8 * 24 * 60).map(lambda n: NOW + n * MINUTE)
languages = st.sampled_from((None, "id", "prs"))


@given(days, times, times, zones)
def test_a_window_shows_the_hands_of_the_clock_that_were_written(
    day: date, start: time, end: time, zone: str
) -> None:
    """Read back in its zone it begins and ends at the times written; one that ends no later is over midnight."""
    try:
        begins, ends = window(day, start, end, zone)
    except Refused:
        minutes = (end.hour - start.hour) * 60 + end.minute - start.minute
        lasts = timedelta(minutes=minutes if minutes > 0 else minutes + 24 * 60)
        assert not SHORTEST <= lasts <= LONGEST
        return
    local = [moment.astimezone(UTC).astimezone(ZONES[zone]) for moment in (begins, ends)]
    assert [moment.time() for moment in local] == [start, end]
    assert local[0].date() == day
    assert local[1].date() == (day if start < end else day + DAY)
    assert SHORTEST <= ends - begins <= LONGEST


def test_one_wall_clock_in_three_zones_is_three_moments() -> None:
    """Eight in the morning comes first in Papua, an hour later in Bali, and another hour later in Jakarta."""
    first, second, third = (
        window(date(2026, 11, 23), time(8), time(16), zone)[0] for zone in ("WIT", "WITA", "WIB")
    )
    assert (second - first, third - second) == (timedelta(hours=1), timedelta(hours=1))
    assert third.astimezone(UTC) == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@given(rotas, moments, languages)
def test_who_is_on_duty_is_who_covers_the_moment(
    rota: list[Shift], now: datetime, language: str | None
) -> None:
    """Somebody is on duty exactly while the cover says so, and it opens now exactly then."""
    there = on_duty(rota, now, language)
    stretches = cover(rota, language)
    assert bool(there) == any(first <= now < last for first, last in stretches)
    assert (opens(rota, now, language) == now) == bool(there)
    assert all(one[1] < two[0] for one, two in pairwise(stretches))


@given(rotas, moments, st.integers(1, 3000), languages)
def test_time_on_duty_is_counted_the_same_both_ways(
    rota: list[Shift], now: datetime, minutes: int, language: str | None
) -> None:
    """Where a stretch of duty is reached, exactly so much duty lies before it; where it is not, there is less."""
    span = minutes * MINUTE
    then = reached(rota, now, span, language)
    if then is None:
        assert covered(rota, now, now + 60 * DAY, language) < span
    else:
        assert covered(rota, now, then, language) == span
        assert then >= now + span


@given(rotas, rotas, st.frozensets(days, max_size=3))
def test_a_copied_week_keeps_the_hours_and_breaks_nothing(
    rota: list[Shift], taken: list[Shift], off: frozenset[date]
) -> None:
    """What is copied stands a week later at the same time, on no day off, and nobody is planned twice at once."""
    wholly_off = off | {shift.day + WEEK for shift in rota[:1]}
    added, left_out = next_week(rota, taken, wholly_off)
    assert len(added) + left_out == len(rota)
    for shift, starts_at, ends_at in added:
        moved = Shift(shift.id, shift.staff_id, starts_at, ends_at, shift.languages, shift.zone)
        zone = ZONES[shift.zone]
        assert starts_at.astimezone(zone).time() == shift.starts_at.astimezone(zone).time()
        assert moved.day == shift.day + WEEK
        assert moved.day not in wholly_off
        assert not any(overlap(moved, other) for other in taken)


def test_public_holidays_and_the_operators_days_are_off() -> None:
    """Christmas is off, unless it is opened; an own day is off with its name; an ordinary Tuesday is not."""
    first, last = date(2026, 12, 20), date(2026, 12, 31)
    assert days_off(first, last, [])[date(2026, 12, 25)].name
    own = [
        OwnDay(UUID(int=1), date(2026, 12, 25), "open"),
        OwnDay(UUID(int=2), date(2026, 12, 29), "off", "Retreat"),
    ]
    found = days_off(first, last, own, "en")
    assert date(2026, 12, 25) not in found
    assert found[date(2026, 12, 29)].name == "Retreat"
    assert date(2026, 12, 22) not in found


@given(days, st.integers(0, 60))
def test_every_day_off_lies_in_the_days_asked_for(first: date, length: int) -> None:
    """No holiday comes from outside the stretch, and each is where the longer stretch has it too."""
    last = first + length * DAY
    found = days_off(first, last, [])
    assert all(first <= day <= last for day in found)
    assert found.items() <= days_off(first - DAY, last + DAY, []).items()


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 29)])
def test_a_week_begins_on_monday(day: date) -> None:
    """Monday and Sunday are of one week."""
    assert monday_of(day) == date(2026, 11, 23)

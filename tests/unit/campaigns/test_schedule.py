"""When a broadcast goes out, in every zone there is, and over every leap of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.campaigns.clocks import instant, local_day
from bot.campaigns.quiet import is_quiet, next_open
from bot.campaigns.schedule import (
    WINDOW,
    At,
    Drip,
    Local,
    Now,
    Recurring,
    dues,
    next_fire,
    read_schedule,
    upcoming,
)

HOME = "Asia/Jakarta"
ZONES = sorted(available_timezones() - {"localtime", "Factory"})
DAY = timedelta(days=1)
zones = st.sampled_from(ZONES)
some_zones = st.lists(zones, min_size=1, max_size=5, unique=True)
moments = st.datetimes(
    datetime(2015, 1, 1),  # noqa: DTZ001  # Hypothesis adds the zone
    datetime(2036, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
days = st.dates(date(2015, 1, 1), date(2036, 1, 1))
times = st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))
open_times = times.filter(lambda at: time(8) <= at < time(21))


def recurring() -> st.SearchStrategy[Recurring]:
    """Return any recurring schedule."""
    weekdays = st.lists(st.sampled_from(("mon", "wed", "sun")), min_size=1, unique=True)
    months = st.lists(
        st.one_of(st.integers(1, 31), st.just("last")), min_size=1, max_size=4, unique=True
    )
    where = st.one_of(st.none(), zones)
    return st.one_of(
        st.builds(Recurring, weekdays=weekdays.map(tuple), time=open_times, zone=where),
        st.builds(Recurring, days=months.map(tuple), time=open_times, zone=where),
    )


def schedules() -> st.SearchStrategy[object]:
    """Return any schedule."""
    return st.one_of(
        st.just(Now()),
        st.builds(At, at=moments),
        st.builds(Local, on=days, time=open_times),
        st.builds(Drip, days=st.integers(1, 60), time=open_times),
        recurring(),
    )


def leaps(zone: str, year: int) -> list[datetime]:
    """Return the moments of a year at which the clocks of a zone leap."""
    there, found = ZoneInfo(zone), []
    at = datetime(year, 1, 1, tzinfo=UTC)
    while at.year == year:
        if at.astimezone(there).utcoffset() != (at + DAY).astimezone(there).utcoffset():
            found.append(at)
        at += DAY
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_no_zone_has_a_message_at_night(zone: str) -> None:
    """In every zone, on ordinary days and around each leap of its clocks, what is due is neither at night nor early, nor a day late."""
    starts = [datetime(2026, 7, 30, tzinfo=UTC), *(at for at in leaps(zone, 2027))]
    for start in starts:
        for half_hours in range(96):
            moment = start + half_hours * timedelta(minutes=30)
            opens = next_open(moment, zone)
            assert not is_quiet(opens, zone)
            assert moment <= opens <= moment + DAY
            assert is_quiet(moment, zone) or opens == moment


@settings(max_examples=400)
@given(schedules(), moments, some_zones)
def test_every_moment_is_open_and_not_before_the_firing(
    schedule: object, after: datetime, where: list[str]
) -> None:
    """Whatever is planned: nobody's moment is before the firing, at night by their own clock, or a day after what was wanted."""
    fired = after if isinstance(schedule, Now) else next_fire(schedule, after, where, home=HOME)
    if fired is None:
        return
    assert fired > after or isinstance(schedule, Now)
    planned = dues(schedule, fired, where)
    for due in planned:
        assert due.at >= fired
        assert due.at >= due.wanted or due.wanted < fired
        assert due.at - max(due.wanted, fired) <= DAY
        assert not is_quiet(due.at, due.zone)
    if not isinstance(schedule, Drip):
        assert {due.zone for due in planned} == set(where)


@settings(max_examples=150)
@given(recurring(), moments, some_zones)
def test_what_recurs_goes_on_and_comes_once_a_day(
    schedule: Recurring, after: datetime, where: list[str]
) -> None:
    """Each firing is after the one before, and nobody has two on one day of their own calendar."""
    firings = upcoming(schedule, after, where, home=HOME, count=8)
    assert len(firings) == 8
    assert list(firings) == sorted(set(firings))
    for zone in where:
        got = [due.at for at in firings for due in dues(schedule, at, where) if due.zone == zone]
        assert got == sorted(set(got))
        if schedule.zone is None:
            of = [local_day(at, zone) for at in got]
            assert len(set(of)) == len(of)


@settings(max_examples=150)
@given(open_times, st.integers(1, 30), moments, zones)
@example(time(8), 1, datetime(2026, 7, 30, 2, 30, tzinfo=UTC), "America/Sao_Paulo")
def test_whoever_joins_gets_their_drip_once(
    at: time, after_days: int, joined: datetime, zone: str
) -> None:
    """Of all firings exactly one is for somebody who joined, it comes after they joined, and it is on the day that was meant."""
    schedule = Drip(days=after_days, time=at)
    fired = joined - DAY
    found = []
    while fired < joined + (after_days + 3) * DAY:
        following = next_fire(schedule, fired, [zone], home=HOME)
        assert following is not None
        fired = following
        found += [
            (fired, due)
            for due in dues(schedule, fired, [zone])
            if due.joined_from is not None and due.joined_to is not None
            and due.joined_from <= joined < due.joined_to
        ]  # fmt: skip
    [(seen, due)] = found
    assert joined < seen <= due.at < seen + WINDOW
    assert local_day(due.at, zone) == local_day(joined, zone) + after_days * DAY


@settings(max_examples=300)
@given(days, times, zones)
def test_a_clock_time_is_one_moment_and_time_goes_on(day: date, at: time, zone: str) -> None:
    """A clock time means one moment, a later one a later moment or, across a leap, the same."""
    moment = instant(day, at, zone)
    shown = moment.astimezone(ZoneInfo(zone))
    assert shown.replace(tzinfo=None) >= datetime.combine(day, at)
    assert shown.fold == 0
    if at < time(23, 59):
        later = (datetime.combine(day, at) + timedelta(minutes=1)).time()
        assert instant(day, later, zone) >= moment
    assert instant(day + DAY, at, zone) > moment


def test_a_time_that_does_not_exist_is_the_first_moment_after() -> None:
    """In Berlin the clocks leap from two to three: half past two means three, and not half past three."""
    found = instant(date(2027, 3, 28), time(2, 30), "Europe/Berlin")
    assert found == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    # Santiago leaps at midnight.
    assert instant(date(2026, 9, 6), time(0, 10), "America/Santiago").hour == 4


def test_a_time_that_exists_twice_is_the_first() -> None:
    """In Berlin half past two comes twice at the end of October: the first is meant."""
    found = instant(date(2027, 10, 31), time(2, 30), "Europe/Berlin")
    assert found == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_a_day_that_a_zone_leapt_over_is_left_out() -> None:
    """Samoa had no 30 December 2011: what recurs daily comes on the 29th and on the 31st, once each."""
    daily = Recurring(days=(29, 30, 31), time=time(9), zone="Pacific/Apia")
    start = datetime(2011, 12, 28, 0, 0, tzinfo=UTC)
    firings = upcoming(daily, start, ["Pacific/Apia"], home=HOME, count=2)
    assert [local_day(at, "Pacific/Apia").day for at in firings] == [29, 31]
    assert next_open(datetime(2011, 12, 30, 9, 0, tzinfo=UTC), "Pacific/Apia") == datetime(
        2011, 12, 30, 18, 0, tzinfo=UTC
    )


def test_thirtieth_of_july_at_nine_is_nine_for_everybody() -> None:
    """A local time fires when the first zone comes to it, and everybody's moment is nine by their own clock."""
    where = ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Asia/Riyadh"]
    schedule = Local(on=date(2026, 7, 30), time=time(9))
    fired = next_fire(schedule, datetime(2026, 7, 1, tzinfo=UTC), where, home=HOME)
    assert fired == datetime(2026, 7, 30, 0, 0, tzinfo=UTC)
    assert {due.zone: due.at.hour for due in dues(schedule, fired, where)} == {
        "Asia/Jayapura": 0,
        "Asia/Makassar": 1,
        "Asia/Jakarta": 2,
        "Asia/Riyadh": 6,
    }
    assert next_fire(schedule, fired, where, home=HOME) is None


def test_a_month_without_the_day_has_nothing_and_the_last_day_always_is() -> None:
    """The 31st comes seven times a year, the last day twelve times."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for days_meant, in_a_year in (((31,), 7), (("last",), 12), ((31, "last"), 12)):
        schedule = Recurring(days=days_meant, time=time(9), zone=HOME, until=date(2026, 12, 31))
        assert len(upcoming(schedule, start, [HOME], home=HOME, count=99)) == in_a_year


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ({"kind": "local", "on": "2026-02-30", "time": "09:00"}, "on"),
        ({"kind": "local", "on": "2026-07-30", "time": "22:00"}, "quiet hours"),
        ({"kind": "local", "on": "2026-07-30", "time": "07:59"}, "quiet hours"),
        ({"kind": "at", "at": "2026-07-30T09:00:00"}, "timezone"),
        ({"kind": "recurring", "time": "09:00"}, "choose weekdays"),
        ({"kind": "recurring", "time": "09:00", "weekdays": ["mon"], "days": [1]}, "not both"),
        ({"kind": "recurring", "time": "09:00", "days": [32]}, "less than or equal to 31"),
        ({"kind": "recurring", "time": "09:00", "days": [1], "zone": "Asia/Atlantis"}, "no time zone"),
        ({"kind": "recurring", "time": "09:00", "days": [1], "since": "2027-01-02", "until": "2027-01-01"}, "before it begins"),
        ({"kind": "drip", "days": 0, "time": "09:00"}, "greater than or equal to 1"),
        ({"kind": "sometimes"}, "kind"),
        ({"kind": "now", "extra": 1}, "extra"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_clearly(data: dict[str, object], part: str) -> None:
    """A date that does not exist, a time at night, days twice or not at all: each is named."""
    with pytest.raises(ValidationError, match=part):
        read_schedule(data)


@given(schedules())
def test_a_schedule_survives_its_json(schedule: object) -> None:
    """What is written down is read back as it was."""
    assert read_schedule(schedule.model_dump(mode="json")) == schedule

"""The times of day at which people may be written to first."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.steps import HandOver
from bot.hotline.safe_hours import WINDOWS, closes_after, is_safe
from bot.store.follow_ups import HOURS, ZONE
from tests.support.loaded import the_content

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments)
def test_each_moment_is_safe_for_one_of_the_windows(moment: datetime) -> None:
    """The four times of day cover the day and do not overlap."""
    assert [is_safe(hours, moment) for hours in WINDOWS].count(True) == 1


@given(st.sampled_from(sorted(WINDOWS)), moments)
def test_a_window_closes_when_it_stops_being_safe(hours: str, moment: datetime) -> None:
    """At the end of a window, the next one within a day, it has just been safe and is so no more."""
    closes = closes_after(hours, moment)
    assert closes is not None
    assert moment < closes <= moment + timedelta(days=1)
    assert is_safe(hours, closes - timedelta(seconds=1))
    assert not is_safe(hours, closes)


@pytest.mark.parametrize("hours", [None, "any", "something from an older flow"])
def test_who_named_no_time_may_be_written_to_at_any_time(hours: str | None) -> None:
    """Without a named time every hour is safe and none ends."""
    now = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    assert is_safe(hours, now)
    assert closes_after(hours, now) is None


def test_the_windows_are_those_that_people_are_asked_for() -> None:
    """Every time of day that the hand-over offers has its window, and none is left over."""
    asked = [
        step.times
        for flow in the_content().flows.values()
        for step in flow.steps.values()
        if isinstance(step, HandOver)
    ]
    assert asked
    assert all(set(times) == set(WINDOWS) for times in asked)


@given(st.sampled_from(sorted(WINDOWS)), moments)
def test_whoever_is_written_to_unasked_is_in_a_safe_window_too(
    hours: str, moment: datetime
) -> None:
    """A follow-up never comes at a time at which a counsellor may not write first."""
    first, last = HOURS[hours]
    local = moment.astimezone(ZONE)
    if first <= local.time() < last:
        assert is_safe(hours, moment)

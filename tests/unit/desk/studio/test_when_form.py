"""A schedule as a form: what it shows reads back the same, and what is none says where."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.datastructures import FormData

from bot.campaigns.broadcast import Ground
from bot.campaigns.schedule import AnySchedule, At, Local, Now, Recurring, read_schedule
from bot.desk.web.studio.when_form import (
    BadWhen,
    Typed,
    end_of,
    read_typed,
    schedule_of,
    typed_of,
)
from tests.support.rules import moments, schedules

HOME = "Asia/Jakarta"
GROUND = Ground(HOME, frozenset({HOME, "Asia/Makassar", "Europe/London", "Asia/Riyadh"}))
SECOND_HALF_PAST_ONE = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def sent(typed: Typed) -> Typed:
    """Return what is read when a browser sends a form as it is."""
    values = {each.name: getattr(typed, each.name) for each in fields(Typed)}
    lists = {
        name: value if isinstance(value, tuple) else (value,) for name, value in values.items()
    }
    return read_typed(FormData([(name, one) for name, many in lists.items() for one in many]))


def said(schedule: AnySchedule) -> AnySchedule:
    """Return a schedule without the zone of its clock, which the form finds where it is not known."""
    return schedule.model_copy(update={"zone": None}) if isinstance(schedule, At) else schedule


@given(schedules, st.one_of(st.none(), moments))
@example(At(at=SECOND_HALF_PAST_ONE, zone="Europe/London"), None)
def test_any_schedule_reads_back_the_same(
    schedule: AnySchedule, not_after: datetime | None
) -> None:
    """Whatever a schedule is, also by a clock that shows its time twice, the form that is sent back unchanged is that one again."""
    if not_after is not None:
        not_after = not_after.replace(second=0, microsecond=0)
    shown = typed_of(schedule, not_after, GROUND)
    read = sent(shown)
    assert read == shown
    assert said(schedule_of(read)) == said(schedule)
    assert end_of(read, GROUND) == not_after


@given(schedules)
def test_what_is_stored_of_it_is_a_schedule(schedule: AnySchedule) -> None:
    """What the form makes of a schedule goes through the database unchanged."""
    made = schedule_of(typed_of(schedule, None, GROUND))
    assert read_schedule(made.model_dump(mode="json")) == made


@given(schedules, st.sampled_from([each.name for each in fields(Typed)]), st.text(max_size=12))
def test_whatever_is_typed_is_a_schedule_or_says_where(
    schedule: AnySchedule, name: str, text: str
) -> None:
    """Nonsense in any field names a field of the form, and breaks nothing."""
    shown = typed_of(schedule, None, GROUND)
    many = isinstance(getattr(shown, name), tuple)
    typed = replace(shown, **{name: (text,) if many else text})
    known = {each.name for each in fields(Typed)}
    for read in (schedule_of, lambda form: end_of(form, GROUND)):
        assert refused_at(read, typed) in {None, *known}


def refused_at(read: Callable[[Typed], object], typed: Typed) -> str | None:
    """Return the field at which a form is refused; None: it is not."""
    try:
        read(typed)
    except BadWhen as no:
        return no.field
    return None


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"kind": "soon"}, "kind", "no_kind"),
        ({"kind": "at", "at_zone": HOME}, "at_day", "no_day"),
        ({"kind": "at", "at_zone": HOME, "at_day": "2027-02-30"}, "at_day", "no_such_day"),
        ({"kind": "at", "at_zone": HOME, "at_day": "0001-01-01"}, "at_day", "no_such_day"),
        ({"kind": "at", "at_zone": "Mars", "at_day": "2027-02-03"}, "at_zone", "no_zone"),
        (
            {"kind": "at", "at_zone": HOME, "at_day": "2027-02-03", "at_time": "24:10"},
            "at_time", "no_such_time",
        ),
        (
            {"kind": "at", "at_zone": "Europe/London", "at_day": "2027-03-28", "at_time": "01:30"},
            "at_time", "leap",
        ),
        (
            {"kind": "at", "at_zone": "Pacific/Apia", "at_day": "2011-12-30", "at_time": "10:00"},
            "at_time", "leap",
        ),
        ({"kind": "local", "local_day": "2027-02-03", "local_time": "21:00"}, "local_time", "quiet"),
        ({"kind": "local", "local_day": "2027-02-03", "local_time": ""}, "local_time", "no_time"),
        ({"kind": "recurring"}, "weekdays", "no_days"),
        ({"kind": "recurring", "rhythm": "month"}, "month_days", "no_days"),
        ({"kind": "recurring", "rhythm": "month", "month_days": ("32",)}, "month_days", "bad"),
        (
            {
                "kind": "recurring", "weekdays": ("mon",), "since": "2027-02-03",
                "until": "2027-02-02",
            },
            "until", "ends_first",
        ),
        ({"kind": "drip", "drip_days": "0"}, "drip_days", "days"),
        ({"kind": "drip", "drip_days": "٣"}, "drip_days", "days"),
        ({"kind": "drip", "drip_time": "7:59"}, "drip_time", "quiet"),
    ],
)  # fmt: skip
def test_what_is_no_schedule_says_where(typed: dict[str, Any], field: str, code: str) -> None:
    """A day or a time that does not exist, a night, and what is missing are told at their field."""
    with pytest.raises(BadWhen) as no:
        schedule_of(Typed(**typed))
    assert (no.value.field, no.value.code) == (field, code)


def test_half_an_end_is_none() -> None:
    """An end needs its day and its time; without both there is none."""
    assert end_of(Typed(), GROUND) is None
    for half, field in (
        ({"end_day": "2027-02-03"}, "end_time"),
        ({"end_time": "10:00"}, "end_day"),
    ):
        with pytest.raises(BadWhen) as no:
            end_of(Typed(**half), GROUND)
        assert no.value.field == field


def test_times_may_be_typed_as_people_write_them() -> None:
    """9:00 and 09.00, as it is written in Indonesia, are nine o'clock."""
    for text in ("9:00", "09:00", "9.00"):
        made = schedule_of(Typed(kind="local", local_day="2027-02-03", local_time=text))
        assert isinstance(made, Local)
        assert f"{made.time:%H:%M}" == "09:00"


def test_a_moment_from_a_file_is_shown_by_a_clock_that_has_its_offset() -> None:
    """Nine o'clock at +08:00 is nine by the clock of Makassar, and not eight by the house's."""
    at = datetime.fromisoformat("2027-02-03T09:00:00+08:00")
    shown = typed_of(At(at=at), None, GROUND)
    assert (shown.at_zone, shown.at_time) == ("Asia/Makassar", "09:00")
    later = replace(shown, at_day="2027-02-04")
    made = schedule_of(later)
    assert isinstance(made, At)
    assert made.at == at + timedelta(days=1)


def test_the_last_day_of_the_month_is_one_of_its_days() -> None:
    """Days of the month and the last are chosen together."""
    made = schedule_of(Typed(kind="recurring", rhythm="month", month_days=("1", "last")))
    assert isinstance(made, Recurring)
    assert made.days == (1, "last")
    assert schedule_of(Typed()) == Now()

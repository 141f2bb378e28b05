"""Any rule of who is meant, and any schedule, for properties."""

from datetime import UTC, date, datetime, time
from zoneinfo import available_timezones

from hypothesis import strategies as st

from bot.campaigns.audience import MAX_CONDITIONS, AnyRule, BadRule, read_rule
from bot.campaigns.schedule import AnySchedule, At, Drip, Local, Now, Recurring
from bot.content.hours import DAYS

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
zones = st.sampled_from(ZONES)
moments = st.datetimes(
    datetime(2015, 1, 1),  # noqa: DTZ001  # Hypothesis adds the zone
    datetime(2036, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
days = st.dates(date(2015, 1, 1), date(2036, 1, 1))
open_times = st.builds(time, st.integers(8, 20), st.integers(0, 59))
_short = st.text(min_size=1, max_size=20).filter(
    lambda text: "\r" not in text and "\n" not in text
)


def _one_of(name: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, object]]:
    some = st.lists(values, min_size=1, max_size=4, unique=True)
    return some.map(lambda chosen: {"field": name, "in": chosen})


_conditions = st.one_of(
    *(
        _one_of(name, _short)
        for name in ("language", "city", "interest", "link", "entry_city", "channel")
    ),
    _one_of("age_band", st.sampled_from(("u18", "a18_24", "a25_34", "a35"))),
    _one_of("zone", zones),
    _one_of("campaign", st.uuids().map(str)),
    st.builds(
        lambda op, days: {"field": "last_seen", "op": op, "days": days},
        st.sampled_from(("within", "longer_ago")),
        st.integers(1, 3650),
    ),
)


def _groups(
    parts: st.SearchStrategy[dict[str, object]],
) -> st.SearchStrategy[dict[str, object]]:
    some = st.lists(parts, min_size=1, max_size=4)
    kinds = st.sampled_from(("all", "any", "none"))
    return st.builds(lambda kind, of: {kind: of}, kinds, some)


def _read(data: object) -> AnyRule | None:
    try:
        return read_rule(data)
    except BadRule:
        return None


_two = _groups(st.one_of(_conditions, _groups(_conditions)))
_four = _groups(st.one_of(_conditions, _groups(st.one_of(_conditions, _two))))
rules: st.SearchStrategy[AnyRule] = (
    st.one_of(st.just({"all": []}), _conditions, _two, _four)
    .map(_read)
    .filter(lambda rule: rule is not None)  # too many conditions
)
"""Rules in all shapes, four groups deep at most."""
assert MAX_CONDITIONS >= 4**2

_weekdays = st.lists(st.sampled_from(DAYS), min_size=1, unique=True).map(tuple)
_month_days = st.lists(
    st.one_of(st.integers(1, 31), st.just("last")), min_size=1, max_size=6, unique=True
).map(tuple)
_spans = st.lists(days, min_size=2, max_size=2).map(sorted)


def _recurring() -> st.SearchStrategy[Recurring]:
    often = st.one_of(
        _weekdays.map(lambda on: {"weekdays": on}), _month_days.map(lambda on: {"days": on})
    )
    ends = st.one_of(
        st.just({}), _spans.map(lambda two: {"since": two[0], "until": two[1]}),
        days.map(lambda day: {"since": day}), days.map(lambda day: {"until": day}),
    )  # fmt: skip
    return st.builds(
        lambda on, end, at, zone: Recurring(**on, **end, time=at, zone=zone),
        often, ends, open_times, st.one_of(st.none(), zones),
    )  # fmt: skip


at_moments: st.SearchStrategy[At] = st.builds(At, at=moments, zone=st.one_of(st.none(), zones))
locals_: st.SearchStrategy[Local] = st.builds(Local, on=days, time=open_times)
schedules: st.SearchStrategy[AnySchedule] = st.one_of(
    st.just(Now()),
    at_moments,
    locals_,
    _recurring(),
    st.builds(Drip, days=st.integers(1, 365), time=open_times, until=st.one_of(st.none(), days)),
)
"""Schedules of every kind."""

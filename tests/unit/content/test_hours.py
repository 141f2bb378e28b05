"""When a service is open: in its own time, over midnight, and where the clocks change."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from bot.content.hours import DAYS, Open, Opening, Zone, is_open, opens_next

OPEN: TypeAdapter[Any] = TypeAdapter(Open)
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]
OFFICE = OPEN.validate_python([{"days": WEEKDAYS, "from": "09:00", "to": "16:00"}])
ZONES = ("Asia/Jakarta", "Asia/Kuala_Lumpur", "Europe/Berlin", "Africa/Cairo", "Asia/Kathmandu")
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda n: BEGINNING + timedelta(minutes=n))


@st.composite
def hours(draw: st.DrawFn) -> tuple[Opening, ...]:
    """Return hours that do not overlap: for each chosen day one or two spans."""
    found = []
    for day in draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True)):
        edges = sorted(
            draw(
                st.sets(st.integers(0, 1440), min_size=2, max_size=4).filter(lambda e: len(e) != 3)
            )
        )
        for start, end in list(pairwise(edges))[::2]:
            told = {"days": [day], "from": clock(start), "to": clock(end)}
            found.append(Opening.model_validate(told))
    return tuple(found)


def clock(minutes: int) -> str:
    """Write minutes since midnight as a file does."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        ("2026-11-23T01:59", False),
        ("2026-11-23T02:00", True),
        ("2026-11-23T08:59", True),
        ("2026-11-23T09:00", False),
        ("2026-11-22T03:00", False),
    ],
)
def test_hours_are_those_of_the_service(moment: str, opened: bool) -> None:
    """From nine to four in Jakarta is from two to nine in UTC; on Sunday nobody is there."""
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert is_open(OFFICE, "Asia/Jakarta", now) is opened


def test_the_next_opening_is_said_in_the_services_time() -> None:
    """On a Friday evening in Jakarta, an office there opens on Monday at nine, as its own clock shows it."""
    evening = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    opens = opens_next(OFFICE, "Asia/Jakarta", evening)
    assert opens is not None
    assert opens.isoformat() == "2026-11-23T09:00:00+07:00"


def test_nothing_is_said_where_hours_are_not_known() -> None:
    """Neither open nor closed, and no next opening; what is always open never opens."""
    now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    assert is_open(None, "Asia/Jakarta", now) is None
    assert opens_next(None, "Asia/Jakarta", now) is None
    assert is_open("always", "Asia/Jakarta", now) is True
    assert opens_next("always", "Asia/Jakarta", now) is None


@given(hours(), st.sampled_from(ZONES), moments)
def test_the_next_opening_is_an_opening_and_the_first(
    opening: tuple[Opening, ...], zone: str, now: datetime
) -> None:
    """It lies ahead, within eight days; it is open then; and a closed service is closed until then."""
    opens = opens_next(opening, zone, now)
    assert opens is not None
    assert timedelta() < opens.astimezone(UTC) - now <= timedelta(days=8)
    if not is_leap(opens):
        assert is_open(opening, zone, opens)
    if not is_open(opening, zone, now):
        span = opens.astimezone(UTC) - now
        for part in (0.01, 0.3, 0.6, 0.99):
            between = now + span * part
            if zone not in {"Europe/Berlin", "Africa/Cairo"}:
                assert not is_open(opening, zone, between)


def is_leap(moment: datetime) -> bool:
    """Tell whether the clocks have just leapt ahead, over what may have been a short opening."""
    return (
        moment.utcoffset()
        != (moment.astimezone(UTC) - timedelta(hours=2)).astimezone(moment.tzinfo).utcoffset()
    )


@given(hours(), st.sampled_from(ZONES), moments)
def test_a_week_has_the_same_hours_as_the_next(
    opening: tuple[Opening, ...], zone: str, now: datetime
) -> None:
    """By the clock on the wall, also when the clocks have changed in between."""
    local = now.astimezone(ZoneInfo(zone))
    later = local + timedelta(days=7)
    if later.astimezone(UTC).astimezone(later.tzinfo).time() == local.time():
        assert is_open(opening, zone, local) == is_open(opening, zone, later)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("sometimes", "Input should be 'always'"),
        ([], "at least 1 item"),
        ([{"days": [], "from": "09:00", "to": "10:00"}], "at least 1 item"),
        ([{"days": ["monday"], "from": "09:00", "to": "10:00"}], "Input should be 'mon', 'tue'"),
        ([{"days": ["mon"], "from": 600, "to": "11:00"}], "write a time in quotes"),
        ([{"days": ["mon"], "from": "9:00", "to": "11:00"}], "write a time in quotes"),
        ([{"days": ["mon"], "from": "09:60", "to": "11:00"}], "there is no such time"),
        ([{"days": ["mon"], "from": "09:00", "to": "24:01"}], "there is no such time"),
        ([{"days": ["mon"], "from": "22:00", "to": "06:00"}], "write a night as two"),
        (
            [
                {"days": ["mon", "tue"], "from": "09:00", "to": "12:00"},
                {"days": ["tue"], "from": "11:59", "to": "13:00"},
            ],
            "the hours of tue overlap; join them, or change one",
        ),
    ],
)
def test_wrong_hours_are_refused_with_the_mend(value: Any, said: str) -> None:
    """Each mistake says what to write instead."""
    with pytest.raises(ValidationError) as caught:
        OPEN.validate_python(value)
    assert said in str(caught.value)


def test_hours_that_touch_do_not_overlap() -> None:
    """A morning may end where the afternoon begins, and a night is two spans."""
    night = [
        {"days": ["mon"], "from": "20:00", "to": "24:00"},
        {"days": ["tue"], "from": "00:00", "to": "06:00"},
        {"days": ["tue"], "from": "06:00", "to": "08:00"},
    ]
    opening = OPEN.validate_python(night)
    assert is_open(opening, "UTC", datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
    assert is_open(opening, "UTC", datetime(2026, 11, 24, 6, 0, tzinfo=UTC))
    assert not is_open(opening, "UTC", datetime(2026, 11, 24, 8, 0, tzinfo=UTC))


@pytest.mark.parametrize("name", ["Asia/Jakrta", "", "../etc/passwd", "WIB"])
def test_a_zone_must_be_one_that_exists(name: str) -> None:
    """The mistake names the zone and how one looks."""
    with pytest.raises(ValidationError, match="write an IANA name, as in Asia/Jakarta"):
        TypeAdapter(Zone).validate_python(name)

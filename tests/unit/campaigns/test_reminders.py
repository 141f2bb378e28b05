"""What somebody is told of their event, and when: whatever the event, the zone and the moment."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.quiet import is_quiet
from bot.campaigns.reminders import AHEAD, BEHIND, KINDS, Kind, Place, due, mark_of, planned

ZONES = ("Asia/Jakarta", "Asia/Jayapura", "America/New_York", "Asia/Tehran", "Australia/Lord_Howe")
START = datetime(2026, 11, 25, 7, tzinfo=UTC)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
EARLY = START - timedelta(days=20)

places = st.builds(
    Place,
    state=st.sampled_from(["coming", "waiting"]),
    event_state=st.sampled_from(["open", "closed", "cancelled"]),
    starts_at=st.integers(0, 60 * 24 * 700).map(
        lambda minutes: FIRST + timedelta(minutes=minutes)
    ),
    ends_at=st.just(START),
    moves=st.integers(0, 2),
    at=st.just(EARLY),
    promoted=st.booleans(),
)


def lived(place: Place, zone: str, minutes: int) -> list[tuple[datetime, Kind]]:
    """Return what is told to somebody who is looked at every so many minutes from two days before until four days after."""
    now, told, heard = place.starts_at - timedelta(days=2), set(place.reminded), []
    while now < place.ends_at + timedelta(days=4):
        here = Place(**{**vars(place), "reminded": frozenset(told)})
        if found := due(here, zone, now):
            heard.append((now, found[0]))
            told.update(found[1])
        now += timedelta(minutes=minutes)
    return heard


@given(places, st.sampled_from(ZONES), st.integers(5, 55), st.integers(1, 30))
def test_never_twice_and_never_at_night(place: Place, zone: str, minutes: int, hours: int) -> None:
    """However often it is looked, each thing is told at most once, by day, in an order that makes sense."""
    place = Place(**{**vars(place), "ends_at": place.starts_at + timedelta(hours=hours)})
    heard = lived(place, zone, minutes)
    kinds = [kind for _, kind in heard]
    assert len(set(kinds)) == len(kinds)
    assert not any(is_quiet(at, zone) for at, _ in heard)
    if place.event_state == "cancelled":
        assert set(kinds) <= {"cancelled"}
    if place.state == "waiting":
        assert set(kinds) <= {"cancelled", "moved"}
    for at, kind in heard:
        if kind in {"day", "hours", "moved", "place"}:
            assert at < place.starts_at
        if kind == "thanks":
            assert at > place.ends_at
        if kind in {"day", "hours"}:
            assert place.starts_at - at <= AHEAD
        assert at <= place.ends_at + BEHIND


@given(st.sampled_from(ZONES), st.integers(0, 23))
def test_what_is_planned_is_what_happens(zone: str, hour: int) -> None:
    """The times that the desk shows are those at which somebody hears it who is looked at every ten minutes."""
    starts = datetime(2026, 11, 25, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    place = Place("coming", "open", starts, starts + timedelta(hours=1), 0, EARLY)
    heard = {kind: at for at, kind in lived(place, zone, 10) if kind != "thanks"}
    assert heard == {kind: at for kind, at in planned(starts, zone).items() if at is not None}


def test_a_change_makes_its_reminders_anew() -> None:
    """What was told of the first time says nothing of the second, and what is told with a change is not told again."""
    place = Place("coming", "open", START, START + timedelta(hours=3), 1, EARLY)
    told = Place(**{**vars(place), "reminded": frozenset({"day:0", "hours:0", "moved:0"})})
    evening = START - timedelta(hours=18)
    assert due(told, "Asia/Jakarta", evening) == ("moved", ("moved:1", "day:1"))


def test_who_signs_up_late_has_just_read_it() -> None:
    """After six in the evening before nothing is repeated; two hours before, it still is."""
    evening = START - timedelta(hours=20)
    place = Place("coming", "open", START, START + timedelta(hours=3), 0, evening)
    place = Place(**{**vars(place), "at": START - timedelta(hours=15)})
    assert due(place, "Asia/Jakarta", START - timedelta(hours=4)) is None
    assert due(place, "Asia/Jakarta", START - timedelta(hours=2)) == ("hours", ("hours:0",))


def test_every_kind_has_its_mark() -> None:
    """No two kinds share one."""
    assert len({mark_of(kind, 0) for kind in KINDS}) == len(KINDS)

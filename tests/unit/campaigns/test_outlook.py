"""What a schedule comes to: the next firings, for how many, by how many clocks, and for whom it is night."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.broadcast import Ground
from bot.campaigns.outlook import COUNT, outlook
from bot.campaigns.schedule import AnySchedule, At, Drip, Local, Now
from bot.campaigns.size import Size
from tests.support.rules import moments, schedules

HOME = "Asia/Jakarta"
GROUND = Ground(HOME, frozenset({HOME, "Asia/Makassar", "America/New_York", "Pacific/Auckland"}))
NOW = datetime(2026, 7, 30, 5, tzinfo=UTC)
crowds = st.dictionaries(st.sampled_from(sorted(GROUND.zones)), st.integers(0, 20))


@given(schedules, moments, crowds, st.one_of(st.none(), moments))
def test_it_is_ahead_in_order_and_before_the_end(
    schedule: AnySchedule, now: datetime, crowd: dict[str, int], end: datetime | None
) -> None:
    """Whatever a schedule is: five firings at most, each in time, and of no more people than there are."""
    seen = outlook(schedule, end, now, ground=GROUND, crowd=crowd)
    assert len(seen.firings) <= COUNT
    assert (seen.kind in {"never", "drip"}) == (not seen.firings)
    days = [each.day for each in seen.firings]
    assert days == sorted(days)
    for each in seen.firings:
        assert each.at >= now
        assert each.night_zones <= each.zones <= len(crowd)
        assert (each.people.exact or 0) <= sum(crowd.values())


def test_the_first_are_those_who_are_there() -> None:
    """By each person's own clock the first are those who live furthest east, and not whoever could."""
    crowd = {"Asia/Makassar": 6, HOME: 9, "Pacific/Auckland": 0}
    schedule = Local(on=date(2026, 8, 1), time=time(9))
    [firing] = outlook(schedule, None, NOW, ground=GROUND, crowd=crowd).firings
    assert firing.at == datetime(2026, 8, 1, 1, tzinfo=UTC)
    assert (firing.own, firing.zones, firing.people) == (time(9), 2, Size(15))
    assert firing.night_zones == 0


def test_a_night_is_told() -> None:
    """At noon in Jakarta it is one in the morning in New York."""
    crowd = {HOME: 9, "America/New_York": 4}
    [firing] = outlook(Now(), None, NOW, ground=GROUND, crowd=crowd).firings
    assert (firing.zones, firing.people) == (2, Size(13))
    assert (firing.night_zones, firing.night_people) == (1, Size(None))


def test_what_never_goes_out_and_what_always_does() -> None:
    """The past and what ends before it begins come to nothing; after joining, everybody has a day of their own."""
    at = At(at=NOW + timedelta(hours=1))
    assert outlook(at, NOW, NOW, ground=GROUND, crowd={}).kind == "never"
    assert outlook(At(at=NOW), None, NOW, ground=GROUND, crowd={}).kind == "never"
    seen = outlook(Drip(days=3, time=time(9)), None, NOW, ground=GROUND, crowd={})
    assert (seen.kind, seen.days, seen.own) == ("drip", 3, time(9))

"""The order of the queue."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bot.hotline.order import PROMISE, Place, in_order, rank
from bot.understanding.model import RiskLevel

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def place(number: int, level: RiskLevel, waited: timedelta) -> Place:
    """Return somebody who has waited this long."""
    return Place(UUID(int=number), level, NOW - waited)


places = st.builds(
    place,
    st.integers(1, 1000),
    st.sampled_from(RiskLevel),
    st.timedeltas(timedelta(), timedelta(days=30)),
)


def test_danger_comes_first_whoever_waits() -> None:
    """Somebody in immediate danger who came just now is before everybody else."""
    now = place(1, RiskLevel.IMMEDIATE, timedelta())
    others = [place(n, RiskLevel(n - 2), timedelta(days=9)) for n in (2, 3, 4)]
    assert in_order([*others, now], NOW)[0] == now


def test_among_equals_who_waited_longer_comes_first() -> None:
    """Within one level the order is that of arrival."""
    late, early = (place(n, RiskLevel.HIGH, timedelta(minutes=n)) for n in (1, 5))
    assert in_order([late, early], NOW) == [early, late]


def test_who_waited_as_long_as_promised_moves_up() -> None:
    """A worry that waited past its promise stands beside stated harm, and before it when it came earlier."""
    patient = place(1, RiskLevel.CONCERN, PROMISE[RiskLevel.CONCERN])
    almost = place(2, RiskLevel.CONCERN, PROMISE[RiskLevel.CONCERN] - timedelta(seconds=1))
    harm = place(3, RiskLevel.HIGH, timedelta(minutes=10))
    assert in_order([almost, harm, patient], NOW) == [patient, harm, almost]


def test_the_promises_are_shorter_the_nearer_the_danger() -> None:
    """Every level has its promise."""
    assert set(PROMISE) == set(RiskLevel)
    assert sorted(PROMISE, key=lambda level: PROMISE[level]) == sorted(RiskLevel, reverse=True)


def test_a_clock_that_was_set_back_breaks_nothing() -> None:
    """Somebody who seems to come from the future has waited for no time."""
    ahead = place(1, RiskLevel.NONE, timedelta(hours=-1))
    assert rank(ahead, NOW)[0] == 0


@given(st.lists(places, max_size=12, unique_by=lambda each: each.case_id))
def test_nobody_is_lost_and_nobody_passes_immediate_danger(queue: list[Place]) -> None:
    """The order holds everybody once, those in immediate danger at its head."""
    ordered = in_order(queue, NOW)
    assert sorted(ordered, key=lambda each: each.case_id) == sorted(
        queue, key=lambda each: each.case_id
    )
    dangers = [each.level is RiskLevel.IMMEDIATE for each in ordered]
    assert dangers == sorted(dangers, reverse=True)


@given(places, st.timedeltas(timedelta(), timedelta(days=2)))
def test_waiting_never_moves_anybody_back(who: Place, longer: timedelta) -> None:
    """With time a place only gets better."""
    assert rank(who, NOW + longer) <= rank(who, NOW)


@given(places)
def test_nobody_waits_for_ever(who: Place) -> None:
    """After two days everybody stands before whoever tells of harm only then."""
    fresh = Place(UUID(int=2000), RiskLevel.HIGH, NOW + timedelta(days=2))
    assert rank(who, NOW + timedelta(days=2)) <= rank(fresh, NOW + timedelta(days=2))

"""The order of the queue."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bot.hotline.order import (
    HERE,
    LEAD,
    PROMISE,
    SOONEST,
    Place,
    due,
    in_order,
    may_be_offered,
    rank,
)
from bot.hotline.promise import passable_for
from bot.hotline.safe_hours import WINDOWS
from bot.understanding.model import RiskLevel

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""Seven in the evening in Jakarta."""
CALM = (RiskLevel.HIGH, RiskLevel.CONCERN, RiskLevel.NONE)


def place(number: int, level: RiskLevel, waited: timedelta = timedelta()) -> Place:
    """Return somebody who has waited this long."""
    return Place(UUID(int=number), level, NOW - waited)


places = st.builds(
    Place,
    st.integers(1, 10_000).map(lambda number: UUID(int=number)),
    st.sampled_from(RiskLevel),
    st.timedeltas(timedelta(), timedelta(days=3)).map(lambda waited: NOW - waited),
    child=st.booleans(),
    safe_hours=st.sampled_from([None, None, *WINDOWS]),
    heard_at=st.none() | st.timedeltas(timedelta(), HERE * 2).map(lambda ago: NOW - ago),
    returned=st.booleans(),
)
queues = st.lists(places, max_size=12, unique_by=lambda each: each.case_id)


def test_danger_comes_first_whoever_waits() -> None:
    """Somebody in immediate danger who came just now is before everybody else."""
    now = place(1, RiskLevel.IMMEDIATE)
    others = [place(n, RiskLevel(n - 2), timedelta(days=9)) for n in (2, 3, 4)]
    left_alone = replace(place(5, RiskLevel.HIGH, timedelta(days=9)), returned=True)
    assert in_order([*others, left_alone, now], NOW)[0] == now


def test_among_equals_who_waited_longer_comes_first() -> None:
    """Within one level the order is that of arrival."""
    late, early = (place(n, RiskLevel.HIGH, timedelta(minutes=n)) for n in (1, 5))
    assert in_order([late, early], NOW) == [early, late]


def test_whoever_was_promised_an_answer_sooner_comes_first() -> None:
    """A worry whose promised time is nearly over stands before harm that was told a minute ago, and not before."""
    patient = place(1, RiskLevel.CONCERN, PROMISE[RiskLevel.CONCERN] - timedelta(minutes=13))
    almost = place(2, RiskLevel.CONCERN, PROMISE[RiskLevel.CONCERN] - timedelta(minutes=15))
    harm = place(3, RiskLevel.HIGH, timedelta(minutes=1))
    assert in_order([almost, harm, patient], NOW) == [patient, harm, almost]


def test_who_is_under_18_is_due_in_half_the_time() -> None:
    """Under 18 one goes before a grown-up of the same level who came as much as half the promise earlier."""
    for level in RiskLevel:
        young = replace(place(1, level), child=True)
        assert due(young) == NOW + PROMISE[level] / 2
        elder = place(2, level, PROMISE[level] / 2 - timedelta(seconds=1))
        earlier = place(3, level, PROMISE[level] / 2 + timedelta(seconds=1))
        assert in_order([elder, young, earlier], NOW) == [earlier, young, elder]


def test_whose_safe_hours_are_about_to_end_comes_before() -> None:
    """A worry that may be written to until nine stands at the time when there is just enough left to talk."""
    evening = replace(place(1, RiskLevel.CONCERN), safe_hours="evening")
    assert due(evening) == NOW + timedelta(hours=2) - LEAD
    late = replace(evening, waiting_since=NOW + timedelta(minutes=119))
    assert due(late) == late.waiting_since + SOONEST[RiskLevel.CONCERN]


def test_outside_the_safe_hours_nobody_is_offered_but_who_is_in_danger_now() -> None:
    """Who named the morning is not taken in the evening, unless they are there, or in danger now."""
    away = replace(place(1, RiskLevel.HIGH, timedelta(hours=8)), safe_hours="morning")
    assert not may_be_offered(away, NOW)
    assert may_be_offered(away, NOW + timedelta(hours=12))
    assert may_be_offered(replace(away, heard_at=NOW - HERE + timedelta(seconds=1)), NOW)
    assert not may_be_offered(replace(away, heard_at=NOW - HERE), NOW)
    assert may_be_offered(replace(away, level=RiskLevel.IMMEDIATE), NOW)


def test_whom_a_counsellor_left_alone_comes_back_at_the_top() -> None:
    """Somebody who came back stands before all of any level but danger now, and at the head of those in danger."""
    back = replace(place(1, RiskLevel.NONE), returned=True)
    harm, danger = place(2, RiskLevel.HIGH, timedelta(days=1)), place(3, RiskLevel.IMMEDIATE)
    again = replace(place(4, RiskLevel.IMMEDIATE), returned=True)
    danger = replace(danger, waiting_since=NOW - timedelta(minutes=9))
    assert in_order([harm, danger, back, again], NOW) == [again, danger, back, harm]


def test_the_promises_are_shorter_the_nearer_the_danger() -> None:
    """Every level has its promise."""
    assert set(PROMISE) == set(RiskLevel)
    assert sorted(PROMISE, key=lambda level: PROMISE[level]) == sorted(RiskLevel, reverse=True)


@given(queues)
def test_the_order_holds_everybody_who_may_be_offered_once(queue: list[Place]) -> None:
    """Nobody is lost, nobody stands twice, and those in immediate danger are at the head."""
    ordered = in_order(queue, NOW)
    assert sorted(ordered, key=lambda each: each.case_id) == sorted(
        (each for each in queue if may_be_offered(each, NOW)), key=lambda each: each.case_id
    )
    dangers = [each.level is RiskLevel.IMMEDIATE for each in ordered]
    assert dangers == sorted(dangers, reverse=True)


@given(queues, st.timedeltas(timedelta(), timedelta(days=2)))
def test_two_who_wait_never_change_places(queue: list[Place], later: timedelta) -> None:
    """Whoever is before somebody now is so at any later time at which both may be offered."""
    both = set(in_order(queue, NOW)) & set(in_order(queue, NOW + later))
    now, then = (
        [each for each in in_order(queue, moment) if each in both] for moment in (NOW, NOW + later)
    )
    assert now == then


@given(places)
def test_nobody_is_due_too_soon_or_later_than_promised(who: Place) -> None:
    """The time by which somebody is due lies between the soonest for anybody of their level and the promise."""
    waited = due(who) - who.waiting_since
    assert SOONEST[who.level] <= waited <= PROMISE[who.level]


@given(places, places)
def test_only_danger_and_who_came_soon_after_may_pass(first: Place, second: Place) -> None:
    """Who is passed by somebody who is neither in danger now nor left alone, was so within a limit of their level."""
    if second.urgent or rank(second) >= rank(first):
        return
    assert second.waiting_since < first.waiting_since + passable_for(first.level)


def passers(who: Place, others: Sequence[Place]) -> int:
    """Count who may go before somebody, by the words of `docs/queue.md` and not by the order."""
    limit = who.waiting_since + passable_for(who.level)
    if who.level is RiskLevel.IMMEDIATE:
        return sum(1 for each in others if each.level is RiskLevel.IMMEDIATE)
    return sum(1 for each in others if each.urgent or each.waiting_since < limit)


@given(queues, st.integers(5, 240))
def test_everybody_is_offered_within_the_bound(queue: list[Place], pace: int) -> None:
    """With one offer at each step of the pace nobody stands by at more offers than there are who may go before them."""
    left, now = set(queue), NOW - timedelta(days=3)
    stood_by = dict.fromkeys(queue, 0)
    while left:
        now += timedelta(minutes=pace)
        here = in_order((each for each in left if each.waiting_since <= now), now)
        for each in here[1:]:
            stood_by[each] += 1
        left -= set(here[:1])
    for each in queue:
        assert stood_by[each] <= passers(each, [one for one in queue if one != each])

"""The weeks of `suar bench queue`."""

from datetime import timedelta

from bot.benchmarks.queue import FIRST_AIM, compare, in_order_of_arrival, passers, print_report
from bot.benchmarks.queue_weeks import BEGINS, DAY, HOUR, people, run, staffed
from bot.hotline.order import PROMISE, rank
from bot.understanding.model import RiskLevel

WEEKS = 2


def test_the_same_seed_brings_the_same_people() -> None:
    """What is compared is the same in each run, and another seed is another two weeks."""
    assert people(7, WEEKS) == people(7, WEEKS) != people(8, WEEKS)


def test_the_order_keeps_what_it_promises() -> None:
    """Danger waits at least five times less than by arrival, and everybody is taken within their own bound."""
    found = compare(people(1, WEEKS), WEEKS)
    assert set(found) == set(RiskLevel)
    assert found[RiskLevel.IMMEDIATE].ratio >= FIRST_AIM
    assert all(line.held for line in found.values())
    assert found[RiskLevel.NONE].p95 <= PROMISE[RiskLevel.NONE] / timedelta(minutes=1)
    report = print_report([found])
    assert "missed" not in report
    assert all(level.label in report for level in RiskLevel)


def test_the_order_of_arrival_breaks_the_bound() -> None:
    """The check of the bound is no empty one: a queue that only knows who came first fails it."""
    waits = run(people(1, WEEKS), WEEKS, in_order_of_arrival)
    assert any(wait.stood_by > passers(wait, waits) for wait in waits)


def test_nobody_is_lost_and_nobody_carries_too_much() -> None:
    """Everybody who comes is taken after they came and before they leave, or leaves."""
    waits = run(people(3, WEEKS), WEEKS, rank)
    for wait in waits:
        if wait.taken_at is not None:
            assert wait.caller.place.waiting_since <= wait.taken_at < wait.caller.leaves_at
    assert len(waits) == len(people(3, WEEKS))


def test_only_time_with_somebody_on_duty_counts() -> None:
    """From midnight to seven nobody is on duty, and on the other hours somebody is."""
    assert staffed(BEGINS, BEGINS + DAY) == 17 * HOUR
    assert staffed(BEGINS, BEGINS + 7 * HOUR) == timedelta()
    assert staffed(BEGINS + 23 * HOUR, BEGINS + DAY + 8 * HOUR) == 2 * HOUR

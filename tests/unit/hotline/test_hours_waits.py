"""The range that people who wait are told: from what was measured, never under what the rota allows, or none."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bot.hotline.hours import Shift
from bot.hotline.hours_waits import FEWEST, HIGH, STEPS, SURE, Waited, range_of, rank_for

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
spans = st.integers(0, 3000).map(lambda n: n * MINUTE)
waits = st.lists(st.builds(Waited, spans, st.booleans()), max_size=80)


def shift(begins: timedelta, ends: timedelta) -> Shift:
    """Return a shift around now for people who speak Dari."""
    return Shift(UUID(int=1), UUID(int=2), NOW + begins, NOW + ends, frozenset({"prs"}))


@given(waits)
def test_a_range_is_round_and_holds_most_of_the_waits(measured: list[Waited]) -> None:
    """Told is a step above at least four of five waits, of which nobody who left is one; else nothing is told."""
    told = range_of(measured, [], NOW, "prs")
    if told is None:
        return
    assert len(measured) >= FEWEST
    assert told.high in STEPS
    assert told.low < told.high
    within = sum(wait.ended and wait.span <= told.high for wait in measured)
    assert within >= HIGH * len(measured)
    assert sum(wait.span >= told.low for wait in measured) >= len(measured) / 2


@given(st.lists(st.builds(Waited, spans), max_size=FEWEST - 1))
def test_few_waits_give_no_number(measured: list[Waited]) -> None:
    """Under twenty there is none, however alike they are."""
    assert range_of(measured, [], NOW, "prs") is None


@given(st.lists(st.builds(Waited, spans, st.just(True)), min_size=FEWEST, max_size=60))
def test_who_left_never_makes_the_queue_look_faster(measured: list[Waited]) -> None:
    """Were some of them to leave after the same time instead of being answered, the upper end is higher, or gone."""
    whole = range_of(measured, [], NOW, "prs")
    left = [Waited(wait.span, ended=number % 7 > 0) for number, wait in enumerate(measured)]
    fewer = range_of(left, [], NOW, "prs")
    assert fewer is None or (whole is not None and fewer.high >= whole.high)


@given(st.integers(0, 300), st.integers(1, 600), st.integers(1, 600))
def test_no_range_promises_more_than_the_rota_allows(
    wait: int, before_break: int, lasting_break: int
) -> None:
    """A wait that does not fit before the break ends after it; what the rota never reaches is not told."""
    measured = [Waited(wait * MINUTE)] * 30
    first = shift(-MINUTE, before_break * MINUTE)
    second = shift((before_break + lasting_break) * MINUTE, timedelta(days=2))
    told = range_of(measured, [first, second], NOW, "prs")
    if wait > before_break:
        assert told is None or told.high >= (wait + lasting_break) * MINUTE
        assert range_of(measured, [first], NOW, "prs") is None
    else:
        assert told is not None
        assert told.high >= wait * MINUTE
    assert range_of(measured, [second], NOW, "prs") is None
    assert range_of(measured, [first, second], NOW, "ar") is None


def test_the_upper_end_is_as_sure_as_it_says() -> None:
    """In made-up waits of a known spread it lies above the quantile about as often as it claims, and not less."""
    chance = random.Random(7)  # no secret hangs on it
    rank = rank_for(30)
    assert rank is not None
    held = sum(sorted(chance.random() for _ in range(30))[rank - 1] >= HIGH for _ in range(4000))
    assert held / 4000 > SURE - 0.015
    assert rank_for(10) is None

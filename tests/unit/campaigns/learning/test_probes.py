"""Who is asked again: after one and four weeks, once each, one question a day."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.learning.probes import WINDOWS, due
from bot.store.study import Taught

DAY = date(2026, 7, 30)
SOMEBODY = Taught(UUID(int=1), UUID(int=2), "signs", "passport", DAY)


def asked(*taught: Taught, after: int) -> list[tuple[str, str]]:
    """Return which fact is asked at which phase, so many days later."""
    return [(probe.fact, probe.phase) for probe in due(taught, DAY + timedelta(days=after))]


def test_somebody_is_asked_in_the_second_and_in_the_fifth_week() -> None:
    """From a week on, and from four weeks on; between and afterwards they are left in peace."""
    days = {day: asked(SOMEBODY, after=day) for day in range(100)}
    assert {day for day, found in days.items() if found == [("passport", "week1")]} == set(
        range(7, 14)
    )
    assert {day for day, found in days.items() if found == [("passport", "week4")]} == set(
        range(28, 42)
    )
    assert sum(bool(found) for found in days.values()) == 7 + 14


def test_what_was_asked_is_not_asked_again() -> None:
    """Whether it was answered or not."""
    assert asked(replace(SOMEBODY, asked=frozenset({"after", "week1"})), after=8) == []
    assert asked(replace(SOMEBODY, asked=frozenset({"week1"})), after=30) == [
        ("passport", "week4")
    ]


def test_one_question_a_day_is_enough() -> None:
    """Of two facts the one whose time is over first comes first."""
    older = replace(SOMEBODY, fact="visa", on=DAY - timedelta(days=3))
    assert asked(SOMEBODY, older, after=8) == [("visa", "week1")]
    other = replace(older, contact_id=UUID(int=9))
    assert asked(SOMEBODY, other, after=8) == [("visa", "week1"), ("passport", "week1")]


_TAUGHT = st.builds(
    Taught,
    contact_id=st.integers(1, 3).map(lambda n: UUID(int=n)),
    conversation_id=st.just(UUID(int=7)),
    quiz=st.just("q"),
    fact=st.sampled_from(["a", "b", "c"]),
    on=st.integers(0, 60).map(lambda days: DAY - timedelta(days=days)),
    asked=st.frozensets(st.sampled_from(["after", "week1", "week4"])),
)


@given(taught=st.lists(_TAUGHT, max_size=12, unique_by=lambda each: (each.contact_id, each.fact)))
def test_nobody_is_asked_twice_or_out_of_time(taught: list[Taught]) -> None:
    """Whatever there is: at most one question each, in its window, never one that was asked; and somebody due is not forgotten."""
    probes = due(taught, DAY)
    assert len({probe.contact_id for probe in probes}) == len(probes)
    by = {(each.contact_id, each.fact): each for each in taught}
    for probe in probes:
        of = by[probe.contact_id, probe.fact]
        first, last = WINDOWS[probe.phase]
        assert first <= (DAY - of.on).days < last
        assert probe.phase not in of.asked
    wanting = {
        each.contact_id
        for each in taught
        for phase, (first, last) in WINDOWS.items()
        if first <= (DAY - each.on).days < last and phase not in each.asked
    }
    assert wanting == {probe.contact_id for probe in probes}

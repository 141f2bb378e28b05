"""The forecast: little history says nothing, staff shorten waits, and rates and shares add up."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.hotline.forecast import FEWEST_PEOPLE, FEWEST_WEEKS, Arrival, History, forecast
from bot.hotline.hours import WEEK, Shift
from bot.understanding.model import RiskLevel

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
"""Monday, eight in the evening in Jakarta."""
HOUR = timedelta(hours=1)


def history(a_day: int, *, weeks: int = 8, dari: int = 7) -> History:
    """Return weeks in which so many come between six and midnight each day, every seventh of whom speaks Dari."""
    arrivals = []
    for day in range(weeks * 7):
        for number in range(a_day):
            at = NOW - (day + 1) * 24 * HOUR + (number % 6 - 2) * HOUR
            language = "prs" if (day + number) % dari == 0 else "id"
            arrivals.append(Arrival(at, RiskLevel(number % 4), language))
    return History(tuple(arrivals), weeks, {})


def shift(number: int, *languages: str, begins: timedelta = -4 * HOUR) -> Shift:
    """Return a shift of eight hours around now."""
    return Shift(
        UUID(int=number), UUID(int=number), NOW + begins, NOW + begins + 8 * HOUR,
        frozenset(languages),
    )  # fmt: skip


def test_little_history_says_nothing() -> None:
    """Too few weeks, too few people, or nobody of the language: no forecast at all."""
    rota = [shift(1, "prs")]
    for known in (
        history(6, weeks=FEWEST_WEEKS - 1),
        History(history(6).arrivals[: FEWEST_PEOPLE - 1], 8, {}),
        history(6, dari=10**6),
    ):
        assert forecast(known, rota, NOW, RiskLevel.HIGH, "prs") is None


def test_one_more_person_removes_the_wait_for_a_language_nobody_speaks() -> None:
    """Nobody on the rota speaks Dari: more than a day; with one more, hardly a wait. Both are told with their range."""
    alone = forecast(history(6), [shift(1, "id")], NOW, RiskLevel.HIGH, "prs")
    more = forecast(history(6), [shift(1, "id")], NOW, RiskLevel.HIGH, "prs", more=True)
    assert alone is not None
    assert more is not None
    assert alone.middle is None
    assert more.middle is not None
    assert more.middle < HOUR
    assert (more.weeks, more.assumed) == (8, True)


def test_a_wait_lasts_at_least_until_somebody_is_on_duty() -> None:
    """Who comes two hours before the only shift waits for two hours at least."""
    later = shift(1, "prs", "id", begins=2 * HOUR)
    made = forecast(history(6), [later], NOW, RiskLevel.IMMEDIATE, "prs")
    assert made is not None
    assert made.low is not None
    assert made.low >= 2 * HOUR


def test_more_people_who_come_mean_no_shorter_wait() -> None:
    """A busy history gives a longer middle than a calm one, with the same rota; the same question, the same answer."""
    rota = [shift(1, "prs", "id")]
    calm, busy = (forecast(history(n), rota, NOW, RiskLevel.HIGH, "id") for n in (2, 60))
    assert calm is not None
    assert calm.middle is not None
    assert busy is not None
    assert busy.middle is None or busy.middle > calm.middle
    assert calm == forecast(history(2), rota, NOW, RiskLevel.HIGH, "id")


@settings(max_examples=30)
@given(
    st.lists(
        st.builds(
            Arrival,
            st.integers(0, 8 * 168 - 1).map(lambda n: NOW - n * HOUR),
            st.sampled_from(RiskLevel),
            st.sampled_from(("id", "en", "prs")),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_smoothing_invents_and_loses_nobody(arrivals: list[Arrival]) -> None:
    """Over a week the smoothed rates sum up to the people of a week, and all shares to one; none is negative."""
    known = History(tuple(arrivals), 8, {})
    rates = [known.rate(NOW + number * HOUR) for number in range(WEEK // HOUR)]
    assert abs(sum(rates) - len(arrivals) / 8) < 1e-6
    assert min(rates) >= 0
    assert abs(sum(known.mix.values()) - 1) < 1e-9

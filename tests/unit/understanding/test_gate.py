"""Which candidate models are refused."""

from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.gate import Compared, compare
from bot.understanding.model import Risk, RiskLevel, Understanding

levels = st.sampled_from(RiskLevel)
serious = st.sampled_from([RiskLevel.HIGH, RiskLevel.IMMEDIATE])


def row(true: RiskLevel, current: RiskLevel, candidate: RiskLevel) -> Compared:
    """Return one sealed disclosure and what both models hear."""
    said = [Understanding(risk=Risk(level)) for level in (current, candidate)]
    return Compared("id", "…", true, *said)


@given(serious, levels)
def test_a_candidate_that_hears_the_same_loses_nothing(true: RiskLevel, heard: RiskLevel) -> None:
    """The present model can always take its own place."""
    assert compare([row(true, heard, heard)]) == []


@given(serious, levels.filter(lambda level: level > RiskLevel.NONE))
def test_a_disclosure_that_is_not_heard_any_more_is_lost(
    true: RiskLevel, heard: RiskLevel
) -> None:
    """Whatever the present model heard: to hear nothing is to lose it."""
    assert compare([row(true, heard, RiskLevel.NONE)])


def test_immediate_danger_must_not_become_a_mere_concern() -> None:
    """Somebody in danger now is lost when a candidate only asks how they are; for what is high, asking is enough."""
    assert compare([row(RiskLevel.IMMEDIATE, RiskLevel.HIGH, RiskLevel.CONCERN)])
    assert not compare([row(RiskLevel.HIGH, RiskLevel.HIGH, RiskLevel.CONCERN)])


def test_what_nobody_hears_is_not_lost_and_the_gravest_come_first() -> None:
    """A candidate is compared with what is there, not with what should be."""
    deaf = row(RiskLevel.IMMEDIATE, RiskLevel.NONE, RiskLevel.NONE)
    high = row(RiskLevel.HIGH, RiskLevel.HIGH, RiskLevel.NONE)
    immediate = row(RiskLevel.IMMEDIATE, RiskLevel.HIGH, RiskLevel.NONE)
    assert compare([deaf, high, immediate]) == [immediate, high]

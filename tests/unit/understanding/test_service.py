"""The language model and the lexicon together, and the lexicon alone."""

from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.lexicon import load_lexicon
from bot.understanding.model import NO_RISK, Guess, Parse, Risk, RiskLevel, Understanding
from bot.understanding.service import DOUBT, Reader, combine
from tests.support.nlu import ToldNlu

LEXICON = load_lexicon()
risks = st.builds(Risk, st.sampled_from(RiskLevel), st.just(("confinement",)), st.just("self"))


async def test_a_message_is_read_by_both() -> None:
    """The model says what is meant, the lexicon adds the danger it knows words for."""
    nlu = ToldNlu()
    nlu.tell(
        "they locked us in", "disclose", risk=Risk(RiskLevel.CONCERN, ("debt_bondage",), "self")
    )
    read = await Reader(nlu, LEXICON).read("they locked us in")
    assert (read.intent, read.risk.level, read.language) == ("disclose", RiskLevel.IMMEDIATE, "en")
    assert set(read.risk.kinds) == {"confinement", "debt_bondage"}


async def test_without_the_model_the_lexicon_still_hears_danger() -> None:
    """The message is marked as read by the lexicon alone."""
    reader = Reader(ToldNlu(away=True), LEXICON)
    read = await reader.read("saya dikunci di kamar")
    assert read.degraded
    assert reader.degraded
    assert (read.guesses, read.risk.level) == ((), RiskLevel.IMMEDIATE)


async def test_a_model_that_comes_back_is_used_again() -> None:
    """Being away is noted once and taken back once."""
    nlu = ToldNlu(away=True)
    reader = Reader(nlu, LEXICON)
    await reader.read("hello there")
    await reader.read("hello there")
    nlu.away = False
    assert not (await reader.read("hello there")).degraded
    assert not reader.degraded


async def test_a_message_without_letters_is_not_asked_about() -> None:
    """Signs and emoji alone mean nothing in particular, also when the model is away."""
    assert await Reader(ToldNlu(away=True), LEXICON).read("😭 … !!") == Understanding()


@given(risks, risks)
def test_the_lexicon_alone_counts_one_level_lower(model: Risk, lexicon: Risk) -> None:
    """Where the model sees no danger at all, the lexicon's is lowered by one, never below a concern; else the higher counts."""
    found = combine(Parse((Guess("greet", 0.9),), model), lexicon)
    if model.level is RiskLevel.NONE and lexicon.level > RiskLevel.CONCERN:
        assert found.level == lexicon.level - 1
        assert found.level >= RiskLevel.CONCERN
    else:
        assert found.level == max(model.level, lexicon.level)
    assert found.level >= model.level


@given(level=st.sampled_from(RiskLevel))
def test_a_model_that_is_sure_of_no_risk_is_only_overruled_in_immediate_danger(
    level: RiskLevel,
) -> None:
    """What the lexicon alone takes for concern or high is let be; what it takes for immediate is still asked about."""
    lexicon = Risk(level, ("confinement",), "self")
    sure, doubting = (Parse((), NO_RISK, any_risk) for any_risk in (DOUBT - 0.01, DOUBT))
    if level is RiskLevel.IMMEDIATE:
        assert combine(sure, lexicon).level is RiskLevel.HIGH
    else:
        assert combine(sure, lexicon).level is RiskLevel.NONE
    assert (combine(doubting, lexicon).level > RiskLevel.NONE) == (level > RiskLevel.NONE)


def test_nothing_and_nothing_is_nothing() -> None:
    """Two readers who see no danger see none together."""
    assert combine(Parse((), NO_RISK), NO_RISK) == NO_RISK


def test_an_understanding_of_nothing_is_outside_and_unsure() -> None:
    """Without any guess the intent is the one for what Suar is not for, with no confidence."""
    assert (Understanding().intent, Understanding().confidence) == ("out_of_scope", 0.0)
    assert (RiskLevel.HIGH.label, RiskLevel.of("high"), RiskLevel.of("?")) == (
        "high",
        RiskLevel.HIGH,
        RiskLevel.CONCERN,
    )


def test_two_risks_joined_keep_the_higher_level_all_kinds_and_whom_it_is_about() -> None:
    """An unknown subject yields to a known one."""
    one, two = (
        Risk(RiskLevel.HIGH, ("a", "b"), "unknown"),
        Risk(RiskLevel.CONCERN, ("b", "c"), "other"),
    )
    assert one.joined(two) == two.joined(one) == Risk(RiskLevel.HIGH, ("a", "b", "c"), "other")

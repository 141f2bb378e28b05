"""The language model and the lexicon together, and the lexicon alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.model import NO_RISK, Guess, Parse, Risk, RiskLevel, Understanding
from bot.understanding.service import Reader, combine
from tests.support.loaded import the_lexicon
from tests.support.nlu import ToldNlu

LEXICON = the_lexicon()
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
    sure, doubting = Parse((), NO_RISK, doubt=False), Parse((), NO_RISK, doubt=True)
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


async def test_two_messages_tell_together_what_neither_tells_alone() -> None:
    """Read with the one before it, a message that left a doubt becomes a disclosure."""
    nlu, earlier, last = ToldNlu(), "he has my passport", "and now the door too"
    nlu.table[last] = Parse((Guess("out_of_scope", 0.3),), NO_RISK, doubt=True)
    together = Risk(RiskLevel.IMMEDIATE, ("confinement",), "self")
    nlu.tell(f"{earlier}\n{last}", "disclose", risk=together)
    reader = Reader(nlu, LEXICON)
    alone = await reader.read(last)
    assert (alone.risk.level, alone.doubt) == (RiskLevel.NONE, True)
    both = await reader.read_together(alone, last, [earlier], NO_RISK)
    assert both.risk.level is RiskLevel.IMMEDIATE
    assert set(both.risk.kinds) >= {"confinement"}
    assert not both.doubt


async def test_what_was_told_before_is_not_counted_again() -> None:
    """A doubtful word after a disclosure that has been answered is no new disclosure of the same weight."""
    nlu, earlier, last = ToldNlu(), "they keep my wages", "mmm"
    known = Risk(RiskLevel.HIGH, ("labour_exploitation",), "self")
    nlu.table[last] = Parse((Guess("out_of_scope", 0.3),), NO_RISK, doubt=True)
    nlu.tell(f"{earlier}\n{last}", "disclose", risk=known)
    reader = Reader(nlu, LEXICON)
    alone = await reader.read(last)
    assert await reader.read_together(alone, last, [earlier], known) == alone


async def test_a_message_that_leaves_no_doubt_is_read_alone() -> None:
    """Thanks after a disclosure are thanks."""
    nlu = ToldNlu()
    nlu.table["thank you"] = Parse((Guess("thanks", 0.9),), NO_RISK, doubt=False)
    reader = Reader(nlu, LEXICON)
    alone = await reader.read("thank you")
    assert not reader.depends_on_earlier(alone)
    assert await reader.read_together(alone, "thank you", ["they locked us in"], NO_RISK) == alone


async def test_the_conversations_language_decides_between_neighbours() -> None:
    """What could be Malay or Indonesian is what the conversation is in."""
    nlu, text = ToldNlu(), "saya nak tanya tentang kerja"
    nlu.table[text] = Parse((Guess("greet", 0.9),), NO_RISK, languages={"id": 0.5, "ms": 0.48})
    reader = Reader(nlu, LEXICON)
    read = await reader.read(text)
    assert read.language is None
    assert reader.expecting(read, text, "ms").language == "ms"
    assert reader.expecting(read, text, "id").language == "id"
    assert reader.expecting(read, text, None) == read


@pytest.mark.parametrize("away", [True, False])
async def test_a_denial_in_one_line_does_not_silence_the_next(away: bool) -> None:
    """People break lines where others put full stops: each line is read for itself, with and without the model."""
    nlu, text = ToldNlu(away=away), "kami tidak dipukul\nkami dikunci di kamar"
    nlu.table[text] = Parse((Guess("disclose", 0.4),), NO_RISK, doubt=True)
    one_line = LEXICON.read(text.replace("\n", " ")).level
    read = await Reader(nlu, LEXICON).read(text)
    assert read.risk.level >= RiskLevel.HIGH > one_line

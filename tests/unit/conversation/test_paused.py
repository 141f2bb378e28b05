"""While a counsellor rests from a talk, words wait for her, and whatever may be danger does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.load import Content
from bot.conversation.cover import FLOW as COVER
from bot.conversation.effects import EndPause, LeaveCase, RelayToCase
from bot.conversation.paused import comes_through
from bot.conversation.state import Owner
from bot.messages import Incoming, IncomingKind
from bot.understanding.model import Guess, Risk, RiskLevel, Understanding
from tests.unit.conversation.talk import ADDRESS, Talk, meaning


@pytest.fixture
def paused(content: Content) -> Talk:
    """Somebody from whom their counsellor rests."""
    talk = Talk.greeted(content).write("can I talk to someone", meaning("talk_to_human"))
    talk.press("consent.ask.talk")
    talk.owner, talk.paused, talk.case_level = Owner.STAFF, True, RiskLevel.NONE
    return talk


def test_other_words_wait(paused: Talk) -> None:
    """Insults, questions and yes or no go to the case, and the pause goes on."""
    for text, means in (
        ("you idiot", meaning()),
        ("how much is a visa", meaning("ask")),
        ("yes", meaning("affirm")),
    ):
        paused.write(text, means)
        assert paused.effects == (RelayToCase(text),)
        assert not paused.messages


@pytest.mark.parametrize(
    "means",
    [
        meaning(risk=RiskLevel.CONCERN),
        meaning(risk=RiskLevel.HIGH),
        meaning(risk=RiskLevel.IMMEDIATE),
        meaning("disclose", 0.4),
        meaning(doubt=True),
    ],
    ids=["concern", "high", "immediate", "disclosed", "in doubt"],
)
@pytest.mark.parametrize("kind", [IncomingKind.TEXT, IncomingKind.EDITED])
def test_danger_ends_it(paused: Talk, kind: IncomingKind, means: Understanding) -> None:
    """Words that tell of danger, or leave it open, end the pause after they are in the case; also where a line is changed into them."""

    paused._play(Incoming(ADDRESS, "1", kind, "words"), means)
    assert isinstance(paused.effects[0], RelayToCase)
    assert EndPause() in paused.effects


def test_a_place_and_the_safe_word_end_it(paused: Talk) -> None:
    """Whoever says where they are, or that somebody is looking, does not wait."""

    where = Incoming(ADDRESS, "1", IncomingKind.UNREADABLE, "location", place="-6.2, 106.8")
    paused._play(where, Understanding())
    assert EndPause() in paused.effects
    paused.paused = True
    paused.state = paused.state.remembering(COVER, word="banana")
    paused.write("banana")
    assert EndPause() in paused.effects


def test_without_a_pause_nothing_is_ended(paused: Talk) -> None:
    """The same words in a talk that goes on end nothing."""
    paused.paused = False
    paused.write("they beat me", meaning(risk=RiskLevel.HIGH))
    assert EndPause() not in paused.effects


def test_the_ways_on(paused: Talk) -> None:
    """The numbers are said without any button of the bot's, and late as well; leaving ends the talk."""
    for pausing in (True, False):
        paused.paused = pausing
        paused.press("calm.paused.numbers")
        assert paused.says("emergency.show.text")
        assert paused.buttons == ()
    paused.press("calm.paused.leave")
    assert LeaveCase() in paused.effects
    assert paused.owner is Owner.BOT


def test_under_a_cover_the_numbers_are_not_shown(paused: Talk) -> None:
    """While somebody may be looking at the phone a press brings nothing onto it."""
    until = paused.now.replace(hour=23).isoformat()
    paused.state = paused.state.remembering(COVER, hidden_until=until)
    paused.press("calm.paused.numbers")
    assert not paused.messages


@given(
    level=st.sampled_from(RiskLevel),
    intent=st.sampled_from(["disclose", "greet", "out_of_scope"]),
    confidence=st.floats(0, 1),
    doubt=st.booleans(),
)
def test_any_level_of_danger_comes_through(
    level: RiskLevel, intent: str, confidence: float, *, doubt: bool
) -> None:
    """Whatever else a reading says, danger that it found always comes through."""
    means = Understanding(guesses=(Guess(intent, confidence),), risk=Risk(level), doubt=doubt)
    assert comes_through(means) or level is RiskLevel.NONE
    assert not comes_through(Understanding(guesses=(Guess("greet", 1.0),)))


def test_what_nobody_could_read_does_not_wait(paused: Talk) -> None:
    """While the language model is away danger is not ruled out: the words end the pause."""
    result = paused.write("something", Understanding(degraded=True)).result
    assert result is not None
    assert EndPause() in result.effects

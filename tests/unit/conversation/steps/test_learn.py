"""`learn`: may single messages be kept, redacted, to learn from?"""

from datetime import timedelta

import pytest

from bot.content.load import Content
from bot.conversation.effects import RecordConsent
from bot.conversation.state import State
from bot.conversation.steps.base import Scene
from bot.conversation.steps.learn import LearnHandler
from bot.understanding.model import RiskLevel
from tests.unit.conversation.talk import Talk, meaning, world


def answered(talk: Talk) -> bool:
    """Return what the last turn wrote into the ledger."""
    [effect] = talk.effects
    assert isinstance(effect, RecordConsent)
    assert (effect.consent.scope, len(effect.consent.text_version)) == ("learn", 16)
    return effect.consent.granted


@pytest.mark.parametrize(("choice", "granted"), [("yes", True), ("no", False)])
def test_yes_and_no_are_one_press_each(content: Content, choice: str, granted: bool) -> None:
    """Both stand under the question, both are answered and noted, and both lead to the menu."""
    talk = Talk.greeted(content).press("learn.ask")
    assert talk.buttons == ("learn.ask.yes", "learn.ask.no")
    talk.press(f"learn.ask.{choice}")
    assert answered(talk) is granted
    assert talk.says("learn.ask.thanks" if granted else "learn.ask.declined")
    assert talk.state.at == "menu.main"


@pytest.mark.parametrize(("intent", "granted"), [("affirm", True), ("deny", False)])
def test_plain_words_answer_too(content: Content, intent: str, granted: bool) -> None:
    """A typed yes or no is the button it stands for."""
    talk = Talk.greeted(content).press("learn.ask").write("…", meaning(intent))
    assert answered(talk) is granted


def test_a_yes_counts_only_under_the_question(content: Content) -> None:
    """A yes from an old or forged button asks the question instead; a no counts from anywhere."""
    talk = Talk.greeted(content).press("learn.ask.yes")
    assert (talk.effects, talk.state.at) == ((), "learn.ask")
    talk = Talk.greeted(content).press("menu.main").wait(timedelta(days=9)).press("learn.ask.no")
    assert answered(talk) is False


def test_whoever_has_agreed_is_told_so(content: Content) -> None:
    """The question says how things stand, in other words and under the same buttons."""
    step = content.step("learn.ask")
    moves = [
        LearnHandler().enter(step, Scene(content, State("en"), world(learns=learns), "learn.ask"))  # type: ignore[arg-type]
        for learns in (False, True)
    ]
    [asked], [told] = (move.say for move in moves)
    assert asked.text.startswith("A question")
    assert told.text.startswith("You have said yes")
    assert asked.buttons == told.buttons


def test_danger_interrupts_the_question(content: Content) -> None:
    """Whoever tells of danger instead of answering is answered to that, and nothing is noted."""
    talk = Talk.greeted(content).press("learn.ask")
    talk.write("he is beating me", meaning("disclose", risk=RiskLevel.IMMEDIATE))
    assert (talk.effects, talk.state.at) == ((), "risk.support")


def test_an_unknown_choice_notes_nothing(content: Content) -> None:
    """A made-up button is an old one."""
    talk = Talk.greeted(content).press("learn.ask").press("learn.ask.maybe")
    assert (talk.effects, talk.state.at) == ((), "unclear.old_button")

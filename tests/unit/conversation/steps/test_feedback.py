"""`feedback`: did the talk help?"""

from datetime import timedelta

import pytest

from bot.content.load import Content
from bot.content.steps import Feedback
from bot.conversation.effects import RateCase
from bot.understanding.model import RiskLevel
from tests.unit.conversation.talk import Talk, meaning


def test_a_press_rates_the_talk_and_leads_on_to_the_question_whether_suar_may_learn(
    content: Content,
) -> None:
    """Each rating is kept by its id, with thanks."""
    step = content.step("feedback.ask")
    assert isinstance(step, Feedback)
    for rating in step.ratings:
        talk = Talk.greeted(content).press("feedback.ask").press(f"feedback.ask.{rating}")
        assert talk.effects == (RateCase(rating),)
        assert talk.words.startswith(step.thanks)
        assert talk.state.at == "learn.ask"


def test_nobody_in_immediate_danger_is_asked_for_more(content: Content) -> None:
    """Whoever has told of danger now is thanked and comes to the menu; half a day later they may be asked."""
    told = meaning("disclose", risk=RiskLevel.IMMEDIATE)
    talk = Talk.greeted(content).write("they lock me in", told)
    talk.press("feedback.ask").press("feedback.ask.good")
    assert (talk.effects, talk.state.at) == ((RateCase("good"),), "menu.main")
    talk.wait(timedelta(hours=13)).press("feedback.ask").press("feedback.ask.good")
    assert talk.state.at == "learn.ask"


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_nobody_is_asked_again_after_every_talk(content: Content, answer: str) -> None:
    """Whoever has answered whether Suar may learn, either way, finds that question only under "My privacy"."""
    talk = Talk.greeted(content).press("learn.ask").press(f"learn.ask.{answer}")
    talk.press("feedback.ask").press("feedback.ask.good")
    assert talk.state.at == "menu.main"


@pytest.mark.parametrize("level", RiskLevel)
def test_danger_told_in_the_talk_counts_too(content: Content, level: RiskLevel) -> None:
    """The level of the case that was closed is remembered: in immediate danger nothing more is asked."""
    talk = Talk.greeted(content)
    talk.state = talk.state.remembering("feedback", level=level.value)
    talk.press("feedback.ask").press("feedback.ask.good")
    assert (talk.state.at == "menu.main") == (level is RiskLevel.IMMEDIATE)


@pytest.mark.parametrize("rating", ["superb", "yes"])
def test_a_made_up_rating_rates_nothing(content: Content, rating: str) -> None:
    """Only the ratings offered count."""
    assert not Talk.greeted(content).press("feedback.ask").press(f"feedback.ask.{rating}").effects


def test_an_old_rating_rates_nothing(content: Content) -> None:
    """The question is asked once; later its buttons have done their work."""
    talk = (
        Talk.greeted(content).press("feedback.ask").press("menu.main").press("feedback.ask.good")
    )
    assert not talk.effects

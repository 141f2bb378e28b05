"""`feedback`: did the talk help?"""

import pytest

from bot.content.load import Content
from bot.content.model import Feedback
from bot.conversation.effects import RateCase
from tests.unit.conversation.talk import Talk


def test_a_press_rates_the_talk_and_goes_to_the_menu(content: Content) -> None:
    """Each rating is kept by its id, with thanks."""
    step = content.step("feedback.ask")
    assert isinstance(step, Feedback)
    for rating in step.ratings:
        talk = Talk.greeted(content).press("feedback.ask").press(f"feedback.ask.{rating}")
        assert talk.effects == (RateCase(rating),)
        assert talk.words.startswith(step.thanks)
        assert talk.state.at == "menu.main"


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

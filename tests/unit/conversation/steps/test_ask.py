"""`ask`: words with choices under them."""

import pytest

from bot.content.load import Content
from bot.content.step_base import Choice
from bot.content.steps import Ask
from bot.conversation.effects import ChangeFollowUp, Effect, RateService, StopMessages
from bot.conversation.state import State
from bot.conversation.steps.ask import AskHandler
from bot.conversation.steps.base import Scene
from tests.unit.conversation.talk import Talk, meaning, world


def test_a_choice_leads_where_it_says(content: Content) -> None:
    """Pressing a choice comes to its step."""
    assert Talk.greeted(content).press("menu.main.questions").state.at == "topics.pick"


def test_a_choice_that_is_not_there_is_an_old_button(content: Content) -> None:
    """A choice that was taken out is explained."""
    assert Talk.greeted(content).press("menu.main.gone").state.at == "unclear.old_button"


def test_variants_take_turns(content: Content) -> None:
    """The words change from one time to the next and come round again."""
    talk = Talk.greeted(content)
    said = [talk.press("menu.main").words for _ in range(3)]
    assert said[0] != said[1]
    assert said[0] == said[2]


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        ("stop_messages", StopMessages()),
        ("follow_up_slower", ChangeFollowUp("slower")),
        ("follow_up_pause", ChangeFollowUp("pause")),
        ("follow_up_stop", ChangeFollowUp("stop")),
        ("rate_good", RateService("good")),
    ],
)
def test_a_choice_may_do_something(content: Content, name: str, effect: Effect) -> None:
    """A choice's effect goes with the step it leads to."""
    choice = Choice.model_validate(
        {"id": "do", "title": "Do it", "go": "menu.main", "effect": name}
    )
    step = Ask(type="ask", text="Shall I?", choices=(choice,))
    move = AskHandler().press(step, "do", Scene(content, State("en"), world(), "menu.main"))
    assert move is not None
    assert (move.go, tuple(move.effects)) == ("menu.main", (effect,))


def test_a_plain_yes_or_no_is_the_choice_that_means_it(content: Content) -> None:
    """Only where a choice says that it means yes or no is it taken so."""
    worried = Talk.greeted(content).press("risk.concern")
    assert worried.write("no", meaning("deny")).state.at == "risk.safe"
    assert (
        Talk.greeted(content).press("menu.main").write("no", meaning("deny")).state.at
        == "menu.said_no"
    )

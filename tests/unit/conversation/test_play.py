"""How steps follow each other within one turn."""

from dataclasses import replace

import pytest

from bot.content.load import Content
from bot.content.step_base import StepBase
from bot.content.steps import Flow
from bot.conversation.play import Play
from bot.conversation.state import State
from bot.conversation.steps.base import Handler, Scene
from tests.unit.conversation.talk import Talk, meaning, world


def looped(content: Content) -> Content:
    """Return the content with a flow whose two steps lead to each other."""
    step = {"type": "say", "text": "Round we go."}
    flow = Flow.model_validate(
        {
            "flow": "loop",
            "start": "one",
            "steps": {"one": {**step, "next": "two"}, "two": {**step, "next": "one"}},
        }
    )
    return replace(content, flows={**content.flows, "loop": flow})


def test_a_loop_in_the_content_is_found_rather_than_played(content: Content) -> None:
    """Steps that lead to each other for ever end the turn with an error that names the place."""
    play = Play(looped(content), world(), State("en"))
    with pytest.raises(RecursionError, match=r"at loop\.(one|two)"):
        play.enter("loop.one")


def test_a_step_that_was_taken_out_waits_for_nothing(content: Content) -> None:
    """A stored conversation whose step is gone is read as one that waits nowhere."""
    talk = Talk.greeted(content)
    for at in ("gone.step", "menu.gone", "nonsense"):
        talk.state = replace(talk.state, at=at)
        assert talk.write("yes", meaning("affirm")).state.at == "menu.said_yes"


def test_a_press_on_a_whole_step_comes_to_it(content: Content) -> None:
    """A button may lead to a step as such."""
    play = Play(content, world(), State("en"))
    assert play.press("menu.main")
    assert play.state.at == "menu.main"


def test_a_step_without_choices_knows_no_button(content: Content) -> None:
    """Made-up buttons of a step that only speaks are not there."""
    assert not Play(content, world(), State("en")).press("welcome.hello.anything")


def test_a_step_that_asks_nothing_takes_no_yes(content: Content) -> None:
    """A yes at a step without a question is left to whoever reads it next."""
    assert not Play(content, world(), State("en", at="feedback.ask")).mean("affirm")


def test_every_kind_of_step_has_to_say_what_it_does(content: Content) -> None:
    """A handler without behaviour is a mistake that shows at once."""
    scene = Scene(content, State("en"), world(), "menu.main")
    with pytest.raises(NotImplementedError):
        Handler[StepBase]().enter(content.step("menu.main"), scene)


def test_what_one_flow_remembers_another_does_not_see(content: Content) -> None:
    """Memory is kept under the flow's name and added to."""
    play = Play(content, world(), State("en"))
    play.remember("quiz", at=1)
    play.remember("quiz", right=1)
    assert play.scene("quiz.play").memory == {"at": 1, "right": 1}
    assert play.scene("menu.main").memory == {}

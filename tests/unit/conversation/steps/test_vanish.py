"""`vanish`: after how long Suar takes its sensitive messages off the screen."""

from dataclasses import replace

import pytest

from bot.content.load import Content
from bot.content.steps import Vanish
from bot.conversation.state import Draw, State, World
from bot.conversation.steps.base import Move, Scene
from bot.conversation.steps.vanish import VanishHandler
from bot.conversation.vanish import AFTER_S, FLOW, KEY, NEVER, vanish_s
from bot.prover.talk import NOW
from tests.unit.conversation.talk import Talk


def found(content: Content) -> str:
    """Return where the step stands."""
    return next(
        f"{flow.flow}.{name}"
        for flow in content.flows.values()
        for name, step in flow.steps.items()
        if isinstance(step, Vanish)
    )


@pytest.mark.parametrize(("choice", "seconds"), [*AFTER_S.items(), (NEVER, None)])
def test_a_choice_counts_from_then_on(content: Content, choice: str, seconds: int | None) -> None:
    """An hour, a day, or never; it is remembered, and the way goes on to where one came from."""
    here = found(content)
    talk = Talk.greeted(content).press(here)
    talk.press(f"{here}.{choice}")
    assert vanish_s(talk.state) == seconds
    assert talk.state.memory[FLOW][KEY] == choice
    assert talk.state.at == "watched.ask"


def test_where_nothing_can_be_deleted_it_is_said(content: Content) -> None:
    """No choice is offered that would be none, and the press of an old button keeps nothing."""
    here = found(content)
    step = content.step(here)
    assert isinstance(step, Vanish)
    world = replace(World(NOW, Draw("", {})), deletes=False)
    scene = Scene(content, State("en"), world, here)
    shown = VanishHandler().enter(step, scene)
    [message] = shown.say
    assert message.text == step.cannot
    assert [button.id for button in message.buttons] == ["menu.main"]
    pressed = VanishHandler().press(step, "hour", scene)
    assert isinstance(pressed, Move)
    assert not pressed.remember

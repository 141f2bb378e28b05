"""What stays of a message that may be changed afterwards."""

from dataclasses import replace

import pytest

from bot.content.load import Content
from bot.content.steps import Name
from bot.conversation.effects import ForgetWords
from bot.conversation.state import State
from bot.conversation.turn import TurnResult, turn
from bot.messages import Incoming, IncomingKind
from bot.understanding.model import Understanding
from tests.unit.conversation.talk import ADDRESS, Talk


@pytest.fixture
def naming(content: Content) -> str:
    """Where somebody is asked for a name, which is kept nowhere but where they wanted it."""
    return next(
        f"{flow.flow}.{name}"
        for flow in content.flows.values()
        for name, step in flow.steps.items()
        if isinstance(step, Name)
    )


def written(content: Content, state: State, text: str) -> TurnResult:
    """Write a text that its platform lets one change afterwards."""
    incoming = Incoming(ADDRESS, "1", IncomingKind.TEXT, text, message_id="7")
    return turn(state, incoming, Understanding(), content, Talk.greeted(content)._world())


def test_of_words_that_are_kept_nowhere_no_mark_stays(content: Content, naming: str) -> None:
    """Whatever is forgotten with its turn leaves neither its number nor a hash in the state; other words do."""
    state = replace(Talk.greeted(content).press(naming).state, heard=None, wrote=None)
    named = written(content, state, "Melati")
    assert any(isinstance(effect, ForgetWords) for effect in named.effects)
    assert (named.state.heard, named.state.wrote, named.state.replied) == (None, None, None)
    said = written(content, Talk.greeted(content).state, "Melati")
    assert said.state.heard == "7"
    assert said.state.wrote

"""What always holds, wherever a conversation has wandered to: Hypothesis walks through the real content."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.load import Content
from bot.conversation.state import State
from bot.understanding.model import Risk, RiskLevel
from tests.unit.conversation.talk import Talk
from tests.unit.conversation.wandering import KINDS, wander


def test_wherever_a_conversation_wanders(content: Content) -> None:
    """No walk raises, falls silent, strands anybody, opens a case unasked or repeats that it did not understand."""
    wander(content, walks=60)


def test_every_button_under_every_step_leads_on(content: Content) -> None:
    """From every step in both languages, each button shown does something, and so do the buttons under that."""
    for flow, locale in itertools.product(content.flows.values(), ("en", "id")):
        for name in flow.steps:
            start = Talk.greeted(content, locale).press(f"{flow.flow}.{name}")
            if flow.steps[name].type == "say" and name == "offline":
                continue  # said without a turn, when there is no database
            for button in start.buttons:
                talk = Talk(content, start.state).press(button)
                assert talk.words, button
                assert talk.state.at != "unclear.old_button", button


@given(
    level=st.sampled_from(RiskLevel), kinds=st.lists(st.sampled_from(KINDS), max_size=4).map(tuple)
)
@settings(max_examples=25, deadline=None, derandomize=True)
def test_a_state_survives_being_stored(level: RiskLevel, kinds: tuple[str, ...]) -> None:
    """What is written to JSON is read back as it was."""
    talk_risk = Risk(level, kinds, "self")
    state = State(
        "id",
        True,
        True,
        "menu.main",
        {"quiz": {"at": 1}},
        {"menu.main": 2},
        (("a", "A"),),
        talk_risk,
    )
    assert State.from_json(state.to_json()) == state


def test_the_turn_needs_nothing_but_its_arguments(content: Content) -> None:
    """The same state, message, meaning and world give the same result again: nothing is drawn inside."""
    one = Talk.greeted(content).press("consent.ask").press("consent.ask.talk").result
    two = Talk.greeted(content).press("consent.ask").press("consent.ask.talk").result
    assert one == two

"""`easier`: how somebody would rather be talked with."""

import pytest

from bot.content.load import Content
from tests.unit.conversation.talk import Talk


@pytest.mark.parametrize("mode", ["voice", "pictures", "plain"])
def test_what_is_chosen_is_kept_and_can_be_changed(content: Content, mode: str) -> None:
    """It is kept with the conversation, and the menu follows."""
    talk = Talk.greeted(content).press("menu.more.easier").press(f"voice.easier.{mode}")
    assert talk.state.memory["voice"]["mode"] == mode
    assert talk.state.at == "menu.main"


def test_a_choice_that_there_is_not(content: Content) -> None:
    """Another button of the step is an old one."""
    assert Talk.greeted(content).press("voice.easier.dance").says("unclear.old_button.text")

"""`listen`: says a recording beside whatever else is going on."""

from dataclasses import replace
from uuid import UUID

import pytest

from bot.content.load import Content
from bot.content.voices import all_spoken
from tests.unit.conversation.talk import Talk


@pytest.mark.parametrize("choice", ["nothing", "", UUID(int=7).hex])
def test_a_recording_that_is_not_there(content: Content, choice: str) -> None:
    """A number that no recording has is an old button, or is said to be out of date."""
    talk = Talk.greeted(content).press(f"voice.listen.{choice}" if choice else "voice.listen")
    where = "unclear.old_button.text" if choice == "nothing" else "voice.listen.gone"
    assert talk.says(where)


def test_it_disturbs_no_question(content: Content) -> None:
    """Somebody who is asked for their consent listens, and can answer as before."""
    spoken = replace(content, voices=all_spoken(content, ["en"]))
    talk = Talk.greeted(spoken).press("consent.ask")
    button = next(each for each, _ in talk.state.offered if each.startswith("voice."))
    assert talk.press(button).messages[0].voice is not None
    assert talk.press("consent.ask.talk").state.at == "consent.waiting"

"""`join_told`: one press disconnects the chat that it was said of."""

from uuid import UUID

from bot.content.load import Content
from bot.conversation.join_effects import CastOut
from bot.messages import MAX_BUTTON_ID_BYTES
from tests.unit.conversation.talk import Talk

OTHER = UUID(int=3)


def test_the_button_names_the_chat(content: Content) -> None:
    """Also from an old message, and within what Telegram takes."""
    talk = Talk.greeted(content)
    talk.state = talk.state.remembering("join", newest=OTHER.hex, newest_channel="web")
    talk.press("join.told")
    [undo, *_] = talk.buttons
    assert len(undo.encode()) <= MAX_BUTTON_ID_BYTES
    assert "Web chat" in talk.words
    assert talk.press("menu.main").press(undo).effects == (CastOut(OTHER),)


def test_a_button_that_names_nothing_does_nothing(content: Content) -> None:
    """Forged ones are answered as old ones."""
    for choice in ("undo-", "undo-xyz", "other"):
        talk = Talk.greeted(content).press(f"join.told.{choice}")
        assert talk.effects == ()
        assert talk.state.at == "unclear.old_button"

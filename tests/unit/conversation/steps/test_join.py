"""`join`: a code by a press alone, links where channels are set up, and a way out again."""

import pytest

from bot.content.load import Content
from bot.conversation.doors import Doors
from bot.conversation.join_effects import LeaveChats, MakeJoinCode
from bot.conversation.joining import Chats, code_in, is_plain
from bot.messages import MAX_BUTTON_ID_BYTES
from tests.unit.conversation.talk import DRAW, Talk, meaning


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("j_KXWQMPDT", "KXWQMPDT"),
        ("kxwq-mpdt", "KXWQMPDT"),
        ("  \u2068KXWQ-MPDT\u2069 ", "KXWQMPDT"),
        ("KXWQ MPDT", None),
        ("KXWQMPDTB", None),
        ("ABCDEFGH", None),
        ("my code is KXWQMPDT", None),
        ("", None),
    ],
)
def test_a_code_however_it_is_typed(text: str, code: str | None) -> None:
    """Case, a hyphen and what a phone copies along do not matter; more than the code is a message."""
    assert code_in(text) == code


def test_only_a_link_is_surely_a_code() -> None:
    """Eight letters alone may be anything."""
    assert not is_plain("j_KXWQMPDT")
    assert is_plain("KXWQMPDT")


def test_a_press_makes_the_code(content: Content) -> None:
    """It stands in the message as people write it, and in the links of each channel that is set up."""
    talk = Talk.greeted(content).press("join.ask")
    assert talk.effects == ()
    talk.press("join.ask.yes")
    [effect] = talk.effects
    assert isinstance(effect, MakeJoinCode)
    assert (effect.code, effect.consent.scope, effect.consent.granted) == (DRAW.code, "join", True)
    assert "KXWQ-MPDT" in talk.words
    assert "https://suar.example/#j=KXWQMPDT" in talk.words
    assert all(message.sensitive for message in talk.messages)


def test_where_no_channel_is_known_the_code_stands_alone(content: Content) -> None:
    """It can be written by hand."""
    talk = Talk.greeted(content)
    talk.chats = Chats()
    talk.press("join.ask.yes")
    assert "KXWQ-MPDT" in talk.words
    assert "http" not in talk.words


def test_a_bare_yes_makes_no_code(content: Content) -> None:
    """Only the button does."""
    talk = Talk.greeted(content).press("join.ask").write("yes", meaning("affirm"))
    assert talk.effects == ()


def test_leaving_is_asked_once(content: Content) -> None:
    """The first press asks, the second leaves; who has no other chat has nothing to leave."""
    talk = Talk.greeted(content)
    talk.chats = Chats(("telegram", "telegram", "nowhere"))
    talk.press("join.ask")
    assert "Telegram, Another chat" in talk.words.replace("\u2068", "").replace("\u2069", "")
    assert talk.press("join.ask.leave").effects == ()
    assert talk.press("join.ask.sure").effects == (LeaveChats(),)
    assert Talk.greeted(content).press("join.ask.sure").effects == ()


def test_links_carry_what_each_channel_can_read() -> None:
    """A number in any form becomes digits, and the web's code stands where no server sees it."""
    links = Doors("https://suar.example", "bot", "+62 812-0000").links("KXWQMPDT")
    assert links["whatsapp"] == "https://wa.me/628120000?text=j_KXWQMPDT"
    assert links["web"].partition("#")[2] == "j=KXWQMPDT"
    payload = links["telegram"].partition("start=")[2]
    assert len(payload) <= MAX_BUTTON_ID_BYTES

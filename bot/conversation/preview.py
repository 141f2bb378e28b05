"""What an answer looks like to a person, played by the turn itself."""

from datetime import datetime

from bot.content.load import Content
from bot.conversation.state import Draw, State, World
from bot.conversation.turn import turn
from bot.messages import Address, Incoming, IncomingKind, Outgoing
from bot.understanding.model import Understanding

_NOBODY = Address("preview", "desk", "nobody")
_NO_CHANCE = Draw("", {})


def play_answer(
    content: Content, answer: str, locale: str, *, now: datetime, more: bool = False
) -> tuple[Outgoing, ...]:
    """Return the messages that somebody gets who presses the button of an answer.

    Args:
        content: With the edit that is to be seen.
        answer: One of its answers.
        locale: The language the person has chosen.
        now: Aware; an answer overdue for review is not given.
        more: Press "Tell me more" instead.
    """
    button = f"answer.give.more-{answer}" if more else f"answer.give.{answer}"
    state = State(locale=locale, locale_chosen=True, greeted=True)
    pressed = Incoming(_NOBODY, "0", IncomingKind.BUTTON, button)
    return turn(state, pressed, Understanding(), content, World(now, _NO_CHANCE)).outgoing

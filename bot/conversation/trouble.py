"""What is said when a turn itself has failed: the person still gets an answer, and a way to a human."""

from bot.content.load import Content
from bot.conversation.state import State
from bot.conversation.turn import TurnResult
from bot.messages import Button, Outgoing

STEP = "trouble.broken"


def trouble(state: State, content: Content) -> TurnResult:
    """Return an honest apology; the state stays as it was before the turn."""
    step = content.step(STEP)
    text = content.words.say(getattr(step, "text", ""), state.locale)
    buttons = tuple(
        Button(f"{STEP}.{choice.id}", content.words.say(choice.title, state.locale))
        for choice in getattr(step, "choices", ())
    )
    return TurnResult(state, (Outgoing(text, buttons),), ())


def offline(content: Content, locale: str) -> Outgoing:
    """Return what is said when the database is away: honest words, and the numbers from the fixed fallback."""
    step = content.step("trouble.offline")
    urgent = [number for number in content.emergency if "any" in number.kinds]
    numbers = "; ".join(
        f"{content.words.say(number.when, locale)} \u2013 {number.name} {number.number}"
        for number in urgent or content.emergency
    )
    return Outgoing(content.words.say(getattr(step, "text", ""), locale, numbers=numbers))

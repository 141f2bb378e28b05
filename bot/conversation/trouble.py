"""What is said when a turn itself has failed: the person still gets an answer, and a way to a human."""

from bot.content.load import Content
from bot.conversation.state import State
from bot.conversation.steps.base import Heard
from bot.conversation.turn import TurnResult
from bot.conversation.unchecked import spoken
from bot.messages import Button, Outgoing

STEP = "trouble.broken"


def trouble(state: State, content: Content) -> TurnResult:
    """Return an honest apology; the state stays as it was before the turn."""
    step = content.step(STEP)

    def broken(locale: str, heard: list[Heard] | None) -> tuple[Outgoing]:
        text = _said(content, getattr(step, "text", ""), locale, heard)
        buttons = tuple(
            Button(f"{STEP}.{choice.id}", _title(content, choice.title, locale, heard))
            for choice in getattr(step, "choices", ())
        )
        return (Outgoing(text, buttons),)

    return TurnResult(state, tuple(spoken(content, state.locale, broken)), ())


def offline(content: Content, locale: str) -> Outgoing:
    """Return what is said when the database is away: honest words, and the numbers from the fixed fallback.

    `locale` may be what an app tells of its language (``in``, ``zh-Hans``): nobody can look now what was spoken before.
    """
    locale = content.words.nearest(locale) or locale
    step = content.step("trouble.offline")
    urgent = [number for number in content.emergency if "any" in number.kinds]

    def away(locale: str, heard: list[Heard] | None) -> tuple[Outgoing]:
        numbers = "; ".join(
            f"{_said(content, number.when, locale, heard)} \u2013 {number.name} {number.number}"
            for number in urgent or content.emergency
        )
        return (
            Outgoing(_said(content, getattr(step, "text", ""), locale, heard, numbers=numbers)),
        )

    return spoken(content, locale, away)[0]


def _said(
    content: Content, text: str, locale: str, heard: list[Heard] | None, **values: object
) -> str:
    words = content.words.say(text, locale, **values)
    if heard is not None:
        heard.append(Heard(text, words))
    return words


def _title(content: Content, title: str, locale: str, heard: list[Heard] | None) -> str:
    words = content.words.say(title, locale)
    if heard is not None:
        heard.append(Heard(title, words, is_title=True))
    return words

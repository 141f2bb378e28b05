"""What an answer or a quiz looks like to a person, played by the turn itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.content.load import Content
from bot.conversation.quiz.round import FLOW, STEP
from bot.conversation.state import Draw, State, World
from bot.conversation.turn import begin, turn
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


@dataclass(frozen=True)
class Exchange:
    """What somebody pressed, and what they got for it."""

    pressed: str
    """The title of the button; empty at the beginning."""
    messages: tuple[Outgoing, ...]


def play_question(
    content: Content, quiz: str, question: str, locale: str, *, now: datetime
) -> tuple[Outgoing, ...]:
    """Return a question as it is asked, its hint where it has one, and what is said to the right answer.

    Args:
        content: With the quiz in it.
        quiz: The quiz's id.
        question: The id of one of its questions.
        locale: The language the person has chosen.
        now: Aware.
    """
    opened = {"quiz": quiz, "round": [question], "at": 0, "right": 0, "open": True, "seed": quiz}
    state = replace(_reader(locale), memory={FLOW: opened})
    asked = content.quizzes[quiz].question(question)
    assert asked is not None
    presses = [f"{question}-{choice}" for choice in asked.correct]
    if asked.kind == "several":
        presses.append(f"{question}.done")
    state, shown = _pressed(state, f"{STEP}.next", content, now)
    if asked.hint:
        _, hinted = _pressed(state, f"{STEP}.{question}.hint", content, now)
        shown = (*shown, *hinted)
    told: tuple[Outgoing, ...] = ()
    for press in presses:
        state, answer = _pressed(state, f"{STEP}.{press}", content, now)
        told = answer[:1] or told
    return (*shown, *told)


def play_round(
    content: Content,
    quiz: str,
    locale: str,
    presses: Sequence[tuple[int, str]],
    *,
    seed: str,
    now: datetime,
) -> list[Exchange]:
    """Play a quiz as a person would; nothing of it is kept or counted, and it is the same each time.

    Args:
        content: With the quiz in it.
        quiz: The quiz's id.
        locale: The language the person has chosen.
        presses: Ids of buttons, each with the seconds since the one before.
        seed: Where chance comes from.
        now: Aware; when the round begins.
    """
    memory = {FLOW: {"wanted": quiz}, "study": {"declined": True}}
    begun = begin(
        replace(_reader(locale), memory=memory), STEP, content, World(now, Draw("", {}, seed))
    )
    state, played = begun.state, [Exchange("", begun.outgoing)]
    for seconds, button in presses:
        now += timedelta(seconds=seconds)
        titles = {
            each.id: each.title for part in played for m in part.messages for each in m.buttons
        }
        state, messages = _pressed(state, button, content, now, seed=seed)
        played.append(Exchange(titles.get(button, ""), messages))
    return played


def _reader(locale: str) -> State:
    return State(locale=locale, locale_chosen=True, greeted=True)


def _pressed(
    state: State, button: str, content: Content, now: datetime, *, seed: str = ""
) -> tuple[State, tuple[Outgoing, ...]]:
    pressed = Incoming(_NOBODY, "0", IncomingKind.BUTTON, button)
    done = turn(state, pressed, Understanding(), content, World(now, Draw("", {}, seed)))
    return done.state, done.outgoing

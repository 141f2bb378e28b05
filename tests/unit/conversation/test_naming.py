"""Whoever types the number of an option has pressed it, in the digits of every script, at every step and in every language."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.content.load import Content
from bot.conversation.effects import LeaveCase, RelayToCase
from bot.conversation.naming import named_button
from bot.conversation.play import Play
from bot.conversation.state import Owner
from bot.conversation.turn import TurnResult, turn
from bot.messages import Incoming, IncomingKind
from bot.prover.talk import EVENTS
from bot.understanding.model import Understanding
from tests.support.quizzes import made_quiz, playing, with_quizzes
from tests.unit.conversation.talk import ADDRESS, Talk, meaning, world

ZEROS = {"ar": "\u0660", "fa": "\u06f0", "ps": "\u06f0", "ur": "\u06f0", "my": "\u1040", "bn": "\u09e6", "th": "\u0e50", "km": "\u17e0", "ta": "\u0be6"}  # fmt: skip
FORMS = ("{}", "{}.", " no {}", "nomor {}", "({})", "{}\ufe0f\u20e3")


def digits(number: int, locale: str) -> str:
    """Return a number in the digits of a language."""
    zero = ord(ZEROS.get(locale, "0"))
    return "".join(chr(zero + int(digit)) for digit in str(number))


def stops(content: Content) -> Iterator[str]:
    """Yield every step of the flows."""
    for flow in content.flows.values():
        yield from (f"{flow.flow}.{name}" for name in flow.steps)


def came(content: Content, place: str, locale: str) -> Talk:
    """Return somebody who has just come to a step."""
    talk = Talk.greeted(content, locale)
    talk.events = EVENTS["open"]
    return talk.press(place)


def done(talk: Talk, kind: IncomingKind, text: str) -> TurnResult:
    """Return what comes of a press or a text, of which no line stands in the buffer yet."""
    incoming = Incoming(ADDRESS, "1", kind, text)
    seen = world(owner=talk.owner, events=talk.events)
    return turn(talk.state, incoming, Understanding(), talk.content, seen)


def test_a_number_is_its_option_everywhere(content: Content) -> None:
    """At every step, in every language, each option is chosen by its number as by a press; a title is stronger than a number."""
    tried = 0
    for at, place in enumerate(stops(content)):
        locales = list(content.words.locales)
        for locale in (locales[at % len(locales)], "en"):
            talk = came(content, place, locale)
            for number, (button, title) in enumerate(talk.state.offered, start=1):
                typed = FORMS[(at + number) % len(FORMS)].format(digits(number, locale))
                if title.isdecimal():
                    typed = title  # a scale: what stands on the button is what is meant
                pressed = done(talk, IncomingKind.BUTTON, button)
                written = done(talk, IncomingKind.TEXT, typed)
                assert pressed == written, (place, locale, typed, button)
                tried += 1
    assert tried > 500


@pytest.mark.parametrize("typed", ["0", "99", "1 2", "2 people", "-"])
def test_what_is_no_number_of_an_option(content: Content, typed: str) -> None:
    """A number that no option has, several of them, or one among words, is understood as anywhere else."""
    talk = came(content, "menu.main", "en")
    assert named_button(Play(content, world(), talk.state), typed) is None


def test_a_number_that_means_something_of_its_own(content: Content) -> None:
    """Where somebody says what is wrong in their file, a number is that, and no option."""
    talk = came(content, "menu.main", "en")
    state = replace(talk.state, at="file.ask").remembering("file", correcting=True)
    assert named_button(Play(content, world(), talk.state), "1") is not None
    assert named_button(Play(content, world(), state), "1") is None


def test_while_somebody_waits(content: Content) -> None:
    """In the queue a number presses what is offered there; it never leaves the queue, and is relayed as a word then."""
    talk = Talk.greeted(content).press("consent.ask").press("consent.ask.talk")
    assert talk.owner is Owner.QUEUE
    places = {button: str(at) for at, (button, _) in enumerate(talk.state.offered, start=1)}
    numbers = Talk(content, talk.state, talk.owner).write(places["consent.waiting.numbers"])
    assert numbers.says("emergency.show.text")
    left = Talk(content, talk.state, talk.owner).write(places["consent.waiting.leave"])
    assert [type(effect) for effect in left.effects] == [RelayToCase]
    title = dict(talk.state.offered)["consent.waiting.leave"]
    gone = Talk(content, talk.state, talk.owner).write(title)
    assert any(isinstance(effect, LeaveCase) for effect in gone.effects)


def test_with_a_counsellor_a_number_is_a_word(content: Content) -> None:
    """What is typed in a talk goes to the counsellor, whatever the last buttons were."""
    talk = Talk.greeted(content).press("consent.ask").press("consent.ask.talk")
    talk.owner = Owner.STAFF
    assert talk.write("2").effects == (RelayToCase("2"),)


@pytest.mark.parametrize("zero", sorted({"0", *ZEROS.values()}))
@pytest.mark.parametrize("between", [",", ", ", " dan ", "\ufe0f\u20e3 "])
def test_several_and_in_order(content: Content, zero: str, between: str) -> None:
    """Where more than one choice is asked for, numbers in any digits name them as letters do."""
    content = with_quizzes(content, made_quiz())
    one, three = (chr(ord(zero) + number) for number in (1, 3))
    talk = playing(content, "several", "single_2").write(f"{one}{between}{three}", meaning())
    assert talk.says("quiz.play.right")
    ordered = playing(content, "order", "single_2")
    shown = [line for line in ordered.words.splitlines() if "order " in line]
    numbers = [next(at for at, line in enumerate(shown, 1) if f"order {x}" in line) for x in "xyz"]
    typed = between.join(chr(ord(zero) + number) for number in numbers)
    assert ordered.write(typed, meaning()).says("quiz.play.right")

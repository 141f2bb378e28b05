"""`certificate`: asks which name is to stand on a certificate, and gives it as a picture.

The name is remembered nowhere: it goes from the person's message straight into the sealed message that carries the picture.
"""

from collections.abc import Sequence
from datetime import date
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.content.round_steps import CertificateStep
from bot.conversation import came
from bot.conversation.effects import ForgetWords
from bot.conversation.quiz.round import FLOW as QUIZ
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.errors import NotDrawn
from bot.messages import Button, Media, Outgoing
from bot.pictures.names import clean_name

STEP = "quiz.certificate"
LIST = "quiz.list"
MAX_WORDS = 6
TRIED = "tried"
SURE = 0.5
"""From so sure on, words that mean a wish or a question are no name."""
GREETINGS = frozenset({"greet", "thanks", "goodbye", "affirm", "deny", "out_of_scope"})
"""What short words are easily taken for, also those that are somebody's name."""


class CertificateHandler(Handler[CertificateStep]):
    """A name that is typed, or none."""

    def exits(self, step: CertificateStep, door: Door) -> Sequence[Exit]:
        return (
            Exit(None, note="written"),
            door.button("none", step.none),
            door.link(LIST, step.more),
            door.link("consent.ask", step.human),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: CertificateStep, scene: Scene) -> Move:
        if not deserved(step, scene):
            return _not_yet(step, scene)
        return Move(say=(_asked(step, scene, step.text),), remember={TRIED: False})

    def press(self, step: CertificateStep, choice: str, scene: Scene) -> Move | None:
        if choice != "none":
            return None
        return _given(step, scene, "") if deserved(step, scene) else _not_yet(step, scene)

    def hear(self, step: CertificateStep, text: str, scene: Scene) -> Move | None:
        if not deserved(step, scene) or _means_something_else(text, scene):
            return None
        name = _name(text)
        if name is not None:
            return _given(step, scene, name, effects=(ForgetWords(),))
        if scene.memory.get(TRIED):
            return None  # it is understood as anywhere else
        again = _asked(step, scene, step.not_a_name)
        return Move(say=(again,), remember={TRIED: True}, effects=(ForgetWords(),))


def deserved(step: CertificateStep, scene: Scene) -> bool:
    """Tell whether the last round is over and had as many right answers as it takes; never under a cover."""
    memory = scene.state.memory.get(QUIZ, {})
    if scene.state.is_covered(scene.world.now) or memory.get("open"):
        return False
    right, asked = memory.get("right", 0), memory.get("at", 0)
    known = scene.content.quizzes.get(memory.get("quiz") or "")
    return known is not None and asked > 0 and 100 * right >= step.at_least * asked


def way(door: Door) -> Exit:
    """Return the exit of `offered`."""
    step = door.content.step(STEP)
    assert isinstance(step, CertificateStep)
    return door.link(STEP, step.title)


def offered(scene: Scene, *, right: int, asked: int) -> tuple[Button, ...]:
    """Return the button under a result that leads here, where the result is good enough."""
    step = scene.content.step(STEP)
    assert isinstance(step, CertificateStep)
    if scene.state.is_covered(scene.world.now) or not asked:
        return ()
    return (scene.link(STEP, step.title),) if 100 * right >= step.at_least * asked else ()


def _means_something_else(text: str, scene: Scene) -> bool:
    """Tell whether words are a question, a wish, a command, or may tell of danger."""
    meant = scene.understanding
    if text.startswith("/") or "?" in text or meant.doubt:
        return True
    return meant.confidence >= SURE and meant.intent not in GREETINGS


def _name(text: str) -> str | None:
    try:
        name = clean_name(text)
    except NotDrawn:
        return None
    odd = any(char in "@#:/\\<>=" or char.isdigit() for char in name)
    is_name = any(char.isalpha() for char in name) and not odd
    return name if is_name and len(name.split()) <= MAX_WORDS else None


def _asked(step: CertificateStep, scene: Scene, words: str) -> Outgoing:
    buttons = (
        scene.button("none", step.none),
        scene.link("consent.ask", step.human),
        scene.link("menu.main", step.menu),
    )
    return Outgoing(scene.say(words), buttons)


def _given(
    step: CertificateStep, scene: Scene, name: str, effects: tuple[ForgetWords, ...] = ()
) -> Move:
    memory = scene.state.memory[QUIZ]
    right, asked = memory["right"], memory["at"]
    parts = [memory["quiz"], str(right), str(asked), _today(scene).isoformat()]
    parts += [quote(name, safe=""), came.code_of(memory, scene.world.now) or ""]
    title = scene.say(scene.content.quizzes[memory["quiz"]].title)
    alt = scene.say(step.alt, quiz=title, right=right, asked=asked)
    picture = Media("certificate", "certificate:" + "/".join(parts), alt)
    return Move(
        say=(Outgoing(scene.say(step.given), _onward(step, scene), (picture,)),), effects=effects
    )


def _today(scene: Scene) -> date:
    return scene.world.now.astimezone(ZoneInfo(scene.content.cities.home)).date()


def _not_yet(step: CertificateStep, scene: Scene) -> Move:
    return Move(say=(Outgoing(scene.say(step.not_yet), _onward(step, scene)),))


def _onward(step: CertificateStep, scene: Scene) -> tuple[Button, ...]:
    return (scene.link(LIST, step.more), scene.link("menu.main", step.menu))

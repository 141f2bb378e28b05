"""`name`: asks which name the person wants to be called by. Any name will do, and none."""

from collections.abc import Sequence

from bot.content.steps import Name
from bot.conversation.effects import ForgetWords
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Outgoing

MAX_CHARS = 30
MAX_WORDS = 3
KEY = "name"


class NameHandler(Handler[Name]):
    """Remembers the name until it is passed on with consent, or the conversation is forgotten."""

    def exits(self, step: Name, door: Door) -> Sequence[Exit]:
        return (
            Exit(step.next, note="written"),
            door.button("none", step.none, step.next),
            door.link("consent.ask", step.human),
        )

    def enter(self, step: Name, scene: Scene) -> Move:
        buttons = (scene.button("none", step.none), scene.link("consent.ask", step.human))
        return Move(say=(Outgoing(scene.say(step.text), buttons),))

    def press(self, step: Name, choice: str, scene: Scene) -> Move | None:
        return Move(remember={KEY: None}, go=step.next) if choice == "none" else None

    def hear(self, step: Name, text: str, scene: Scene) -> Move | None:
        name = " ".join(text.split())
        if len(name) > MAX_CHARS or len(name.split()) > MAX_WORDS or not _is_name(name):
            return None
        noted = Outgoing(scene.say(step.noted, name=name))
        return Move(say=(noted,), remember={KEY: name}, effects=(ForgetWords(),), go=step.next)


def _is_name(text: str) -> bool:
    return any(char.isalpha() for char in text) and not any(char in "?/@#:" for char in text)

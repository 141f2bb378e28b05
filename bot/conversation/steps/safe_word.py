"""`safe_word`: a word of the person's own that brings a quiz to the screen at once, and later brings help back."""

from collections.abc import Sequence

from bot.content.steps import SafeWord
from bot.conversation.effects import ForgetWords
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Outgoing
from bot.understanding.cleaning import folded

MIN_CHARS = 4
MAX_CHARS = 20
KEY = "word"
ASKED = "asked_again"


class SafeWordHandler(Handler[SafeWord]):
    """One word, and none that is written in passing: it would hide what should be seen."""

    def exits(self, step: SafeWord, door: Door) -> Sequence[Exit]:
        return (Exit(step.next, note="written"), door.button("skip", step.skip, step.next))

    def enter(self, step: SafeWord, scene: Scene) -> Move:
        skip = scene.button("skip", step.skip)
        said = Outgoing(scene.say(step.text), (skip,), sensitive=True)
        return Move(say=(said,), remember={ASKED: False})

    def press(self, step: SafeWord, choice: str, scene: Scene) -> Move | None:
        return Move(go=step.next) if choice == "skip" else None

    def hear(self, step: SafeWord, text: str, scene: Scene) -> Move | None:
        word = folded(text)
        if len(word.split()) != 1 or word.startswith("/"):
            return None
        if not MIN_CHARS <= len(word) <= MAX_CHARS or _is_said_in_passing(scene):
            if scene.memory.get(ASKED):
                return None  # said once; now it is understood as anywhere else
            skip = scene.button("skip", step.skip)
            asked = Outgoing(scene.say(step.too_plain), (skip,), sensitive=True)
            return Move(say=(asked,), remember={ASKED: True})
        noted = Outgoing(scene.say(step.noted, word=text.strip()), sensitive=True)
        return Move(
            say=(noted,),
            remember={KEY: word, ASKED: False},
            effects=(ForgetWords(),),
            go=step.next,
        )


def _is_said_in_passing(scene: Scene) -> bool:
    """A word that means something to the bot would be pressed by accident."""
    meant = scene.understanding
    return meant.confidence >= 0.5 and meant.intent != "out_of_scope"

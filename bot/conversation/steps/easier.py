"""`easier`: recordings, pictures or words, as the person likes it best."""

from collections.abc import Sequence

from bot.content.voice_step import Easier
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Outgoing

FLOW, KEY = "voice", "mode"
VOICE, PICTURES, PLAIN = "voice", "pictures", "plain"
ASKED = "asked"
"""Whether somebody has been shown the way here, or come by themselves: nobody is shown it twice."""


class EasierHandler(Handler[Easier]):
    """What is chosen stands in the memory of the flow `voice`."""

    def exits(self, step: Easier, door: Door) -> Sequence[Exit]:
        return (
            door.button(VOICE, step.voice, step.next),
            door.button(PICTURES, step.pictures, step.next),
            door.button(PLAIN, step.plain, step.next),
        )

    def enter(self, step: Easier, scene: Scene) -> Move:
        buttons = (
            scene.button(VOICE, step.voice),
            scene.button(PICTURES, step.pictures),
            scene.button(PLAIN, step.plain),
        )
        return Move(
            say=(Outgoing(scene.say(step.text), buttons),), elsewhere={FLOW: {ASKED: True}}
        )

    def press(self, step: Easier, choice: str, scene: Scene) -> Move | None:
        if choice not in {VOICE, PICTURES, PLAIN}:
            return None
        unheard = choice == VOICE and not scene.content.voices.speaks_in(scene.state.locale)
        said = Outgoing(scene.say(step.no_voice if unheard else step.noted))
        return Move(say=(said,), elsewhere={FLOW: {KEY: choice}}, go=step.next)


def mode_of(scene: Scene) -> str:
    """Return what a person has chosen; words alone unless they have."""
    mode: str = scene.state.memory.get(FLOW, {}).get(KEY) or PLAIN
    return mode

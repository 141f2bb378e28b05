"""`listen`: says a recording, beside whatever else is going on."""

from collections.abc import Sequence
from uuid import UUID

from bot.content.voice_step import Listen
from bot.content.voices import Voice
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import VOICE, Media, Outgoing

MENU = "menu.main"


class ListenHandler(Handler[Listen]):
    """Buttons: the number of a recording says it. The step that waits goes on waiting."""

    def exits(self, step: Listen, door: Door) -> Sequence[Exit]:
        return (door.button("*", step.title, note="recording"), door.link(MENU, step.menu))

    def enter(self, step: Listen, scene: Scene) -> Move:
        said = Outgoing(scene.say(step.gone), (scene.link(MENU, step.menu),))
        return Move(say=(said,), aside=True)

    def press(self, step: Listen, choice: str, scene: Scene) -> Move | None:
        try:
            found = scene.content.voices.find(UUID(choice))
        except ValueError:
            return None
        if found is None:
            return self.enter(step, scene)
        return Move(say=(spoken(found[0]),), aside=True)


def spoken(voice: Voice) -> Outgoing:
    """Return the message that a recording is; its words stand in the message before it."""
    return Outgoing("", media=(Media(VOICE, str(voice.id), voice.words),))

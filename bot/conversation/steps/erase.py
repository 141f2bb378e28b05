"""`erase`: says what goes, asks once, and forgets."""

from collections.abc import Sequence

from bot.content.steps import Erase
from bot.conversation.effects import EraseContact
from bot.conversation.state import Owner
from bot.conversation.steps.base import Door, Exit, Handler, Meaning, Move, Scene
from bot.messages import Outgoing


class EraseHandler(Handler[Erase]):
    """Needs no papers and no reason."""

    def exits(self, step: Erase, door: Door) -> Sequence[Exit]:
        return (
            door.button("yes", step.yes),
            door.button("no", step.no, "menu.main"),
            door.button("no", step.no, "consent.waiting", note="while_waiting"),
        )

    def enter(self, step: Erase, scene: Scene) -> Move:
        buttons = (scene.button("yes", step.yes), scene.button("no", step.no))
        return Move(say=(Outgoing(scene.say(step.text), buttons),))

    def press(self, step: Erase, choice: str, scene: Scene) -> Move | None:
        if choice == "yes":
            done = Outgoing(scene.say(step.done))
            return Move(say=(done,), effects=(EraseContact(),), leave=True)
        if choice == "no":
            waits = scene.world.owner is not Owner.BOT
            kept = Outgoing(scene.say(step.kept))
            return Move(say=(kept,), go="consent.waiting" if waits else "menu.main")
        return None

    def means(self, step: Erase, meaning: Meaning, scene: Scene) -> str | None:
        return "yes" if meaning == "affirm" else "no"

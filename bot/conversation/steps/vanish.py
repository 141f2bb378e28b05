"""`vanish`: after how long Suar deletes its sensitive messages from the person's screen, where the channel can."""

from collections.abc import Sequence

from bot.content.steps import Vanish
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.conversation.vanish import AFTER_S, KEY, NEVER, STAFF
from bot.messages import Outgoing

MENU = "menu.main"


class VanishHandler(Handler[Vanish]):
    """Where nothing can be deleted it says so, and offers no choice that would be none."""

    def exits(self, step: Vanish, door: Door) -> Sequence[Exit]:
        return (
            *(door.button(name, title, step.next) for name, title in step.after.items()),
            door.button(NEVER, step.never, step.next),
            door.link(MENU, step.menu),
        )

    def enter(self, step: Vanish, scene: Scene) -> Move:
        menu = scene.link(MENU, step.menu)
        if not scene.world.deletes:
            return Move(say=(Outgoing(scene.say(step.cannot), (menu,)),))
        choices = [scene.button(name, title) for name, title in step.after.items()]
        choices.append(scene.button(NEVER, step.never))
        return Move(say=(Outgoing(scene.say(step.text), (*choices, menu)),))

    def press(self, step: Vanish, choice: str, scene: Scene) -> Move | None:
        if choice not in {*AFTER_S, NEVER}:
            return None
        if not scene.world.deletes:
            return self.enter(step, scene)
        said = step.stays if choice == NEVER else step.noted
        chosen = {KEY: choice, STAFF: choice != NEVER or None}
        return Move(say=(Outgoing(scene.say(said)),), remember=chosen, go=step.next)

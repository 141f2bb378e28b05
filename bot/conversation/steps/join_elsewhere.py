"""`join_elsewhere`: the talk with a counsellor goes on in another chat; it comes here by a press."""

from collections.abc import Sequence

from bot.content.join_steps import JoinElsewhere
from bot.conversation.join_effects import GoOnHere
from bot.conversation.joining import app_of, seen
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Outgoing


class JoinElsewhereHandler(Handler[JoinElsewhere]):
    """What is written here is shown to nobody, and never opens a second case."""

    def exits(self, step: JoinElsewhere, door: Door) -> Sequence[Exit]:
        return (
            door.button("here", step.here),
            door.button("stay", step.stay, "menu.main"),
            door.button("stay", step.stay, note="old_button"),
            door.link("consent.ask", step.human),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: JoinElsewhere, scene: Scene) -> Move:
        there = scene.world.elsewhere
        if there is None:
            return _over(step, scene)
        buttons = (
            scene.button("here", step.here),
            scene.button("stay", step.stay),
            scene.link("menu.main", step.menu),
        )
        told = scene.say(step.text, app=app_of(scene, there.channel))
        return Move(say=(Outgoing(told, buttons),), remember=seen(there, scene.world.now))

    def press(self, step: JoinElsewhere, choice: str, scene: Scene) -> Move | None:
        if choice not in {"here", "stay"}:
            return None
        there = scene.world.elsewhere
        if there is None:
            return _over(step, scene)
        if choice == "stay":
            stays = Outgoing(scene.say(step.stays))
            return Move(say=(stays,), remember=seen(there, scene.world.now), go="menu.main")
        version = scene.version(step.text, step.here)
        moved = Outgoing(scene.say(step.moved))
        return Move(say=(moved,), effects=(GoOnHere(there.case_id, version),), leave=True)


def _over(step: JoinElsewhere, scene: Scene) -> Move:
    buttons = (scene.link("consent.ask", step.human), scene.link("menu.main", step.menu))
    return Move(say=(Outgoing(scene.say(step.over), buttons),))

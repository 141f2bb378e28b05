"""`join_confirm`: shall this chat and the one that made the code be one person? Nothing is connected without a yes."""

from collections.abc import Sequence

from bot.content.join_steps import JoinConfirm
from bot.conversation.effects import Granted
from bot.conversation.join_effects import JoinChats
from bot.conversation.joining import ASK, CODE, app_of
from bot.conversation.steps.base import Door, Exit, Handler, Meaning, Move, Scene
from bot.conversation.steps.join import SCOPE
from bot.messages import Button, Outgoing


class JoinConfirmHandler(Handler[JoinConfirm]):
    """The service looks the code up, when it is given and again, locked, when the yes is said."""

    def exits(self, step: JoinConfirm, door: Door) -> Sequence[Exit]:
        return (
            door.button("yes", step.yes),
            door.button("no", step.no, "menu.main"),
            door.link(ASK, step.again),
            door.link("consent.ask", step.human),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: JoinConfirm, scene: Scene) -> Move:
        look = scene.world.code
        if look is None or look.found != "open":
            return _refused(step, scene)
        buttons = (
            scene.button("yes", step.yes),
            scene.button("no", step.no),
            scene.link("consent.ask", step.human),
        )
        asked = scene.say(step.text, app=app_of(scene, look.channel))
        return Move(say=(Outgoing(asked, buttons, sensitive=True),))

    def press(self, step: JoinConfirm, choice: str, scene: Scene) -> Move | None:
        if choice == "no":
            declined = Outgoing(scene.say(step.declined))
            return Move(say=(declined,), remember={CODE: None}, go="menu.main")
        if choice != "yes":
            return None
        look = scene.world.code
        if look is None or look.found != "open" or look.code != scene.memory.get(CODE):
            return _refused(step, scene)
        consent = Granted(SCOPE, True, scene.version(step.text, step.yes, step.no))
        done = Outgoing(scene.say(step.done), _ways(step, scene))
        joined = JoinChats(look.code, consent)
        return Move(say=(done,), effects=(joined,), remember={CODE: None})

    def means(self, step: JoinConfirm, meaning: Meaning, scene: Scene) -> str | None:
        if not scene.memory.get(CODE):
            return None
        return "yes" if meaning == "affirm" else "no"


def _refused(step: JoinConfirm, scene: Scene) -> Move:
    found = scene.world.code.found if scene.world.code else "gone"
    text = {"same": step.same, "too_many": step.too_many}.get(found, step.gone)
    buttons = (scene.link(ASK, step.again), *_ways(step, scene))
    return Move(say=(Outgoing(scene.say(text), buttons),), remember={CODE: None})


def _ways(step: JoinConfirm, scene: Scene) -> tuple[Button, ...]:
    return scene.link("consent.ask", step.human), scene.link("menu.main", step.menu)

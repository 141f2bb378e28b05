"""`join`: one person in several chats; a code connects another one, and this one can leave."""

from collections.abc import Sequence

from bot.content.join_steps import Join
from bot.conversation.effects import Granted
from bot.conversation.join_effects import LeaveChats, MakeJoinCode
from bot.conversation.joining import Chats, app_of, shown
from bot.conversation.steps.base import Door, Exit, Handler, Meaning, Move, Scene
from bot.messages import Button, Outgoing

SCOPE = "join"


class JoinHandler(Handler[Join]):
    """The service looks the other chats up; the code is made by a press alone, in the words that were shown."""

    def exits(self, step: Join, door: Door) -> Sequence[Exit]:
        return (
            door.button("yes", step.yes),
            door.button("leave", step.leave),
            door.button("sure", step.sure),
            door.button("sure", step.sure, door.here, note="old_button"),
            door.link("consent.ask", step.human),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: Join, scene: Scene) -> Move:
        others = _chats(scene).others
        if not others:
            buttons: tuple[Button, ...] = (scene.button("yes", step.yes),)
            text = scene.say(step.text)
        else:
            buttons = (scene.button("yes", step.more), scene.button("leave", step.leave))
            names = dict.fromkeys(app_of(scene, channel) for channel in others)
            text = scene.say(step.connected, apps=", ".join(names))
        return Move(say=(Outgoing(text, (*buttons, *_ways(step, scene))),))

    def press(self, step: Join, choice: str, scene: Scene) -> Move | None:
        if choice == "yes":
            return _code(step, scene)
        if choice == "leave":
            buttons = (scene.button("sure", step.sure), *_ways(step, scene))
            return Move(say=(Outgoing(scene.say(step.leaving), buttons),))
        if choice != "sure":
            return None
        if not _chats(scene).others:
            return Move(go=scene.here)
        left = Outgoing(scene.say(step.left))
        return Move(say=(left,), effects=(LeaveChats(),), leave=True)

    def means(self, step: Join, meaning: Meaning, scene: Scene) -> str | None:
        # Two questions may stand above: a bare yes or no answers neither for sure.
        return None


def _code(step: Join, scene: Scene) -> Move:
    code = scene.world.draw.code
    links = _chats(scene).doors.links(code)
    told = [scene.say(step.code, code=shown(code))]
    if links:
        ways = (
            scene.say(step.way, app=app_of(scene, channel), link=link)
            for channel, link in links.items()
        )
        told.append("\n".join((scene.say(step.ways), *ways)))
    consent = Granted(SCOPE, True, scene.version(step.text, step.yes))
    said = Outgoing("\n\n".join(told), _ways(step, scene), sensitive=True)
    return Move(say=(said,), effects=(MakeJoinCode(code, consent),))


def _ways(step: Join, scene: Scene) -> tuple[Button, ...]:
    return scene.link("consent.ask", step.human), scene.link("menu.main", step.menu)


def _chats(scene: Scene) -> Chats:
    return scene.world.chats or Chats()

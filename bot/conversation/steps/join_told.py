"""`join_told`: the first chat hears that another was connected; one press undoes it."""

from collections.abc import Sequence
from uuid import UUID

from bot.content.join_steps import JoinTold
from bot.conversation.join_effects import CastOut
from bot.conversation.joining import ASK, app_of
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Button, Outgoing

NEWEST, CHANNEL = "newest", "newest_channel"
"""What the flow remembers of the chat that was connected last: its conversation, as 32 hex digits, and its channel."""
UNDO = "undo-"


class JoinToldHandler(Handler[JoinTold]):
    """Its button names the chat that was connected, so that an old one undoes the one that it was said of."""

    def exits(self, step: JoinTold, door: Door) -> Sequence[Exit]:
        return (
            door.button(f"{UNDO}*", step.undo),
            door.link(ASK, step.undo),
            door.link("consent.ask", step.human),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: JoinTold, scene: Scene) -> Move:
        newest = scene.memory.get(NEWEST)
        undo = scene.button(f"{UNDO}{newest}", step.undo) if newest else scene.link(ASK, step.undo)
        told = scene.say(step.text, app=app_of(scene, scene.memory.get(CHANNEL, "other")))
        return Move(say=(Outgoing(told, (undo, *_ways(step, scene))),))

    def press(self, step: JoinTold, choice: str, scene: Scene) -> Move | None:
        if not choice.startswith(UNDO):
            return None
        try:
            other = UUID(choice.removeprefix(UNDO))
        except ValueError:
            return None
        undone = Outgoing(scene.say(step.undone), _ways(step, scene))
        return Move(say=(undone,), effects=(CastOut(other),), remember={NEWEST: None})


def _ways(step: JoinTold, scene: Scene) -> tuple[Button, ...]:
    return scene.link("consent.ask", step.human), scene.link("menu.main", step.menu)

"""`say`: says something and goes on."""

from collections.abc import Sequence

from bot.content.steps import Say
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Outgoing


class SayHandler(Handler[Say]):
    """Speaks and never waits."""

    def exits(self, step: Say, door: Door) -> Sequence[Exit]:
        return (Exit(step.next, note="by_itself"),)

    def enter(self, step: Say, scene: Scene) -> Move:
        return Move(say=(Outgoing(scene.say(step.text)),), go=step.next)

"""`say`: says something and goes on."""

from bot.content.steps import Say
from bot.conversation.steps.base import Handler, Move, Scene
from bot.messages import Outgoing


class SayHandler(Handler[Say]):
    """Speaks and never waits."""

    def enter(self, step: Say, scene: Scene) -> Move:
        return Move(say=(Outgoing(scene.say(step.text)),), go=step.next)

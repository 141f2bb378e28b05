"""`feedback`: asks how the talk was and goes back to the menu."""

from bot.content.model import Feedback
from bot.conversation.effects import RateCase
from bot.conversation.steps.base import Handler, Move, Scene
from bot.messages import Outgoing


class FeedbackHandler(Handler[Feedback]):
    """One press, and only if the person likes."""

    def enter(self, step: Feedback, scene: Scene) -> Move:
        buttons = tuple(scene.button(name, title) for name, title in step.ratings.items())
        return Move(say=(Outgoing(scene.say(step.text), buttons),))

    def press(self, step: Feedback, choice: str, scene: Scene) -> Move | None:
        if choice not in step.ratings:
            return None
        thanks = Outgoing(scene.say(step.thanks))
        return Move(say=(thanks,), effects=(RateCase(choice),), go=step.next)

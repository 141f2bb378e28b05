"""`feedback`: asks how the talk was, and leads on to one more question, once, where there is no immediate danger."""

from collections.abc import Sequence

from bot.content.steps import Feedback
from bot.conversation.effects import RateCase
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Outgoing
from bot.understanding.model import RiskLevel


class FeedbackHandler(Handler[Feedback]):
    """One press, and only if the person likes. It remembers the level of the case that the talk was about."""

    def exits(self, step: Feedback, door: Door) -> Sequence[Exit]:
        ratings = [
            door.button(name, title, target, note)
            for name, title in step.ratings.items()
            for target, note in ((step.next, ""), (step.instead, "not_again"))
        ]
        return [*ratings, door.link("consent.ask", step.human)]

    def enter(self, step: Feedback, scene: Scene) -> Move:
        buttons = tuple(scene.button(name, title) for name, title in step.ratings.items())
        again = scene.link("consent.ask", step.human)
        return Move(say=(Outgoing(scene.say(step.text), (*buttons, again)),))

    def press(self, step: Feedback, choice: str, scene: Scene) -> Move | None:
        if choice not in step.ratings:
            return None
        thanks = Outgoing(scene.say(step.thanks))
        answered = scene.state.memory.get("learn", {}).get("answered", False)
        onward = step.instead if answered or _in_danger(scene) else step.next
        return Move(say=(thanks,), effects=(RateCase(choice),), go=onward)


def _in_danger(scene: Scene) -> bool:
    told = scene.state.recent_risk(scene.world.now).level
    return RiskLevel.IMMEDIATE in {told, RiskLevel(scene.memory.get("level", 0))}

"""`rate_campaign`: how was it? Three answers, counted by the day; of whom one came is kept nowhere."""

from collections.abc import Sequence
from typing import Literal

from bot.content.event_steps import RateCampaign as Step
from bot.conversation.campaign_effects import RateCampaign
from bot.conversation.events import RATES
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Button, Outgoing

Rating = Literal["good", "some", "none"]
RATINGS: tuple[Rating, ...] = ("good", "some", "none")


class RateCampaignHandler(Handler[Step]):
    """Counts once: what is rated is remembered until it has been."""

    def exits(self, step: Step, door: Door) -> Sequence[Exit]:
        rated = (door.button(name, getattr(step, name)) for name in RATINGS)
        ways = (door.link("consent.ask", step.human), door.link("menu.main", step.menu))
        return (*rated, *ways)

    def enter(self, step: Step, scene: Scene) -> Move:
        if not scene.memory.get(RATES):
            return _past(step, scene)
        buttons = [scene.button(name, getattr(step, name)) for name in RATINGS]
        return Move(say=(Outgoing(scene.say(step.text), (*buttons, *_ways(step, scene))),))

    def press(self, step: Step, choice: str, scene: Scene) -> Move | None:
        about = scene.memory.get(RATES)
        rating = next((each for each in RATINGS if each == choice), None)
        if rating is None:
            return None
        if not about:
            return _past(step, scene)
        said = Outgoing(scene.say(step.thanks), _ways(step, scene))
        return Move(say=(said,), effects=(RateCampaign(about, rating),), remember={RATES: None})


def _past(step: Step, scene: Scene) -> Move:
    return Move(say=(Outgoing(scene.say(step.past), _ways(step, scene)),))


def _ways(step: Step, scene: Scene) -> tuple[Button, ...]:
    return (scene.link("consent.ask", step.human), scene.link("menu.main", step.menu))

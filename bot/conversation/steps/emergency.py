"""`emergency`: shows the fixed emergency numbers, with what happens to what one tells them."""

from collections.abc import Sequence

from bot.content.model import EmergencyNumber
from bot.content.steps import Emergency
from bot.conversation.state import Owner
from bot.conversation.steps.base import PREVIEW_CHARS, Door, Exit, Handler, Move, Scene
from bot.messages import Outgoing


class EmergencyHandler(Handler[Emergency]):
    """Works for everybody, also for those who wait."""

    def exits(self, step: Emergency, door: Door) -> Sequence[Exit]:
        return (
            door.link("consent.ask", step.talk),
            door.link("services.ask", step.services),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: Emergency, scene: Scene) -> Move:
        text = numbers(step, scene)
        buttons = (
            scene.link("consent.ask", step.talk),
            scene.link("services.ask", step.services),
            scene.link("menu.main", step.menu),
        )
        waiting = scene.world.owner is not Owner.BOT
        return Move(say=(Outgoing(text, () if waiting else buttons),))


def numbers(step: Emergency, scene: Scene) -> str:
    """Return all numbers as the person reads them."""
    lines = [number_line(scene, step.number, number) for number in scene.content.emergency]
    opening = scene.say(step.text)
    # Where the opening is short, as in Amharic, a line keeps what the numbers are for off a locked screen.
    rule = "\u2500" * (PREVIEW_CHARS - len(opening))
    return "\n\n".join(filter(None, (opening, rule, *lines)))


def number_line(scene: Scene, pattern: str, number: EmergencyNumber) -> str:
    """Return one number as the person reads it."""
    return scene.say(
        pattern,
        when=scene.say(number.when),
        name=number.name,
        number=number.number,
        confidentiality=scene.say(number.confidentiality),
    )

"""`support`: answers a disclosure at once, with belief, calm, the fitting number and the offer of a person."""

from collections.abc import Sequence

from bot.content.directory import fitting_emergency
from bot.content.steps import Support
from bot.conversation.steps.base import PREVIEW_CHARS, Door, Exit, Handler, Meaning, Move, Scene
from bot.conversation.steps.emergency import number_line
from bot.messages import Button, Outgoing
from bot.understanding.model import RiskLevel

_TARGETS = {"talk": "consent.ask", "numbers": "emergency.show", "stay": "risk.stay"}


class SupportHandler(Handler[Support]):
    """Says it in full the first time; afterwards only that we are still here, with the same ways on."""

    def exits(self, step: Support, door: Door) -> Sequence[Exit]:
        buttons = (("talk", step.talk), ("numbers", step.numbers), ("stay", step.stay))
        return [door.button(name, title, _TARGETS[name]) for name, title in buttons]

    def enter(self, step: Support, scene: Scene) -> Move:
        risk = scene.state.risk
        seen = RiskLevel(scene.memory.get("level", 0))
        if scene.memory.get("told") and risk.level <= seen:
            number = fitting_emergency(scene.content.emergency, risk, limit=1)[0]
            line = number_line(scene, step.number, number)
            told = _calmly(scene.say(step.again), line, scene.say(step.after))
            return Move(say=(Outgoing(told, _ways_on(step, scene), sensitive=True),))
        opening = step.urgent if risk.level is RiskLevel.IMMEDIATE else step.text
        numbers = fitting_emergency(scene.content.emergency, risk)
        lines = [number_line(scene, step.number, number) for number in numbers]
        contacts = "\n".join((*lines, scene.say(step.abroad)))
        told = _calmly(scene.say(opening), contacts, scene.say(step.after))
        message = Outgoing(told, _ways_on(step, scene), sensitive=True)
        return Move(say=(message,), remember={"told": True, "level": risk.level.value})

    def press(self, step: Support, choice: str, scene: Scene) -> Move | None:
        return Move(go=_TARGETS[choice]) if choice in _TARGETS else None

    def means(self, step: Support, meaning: Meaning, scene: Scene) -> str | None:
        return "talk" if meaning == "affirm" else "stay"


def _calmly(opening: str, contacts: str, after: str) -> str:
    """Return the message with the contacts as early as they give nothing away on a locked screen.

    They say what they are for. Where the opening is short, as in Chinese, the calm words come before them.
    """
    early = len(opening) >= PREVIEW_CHARS
    parts = (opening, contacts, after) if early else (opening, after, contacts)
    return "\n\n".join(parts)


def _ways_on(step: Support, scene: Scene) -> tuple[Button, ...]:
    return (
        scene.button("talk", step.talk),
        scene.button("numbers", step.numbers),
        scene.button("stay", step.stay),
    )

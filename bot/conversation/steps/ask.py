"""`ask`: says something and offers choices."""

from collections.abc import Sequence

from bot.content.step_base import Choice
from bot.content.steps import Ask
from bot.conversation import unmet
from bot.conversation.effects import ChangeFollowUp, Effect, EndStudy, RateService, StopMessages
from bot.conversation.steps.base import Door, Exit, Handler, Meaning, Move, Scene
from bot.conversation.steps.easier import PLAIN, mode_of
from bot.messages import Button, Media, Outgoing

_EFFECTS: dict[str, Effect] = {
    "stop_messages": StopMessages(),
    "follow_up_slower": ChangeFollowUp("slower"),
    "follow_up_pause": ChangeFollowUp("pause"),
    "follow_up_stop": ChangeFollowUp("stop"),
    "study_stop": EndStudy(),
    "rate_good": RateService("good"),
    "rate_some": RateService("some"),
    "rate_none": RateService("none"),
}


class AskHandler(Handler[Ask]):
    """Waits for one of its choices; another message is understood as anywhere else."""

    def exits(self, step: Ask, door: Door) -> Sequence[Exit]:
        return [
            door.button(choice.id, choice.title, choice.go)
            if choice.answer is None
            else Exit("answer.give", f"answer.give.{choice.answer}", choice.title)
            for choice in step.choices
        ]

    def enter(self, step: Ask, scene: Scene) -> Move:
        texts = (step.text, *step.variants)
        text = texts[scene.state.said.get(scene.here, 0) % len(texts)]
        buttons = tuple(_button(scene, choice) for choice in step.choices)
        media = pictured(step, scene)
        return Move(say=(Outgoing(scene.say(text), buttons, media, step.sensitive),))

    def press(self, step: Ask, choice: str, scene: Scene) -> Move | None:
        chosen = _find(step, choice)
        if chosen is None or chosen.go is None:
            return None
        effects: tuple[Effect, ...] = (_EFFECTS[chosen.effect],) if chosen.effect else ()
        if chosen.effect == "rate_none":
            effects = (*effects, *unmet.no_help(scene))
        return Move(go=chosen.go, effects=effects)

    def means(self, step: Ask, meaning: Meaning, scene: Scene) -> str | None:
        return next((choice.id for choice in step.choices if choice.means == meaning), None)


def pictured(step: Ask, scene: Scene) -> tuple[Media, ...]:
    """Return the picture of a step's choices, for who has asked for pictures; the numbers on it are those that choose."""
    if not step.pictured or mode_of(scene) == PLAIN:
        return ()
    titles = (scene.title(choice.title) for choice in step.choices)
    alt = "\n".join(f"{number}. {title}" for number, title in enumerate(titles, start=1))
    return (Media("menu", f"menu:{scene.here}", alt),)


def _button(scene: Scene, choice: Choice) -> Button:
    if choice.answer is not None:
        return scene.link(f"answer.give.{choice.answer}", choice.title)
    return scene.button(choice.id, choice.title)


def _find(step: Ask, choice: str) -> Choice | None:
    return next((each for each in step.choices if each.id == choice), None)

"""`choose`: asks for one of several wishes, or for one of the languages, and keeps it."""

from collections.abc import Sequence

from bot.content.steps import Choose
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Button, Outgoing


class ChooseHandler(Handler[Choose]):
    """What was wished for stands in the memory of the step's flow, under the step's key."""

    def exits(self, step: Choose, door: Door) -> Sequence[Exit]:
        if not step.options:
            return (door.button("*", "", step.next, note="each_language"),)
        return [door.button(name, title, step.next) for name, title in step.options.items()]

    def enter(self, step: Choose, scene: Scene) -> Move:
        if step.options:
            buttons = tuple(scene.button(name, title) for name, title in step.options.items())
        else:
            languages = scene.content.words.locales.items()
            buttons = tuple(Button(f"{scene.here}.{code}", info.name) for code, info in languages)
        return Move(say=(Outgoing(scene.say(step.text), buttons),))

    def press(self, step: Choose, choice: str, scene: Scene) -> Move | None:
        if choice not in (step.options or scene.content.words.locales):
            return None
        return Move(remember={step.key: choice}, go=step.next)

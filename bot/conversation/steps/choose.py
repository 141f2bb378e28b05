"""`choose`: asks for one of several wishes, or for one of the languages, and keeps it."""

from collections.abc import Sequence

from bot.content.steps import Choose
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.conversation.steps.choose_language import page_of
from bot.messages import Button, Outgoing


class ChooseHandler(Handler[Choose]):
    """What was wished for stands in the memory of the step's flow, under the step's key."""

    def exits(self, step: Choose, door: Door) -> Sequence[Exit]:
        if not step.options:
            more = [door.button("more-*", step.more)] if step.more is not None else []
            return (door.button("*", "", step.next, note="each_language"), *more)
        return [door.button(name, title, step.next) for name, title in step.options.items()]

    def enter(self, step: Choose, scene: Scene) -> Move:
        return Move(say=(_asked(step, scene, 0),))

    def press(self, step: Choose, choice: str, scene: Scene) -> Move | None:
        verb, _, page = choice.partition("-")
        if verb == "more" and page.isdecimal() and not step.options:
            return Move(say=(_asked(step, scene, int(page)),))
        if choice not in (step.options or scene.content.words.locales):
            return None
        return Move(remember={step.key: choice}, go=step.next)


def _asked(step: Choose, scene: Scene, page: int) -> Outgoing:
    if step.options:
        options = tuple(scene.button(name, title) for name, title in step.options.items())
        return Outgoing(scene.say(step.text), options)
    locales = scene.content.words.locales
    shown, following = page_of(list(locales), page)
    buttons = [Button(f"{scene.here}.{code}", locales[code].name) for code in shown]
    if following is not None and step.more is not None:
        buttons.append(scene.button(f"more-{following}", step.more))
    return Outgoing(scene.say(step.text), tuple(buttons))

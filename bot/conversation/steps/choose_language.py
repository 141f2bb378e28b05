"""`choose_language`: offers the released languages."""

from collections.abc import Sequence

from bot.content.steps import ChooseLanguage
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Button, Outgoing


class ChooseLanguageHandler(Handler[ChooseLanguage]):
    """Asks in every released language at once, since we do not know which one is read."""

    def exits(self, step: ChooseLanguage, door: Door) -> Sequence[Exit]:
        locales = door.content.words.locales
        return [door.button(code, info.name, step.next) for code, info in locales.items()]

    def enter(self, step: ChooseLanguage, scene: Scene) -> Move:
        words = scene.content.words
        mine = scene.state.locale
        codes = [mine, *(code for code in words.locales if code != mine)]
        text = "\n".join(dict.fromkeys(words.say(step.text, code) for code in codes))
        buttons = tuple(
            Button(f"{scene.here}.{code}", info.name) for code, info in words.locales.items()
        )
        return Move(say=(Outgoing(text, buttons),))

    def press(self, step: ChooseLanguage, choice: str, scene: Scene) -> Move | None:
        if choice not in scene.content.words.locales:
            return None
        return Move(locale=choice, go=step.next)

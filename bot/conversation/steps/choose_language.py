"""`choose_language`: offers the languages, a page at a time, those that are released first."""

from collections.abc import Sequence

from bot.content.steps import ChooseLanguage
from bot.conversation.state import Owner
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Button, Outgoing

PAGE = 8
"""So that a person sees a page at once on any channel, with the button to the next."""


class ChooseLanguageHandler(Handler[ChooseLanguage]):
    """Asks in every language on the page at once, since we do not know which one is read.

    Buttons: a language's code chooses it, ``more-1`` shows the second page.
    """

    def exits(self, step: ChooseLanguage, door: Door) -> Sequence[Exit]:
        locales = door.content.words.locales
        more = [door.button("more-*", step.more)] if len(locales) > PAGE else []
        waiting = (
            door.button(code, info.name, "consent.waiting", "while_waiting")
            for code, info in locales.items()
            if step.control
        )
        return [
            *(door.button(code, info.name, step.next) for code, info in locales.items()),
            *more,
            *waiting,
        ]

    def enter(self, step: ChooseLanguage, scene: Scene) -> Move:
        return Move(say=(_page(step, scene, 0),))

    def press(self, step: ChooseLanguage, choice: str, scene: Scene) -> Move | None:
        if choice in scene.content.words.locales:
            waits = scene.world.owner is not Owner.BOT
            return Move(locale=choice, go="consent.waiting" if waits else step.next)
        verb, _, page = choice.partition("-")
        if verb == "more" and page.isdecimal():
            return Move(say=(_page(step, scene, int(page)),))
        return None


def _page(step: ChooseLanguage, scene: Scene, page: int) -> Outgoing:
    words = scene.content.words
    codes = list(words.locales)
    first = page * PAGE if page * PAGE < len(codes) else 0
    shown = codes[first : first + PAGE]
    # No mark is needed on a translation that nobody has checked: the released ones always stand beside it.
    asked = dict.fromkeys((scene.state.locale, *words.released, *shown))
    text = "\n".join(dict.fromkeys(words.say(step.text, code) for code in asked))
    buttons = [Button(f"{scene.here}.{code}", words.locales[code].name) for code in shown]
    if len(codes) > PAGE:
        following = first // PAGE + 1 if first + PAGE < len(codes) else 0
        buttons.append(scene.button(f"more-{following}", step.more))
    return Outgoing(text, tuple(buttons))

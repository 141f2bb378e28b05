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
            [door.button("*", "", "consent.waiting", "while_waiting")] if step.control else []
        )
        return [door.button("*", "", step.next, "each_language"), *more, *waiting]

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
    shown, following = page_of(list(words.locales), page)
    # No mark is needed on a translation that nobody has checked, nor on the button to more: the released ones always stand beside
    # the question, and the other buttons are the languages' own names.
    asked = dict.fromkeys((scene.state.locale, *words.released, *shown))
    text = "\n".join(dict.fromkeys(words.say(step.text, code) for code in asked))
    buttons = [Button(f"{scene.here}.{code}", words.locales[code].name) for code in shown]
    if following is not None:
        more = words.say(step.more, scene.state.locale)
        buttons.append(Button(f"{scene.here}.more-{following}", more))
    return Outgoing(text, tuple(buttons))


def page_of(codes: Sequence[str], page: int) -> tuple[Sequence[str], int | None]:
    """Return the languages of a page, the first one when there is none of that number, and the page that follows.

    After the last comes the first again; None where one page holds them all.
    """
    first = page * PAGE if page * PAGE < len(codes) else 0
    if len(codes) <= PAGE:
        return codes, None
    return codes[first : first + PAGE], first // PAGE + 1 if first + PAGE < len(codes) else 0

"""Follows the language in which a person writes, and leaves them a way back."""

from dataclasses import replace

from bot.content.catalogue import Words
from bot.content.load import Content
from bot.content.steps import ChooseLanguage
from bot.conversation.play import Play
from bot.conversation.state import State
from bot.messages import Button, Incoming
from bot.understanding.model import Understanding

LANGUAGE = "language.choose"
FLOW = "language"


def in_language(
    state: State, incoming: Incoming, understanding: Understanding, content: Content
) -> State:
    """Return the state in the language the person writes in, until they have chosen one."""
    if state.locale_chosen:
        return state
    words = content.words
    written, told = understanding.language, incoming.client_language
    found = words.nearest(written) if written is not None else None
    if found is not None and found != state.locale:
        found = _well_read(words, found)
    if found is None and not state.greeted and told is not None:
        found = words.nearest(told)
    if found is None or found == state.locale:
        return state
    state = replace(state, locale=found)
    # Nobody has chosen this language, and not all of it is there: see `offer_languages`.
    return state.remembering(FLOW, offer=True) if words.is_begun(found) else state


def _well_read(words: Words, found: str) -> str:
    """Return a released language that readers of `found` read as well, else `found`.

    Few words of Indonesian, Malay, Javanese and Sundanese look alike. Nobody who wrote one is answered in unchecked words of
    another by mistake; who wants the begun language chooses it.
    """
    for near in words.locales[found].chain:
        if near in words.released and near != words.source:
            return near if words.is_begun(found) else found
    return found


def offer_languages(play: Play) -> None:
    """Put the way to the languages under the first message in a begun language that nobody has chosen, once."""
    if not play.outgoing or not play.state.memory.get(FLOW, {}).get("offer"):
        return
    play.remember(FLOW, offer=False)
    step, last = play.content.step(LANGUAGE), play.outgoing[-1]
    offered = any(FLOW in button.id for button in last.buttons)
    if isinstance(step, ChooseLanguage) and not offered:
        way_back = Button(LANGUAGE, play.scene(LANGUAGE).title(step.change))
        play.outgoing[-1] = replace(last, buttons=(*last.buttons, way_back))

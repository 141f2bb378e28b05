"""Shows messages in a language that is only begun: the unchecked with their original, the missing in another language.

A step is played once more in the original's language, and only when one of its messages needs it; released languages pass
straight through.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from bot.content.dates import say_language
from bot.content.load import Content
from bot.conversation.steps.base import Heard, Move, Scene
from bot.messages import Outgoing

Render = Callable[[str, list[Heard] | None], Sequence[Outgoing]]
"""Says something in a language, and notes what it said."""

NOTES = "translation"
"""The page of `flows/pages/` with the words about words."""
RULE = "\u2014" * 3
_BETWEEN_TITLES = " \u00b7 "


def played(scene: Scene, act: Callable[[Scene], Move | None]) -> Move | None:
    """Return the move of a step, each message as a person of this language is to see it."""
    words, locale = scene.content.words, scene.state.locale
    if not words.is_begun(locale):
        return act(scene)
    heard: list[Heard] = []
    move = act(replace(scene, heard=heard))
    if move is None or not move.say:
        return move

    def again(original: str, _: list[Heard] | None) -> Sequence[Outgoing]:
        same = act(replace(scene, state=replace(scene.state, locale=original)))
        return same.say if same is not None else ()

    return replace(move, say=_marked(scene.content, locale, move.say, heard, again))


def spoken(content: Content, locale: str, render: Render) -> Sequence[Outgoing]:
    """Return what `render` says outside of any step, as a person of this language is to see it."""
    if not content.words.is_begun(locale):
        return render(locale, None)
    heard: list[Heard] = []
    return _marked(content, locale, render(locale, heard), heard, render)


def _marked(
    content: Content,
    locale: str,
    shown: Sequence[Outgoing],
    heard: Sequence[Heard],
    again: Render,
) -> Sequence[Outgoing]:
    words = content.words
    said = [_Said.of(content, locale, message, heard) for message in shown]
    originals: Sequence[Outgoing | None] = (None,) * len(shown)
    if any(each.needs_original for each in said):
        originals = again(words.original(locale), None)
    if len(originals) != len(shown):
        # No step does this; if one did, a missing original is still said to be missing.
        originals = (None,) * len(shown)
    return tuple(
        _with_notes(content, locale, message, each, original)
        for message, each, original in zip(shown, said, originals, strict=True)
    )


@dataclass(frozen=True)
class _Said:
    """What one message says that is not as it should be."""

    missing: str | None
    """The language in which it is said for want of words in the person's."""
    unchecked: bool
    in_full: bool
    """Whether its draft must not stand without the original."""
    titles: bool
    """Whether a button beneath it is a draft."""

    @property
    def needs_original(self) -> bool:
        """Whether the original stands beneath, or at least the titles of its buttons."""
        return self.in_full or self.titles

    @classmethod
    def of(cls, content: Content, locale: str, message: Outgoing, heard: Sequence[Heard]) -> Self:
        words, shown = content.words, {button.title for button in message.buttons}
        texts = {h.text for h in heard if not h.is_title and h.words in message.text}
        titles = {h.text for h in heard if h.words in shown}
        others = sorted({words.tongue(text, locale) for text in texts} - {locale})
        return cls(
            missing=others[-1] if others else None,
            unchecked=any(words.is_unchecked(text, locale) for text in texts),
            in_full=any(words.needs_original(text, locale) for text in texts),
            titles=any(words.is_unchecked(title, locale) for title in titles),
        )


def _with_notes(
    content: Content, locale: str, message: Outgoing, said: _Said, original: Outgoing | None
) -> Outgoing:
    words, notes = content.words, content.pages[NOTES]
    parts = [message.text]
    if said.missing is not None:
        name = _name(content, said.missing, locale)
        parts.insert(0, words.say(notes["only_in"], locale, language=name))
    titles = _titles(message, original) if original is not None else []
    if original is not None and said.in_full:
        parts += [f"{RULE}\n{words.say(notes['unchecked'], locale)}", original.text, *titles]
    elif said.unchecked:
        parts.append(f"{RULE}\n{words.say(notes['draft'], locale)}")
    elif said.titles:
        # The text can be relied on, the ways on under it cannot yet.
        note = notes["unchecked" if titles else "draft"]
        parts += [f"{RULE}\n{words.say(note, locale)}", *titles]
    return replace(message, text="\n\n".join(parts))


def _titles(message: Outgoing, original: Outgoing) -> list[str]:
    """Return the buttons in the original's words, in one line, where the person sees others."""
    if message.buttons == original.buttons:
        return []
    return [_BETWEEN_TITLES.join(f"[{button.title}]" for button in original.buttons)]


def _name(content: Content, language: str, locale: str) -> str:
    words = content.words
    known = words.locales.get(language)
    return say_language(language, words.formats(locale)) or (known.name if known else language)

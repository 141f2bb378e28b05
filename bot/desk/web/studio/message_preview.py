"""A message as it will look on each channel and on a locked screen, composed and cut by the rules by which it is sent."""

from dataclasses import dataclass
from typing import Any

from bot.campaigns.broadcast import PREVIEW_CHARS
from bot.channels.capabilities import Capabilities
from bot.content.load import Content
from bot.conversation.broadcast_words import Unsayable, compose
from bot.desk.web.preview import CHANNELS
from bot.desk.web.studio.message_form import Typed
from bot.messages import Outgoing

_ANYWHERE = "step:menu.main"
"""Where a button leads in a preview whose target is not chosen yet: it looks the same."""


@dataclass(frozen=True)
class Bubbles:
    """What one channel shows."""

    channel: str
    max_chars: int
    messages: tuple[Outgoing, ...]
    """Empty: it does not fit into one message."""


@dataclass(frozen=True)
class Shown:
    """A preview: in which language and version, and what people see."""

    locale: str
    variant: str
    bubbles: tuple[Bubbles, ...]
    locked: str
    """What a locked screen shows."""


def preview(content: Content, typed: Typed, locale: str, variant: str) -> Shown:
    """Return what somebody sees who gets the message as it stands in the form; what is missing is left out.

    Args:
        content: All that can be said.
        typed: The form.
        locale: Which of its languages; another one means the first.
        variant: Which of its versions.
    """
    if locale not in typed.locales:
        locale = typed.locales[0] if typed.locales else content.words.source
    variant = variant if variant in typed.variants else "a"
    body = _body(typed, variant, locale)
    text = typed.words(variant, locale).text
    bubbles = tuple(
        Bubbles(name, can.max_text_chars, _messages(content, body, variant, locale, can))
        for name, can in CHANNELS.items()
    )
    cut = text[:PREVIEW_CHARS].rstrip()
    return Shown(locale, variant, bubbles, f"{cut}\u2026" if len(text) > PREVIEW_CHARS else text)


def _body(typed: Typed, variant: str, locale: str) -> dict[str, Any]:
    words = typed.words(variant, locale)
    buttons = [
        {"title": button.title, "target": _shown(typed.target(variant, locale, number))}
        for number, button in enumerate(words.buttons)
        if button.title
    ]
    return {
        "variants": [{"id": variant, "words": {locale: {"text": words.text, "buttons": buttons}}}],
        "picture": str(typed.picture) if typed.picture else None,
        "alt": typed.alt,
    }


def _shown(target: str) -> str:
    return target if target.startswith("https://") else _ANYWHERE


def _messages(
    content: Content, body: dict[str, Any], variant: str, locale: str, can: Capabilities
) -> tuple[Outgoing, ...]:
    try:
        said = compose(body, variant, locale, content, can)
    except Unsayable:
        return ()
    return (said,) if said else ()

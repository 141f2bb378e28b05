"""Cuts a message to what a channel can show: at paragraphs, sentences and words, never inside a character."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.channels.capabilities import Capabilities
from bot.characters import is_inside_character
from bot.messages import Button, Media, Outgoing

_BREAKS = (
    re.compile(r"\n\n+"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?\u06d4\u061f\u104b])\s+"),
    re.compile(r"\s+"),
)


def fit(messages: Iterable[Outgoing], can: Capabilities) -> list[Outgoing]:
    """Return `messages` as the channel can show them, in the same order.

    Buttons stand under the last part of a message, and a picture or a file goes with it; more buttons than fit go under a further,
    wordless one. Each part is a message of its own: none is half sent when a process dies.
    """
    return [part for message in messages for part in _fit(message, can)]


def _fit(message: Outgoing, can: Capabilities) -> Iterator[Outgoing]:
    media = message.media if can.shows_media else ()
    buttons = [_fit_title(button, can.max_title_chars) for button in message.buttons]
    texts = list(split_text(message.text, _limit(message, media, can)))
    rows = [buttons[i : i + can.max_buttons] for i in range(0, len(buttons), can.max_buttons)]
    if _is_voice(message) and message.text and not can.captions_voice:
        texts.append("")
    for text in texts[:-1]:
        yield replace(message, text=text, buttons=(), media=(), file=None)
    first = () if media and _are_too_many(buttons, can) else tuple(rows[0]) if rows else ()
    yield replace(message, text=texts[-1], buttons=first, media=media)
    for more in rows[1:] if first else rows:
        yield replace(message, text="\u2026", buttons=tuple(more), media=(), file=None)


def _limit(message: Outgoing, media: Sequence[Media], can: Capabilities) -> int:
    """Return how long the words of one part may be."""
    limit = can.max_text_chars
    if message.buttons and can.max_menu_chars is not None:
        limit = min(limit, can.max_menu_chars)
    has_caption = (media or message.file) and not (_is_voice(message) and not can.captions_voice)
    if has_caption and not _fits_caption(message.text, can):
        limit = min(limit, can.max_caption_chars)
    return limit


def _is_voice(message: Outgoing) -> bool:
    return message.file is not None and message.file.kind == "voice"


def _are_too_many(buttons: Sequence[Button], can: Capabilities) -> bool:
    """Tell whether a message has more buttons than go under a picture."""
    return can.max_buttons_with_media is not None and len(buttons) > can.max_buttons_with_media


def _fits_caption(text: str, can: Capabilities) -> bool:
    """Tell whether words can stand under a picture: few signs are two UTF-16 units, so most may be twice as many."""
    return len(text.encode("utf-16-le")) // 2 <= 2 * can.max_caption_chars


def _fit_title(button: Button, limit: int) -> Button:
    if len(button.title) <= limit:
        return button
    return Button(button.id, _cut(button.title, limit - 1) + "\u2026")


def split_text(text: str, limit: int) -> Iterator[str]:
    """Yield `text` in parts of 1 to `limit` characters; a text without words is one empty part."""
    rest = text if len(text) <= limit else text.strip()
    while len(rest) > limit:
        part = _cut(rest, limit)
        yield part.rstrip()
        rest = rest[len(part) :].lstrip()
    yield rest


def _cut(text: str, limit: int) -> str:
    """Return the longest good beginning of `text` within `limit`."""
    for pattern in _BREAKS:
        ends = [
            found.end()
            for found in pattern.finditer(text, 0, limit + 1)
            if found.end() <= limit and not is_inside_character(text, found.end())
        ]
        if ends and ends[-1] > limit // 3:
            return text[: ends[-1]]
    end = limit
    while end > 1 and is_inside_character(text, end):
        end -= 1
    # Marks without end on one letter are no character that anybody reads: those are cut hard.
    return text[: end if end > 1 or limit == 1 else limit]

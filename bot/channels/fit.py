"""Cuts a message to what a channel can show: at paragraphs, sentences and words, never inside a character, a link or a number.

Everything is sent as plain text, so there is no markup that a cut could break.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.channels.capabilities import Capabilities
from bot.characters import is_inside_character, prefix_within
from bot.messages import Button, Media, Outgoing

_BREAKS = (
    re.compile(r"\n\n+"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?\u06d4\u061f\u104b])\s+"),
    re.compile(r"\s+"),
)
_WHOLE = re.compile(
    r"(?:https?://|www\.|t\.me/|mailto:)[^\s<>]+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|\+?\d(?:[ \u00a0\u202f().,:/-]{0,2}\d)+"
)
"""A link, an address, a number as people write numbers: half of one leads nowhere."""


def fit(messages: Iterable[Outgoing], can: Capabilities) -> list[Outgoing]:
    """Return `messages` as the channel can show them, in the same order.

    Buttons stand under the last part of a message, and a picture or a file goes with it; more buttons than fit go under a further,
    wordless one. Each part is a message of its own: none is half sent when a process dies.
    """
    return [part for message in messages for part in _quoting_once(_fit(message, can))]


def _quoting_once(parts: Iterable[Outgoing]) -> Iterator[Outgoing]:
    """Yield the parts of a message, of which only the first points to what it answers."""
    for number, part in enumerate(parts):
        yield replace(part, quote=None) if number and part.quote is not None else part


def _fit(message: Outgoing, can: Capabilities) -> Iterator[Outgoing]:
    if message.voice is not None and not can.shows_media:
        return  # its words stand in the message before it
    media = message.media if can.shows_media else ()
    buttons = _fit_titles(message.buttons, can.max_title_chars)
    texts = list(split_text(message.text, _limit(message, media, can), utf16=can.counts_utf16))
    rows = [buttons[i : i + can.max_buttons] for i in range(0, len(buttons), can.max_buttons)]
    if _is_voice(message) and message.text and not can.captions_voice:
        texts.append("")
    for text in texts[:-1]:
        yield replace(message, text=text, buttons=(), media=(), file=None, template=None)
    first = () if media and _are_too_many(buttons, can) else tuple(rows[0]) if rows else ()
    yield replace(message, text=texts[-1], buttons=first, media=media)
    for more in rows[1:] if first else rows:
        yield Outgoing("\u2026", tuple(more), sensitive=message.sensitive)


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
    """Tell whether a message has more buttons, or longer ones, than go under a picture."""
    if can.max_buttons_with_media is None:
        return False
    longest = can.max_open_title_chars or can.max_title_chars
    titles = {button.title.casefold() for button in buttons}
    return (
        len(buttons) > can.max_buttons_with_media
        or len(titles) < len(buttons)
        or any(len(button.title) > longest for button in buttons)
    )


def _fits_caption(text: str, can: Capabilities) -> bool:
    """Tell whether words can stand under a picture.

    Where a channel does not say how it counts, its limit is half of what it takes: few signs are two units of UTF-16.
    """
    if can.counts_utf16:
        return can.size(text) <= can.max_caption_chars
    return len(text.encode("utf-16-le")) // 2 <= 2 * can.max_caption_chars


def _fit_titles(buttons: Sequence[Button], limit: int) -> list[Button]:
    """Return buttons with titles that fit; where two would read the same only because they were cut, all have their numbers."""
    cut = [cut_title(button.title, limit) for button in buttons]
    whole = {button.title.casefold() for button in buttons}
    if len({title.casefold() for title in cut}) < len(whole):
        cut = [cut_title(f"{n}. {button.title}", limit) for n, button in enumerate(buttons, 1)]
    return [Button(button.id, title) for button, title in zip(buttons, cut, strict=True)]


def cut_title(title: str, limit: int) -> str:
    """Return a title within `limit` characters; one that was cut ends with an ellipsis."""
    return title if len(title) <= limit else _cut(title, limit - 1) + "\u2026"


def split_text(text: str, limit: int, *, utf16: bool = False) -> Iterator[str]:
    """Yield `text` in parts of 1 to `limit` characters, or units of UTF-16; a text without words is one empty part."""
    rest = text if _within(text, limit, utf16=utf16) == len(text) else text.strip()
    while (room := _within(rest, limit, utf16=utf16)) < len(rest):
        part = _cut(rest, room)
        yield part.rstrip()
        rest = rest[len(part) :].lstrip()
    yield rest


def _within(text: str, limit: int, *, utf16: bool) -> int:
    """Return how many code points from the beginning of `text` fit; at least one."""
    if not utf16:
        return min(len(text), limit)
    # Most texts are far below the limit, however one counts.
    return len(text) if 2 * len(text) <= limit else max(1, prefix_within(text, limit))


def _cut(text: str, limit: int) -> str:
    """Return the longest good beginning of `text` within `limit` characters, of which it has more."""
    kept_whole = [
        found.span() for found in _WHOLE.finditer(text) if found.end() - found.start() <= limit
    ]
    for pattern in _BREAKS:
        ends = [
            found.end()
            for found in pattern.finditer(text, 0, limit + 1)
            if found.end() <= limit and _may_end(text, found.end(), kept_whole)
        ]
        if ends and ends[-1] > limit // 3:
            return text[: ends[-1]]
    end = limit
    while end and not _may_end(text, end, kept_whole):
        end -= 1
    # Marks without end on one letter are no character that anybody reads: those are cut hard.
    return text[: end or limit]


def _may_end(text: str, at: int, kept_whole: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a part may end there."""
    if is_inside_character(text, at):
        return False
    return not any(begin < at < end for begin, end in kept_whole)

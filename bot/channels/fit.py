"""Cuts a message to what a channel can show: at paragraphs, sentences and words, never inside a character."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.channels.capabilities import Capabilities
from bot.messages import Button, Outgoing

_BREAKS = (
    re.compile(r"\n\n+"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?\u06d4\u061f\u104b])\s+"),
    re.compile(r"\s+"),
)
_ZERO_WIDTH_JOINER = "\u200d"
_JOINED_TO_BEFORE = frozenset("\u200c\u200d\u0e33\u0eb3")
"""Joiners, and vowels that Thai and Lao write after what they belong to."""
_FLAG_LETTERS = frozenset(chr(code) for code in range(0x1F1E6, 0x1F200))
_VIRAMA = 9
"""The combining class of the sign that ties two consonants of many Asian scripts together."""


def fit(messages: Iterable[Outgoing], can: Capabilities) -> list[Outgoing]:
    """Return `messages` as the channel can show them, in the same order.

    Buttons stand under the last part of a message, and a file goes with it; more buttons than fit go under a further, wordless one.
    """
    return [part for message in messages for part in _fit(message, can)]


def _fit(message: Outgoing, can: Capabilities) -> Iterator[Outgoing]:
    texts = list(split_text(message.text, can.max_text_chars))
    if message.file is not None and len(texts[-1]) > can.max_caption_chars:
        texts.append("")
    media = message.media if can.shows_media else ()
    buttons = [_fit_title(button, can.max_title_chars) for button in message.buttons]
    rows = [buttons[i : i + can.max_buttons] for i in range(0, len(buttons), can.max_buttons)]
    for text in texts[:-1]:
        yield replace(message, text=text, buttons=(), media=(), file=None)
    yield replace(message, text=texts[-1], buttons=tuple(rows[0]) if rows else (), media=media)
    for more in rows[1:]:
        yield replace(message, text="\u2026", buttons=tuple(more), media=(), file=None)


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
            if found.end() <= limit and not _inside_character(text, found.end())
        ]
        if ends and ends[-1] > limit // 3:
            return text[: ends[-1]]
    end = limit
    while end > 1 and _inside_character(text, end):
        end -= 1
    # Marks without end on one letter are no character that anybody reads: those are cut hard.
    return text[: end if end > 1 or limit == 1 else limit]


def _inside_character(text: str, at: int) -> bool:
    """Tell whether a cut at `at` falls between the code points of what a person sees as one character.

    Source: the rules of Unicode's UAX #29 that matter for the languages of Suar and for emoji.
    """
    before, after = text[at - 1], text[at]
    return (
        unicodedata.category(after) in {"Mn", "Mc", "Me"}
        or after in _JOINED_TO_BEFORE
        or before == _ZERO_WIDTH_JOINER
        or (before == "\r" and after == "\n")
        or unicodedata.combining(before) == _VIRAMA
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or "\U000e0020" <= after <= "\U000e007f"
        or (after in _FLAG_LETTERS and _flag_letters_before(text, at) % 2 == 1)
    )


def _flag_letters_before(text: str, at: int) -> int:
    """Return how many flag letters stand together before `at`; two of them make a flag."""
    return next((n for n in range(at) if text[at - 1 - n] not in _FLAG_LETTERS), at)

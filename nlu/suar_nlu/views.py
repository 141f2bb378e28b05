"""The views under which one message is read.

The intent is judged on the whole message, as written and with chat spellings written out. Risk is judged on those and,
for a long message, on every stretch of a few sentences too, since one sentence of disclosure drowns in a long story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from suar_nlu.cleaning import MAX_VIEW_CHARS, shorten
from suar_nlu.slang import spell_out

WINDOW_CHARS = 120
MAX_WINDOWS = 24

_SENTENCE_END = re.compile(r"(?<=[.!?;…。！？؟။।])\s+")


@dataclass(frozen=True)
class Views:
    """`whole` has one or two texts, `windows` is empty for a short message."""

    whole: tuple[str, ...]
    windows: tuple[str, ...]


def make_views(text: str) -> Views:
    """Split a cleaned message (at most `MAX_MESSAGE_CHARS`) into its views."""
    short = shorten(text, MAX_VIEW_CHARS)
    spelled = spell_out(short)
    whole = (short, shorten(spelled, MAX_VIEW_CHARS)) if spelled else (short,)
    if len(text) <= WINDOW_CHARS:
        return Views(whole, ())
    windows = tuple(dict.fromkeys(_windows(text)))
    return Views(whole, tuple(spell_out(window) or window for window in windows[:MAX_WINDOWS]))


def _windows(text: str) -> Iterator[str]:
    """Yield stretches of whole sentences, each beginning with the last sentence of the one before."""
    current: list[str] = []
    for sentence in _sentences(text):
        if current and len(" ".join([*current, sentence])) > WINDOW_CHARS:
            yield " ".join(current)
            last = current[-1]
            current = (
                [last] if len(current) > 1 and len(last) + len(sentence) < WINDOW_CHARS else []
            )
        current.append(sentence)
    if current:
        yield " ".join(current)


def _sentences(text: str) -> Iterator[str]:
    """Yield sentences, cutting those that are longer than a window at a space (or anywhere, without spaces)."""
    for sentence in _SENTENCE_END.split(text):
        rest = sentence.strip()
        while len(rest) > WINDOW_CHARS:
            cut = rest.rfind(" ", WINDOW_CHARS // 2, WINDOW_CHARS)
            cut = WINDOW_CHARS if cut == -1 else cut
            yield rest[:cut].strip()
            rest = rest[cut:].strip()
        if rest:
            yield rest

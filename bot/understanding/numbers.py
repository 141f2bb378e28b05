"""Reads a message that is nothing but numbers, in whatever digits people type: `2`, `２`, `٢`, `၂`, `2.`, `no 2`, `2️⃣`, `1,3`."""

import re
import unicodedata
from collections.abc import Container

_PARTS = re.compile(
    r"\d+|[^\W\d_]+(?:[^\W\d_]|[\u0300-\u036f\u0900-\u0dff\u0e00-\u0e7f\u1000-\u109f\u1780-\u17ff])*"
)
_KEYCAP = dict.fromkeys((0x20E3, 0xFE0F, 0xFE0E))
"""What makes a digit a picture of a key; the digit alone counts."""
_TEN = "\U0001f51f"
MAX_CHARS = 40
MAX_DIGITS = 3


def numbers_in(text: str, words: Container[str]) -> tuple[int, ...]:
    """Return the numbers that a message consists of, in its order; empty where it says anything else.

    Args:
        text: What was typed.
        words: Words that may stand before or between them, as `folded` gives them.
    """
    if len(text) > MAX_CHARS:
        return ()
    plain = unicodedata.normalize("NFKC", text.replace(_TEN, " 10 ")).translate(_KEYCAP).casefold()
    found, wholly = [], "".join(_PARTS.split(plain))
    if any(char.isalnum() or unicodedata.category(char) in {"So", "Sc"} for char in wholly):
        return ()
    for part in _PARTS.findall(plain):
        if not part.isdecimal():
            if part not in words:
                return ()
        elif len(part) > MAX_DIGITS:
            return ()
        else:
            # `int` reads the digits of every script.
            found.append(int(part))
    return tuple(found)

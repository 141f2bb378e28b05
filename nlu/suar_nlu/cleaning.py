"""One way of cleaning text, shared by training and serving, so that both see the same letters.

A message may be anything: pasted control characters, letters stretched in panic, invisible marks, a megabyte.
What comes out is safe to embed (the embedder drops everything after a NUL and fails on lone surrogates) and never
starts with a slash, which Rasa would take for a command of its own and answer without understanding.
"""

from __future__ import annotations

import re
import unicodedata

MAX_MESSAGE_CHARS = 4000
MAX_VIEW_CHARS = 500

# Soft hyphen, zero-width space, direction marks and isolates, word joiner, byte order mark, tag characters.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
# The two joiners carry meaning inside Arabic and Indic writing; elsewhere they only hide a word.
_STRAY_JOINER = re.compile(
    "(?<![\u0600-\u06ff\u0900-\u0fff])[\u200c\u200d]|[\u200c\u200d](?![\u0600-\u06ff\u0900-\u0fff])"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffc\ufffd\u2028\u2029]")
_THAI_LAO = re.compile("([^\u0e00-\u0eff]+)")
_STRETCHED_LETTER = re.compile(r"([^\W\d_])\1{2,}")
_REPEATED_MARK = re.compile(r"([^\w\s])\1{2,}")
_LEADING_SLASHES = re.compile(r"^[\s/\\]+")


def clean(text: str) -> str:
    """Return a message as the models read it: at most `MAX_MESSAGE_CHARS`, one line, possibly empty."""
    text = shorten(text, MAX_MESSAGE_CHARS)
    text = _CONTROL.sub(" ", text)
    text = _STRAY_JOINER.sub("", _INVISIBLE.sub("", text))
    text = _normalise(text)
    text = _REPEATED_MARK.sub(r"\1", _STRETCHED_LETTER.sub(r"\1", text))
    text = " ".join(_LEADING_SLASHES.sub("", text).split())
    return shorten(_calm(text), MAX_MESSAGE_CHARS)


def shorten(text: str, limit: int) -> str:
    """Keep the head (70%) and the tail (30%) of a long text: people open with the topic and end with the plea."""
    if len(text) <= limit:
        return text
    head = limit * 7 // 10
    return f"{text[:head].rstrip()} {text[len(text) - (limit - head - 1) :].lstrip()}"


def _normalise(text: str) -> str:
    # NFKC turns full-width and "mathematical" letters into plain ones, but tears the Thai and Lao vowel AM apart.
    parts = _THAI_LAO.split(text)
    return "".join(
        unicodedata.normalize("NFKC" if i % 2 else "NFC", part) for i, part in enumerate(parts)
    )


def _calm(text: str) -> str:
    """Lower a message that is shouted in capitals; the embedder reads capitals as different words."""
    letters = [char for char in text if char.isalpha()]
    shouted = len(letters) > 4 and sum(char.isupper() for char in letters) > 0.7 * len(letters)
    return text.lower() if shouted else text

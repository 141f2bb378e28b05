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
# Harakat and tatweel are decoration; nearly nobody types them, and a word with them is another word to the models.
_DECORATION = re.compile("[\u0640\u064b-\u0652\u0670]")
_PASHTO = re.compile("[\u067c\u0681\u0685\u0689\u0693\u0696\u069a\u06ab\u06bc\u06cd\u06d0]")
_PERSIANATE = re.compile("[\u067e\u0686\u0698\u06af\u0679\u0688\u0691\u06ba\u06be\u06c1\u06d2]")
_ARABIC_ONLY = re.compile("[\u0629\u0649\u0623\u0625]")
_TO_PERSIAN = str.maketrans("\u064a\u0643\u06c0", "\u06cc\u06a9\u0647")
_TO_ARABIC = str.maketrans("\u06cc\u06a9", "\u064a\u0643")
_STRETCHED_LETTER = re.compile(r"([^\W\d_])\1{2,}")
_REPEATED_MARK = re.compile(r"([^\w\s])\1{2,}")
_LEADING_SLASHES = re.compile(r"^[\s/\\]+")


def clean(text: str) -> str:
    """Return a message as the models read it: at most `MAX_MESSAGE_CHARS`, one line, possibly empty."""
    text = shorten(text, MAX_MESSAGE_CHARS)
    text = _CONTROL.sub(" ", text)
    text = _STRAY_JOINER.sub("", _INVISIBLE.sub("", text))
    text = _settle_letters(_normalise(text))
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


def _settle_letters(text: str) -> str:
    """Write Persian and Urdu with their own yeh and kaf, Arabic with its own: keyboards mix them up.

    Pashto keeps all of them apart, and a text whose letters do not tell is left as it is.
    """
    text = _DECORATION.sub("", text)
    if _PASHTO.search(text):
        return text
    if _PERSIANATE.search(text):
        return text.translate(_TO_PERSIAN)
    return text.translate(_TO_ARABIC) if _ARABIC_ONLY.search(text) else text


def _calm(text: str) -> str:
    """Lower a message that is shouted in capitals; the embedder reads capitals as different words."""
    letters = [char for char in text if char.isalpha()]
    shouted = len(letters) > 4 and sum(char.isupper() for char in letters) > 0.7 * len(letters)
    return text.lower() if shouted else text

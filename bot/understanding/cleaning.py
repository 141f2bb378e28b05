"""A message as the lexicon and the language guesser read it: the original is always kept elsewhere."""

import re
import unicodedata

MAX_READ_CHARS = 2_000
"""A longer message is read at its beginning and its end."""

_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f"
    r"\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_STRETCHED = re.compile(r"(\w)\1{2,}")
_SPACE = re.compile(r"\s+")


def read_form(text: str) -> str:
    """Return `text` without lone surrogates, control and invisible characters, one space between words."""
    whole = shortened(text.encode("utf-8", "ignore").decode("utf-8"))
    visible = _CONTROL.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", whole)))
    return _SPACE.sub(" ", visible).strip()


def shortened(text: str) -> str:
    """Return the beginning and the end of a message that is longer than is read, any other as it is."""
    if len(text) <= MAX_READ_CHARS:
        return text
    half = MAX_READ_CHARS // 2
    return f"{text[:half]}\n{text[-half:]}"


def folded(text: str) -> str:
    """Return the read form as the lexicon compares it: lower case, letters that are typed for one another made one.

    Stretched letters (`toloooong`) are shortened, Latin letters lose their marks, Arabic ones their variants.
    """
    return fold_letters(_STRETCHED.sub(r"\1", read_form(text).casefold()))


def fold_letters(text: str) -> str:
    """Return `text` with each letter as the plainest of those that people type for it; everything else stays.

    Vietnamese and Somali are often typed without marks, Arabic, Farsi, Urdu and Pashto with each other's letters.
    """
    parted = _MARKED_LATIN.sub(_without_marks, unicodedata.normalize("NFC", text))
    return _ARABIC_MARKS.sub("", parted.translate(_PLAIN))


def _without_marks(match: re.Match[str]) -> str:
    return "".join(
        c for c in unicodedata.normalize("NFD", match[0]) if not unicodedata.combining(c)
    )


_MARKED_LATIN = re.compile("[\u00c0-\u024f\u1e00-\u1eff]+")
_ARABIC_MARKS = re.compile("[\u0640\u064b-\u065f\u0670]")
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u0623\u0625\u0622\u0671", "\u0627"),
        **dict.fromkeys("\u064a\u0649\u06d0\u06cd\u0626\u06d2", "\u06cc"),
        **dict.fromkeys("\u0643\u06aa", "\u06a9"),
        **dict.fromkeys("\u0629\u06c0\u06c1\u06c2\u06d5\u06be\u06c3", "\u0647"),
        "\u0624": "\u0648",
        "\u0111": "d",
        "\u0131": "i",
        "\u2019": "'",
        "\u2018": "'",
        "\u02bc": "'",
    }
)

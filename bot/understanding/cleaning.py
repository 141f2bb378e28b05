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
    whole = text.encode("utf-8", "ignore").decode("utf-8")
    if len(whole) > MAX_READ_CHARS:
        half = MAX_READ_CHARS // 2
        whole = f"{whole[:half]} {whole[-half:]}"
    visible = _CONTROL.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", whole)))
    return _SPACE.sub(" ", visible).strip()


def folded(text: str) -> str:
    """Return the read form in lower case, with stretched letters (`toloooong`) shortened."""
    return _STRETCHED.sub(r"\1", read_form(text).casefold())

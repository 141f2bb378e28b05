"""Links that open a chat with our number with words already typed, and what such words carry when they come in.

WhatsApp has no parameter that a person does not see: what a link carries stands in the words that they send, as in "Halo Suar! (c_abc)". They may change
them before they do, so that the code is found wherever it stands, and what else they wrote is heard as well.

Source: https://faq.whatsapp.com/5913398998672934 (click to chat)
"""

import re
from collections.abc import Iterable
from urllib.parse import quote

CODE = re.compile(
    r"(?<![\w/=?&.@-])([ctj]_[A-Za-z0-9_-]{0,59}[A-Za-z0-9]|quiz_[a-z][a-z0-9_]{0,58})(?![\w-])",
    re.IGNORECASE,
)
"""The payload of a campaign's link, of an invitation, or of a quiz."""
_WORD = re.compile(r"[^\W_]+")
START = "start"


def wa_link(number: str, words: str) -> str:
    """Return the address that opens a chat with a number (digits alone) and has words typed already."""
    return f"https://wa.me/{number}?text={quote(words, safe='')}"


def greeting_words(greetings: Iterable[str]) -> frozenset[str]:
    """Return the words of which the greetings in our links are made, in whatever language."""
    plain = (CODE.sub(" ", each.replace("{code}", " ")) for each in greetings)
    return frozenset({START, *(word.casefold() for each in plain for word in _WORD.findall(each))})


def read_start(text: str, greeting: frozenset[str]) -> tuple[str, bool] | None:
    """Return what a link's words carry, and whether the person wrote something of their own beside it; None where they carry nothing."""
    found = CODE.search(text)
    if found is None:
        return None
    kind, _, name = found[1].partition("_")
    rest = _WORD.findall(text[: found.start()] + " " + text[found.end() :])
    # Telephones like to begin a word in capitals; the codes themselves are told apart by them.
    payload = f"{kind.lower()}_{name.lower() if kind.lower() == 'quiz' else name}"
    return payload, not all(word.casefold() in greeting for word in rest)

"""Hides in a text what leads straight to somebody: numbers, accounts, addresses of e-mail and pages.

Unlike `redact`, which prepares a text for strangers, this is for whoever helps the person: sums of money, dates, names and
places stay, and so does everything else as it was written. It runs at every look at a conversation, so no rule here takes
longer than the text is long, whatever somebody writes to make it.
"""

import re

from bot.understanding.telling import PLACES

_WORD = re.compile(r"@[^\s@,;:!?()\[\]{}]++|[!-~]++")
"""An account in any script, or a word in ASCII: addresses have no other letters, and stand inside unspaced scripts too."""
_EDGES = ".,;:!?()[]{}<>\"'"
_DOMAIN = re.compile(r"(?:[\w-]++\.)++(?P<top>[a-z]{2,})", re.IGNORECASE)
_TOPS = frozenset(["com", "net", "org", "info", "biz", "xyz", "ly", "gl", "io", "me", "co", "id"])
"""Only these make an address without a path: "pulang.besok" is two words."""
_PLACED = re.compile(rf"(?<!\w)(?:{PLACES})\s{{0,3}}[:=]\s{{0,3}}\S++", re.IGNORECASE)
_LONG = re.compile(r"(?<!\d)(?:(?<!\w)(?:[A-Za-z]{1,3}|\+\s?))?\d(?:[\s().,\-/]{0,2}\d){5,}+")
"""Six digits and more, in any script, with what people put between them; letters before them as in a passport's number."""
_NO_NUMBER = re.compile(
    r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}|[1-9]\d{0,2}([.,])\d{3}(?:\2\d{3})*|[1-9]\d*0{3}"
)
"""A day, a sum with its thousands set apart, or a round sum such as 1500000."""


def mask(text: str) -> str:
    """Return `text` with ``[link]``, ``[email]``, ``[handle]`` and ``[number]`` in place of what leads to somebody."""
    text = _PLACED.sub("[handle]", text)
    text = _WORD.sub(_word, text)
    return _LONG.sub(_number, text)


def _word(match: re.Match[str]) -> str:
    found = match.group()
    bare = found.strip(_EDGES)
    gap = _gap_for(bare)
    return found.replace(bare, f"[{gap}]", 1) if gap else found


def _gap_for(word: str) -> str:
    """Return what stands in place of a word; empty when it may stay."""
    before, at, after = word.partition("@")
    if at and before and "." in after:
        return "email"
    if at and after:
        return "handle"
    head, slash, _ = word.partition("/")
    domain = _DOMAIN.fullmatch(head)
    if "://" in word or (domain and (slash or domain["top"].lower() in _TOPS)):
        return "link"
    return "handle" if "_" in word.strip("_") else ""


def _number(match: re.Match[str]) -> str:
    found = match.group()
    return found if _NO_NUMBER.fullmatch(found) else "[number]"

"""Which version of a talk a page shows: it tells whether all of it is drawn anew, a few lines come below, or nothing.

A version is three parts: a hash of all beside the lines, the number of the newest line, and a hash of the lines. The
page sends back what it was given; nothing is kept of it here.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter

from bot.store.transcript import Line

_FORM = re.compile(r"([0-9a-f]{16})_(\d{1,19})_([0-9a-f]{16})")

_FIELDS = attrgetter(*(field.name for field in fields(Line) if field.repr))


def of(beside: str, lines: Sequence[Line]) -> str:
    """Return the version of a talk; `beside` is everything about it but its lines, as text."""
    newest = lines[-1].id if lines else 0
    return f"{_short(beside)}_{newest}_{_short(_told(lines))}"


def added(seen: str, beside: str, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return what a page of the version `seen` lacks, if it is nothing but lines of the person below all others.

    None are returned where anything else has changed as well, where nothing has, and where the page shows no line of the talk yet.
    """
    parts = _FORM.fullmatch(seen)
    if parts is None or parts[1] != _short(beside):
        return ()
    shown = tuple(line for line in lines if line.id <= int(parts[2]))
    fresh = lines[len(shown) :]
    if all(line.shared for line in shown) or not all(_is_plain(line) for line in fresh):
        return ()
    return fresh if parts[3] == _short(_told(shown)) else ()


def _is_plain(line: Line) -> bool:
    return line.author == "person" and not line.shared and not line.masked


def _told(lines: Sequence[Line]) -> str:
    # What `repr` of the lines tells, without its detours: it is asked for at every look.
    return repr([_FIELDS(line) for line in lines])


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]

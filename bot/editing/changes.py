"""What is different between two texts, word by word, for whoever decides on an edit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from bot.content.edits import FIELDS

_WORDS = re.compile(r"\s+|[^\s]+")
SAME, ADDED, REMOVED = "same", "added", "removed"
_STRAY = 3
"""A word and the spaces around it that happen to be the same amid what is not are no help to a reader."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text that is in both, only in the new one, or only in the old one."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """One field that is different."""

    field: str
    pieces: tuple[Piece, ...]


def compare_fields(former: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[Change]:
    """Return the fields that are different, in the order in which a form shows them."""
    names = [name for name in FIELDS if name in former or name in wanted]
    pairs = ((name, as_text(former.get(name)), as_text(wanted.get(name))) for name in names)
    return [Change(name, tuple(compare(old, new))) for name, old, new in pairs if old != new]


def compare(old: str, new: str) -> list[Piece]:
    """Return `old` and `new` in one, in pieces."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces: list[Piece] = []
    removed = added = ""
    steps = SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes()
    for number, (tag, i, j, m, n) in enumerate(steps):
        inside = 0 < number < len(steps) - 1
        if tag == "equal" and not (inside and j - i <= _STRAY):
            pieces += _changed(removed, added)
            pieces.append(Piece(SAME, "".join(before[i:j])))
            removed = added = ""
        else:
            removed, added = removed + "".join(before[i:j]), added + "".join(after[m:n])
    return [*pieces, *_changed(removed, added)]


def _changed(removed: str, added: str) -> list[Piece]:
    pieces = (Piece(REMOVED, removed), Piece(ADDED, added))
    return [piece for piece in pieces if piece.text]


def as_text(value: Any) -> str:  # noqa: ANN401  # any field of an edit
    """Write a field as a person compares it: lists and maps one entry a line."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {each}" for key, listed in value.items() for each in listed)
    return "\n".join(value) if isinstance(value, list | tuple) else str(value)

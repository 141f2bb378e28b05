"""Extra copies of the training examples, with chat spellings written out: "gk bs klr" is also learned as formal text.

Everything is derived from the text itself, so the same data always makes the same copies.
"""

from __future__ import annotations

from suar_nlu.slang import spell_out


def make_copies(text: str) -> list[str]:
    """Return variants of one cleaned text that deserve the same labels; none of them equals the text."""
    spelled = spell_out(text)
    return [spelled] if spelled else []

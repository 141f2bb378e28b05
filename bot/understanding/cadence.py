"""Whether messages come as regularly as no person writes: only how far apart they came is looked at, never a word. Pure."""

from collections.abc import Sequence
from math import sqrt

LOOKS_AT = 11
"""So many spacings in a row are judged: those of twelve messages."""
SHORTEST_S, LONGEST_S = 1.0, 600.0
"""Closer together they are a flood, or what a phone sends at once that was out of reach; further apart the rhythm is begun anew."""
EVENNESS = 0.05
"""The spread of the spacings in parts of their mean. A person's is several times that, even while they answer a quiz."""


def is_machine_like(gaps_s: Sequence[float]) -> bool:
    """Tell whether the newest spacings are nearly equal.

    Args:
        gaps_s: Seconds between one message and the next, oldest first.

    Returns:
        False where there are fewer than `LOOKS_AT`.
    """
    newest = gaps_s[-LOOKS_AT:]
    if len(newest) < LOOKS_AT:
        return False
    mean = sum(newest) / LOOKS_AT
    if not SHORTEST_S <= mean <= LONGEST_S:
        return False
    spread = sqrt(sum((gap - mean) ** 2 for gap in newest) / LOOKS_AT)
    return spread <= EVENNESS * mean

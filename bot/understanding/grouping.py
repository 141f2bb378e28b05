"""Puts messages that mean the same together, by their sentence vectors."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.understanding.nearest import directions

ALIKE = 0.36
"""Two groups become one while their messages are on average at least so alike (cosine). See docs/understanding.md."""


def group(vectors: Sequence[bytes | None], *, alike: float = ALIKE) -> list[list[int]]:
    """Return which messages belong together, as their places in `vectors`; the largest group first.

    Average linkage, over the different vectors in an order of their own, so that neither the order of the messages nor
    chance decides. What has no vector, or one of another length, is compared with nothing of the others.

    Args:
        vectors: One signed byte a number, as the language model gives them; None where it was away.
        alike: From which mean cosine on two groups are one.
    """
    places: dict[bytes, list[int]] = defaultdict(list)
    lengths: dict[int, list[bytes]] = defaultdict(list)
    groups: list[list[int]] = []
    for place, vector in enumerate(vectors):
        if not vector:
            groups.append([place])
            continue
        if vector not in places:
            lengths[len(vector)].append(vector)
        places[vector].append(place)
    for same_length in lengths.values():
        different = sorted(same_length)
        weights = [len(places[vector]) for vector in different]
        groups += [
            sorted(place for each in members for place in places[different[each]])
            for members in _linked(different, weights, alike)
        ]
    return sorted(groups, key=lambda each: (-len(each), each))


def _linked(vectors: Sequence[bytes], weights: Sequence[int], alike: float) -> list[list[int]]:
    """Join the two likest groups until none are alike enough; a vector counts as often as it came."""
    rows = directions(vectors).astype(np.float64)
    likeness: NDArray[np.float64] = rows @ rows.T
    np.fill_diagonal(likeness, -np.inf)
    sizes = np.array(weights, dtype=np.float64)
    members = [[place] for place in range(len(vectors))]
    while len(vectors) > 1:
        one, other = divmod(int(likeness.argmax()), len(vectors))
        if likeness[one, other] < alike:
            break
        joined = sizes[one] * likeness[one] + sizes[other] * likeness[other]
        joined /= sizes[one] + sizes[other]
        joined[one] = -np.inf
        likeness[one, :] = likeness[:, one] = joined
        likeness[other, :] = likeness[:, other] = -np.inf
        sizes[one] += sizes[other]
        members[one] += members[other]
        members[other] = []
    return [each for each in members if each]

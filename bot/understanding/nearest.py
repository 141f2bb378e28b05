"""Which answers a question is near to: its sentence vector beside those of the ways in which people ask each answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OF_EACH = 3
"""An answer is as near as the mean of its nearest few ways of asking: one alone can be near by chance."""


@dataclass(frozen=True)
class Near:
    """An answer, and how alike the question and what it answers are: the cosine, -1 to 1."""

    answer: str
    likeness: float


class Questions:
    """The ways in which people ask each answer, as vectors.

    Args:
        owners: The id of the answer that each vector asks for.
        vectors: One signed byte a number, as the language model gives them; all of one length.
    """

    def __init__(self, owners: Sequence[str], vectors: Sequence[bytes]) -> None:
        self._answers = sorted(set(owners))
        places = {answer: place for place, answer in enumerate(self._answers)}
        self._owners = np.array([places[owner] for owner in owners], dtype=np.int64)
        counts = np.bincount(self._owners)
        # Which of its answer's rows each row is, once they stand answer by answer.
        self._places = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
        self._rows = directions(vectors)

    def __len__(self) -> int:
        """Return how many ways of asking are known."""
        return len(self._owners)

    def nearest(self, meaning: bytes | None, *, limit: int = 5) -> tuple[Near, ...]:
        """Return the answers nearest to a message, the nearest first; none where nothing can be compared."""
        if not meaning or not len(self) or len(meaning) != self._rows.shape[1]:
            return ()
        likeness = self._rows @ directions([meaning])[0]
        # Answer by answer, the likest way of asking first; then the mean of the first few of each.
        order = np.lexsort((-likeness, self._owners))
        few = order[self._places < OF_EACH]
        sums = np.bincount(self._owners[few], weights=likeness[few])
        means = sums / np.bincount(self._owners[few])
        return tuple(
            Near(self._answers[place], float(means[place]))
            for place in np.argsort(-means, kind="stable")[:limit]
        )


def directions(vectors: Sequence[bytes]) -> NDArray[np.float32]:
    """Return vectors of signed bytes as rows of length 1, so that their product is their cosine."""
    rows = np.array([np.frombuffer(each, dtype=np.int8) for each in vectors], dtype=np.float32)
    if not len(rows):
        return rows.reshape(0, 0)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    directions: NDArray[np.float32] = rows / np.maximum(lengths, np.float32(1))
    return directions

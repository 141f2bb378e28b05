"""Kernel ridge regression over sentence vectors: learns by comparing a message with every training example.

"My passport is held" and "my passport is not held" lie close together, and no straight cut separates all that is
risk from all that is harmless. A radial kernel halves the false alarms of logistic regression here, and it
ranks intents better too. One factorisation serves any number of targets, and held-out answers for cross-validation
fall out of it without fitting again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

_STEADY = 1e-3
"""Keeps the equations solvable where two examples are the same."""

Rows = NDArray[np.float32]
Scores = NDArray[np.float64]


class Examples:
    """What messages are compared with: `rows` has shape (m, 384), with numbers that fit half precision."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._squares = (rows**2).sum(axis=1)
        self._asked: tuple[Rows, Rows] | None = None

    def measure(self, rows: Rows) -> Rows:
        """Return squared distances, shape (n, m)."""
        squares = (rows**2).sum(axis=1)[:, None] + self._squares[None, :]
        return np.asarray(np.maximum(squares - 2 * rows @ self.rows.T, 0.0), np.float32)

    def distances(self, rows: Rows) -> Rows:
        """Do as `measure`; intent and risk ask about the same rows, one after the other."""
        if self._asked is None or not np.array_equal(self._asked[0], rows):
            self._asked = (rows, self.measure(rows))
        return self._asked[1]


_recalled: dict[bytes, Examples] = {}


def recall_examples(stored: NDArray[np.float16]) -> Examples:
    """Return stored examples, the same object for the same numbers: intent and risk keep them both."""
    key = hashlib.sha256(stored.tobytes()).digest()
    if key not in _recalled:
        _recalled[key] = Examples(stored.astype(np.float32))
    return _recalled[key]


@dataclass(frozen=True)
class Ridge:
    """`weights` has shape (examples, targets), `bias` (targets,)."""

    examples: Examples
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    gamma: float

    def scores(self, rows: Rows) -> Scores:
        """Return about 1 for yes and about 0 for no, shape (n, targets)."""
        distances = self.examples.distances(rows)
        return np.asarray(np.exp(-self.gamma * distances) @ self.weights + self.bias, np.float64)

    def to_arrays(self) -> dict[str, Any]:
        """Return the model as named arrays without objects in them."""
        half = self.examples.rows.astype(np.float16)
        return {
            "support": half,
            "weights": self.weights,
            "bias": self.bias,
            "gamma": np.array(self.gamma),
        }

    @staticmethod
    def from_arrays(arrays: dict[str, Any]) -> Ridge:
        """Rebuild a stored model."""
        return Ridge(
            recall_examples(arrays["support"]),
            arrays["weights"],
            arrays["bias"],
            float(arrays["gamma"]),
        )


def fit_ridge(
    rows: Rows,
    targets: NDArray[np.bool_],
    folds: Sequence[int] | NDArray[np.int64],
    *,
    gamma: float,
    penalty: float,
    kept: NDArray[np.int64] | None = None,
) -> tuple[Ridge, Scores]:
    """Fit all targets at once.

    Args:
        rows: Projected vectors, shape (n, 384).
        targets: Yes or no, shape (n, targets).
        folds: The fold of each row.
        gamma: Width of the kernel; larger sees less far.
        penalty: Of the function's roughness; larger trusts single examples less.
        kept: Which rows messages will be compared with (Nyström's method: all rows teach, these are
            remembered); None keeps all.

    Returns:
        The model, and for each row the scores of a model that has not learned from the row's fold, shape (n, targets).
    """
    halved = rows.astype(np.float16).astype(np.float32)
    examples = Examples(halved if kept is None else halved[kept])
    bias = targets.mean(axis=0, dtype=np.float64)
    parts = [
        _Part(inside, np.exp(-gamma * examples.measure(halved[inside])), targets[inside] - bias)
        for inside in (np.flatnonzero(np.asarray(folds) == fold) for fold in np.unique(folds))
    ]
    roughness = np.exp(-gamma * examples.measure(examples.rows), dtype=np.float64)
    roughness = penalty * roughness + _STEADY * np.eye(len(roughness))
    square, side = sum(part.square for part in parts), sum(part.side for part in parts)
    weights = linalg.solve(square + roughness, side, assume_a="pos")
    held_out = np.zeros(targets.shape)
    for part in parts:
        without = linalg.solve(square - part.square + roughness, side - part.side, assume_a="pos")
        held_out[part.inside] = part.likeness @ without + bias
    return Ridge(examples, weights.astype(np.float32), bias.astype(np.float32), gamma), held_out


class _Part:
    """What one fold adds to the equations."""

    def __init__(self, inside: NDArray[np.int64], likeness: Rows, wanted: Scores) -> None:
        self.inside = inside
        self.likeness = likeness
        self.square = (likeness.T @ likeness).astype(np.float64)
        self.side = likeness.T.astype(np.float64) @ wanted

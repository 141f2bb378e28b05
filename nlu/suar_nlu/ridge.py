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
from scipy.linalg import lapack

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
) -> tuple[Ridge, Scores]:
    """Fit all targets at once.

    Args:
        rows: Projected vectors, shape (n, 384).
        targets: Yes or no, shape (n, targets).
        folds: The fold of each row.
        gamma: Width of the kernel; larger sees less far.
        penalty: Added to the diagonal; larger trusts single examples less.

    Returns:
        The model, and for each row the scores of a model that has not seen the row's fold, shape (n, targets).
    """
    support = rows.astype(np.float16).astype(np.float32)
    bias = targets.mean(axis=0, dtype=np.float64).astype(np.float32)
    examples = Examples(support)
    inverse = _invert(
        np.exp(-gamma * examples.measure(support)) + penalty * np.eye(len(rows), dtype=np.float32)
    )
    weights = inverse @ (targets - bias)
    held_out = np.zeros(targets.shape)
    for fold in np.unique(folds):
        inside = np.flatnonzero(np.asarray(folds) == fold)
        # The error of a model fitted without these rows, by block inversion of the same matrix.
        errors = np.linalg.solve(inverse[np.ix_(inside, inside)], weights[inside])
        held_out[inside] = targets[inside] - errors
    return Ridge(examples, weights.astype(np.float32), bias, gamma), held_out


def _invert(matrix: Rows) -> Rows:
    """Invert a symmetric positive definite matrix, at half the cost of a general one."""
    factor, failed = lapack.spotrf(matrix, lower=1, overwrite_a=True)
    if failed:
        msg = "the kernel matrix is not positive definite; raise the penalty"
        raise ValueError(msg)
    lower = np.tril(lapack.spotri(factor, lower=1, overwrite_c=True)[0])
    return np.asarray(lower + np.tril(lower, -1).T)

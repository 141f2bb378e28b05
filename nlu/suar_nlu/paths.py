"""Where the NLU project keeps its files, and the one reader of its environment variables."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PACKAGE = Path(__file__).resolve().parent
DATA = PROJECT / "data"
BLIND = PROJECT / "blind"
LIMITS = PROJECT / "limits.yml"
SEALED = PROJECT / "sealed"
VECTORS = PROJECT / "vectors"
CONFIG = PROJECT / "config.yml"
DOMAIN = PROJECT / "domain.yml"
CREDENTIALS = PROJECT / "credentials.yml"
LOCK = PROJECT / "requirements.lock"
TAXONOMY = PROJECT / "taxonomy.yml"
SLANG = PACKAGE / "slang_id.yml"


def get_data_dir() -> Path:
    """Return the folder of training data: `SUAR_NLU_DATA`, or `data/` of the project."""
    return Path(os.environ.get("SUAR_NLU_DATA") or DATA)


def get_validation_dir() -> Path:
    """Return the folder of held-out messages that a model is calibrated on: `blind/validation` of the project.

    With training data of another place it is `blind/validation` beside them, which need not exist.
    """
    data = get_data_dir()
    return (BLIND if data == DATA else data.parent / "blind") / "validation"


def get_cache_dir() -> Path:
    """Return the folder for sentence vectors: `SUAR_NLU_CACHE`, or `.cache/` of the project.

    The cache holds hashes of training sentences and their vectors, never a text, and may be deleted at any time.
    """
    return Path(os.environ.get("SUAR_NLU_CACHE") or PROJECT / ".cache")

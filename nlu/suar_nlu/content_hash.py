"""One hash over everything that shapes a model: same hash, same model."""

from __future__ import annotations

import hashlib
from pathlib import Path

from suar_nlu import paths

# These run around a model and do not change it.
_AROUND = {
    "baselines.py",
    "confusion.py",
    "default_baseline.py",
    "evaluate.py",
    "figures.py",
    "keep_vectors.py",
    "limits.py",
    "progress.py",
    "public.py",
    "rasa_default.py",
    "serve.py",
    "threads.py",
    "train.py",
}


def compute_hash(data_dir: Path | None = None) -> str:
    """Return 16 hex digits over configuration, components, training and held-out data, and locked dependencies."""
    digest = hashlib.sha256()
    for name, file in sorted(_name_inputs(data_dir or paths.get_data_dir()).items()):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{name}\0{content}\n".encode())
    return digest.hexdigest()[:16]


def _name_inputs(data_dir: Path) -> dict[str, Path]:
    fixed = (paths.CONFIG, paths.DOMAIN, paths.TAXONOMY, paths.LOCK)
    code = (
        file
        for file in paths.PACKAGE.iterdir()
        if file.suffix in {".py", ".yml"} and file.name not in _AROUND
    )
    data = {
        f"data/{file.relative_to(data_dir).as_posix()}": file for file in data_dir.glob("*/*.yml")
    }
    held_out = paths.get_validation_dir()
    data |= {
        f"held_out/{file.relative_to(held_out).as_posix()}": file
        for file in held_out.glob("*/*.yml")
    }
    return (
        {file.name: file for file in fixed} | {f"code/{file.name}": file for file in code} | data
    )

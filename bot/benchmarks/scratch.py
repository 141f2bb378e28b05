"""A folder for one benchmark's files."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_folder(data_dir: Path) -> Iterator[Path]:
    """Yield a folder on the disk of the data folder: elsewhere might be no disk at all."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data_dir.resolve(), prefix="bench-") as folder:
        # As root, the server has a user of its own, which must be able to pass through.
        Path(folder).chmod(0o711)
        yield Path(folder)

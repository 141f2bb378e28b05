"""The hash that decides whether a model is still the right one."""

import shutil
from pathlib import Path

from suar_nlu.content_hash import compute_hash

DATA = Path(__file__).parent / "data"


def test_hash_repeats() -> None:
    """The same content has the same hash, in 16 hex digits."""
    assert compute_hash(DATA) == compute_hash(DATA)
    assert len(bytes.fromhex(compute_hash(DATA))) == 8


def test_hash_follows_the_data(tmp_path: Path) -> None:
    """A copy has the same hash; one more letter, or another file name, has another."""
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy)
    assert compute_hash(copy) == compute_hash(DATA)
    file = next(copy.glob("id/*.yml"))
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    changed = compute_hash(copy)
    assert changed != compute_hash(DATA)
    file.rename(file.with_name("other.yml"))
    assert compute_hash(copy) != changed

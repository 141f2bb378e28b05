"""Draws which intents are taken for which, as an SVG picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("svg")
from matplotlib import pyplot as plt

from suar_nlu.examples import Example
from suar_nlu.taxonomy import get_taxonomy

_SIDE_INCHES = 13
_FONT = {"fontsize": 7}


def draw(asked: Sequence[Example], answers: Path, target: Path) -> None:
    """Write the picture: a row for each true intent, a column for each that was said, in shares of the row."""
    names = get_taxonomy().intents
    table = count_confusions(asked, answers.read_text(encoding="utf-8").splitlines(), names)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    mpl.rcParams["svg.hashsalt"] = "suar"  # the same picture has the same bytes
    figure, axes = plt.subplots(figsize=(_SIDE_INCHES, _SIDE_INCHES))
    image = axes.imshow(shares, cmap="viridis", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=90, **_FONT)
    axes.set_yticks(range(len(names)), names, **_FONT)
    axes.set_xlabel("said")
    axes.set_ylabel("true")
    figure.colorbar(image, shrink=0.6)
    figure.tight_layout()
    figure.savefig(target, metadata={"Date": None, "Creator": None})
    plt.close(figure)


def count_confusions(
    asked: Sequence[Example], lines: Sequence[str], names: Sequence[str]
) -> np.ndarray:
    """Return how often each true intent (rows) was said to be each intent (columns)."""
    places = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(names), len(names)), int)
    for example, line in zip(asked, lines, strict=True):
        ranking = json.loads(line)["ranking"]
        said = ranking[0][0] if ranking else "out_of_scope"
        table[places[example.intent], places[said]] += 1
    return table

"""Reads `flows/insults.yml`."""

from pathlib import Path

from bot.content.parts import Strict
from bot.understanding.insults import Insults
from bot.yaml_file import read_model


class _File(Strict):
    words: dict[str, tuple[str, ...]]
    around: dict[str, tuple[str, ...]]


def load_insults(flows_dir: Path) -> Insults:
    """Return what counts as an insult, of all languages.

    Raises:
        ContentError: The file cannot be read.
    """
    path = flows_dir / "insults.yml"
    file = read_model(_File, path, str(path.relative_to(flows_dir.parent)))
    return Insults.of(file.words, file.around)

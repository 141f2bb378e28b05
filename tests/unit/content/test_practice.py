"""The files of the practice room: a mistake names its file, and its line where it has one."""

import shutil
from pathlib import Path

import pytest

from bot.content.load import ROOT
from bot.content.practice import Practice, load_practice
from bot.errors import ContentError

SOURCES = ("who_principles", "iasc_guide", "chayn_design", "polaris_practice")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy to make mistakes in."""
    return Path(shutil.copytree(ROOT / "flows" / "practice", tmp_path / "practice"))


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text once."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("personas/under_18.yml", "trust: 2", "trust: much", "trust"),
        ("personas/under_18.yml", "persona: under_18", "persona: child", "the file is named"),
        ("personas/under_18.yml", "- id: picture", "- id: friend", "two have the same id"),
        ("personas/under_18.yml", "needs: 2", "needs: 3", "nothing is told from the start"),
        ("personas/under_18.yml", "  agrees:", "  agree:", "agreement.agrees"),
        ("reading.yml", "    labels:", "    label:", "label"),
        (
            "reading.yml",
            "    safety: [who_principles",
            "    safety: [nobody",
            "no source 'nobody'",
        ),
        (
            "reading.yml",
            "believes:\n      en: [",
            'believes:\n      en: ["(", ',
            "no regular expr",
        ),
        ("shared.yml", "  labels:", "  why2:", "why2"),
    ],
)
def test_a_mistake_is_named(folder: Path, file: str, old: str, new: str, said: str) -> None:
    """What is missing, unknown or impossible keeps the content from loading."""
    edit(folder / file, old, new)
    with pytest.raises(ContentError, match=said) as caught:
        load_practice(folder, "practice", SOURCES)
    assert caught.value.file == f"practice/{file}"


@pytest.mark.parametrize("file", ["shared.yml", "reading.yml"])
def test_every_sign_has_patterns_and_somebody_who_reacts(folder: Path, file: str) -> None:
    """A sign that nothing finds, or that nobody answers, is a mistake."""
    lines = (folder / file).read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if line.strip() == "orders:")
    stop = next(n for n, line in enumerate(lines) if line.strip() == "intrusive:")
    (folder / file).write_text("".join(lines[:start] + lines[stop:]), encoding="utf-8")
    with pytest.raises(ContentError, match="the sign 'orders' is missing"):
        load_practice(folder, "practice", SOURCES)


def test_without_its_folder_the_room_is_empty(tmp_path: Path) -> None:
    """A house that has no practice room still loads."""
    assert load_practice(tmp_path / "practice", "practice", SOURCES) == Practice()

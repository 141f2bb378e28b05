"""Reading one YAML file; a mistake names the file and the line."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from bot.errors import ContentError
from bot.yaml_file import check_model, read_model, read_part, read_yaml


class Part(BaseModel):
    """A part of a file."""

    model_config = ConfigDict(extra="forbid")
    title: str
    count: int


class Whole(BaseModel):
    """A file of parts."""

    model_config = ConfigDict(extra="forbid")
    parts: list[Part]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file to write mistakes into."""
    return tmp_path / "file.yml"


def error(file: Path, text: str) -> ContentError:
    """Return what is said of a file with this text."""
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        read_model(Whole, file, "flows/file.yml")
    return caught.value


def test_a_good_file_becomes_what_it_says(file: Path) -> None:
    """The whole file, or one part of it."""
    file.write_text("parts:\n  - {title: a, count: 1}\n", encoding="utf-8")
    assert read_model(Whole, file, "x").parts == [Part(title="a", count=1)]
    assert read_model(Part, file, "x", inside=("parts", 0)).title == "a"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("parts:\n  - {title: a, count: 1}\n  - title: b\n    count: many\n", 4, "parts.1.count"),
        ("parts:\n  - title: a\n    count: 1\n    colour: red\n", 4, "parts.0.colour"),
        ("parts:\n  - title: a\n", 2, "parts.0.count"),
        ("parts:\n  - {title: a, count: 1\n", 3, ""),
        ("parts: [\n", 2, ""),
    ],
    ids=["wrong value", "unknown field", "missing field", "not YAML", "unfinished"],
)
def test_a_mistake_names_its_line(file: Path, text: str, line: int, said: str) -> None:
    """The line is that of the deepest thing that the file has."""
    caught = error(file, text)
    assert (caught.file, caught.line) == ("flows/file.yml", line)
    assert said in caught.problem
    assert str(caught).startswith(f"flows/file.yml:{line}: ")


def test_a_field_missing_at_the_top_names_the_file(file: Path) -> None:
    """Where no line can be named, the file is."""
    assert error(file, "other: 1\n").problem.startswith("parts")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing file is a mistake in the content like any other."""
    with pytest.raises(ContentError, match=r"^flows/none\.yml: the file is missing$"):
        read_yaml(tmp_path / "none.yml", "flows/none.yml")


@pytest.mark.parametrize(
    "raw", [b"a: \xff\xfe", b"a: \x01"], ids=["not UTF-8", "control characters"]
)
def test_a_file_that_is_no_text_is_named(file: Path, raw: bytes) -> None:
    """Bytes that no editor shows are told of in one line."""
    file.write_bytes(raw)
    with pytest.raises(ContentError, match=r"^x\.yml: not YAML in UTF-8$"):
        read_yaml(file, "x.yml")


@pytest.mark.parametrize(
    "text", ["", "other: 1\n", "- a\n", "parts:\n"], ids=["empty", "other", "list", "null"]
)
def test_a_part_that_is_missing_is_named(file: Path, text: str) -> None:
    """A file without the part that everything hangs on says so."""
    file.write_text(text, encoding="utf-8")
    with pytest.raises(
        ContentError, match=r"^x\.yml:1: parts: is missing \(to mend: begin with `parts:`\)$"
    ):
        read_part(file, "x.yml", "parts")


def test_data_read_before_can_be_checked_alone(file: Path) -> None:
    """One entry of a long list is checked with the line it stands in."""
    file.write_text("parts:\n  - {title: a, count: 1}\n  - {title: b}\n", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        check_model(Part, {"title": "b"}, file, "x.yml", inside=("parts", 1))
    assert caught.value.line == 3

"""Writes published quizzes as files of `flows/quizzes/`: those that are new, and those that say something else than their file."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.content.load import Content
from bot.content.quiz_edits import plain
from bot.content.quizzes import Quiz

WIDTH = 98
_DEFAULTS: Mapping[str, Any] = {"kind": "single", "retired": False, "measures": [], "choices": []}
_ORDER = (
    "quiz", "title", "topic", "intro", "round", "seconds", "measures", "reviewed_on", "review_by",
    "retired", "questions", "results",
)  # fmt: skip
_IN_A_LINE = frozenset({"measures", "sources"})
_EACH_IN_A_LINE = frozenset({"choices", "chat"})
_QUESTION = "  - id:"


class _LineMap(dict[str, Any]):
    """A map that is written in one line."""


class _LineList(list[Any]):
    """A list that is written in one line."""


class _Dumper(yaml.SafeDumper):
    """Writes lists one step further in than their key, as people do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002  # PyYAML's signature
        """Never leave the step out."""
        super().increase_indent(flow, indentless=False)


_Dumper.add_representer(
    _LineMap, lambda to, data: to.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)
)
_Dumper.add_representer(
    _LineList,
    lambda to, data: to.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True),
)


def quiz_files(files: Content, content: Content, out: Path) -> dict[Path, str]:
    """Return what to write, by its file.

    Args:
        files: What the files below `out` say.
        content: The same with the published edits.
        out: Holds `flows/`.
    """
    changed = [quiz for name, quiz in content.quizzes.items() if quiz != files.quizzes.get(name)]
    folder = out / "flows" / "quizzes"
    paths = [folder / f"{quiz.quiz}.yml" for quiz in changed]
    return {path: _head(path) + written(q) for q, path in zip(changed, paths, strict=True)}


def written(quiz: Quiz) -> str:
    """Return a quiz as YAML, in the form of the files that are written by hand."""
    data = plain(quiz)
    node = {name: _value(name, data[name]) for name in _ORDER if _is_said(data, name)}
    text = yaml.dump(
        node, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH, indent=2
    )
    return "".join(_spaced(text.splitlines(keepends=True)))


def _spaced(lines: list[str]) -> Iterator[str]:
    """Put an empty line between questions."""
    first = True
    for line in lines:
        if line.startswith(_QUESTION):
            if not first:
                yield "\n"
            first = False
        yield line


def _head(path: Path) -> str:
    """Return the comment with which a file begins: who wrote it had something to say."""
    if not path.exists():
        return ""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    ends = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(lines[:ends])


def _is_said(data: Mapping[str, Any], name: str) -> bool:
    return data.get(name) is not None and data[name] != _DEFAULTS.get(name, ...)


def _value(name: str, value: Any) -> Any:  # noqa: ANN401  # a part of a quiz
    if name in {"reviewed_on", "review_by"}:
        return date.fromisoformat(value)
    if isinstance(value, Mapping):
        said = {key: _value(key, each) for key, each in value.items() if _is_said(value, key)}
        return _LineMap(said) if name in _EACH_IN_A_LINE else said
    if isinstance(value, list):
        listed = [_value(name, each) for each in value]
        return _LineList(listed) if name in _IN_A_LINE else listed
    return value

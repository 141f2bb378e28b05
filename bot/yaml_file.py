"""Reads one YAML file into a typed object; a mistake names the file and the line."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from bot.errors import ContentError
from bot.mend import mend_of

M = TypeVar("M", bound=BaseModel)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where it is there: reading all content takes a tenth of the time."""


def read_yaml(path: Path, shown_as: str) -> Any:  # noqa: ANN401  # whatever the file holds
    """Return what `path` holds.

    Raises:
        ContentError: It is missing or not YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  # both are safe
    except FileNotFoundError:
        raise ContentError("the file is missing", file=shown_as) from None
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else None
        raise ContentError(
            exc.problem or "not YAML",
            file=shown_as,
            line=line,
            mend="look at the indentation, the quotes and the colons of that line and the one before",
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ContentError("not YAML in UTF-8", file=shown_as) from None
    except ValueError as exc:
        # What looks like a date is made one, and 30 February is none.
        raise ContentError(
            f"a date that does not exist ({exc})", file=shown_as, mend="look at every date in it"
        ) from None


def read_part(path: Path, shown_as: str, key: str) -> Any:  # noqa: ANN401  # whatever the file holds
    """Return what `path` holds under `key`.

    Raises:
        ContentError: It is missing, not YAML, or has no such part.
    """
    data = read_yaml(path, shown_as)
    if not isinstance(data, dict) or data.get(key) is None:
        raise ContentError(
            f"{key}: is missing", file=shown_as, line=1, key=key, mend=f"begin with `{key}:`"
        )
    return data[key]


def read_model(
    model: type[M], path: Path, shown_as: str, *, inside: tuple[str | int, ...] = ()
) -> M:
    """Read the part of `path` at the keys `inside` (the whole by default) as a `model`.

    Raises:
        ContentError: Something is missing, unknown or too long; with the line it stands in.
    """
    data = read_yaml(path, shown_as)
    for key in inside:
        data = data[key]
    return check_model(model, data, path, shown_as, inside=inside)


def check_model(
    model: type[M],
    data: Any,  # noqa: ANN401  # whatever the file holds
    path: Path,
    shown_as: str,
    *,
    inside: tuple[str | int, ...] = (),
) -> M:
    """Turn `data`, read from `path` at the keys `inside`, into a `model`.

    Raises:
        ContentError: As for `read_model`.
    """
    try:
        return model.model_validate(data)
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        where = (*inside, *first["loc"])
        name = ".".join(str(part) for part in where)
        raise ContentError(
            f"{name}: {first['msg']}",
            file=shown_as,
            line=_line_of(path, where),
            key=name,
            mend=mend_of(first, model),
        ) from None


def line_with(path: Path, text: str) -> int | None:
    """Return the first line (from 1) of `path` that holds `text`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, start=1) if text in line), None)


def _line_of(path: Path, keys: tuple[str | int, ...]) -> int | None:
    """Return the line (from 1) of the deepest of `keys` that the file has."""
    node = yaml.compose(path.read_text(encoding="utf-8"))
    line = None
    for key in keys:
        found = _child(node, key)
        if found is None:
            continue  # pydantic names the union's member too, which stands in no file
        line, node = found
    return line


def _child(node: Any, key: str | int) -> tuple[int, Any] | None:  # noqa: ANN401  # yaml's nodes
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return name.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        child = node.value[key]
        return child.start_mark.line + 1, child
    return None

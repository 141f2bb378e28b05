"""Reads the parameters of a request: query, JSON, urlencoded or multipart, as clients send them.

Own code instead of a form library, because sendMessage is also the far end of a benchmark.
"""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tests.support.telegram_fake.errors import refuse

_TRUE_WORDS = frozenset({"true", "yes", "1"})


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file part of a multipart body."""

    filename: str
    content: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)


class Params:
    """The arguments of one call. Forms carry strings and JSON bodies values; both read alike."""

    __slots__ = ("files", "values")

    def __init__(self, values: dict[str, Any], files: dict[str, UploadedFile]) -> None:
        self.values = values
        self.files = files

    def text(self, name: str) -> str:
        """Return an argument as text, "" when it is missing."""
        value = self.values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """Return an argument as a number; text that is no number counts as 0, as in TDLib."""
        value = self.values.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            return 0

    def flag(self, name: str) -> bool:
        """Return an argument as a yes or no."""
        value = self.values.get(name)
        return value is True or (value is not None and str(value).lower() in _TRUE_WORDS)

    def parsed(self, name: str, what: str) -> object:
        """Return a JSON argument, already parsed; None when it is missing or empty.

        Raises:
            BotApiError: 400 "can't parse <what> JSON object".
        """
        value: object = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            refuse(f"Can't parse {what} JSON object")

    def for_log(self) -> dict[str, Any]:
        """Return the arguments for the call log, files as their sizes."""
        if not self.files:
            return self.values
        return self.values | {name: {"file_bytes": f.size} for name, f in self.files.items()}


def parse_params(content_type: str, query: bytes, body: bytes) -> Params:
    """Read query and body into one set of arguments; the body wins.

    Raises:
        BotApiError: 400 for a JSON body that is not an object, or text that is not UTF-8.
    """
    try:
        return _parse(content_type, query, body)
    except UnicodeDecodeError:
        refuse("Strings must be encoded in UTF-8")


def _parse(content_type: str, query: bytes, body: bytes) -> Params:
    values: dict[str, Any] = (
        dict(parse_qsl(query.decode(), True, errors="strict")) if query else {}
    )
    files: dict[str, UploadedFile] = {}
    if not body:
        return Params(values, files)
    if content_type.startswith("application/x-www-form-urlencoded"):
        values.update(parse_qsl(body.decode(), True, errors="strict"))
    elif content_type.startswith("application/json"):
        values.update(_json_object(body))
    elif content_type.startswith("multipart/"):
        _read_multipart(content_type, body, values, files)
    return Params(values, files)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body.decode())
    except json.JSONDecodeError:
        refuse("Can't parse JSON object")
    if not isinstance(value, dict):
        refuse("Can't parse JSON object")
    return value


def _read_multipart(
    content_type: str, body: bytes, values: dict[str, Any], files: dict[str, UploadedFile]
) -> None:
    delimiter = b"\r\n--" + _option(content_type, "boundary").encode()
    for part in (b"\r\n" + body).split(delimiter)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        disposition = _disposition(head.decode())
        name, filename = _option(disposition, "name"), _option(disposition, "filename")
        if filename:
            files[name] = UploadedFile(filename, content)
        else:
            values[name] = content.decode()


def _disposition(head: str) -> str:
    lines = (line for line in head.split("\r\n") if line.lower().startswith("content-disposition"))
    return next(lines, "")


def _option(header: str, name: str) -> str:
    for piece in header.split(";")[1:]:
        key, _, value = piece.strip().partition("=")
        if key.lower() == name:
            return value.strip('"')
    return ""

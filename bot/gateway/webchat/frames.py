"""The frames that a page of the web chat sends, read with every field checked."""

import json
from typing import Any

from bot.messages import MAX_BUTTON_ID_BYTES, MAX_TEXT_CHARS

MAX_FRAME_CHARS = 64_000
MAX_ID_CHARS = 64
MAX_NONCE_CHARS = 32


class Malformed(ValueError):
    """A frame that is not of the protocol."""


def parse_frame(text: str) -> dict[str, Any]:
    """Return a frame of the protocol with every field checked.

    Raises:
        Malformed: It is not one; says why in words for developers.
    """
    if len(text) > MAX_FRAME_CHARS:
        raise Malformed("too large")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if not isinstance(data, dict):
        raise Malformed("not an object")
    kind = data.get("type")
    if kind in {"bye", "typing"}:
        return {"type": kind}
    if kind == "hello":
        return {
            "type": "hello",
            "session": _optional_name(data, "session", 128),
            "locale": _optional_name(data, "locale", 16),
            "acks": data.get("acks") is True,
            "new": data.get("new") is True,
            "page": _optional_name(data, "page", MAX_ID_CHARS),
        }
    if kind == "proof":
        return {"type": kind, "nonce": _name(data, "nonce", MAX_NONCE_CHARS)}
    if kind in {"seen", "read"}:
        return {"type": kind, "id": _name(data, "id", MAX_ID_CHARS)}
    if kind == "text":
        # A longer text is cut where it is stored, and the person is told.
        content = _text(data, "text", MAX_FRAME_CHARS)[: MAX_TEXT_CHARS + 1]
    elif kind == "button":
        content = _text(data, "button", MAX_BUTTON_ID_BYTES)
    elif kind == "start":
        # What a deep link carries: of a campaign, or a quiz.
        content = _text(data, "payload", MAX_BUTTON_ID_BYTES)
    else:
        raise Malformed("unknown type")
    return {"type": kind, "id": _name(data, "id", MAX_ID_CHARS), "content": content}


def _text(data: dict[str, Any], name: str, limit: int) -> str:
    value = data.get(name)
    if not isinstance(value, str) or len(value) > limit:
        raise Malformed(f"{name}: a text of at most {limit} characters")
    return value


def _name(data: dict[str, Any], name: str, limit: int) -> str:
    value = _text(data, name, limit)
    # NUL and lone surrogates can be said in JSON, and can be stored nowhere.
    if not value.isprintable():
        raise Malformed(f"{name}: only printable characters")
    return value


def _optional_name(data: dict[str, Any], name: str, limit: int) -> str | None:
    return None if data.get(name) is None else _name(data, name, limit)

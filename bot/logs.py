"""Logging: ids and codes, never texts, names or numbers."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_SECRET_FIELDS = frozenset(
    {"text", "name", "phone", "address", "message_text", "words", "token", "dsn"}
)
_READABLE_FIELDS = frozenset({"timestamp", "conversation", "case"})
_LONG = 10_000_000
"""A whole number from here on may be somebody's number on a platform."""
_LONG_NUMBER = re.compile(r"\+?\d[\d\s-]{6,}\d")
_BOT_TOKEN = re.compile(r"\d{6,}:[\w-]{20,}")
_DSN = re.compile(r"(postgres(?:ql)?(?:\+psycopg)?://)\S+")
LIBRARIES = (
    "aiogram",
    "alembic",
    "httpx",
    "httpcore",
    "apscheduler",
    "telegram",
    "pywa",
    "procrastinate",
    "uvicorn.access",
)


def redact(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take from a log line what could tell who a person is or what they wrote."""
    for name, value in event.items():
        if name not in _READABLE_FIELDS:
            event[name] = _redacted(name, value)
    return event


def _redacted(name: str, value: object) -> object:
    """Return a value as it may be logged; what is neither text nor a plain flag or fraction is logged as text."""
    if name in _SECRET_FIELDS:
        return "***"
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): _redacted(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(name, inner) for inner in value]
    if isinstance(value, int):
        return value if abs(value) < _LONG else "***"
    return _scrub(str(value))


def _scrub(value: str) -> str:
    without = _DSN.sub(r"\1***", _BOT_TOKEN.sub("***", value))
    return _LONG_NUMBER.sub("***", without)


def configure_logs(*, level: str, as_json: bool) -> None:
    """Send every log line of this process, ours and the libraries', through the redaction to stderr."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _plain_trace,
                _without_colours,
                redact,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)


def _without_colours(
    _: object, __: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Leave out uvicorn's second wording of a message, in colours."""
    event.pop("color_message", None)
    return event


def _plain_trace(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep where an exception happened and of which type it was, not what it says: it may quote a person."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        frames = []
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(
                f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}"
            )
            trace = trace.tb_next
        event["error"] = type(error).__name__
        event["where"] = " < ".join(frames[::-1][:8])
    return event

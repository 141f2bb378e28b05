"""Logs hold ids and codes, never texts, names or numbers."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import LIBRARIES, configure_logs, redact

TOKEN = "123456789:" + "AbCdEfGhIjKlMnOpQrStUvWxYz"


@pytest.fixture
def logs() -> Iterator[None]:
    """Logging as a process of Suar has it; as it was before, afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in LIBRARIES}
    configure_logs(level="info", as_json=True)
    yield
    root.handlers[:], root.level = before, level
    root.setLevel(level)
    for name, value in levels.items():
        logging.getLogger(name).setLevel(value)
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "field", ["text", "name", "phone", "address", "message_text", "words", "token", "dsn"]
)
def test_fields_that_hold_words_or_names_are_emptied(field: str) -> None:
    """Whatever stands in such a field does not reach the log."""
    assert redact(None, "info", {field: "Siti"}) == {field: "***"}


@pytest.mark.parametrize(
    "value",
    [
        "+62 812-9007-0027",
        "call 081290070027 now",
        f"token {TOKEN}",
        "postgresql://suar:secret@db/suar",
        "postgresql+psycopg://suar:secret@db/suar",
    ],
)
def test_numbers_tokens_and_addresses_of_databases_are_struck_out(value: str) -> None:
    """What can lead to a person or into a system is struck out of any text."""
    line = str(redact(None, "info", {"event": value})["event"])
    assert "***" in line
    assert not any(secret in line for secret in ("9007", "secret", TOKEN[:12], TOKEN[-12:]))


def test_what_is_inside_of_other_values_is_struck_out_too() -> None:
    """A number in a list, in a table, as a number or in an error is no safer than in a sentence."""
    event = {
        "numbers": ["+6281290070027"],
        "table": {"inner": "+6281290070027", "text": "words"},
        "chat": 6281290070027,
        "error": ValueError("+6281290070027"),
    }
    shown = str(redact(None, "info", dict(event)))
    assert "81290070027" not in shown
    assert "words" not in shown


@pytest.mark.parametrize("name", ["conversation", "case", "timestamp"])
def test_ids_and_times_stay_readable(name: str) -> None:
    """A log that says nothing helps nobody."""
    assert redact(None, "info", {name: "2026-11-22 02:00:00"}) == {name: "2026-11-22 02:00:00"}


def test_short_numbers_and_flags_stay(logs: None) -> None:
    """Counts, ports and yes or no are no secrets."""
    event = {"count": 17, "port": 8080, "ready": True, "none": None, "took_s": 0.25}
    assert redact(None, "info", dict(event)) == event


def test_an_error_tells_where_it_happened_and_not_what_it_said(
    logs: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """The words of an error may quote a person; its type and place do not."""
    logging.getLogger().handlers[0].setStream(__import__("sys").stderr)  # type: ignore[attr-defined]
    try:
        raise ValueError("Siti wrote this")
    except ValueError:
        structlog.get_logger("bot.test").exception("turn_failed", at="menu.main")
    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "turn_failed"
    assert line["error"] == "ValueError"
    assert "test_logs.py" in line["where"]
    assert "Siti" not in json.dumps(line)


def test_the_libraries_go_through_the_same_redaction(
    logs: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a library logs is struck out as well, and its chatter is not logged at all."""
    logging.getLogger().handlers[0].setStream(__import__("sys").stderr)  # type: ignore[attr-defined]
    logging.getLogger("aiogram").warning("sending to %s", "+6281290070027")
    logging.getLogger("httpx").info("POST https://example.org")
    written = capsys.readouterr().err
    assert "sending to" in written
    assert "81290070027" not in written
    assert "POST" not in written

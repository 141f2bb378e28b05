"""Every error of python-telegram-bot is one of ours, and what was perhaps sent is never taken for what was not."""

import inspect
from datetime import timedelta

import httpx
import pytest
from telegram import error as library

from bot.desk.telegram.post import (
    Down,
    Gone,
    NoRights,
    PostError,
    Rejected,
    Unreachable,
    Unsure,
    post_error,
    seconds_of,
)

MADE = {
    library.ChatMigrated: library.ChatMigrated(1),
    library.RetryAfter: library.RetryAfter(timedelta(seconds=2)),
    library.InvalidToken: library.InvalidToken(),
    library.TimedOut: library.TimedOut(),
}
ERRORS = [
    each
    for _, each in inspect.getmembers(library, inspect.isclass)
    if issubclass(each, library.TelegramError)
]


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_is_mapped(kind: type[library.TelegramError]) -> None:
    """Each error that the library can raise has a meaning here."""
    assert isinstance(post_error(MADE.get(kind) or kind("something")), PostError)


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("Bad Request: not enough rights to create a topic", NoRights),
        ("Bad Request: the chat is not a forum", NoRights),
        ("Bad Request: message thread not found", Gone),
        ("Bad Request: TOPIC_ID_INVALID", Gone),
        ("Bad Request: message to delete not found", Gone),
        ("Bad Request: message to edit not found", Gone),
        ("Bad Request: chat not found", Unreachable),
        ("Bad Request: message text is empty", Rejected),
    ],
)
def test_refusals_are_told_apart(words: str, meaning: type[PostError]) -> None:
    """What a supervisor must mend, what is no more, and what Telegram does not take are three things."""
    assert type(post_error(library.BadRequest(words))) is meaning


@pytest.mark.parametrize(
    ("cause", "meaning"),
    [
        (httpx.ConnectError("no"), Down),
        (httpx.ConnectTimeout("no"), Down),
        (httpx.PoolTimeout("no"), Down),
        (httpx.ReadTimeout("no"), Unsure),
        (httpx.RemoteProtocolError("no"), Unsure),
        (None, Down),
    ],
)
def test_only_what_left_is_unsure(cause: Exception | None, meaning: type[PostError]) -> None:
    """Without a connection nothing was sent; where the answer is missing nobody knows."""
    broken = library.NetworkError("broken")
    broken.__cause__ = cause
    assert type(post_error(broken)) is meaning


def test_a_span_is_read_in_both_forms() -> None:
    """The library hands out whole numbers or spans, as its settings say."""
    assert seconds_of(3) == seconds_of(timedelta(seconds=3)) == 3.0

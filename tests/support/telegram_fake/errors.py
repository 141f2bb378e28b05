"""What can go wrong: once as the bot sees it, once as the test that steers the fake sees it."""

from typing import NoReturn


class BotApiError(Exception):
    """A refusal in Telegram's words.

    Args:
        code: The HTTP status and `error_code`.
        description: The whole text, prefix included ("Bad Request: chat not found").
        retry_after_s: Seconds; only with 429.
    """

    def __init__(self, code: int, description: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after_s = retry_after_s


class ControlError(Exception):
    """The test asked for something that no person could do, such as pressing a missing button."""


def bad_request(message: str) -> BotApiError:
    """Build a 400 the way the server words it.

    The server lowers the first letter of TDLib's text, except where the text is a constant such
    as BUTTON_DATA_INVALID.

    Source: tdlib/telegram-bot-api, Client.cpp, `fail_query_with_error`.
    """
    is_constant = len(message) > 1 and (message[1] == "_" or message[1].isupper())
    return BotApiError(400, "Bad Request: " + (message if is_constant else _lowered(message)))


def refuse(message: str) -> NoReturn:
    """Answer 400 with a text of TDLib's.

    Raises:
        BotApiError: Always.
    """
    raise bad_request(message)


def impossible(message: str) -> NoReturn:
    """Tell the test that no person could do what it asked for.

    Raises:
        ControlError: Always.
    """
    raise ControlError(message)


def too_many_requests(retry_after_s: int) -> BotApiError:
    """Build a 429 with its `parameters.retry_after`."""
    text = f"Too Many Requests: retry after {retry_after_s}"
    return BotApiError(429, text, retry_after_s=retry_after_s)


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]

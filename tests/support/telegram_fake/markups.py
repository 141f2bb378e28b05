"""Checks reply markup the way the Bot API server and Telegram's data centres do.

Source: tdlib/telegram-bot-api, Client.cpp, `get_reply_markup`; tdlib/td, ReplyMarkup.cpp.
"""

from typing import NoReturn

from tests.support.telegram_fake.bodies import Params
from tests.support.telegram_fake.errors import refuse
from tests.support.telegram_fake.links import is_web_host, split_link
from tests.support.telegram_fake.records import Json

MAX_CALLBACK_DATA_BYTES = 64
MAX_INLINE_BUTTONS = 100
_OTHER_ACTIONS = (
    "callback_game",
    "pay",
    "switch_inline_query",
    "switch_inline_query_chosen_chat",
    "switch_inline_query_current_chat",
    "login_url",
    "web_app",
    "copy_text",
)
_LINK_SCHEMES = {"http", "https", "tg", "ton"}


def reply_markup(params: Params, *, only_inline: bool = False) -> Json | None:
    """Return the checked reply markup of a call; None when it has none.

    Args:
        params: The call's arguments.
        only_inline: True for edits, which take nothing but an inline keyboard.

    Raises:
        BotApiError: 400 in Telegram's words.
    """
    raw = params.values.get("reply_markup")
    if not raw:
        return None
    value = params.parsed("reply_markup", "reply keyboard markup")
    if not isinstance(value, dict):
        refuse("Object expected as reply markup")
    if "inline_keyboard" in value:
        return _inline_keyboard(value)
    if only_inline:
        refuse("Inline keyboard expected")
    if "keyboard" in value:
        _check_keyboard(value["keyboard"])
    return value


def _inline_keyboard(markup: Json) -> Json | None:
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        refuse('Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    for row in rows:
        for button in row:
            _check_inline_button(button)
    if sum(map(len, rows)) > MAX_INLINE_BUTTONS:
        refuse("Reply markup is too long")
    filled = [row for row in rows if row]
    return {"inline_keyboard": filled} if filled else None


def _check_inline_button(button: object) -> None:
    if not isinstance(button, dict):
        _refuse_unreadable("inline keyboard button", "InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        _refuse_unreadable("inline keyboard button", 'Can\'t find field "text"')
    if not button["text"].strip():
        # The real server drops such a button in silence; a test is better off with TDLib's own
        # refusal than with a button that nobody misses.
        refuse("Inline keyboard button text must be non-empty")
    if url := button.get("url"):
        _check_url(str(url))
    elif data := button.get("callback_data"):
        if len(str(data).encode()) > MAX_CALLBACK_DATA_BYTES:
            refuse("BUTTON_DATA_INVALID")
    elif "callback_data" in button:
        # The server takes an empty callback_data for a missing one and then blames the button
        # for doing nothing; the name of the constant tells a test more.
        refuse("BUTTON_DATA_INVALID")
    elif not any(action in button for action in _OTHER_ACTIONS):
        _refuse_unreadable(
            "inline keyboard button", "Text buttons are unallowed in the inline keyboard"
        )


def _check_url(url: str) -> None:
    parts = split_link(url)
    if parts is not None and parts.scheme not in _LINK_SCHEMES:
        reason = "Unsupported URL protocol"
    elif parts is None or (parts.scheme in {"http", "https"} and not is_web_host(parts)):
        reason = "Wrong HTTP URL"
    else:
        return
    refuse(f"Inline keyboard button URL '{url}' is invalid: {reason}")


def _check_keyboard(rows: object) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        refuse('Field "keyboard" must be an Array of Arrays')
    for row in rows:
        for button in row:
            _check_keyboard_button(button)


def _check_keyboard_button(button: object) -> None:
    text = button.get("text") if isinstance(button, dict) else button
    if not isinstance(button, dict | str):
        _refuse_unreadable("keyboard button", "KeyboardButton must be a String or an Object")
    if not isinstance(text, str):
        _refuse_unreadable("keyboard button", 'Can\'t find field "text"')
    if not text.strip():
        refuse("Keyboard button text must be non-empty")


def _refuse_unreadable(what: str, reason: str) -> NoReturn:
    refuse(f"Can't parse {what}: {reason}")

"""Telegram's updates, buttons and errors, in our words."""

import json
from typing import Any

import aiogram.exceptions
import aiohttp
import pytest
from aiogram.exceptions import (
    AiogramError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetMe
from aiogram.types import Update

from bot.channels.errors import (
    ContactStopped,
    Misconfigured,
    RateLimited,
    Rejected,
    SendError,
    TemporarilyDown,
    Unanswered,
)
from bot.channels.telegram import keyboard, send_error
from bot.channels.telegram_updates import parse_update
from bot.messages import (
    MAX_FILE_BYTES,
    Address,
    Button,
    Incoming,
    IncomingKind,
    OfferedFile,
    Outgoing,
)

PERSON = {"id": 7, "is_bot": False, "first_name": "A", "language_code": "en-GB"}
PRIVATE = {"id": 7, "type": "private"}
GROUP = {"id": -7, "type": "group", "title": "G"}
ADDRESS = Address("telegram", "99", "7")


def parsed(**parts: Any) -> Incoming | None:
    """Return what becomes of an update with these parts."""
    return parse_update(Update.model_validate({"update_id": 1, **parts}), "99")


def message(chat: dict[str, Any] = PRIVATE, **parts: Any) -> dict[str, Any]:
    """Return a message as Telegram sends it."""
    return {"message_id": 1, "date": 0, "chat": chat, "from": PERSON, **parts}


def test_a_text() -> None:
    """What somebody writes comes with their address and their app's language."""
    assert parsed(message=message(text="hello")) == Incoming(
        ADDRESS, "1", IncomingKind.TEXT, "hello", "en", message_id="1", platform_id="1"
    )


@pytest.mark.parametrize(
    ("text", "payload"), [("/start", ""), ("/start quiz_x", "quiz_x"), ("/start  a b ", "a b")]
)
def test_opening_the_bot_by_a_link(text: str, payload: str) -> None:
    """The payload of a link arrives as what it is."""
    incoming = parsed(message=message(text=text))
    assert incoming is not None
    assert (incoming.kind, incoming.text) == (IncomingKind.START, payload)


def test_a_pressed_button() -> None:
    """A press comes with the id of the button."""
    query = {
        "id": "5",
        "from": PERSON,
        "chat_instance": "1",
        "data": "menu.main",
        "message": message(text="x"),
    }
    assert parsed(callback_query=query) == Incoming(
        ADDRESS, "1", IncomingKind.BUTTON, "menu.main", "en"
    )


def test_a_pressed_button_without_data() -> None:
    """A press that tells nothing is a button that is not there, no error."""
    incoming = parsed(callback_query={"id": "5", "from": PERSON, "chat_instance": "1"})
    assert incoming is not None
    assert (incoming.kind, incoming.text) == (IncomingKind.BUTTON, "")


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ({"photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]}, "photo"),
        ({"voice": {"file_id": "f", "file_unique_id": "u", "duration": 1}}, "voice"),
        ({"location": {"longitude": 1.0, "latitude": 1.0}}, "location"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "other"),
    ],
)
def test_what_cannot_be_read_comes_as_its_kind(part: dict[str, Any], kind: str) -> None:
    """Neither the picture nor its address is taken over."""
    incoming = parsed(message=message(**part))
    assert incoming is not None
    assert (incoming.kind, incoming.text) == (IncomingKind.UNREADABLE, kind)


def test_the_words_under_a_picture_are_read() -> None:
    """A caption is a text, and the picture is offered beside it."""
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    incoming = parsed(message=message(photo=photo, caption="look"))
    assert incoming is not None
    assert (incoming.kind, incoming.text) == (IncomingKind.TEXT, "look")
    assert incoming.file == OfferedFile("photo", "f")


def photo_of(*sizes: int) -> list[dict[str, Any]]:
    """Return a photo in these sizes, the smallest first, as Telegram gives them."""
    return [
        {"file_id": f"f{n}", "file_unique_id": f"u{n}", "width": n, "height": n, "file_size": size}
        for n, size in enumerate(sizes)
    ]


@pytest.mark.parametrize(
    ("sizes", "chosen"),
    [((10, 20, 30), 2), ((10, MAX_FILE_BYTES, MAX_FILE_BYTES + 1), 1), ((MAX_FILE_BYTES + 1,), 0)],
)
def test_of_a_photo_the_largest_that_is_taken_is_offered(
    sizes: tuple[int, ...], chosen: int
) -> None:
    """Telegram keeps a photo in several sizes; where each is too large, the refusal says so."""
    incoming = parsed(message=message(photo=photo_of(*sizes)))
    assert incoming is not None
    assert incoming.file == OfferedFile("photo", f"f{chosen}", sizes[chosen])


def test_a_document_is_offered_without_its_name() -> None:
    """The name that a person's file has is taken over nowhere."""
    document = {"file_id": "f", "file_unique_id": "u", "file_name": "Rina.pdf", "file_size": 9}
    incoming = parsed(message=message(document=document))
    assert incoming is not None
    assert incoming.file == OfferedFile("document", "f", 9)
    assert "Rina" not in json.dumps(incoming.to_json())
    again = Incoming.from_json(incoming.address, incoming.event_id, incoming.to_json())
    assert again == incoming


@pytest.mark.parametrize(
    ("status", "kind"), [("kicked", IncomingKind.BLOCKED), ("member", IncomingKind.UNBLOCKED)]
)
def test_blocking_the_bot_and_letting_it_in_again(status: str, kind: IncomingKind) -> None:
    """Telegram tells of both as a change of membership."""
    bot = {"id": 99, "is_bot": True, "first_name": "Suar"}
    new = {"status": status, "user": bot, **({"until_date": 0} if status == "kicked" else {})}
    change = {
        "chat": PRIVATE,
        "from": PERSON,
        "date": 0,
        "old_chat_member": {"status": "left", "user": bot},
        "new_chat_member": new,
    }
    incoming = parsed(my_chat_member=change)
    assert incoming is not None
    assert (incoming.kind, incoming.address) == (kind, ADDRESS)


def test_groups_are_left_alone() -> None:
    """Suar speaks with one person at a time: what happens in a group does not concern it."""
    bot = {"id": 99, "is_bot": True, "first_name": "Suar"}
    member = {"status": "member", "user": bot}
    assert parsed(message=message(GROUP, text="hello")) is None
    query = {
        "id": "5",
        "from": PERSON,
        "chat_instance": "1",
        "data": "x",
        "message": message(GROUP, text="x"),
    }
    assert parsed(callback_query=query) is None
    change = {
        "chat": GROUP,
        "from": PERSON,
        "date": 0,
        "old_chat_member": member,
        "new_chat_member": member,
    }
    assert parsed(my_chat_member=change) is None


def test_changed_words_come_with_the_message_they_stand_in() -> None:
    """An edit is an event of its own, in private only; a place that moves brings no words."""
    assert parsed(edited_message=message(text="hello", edit_date=1)) == Incoming(
        ADDRESS, "1", IncomingKind.EDITED, "hello", "en", message_id="1", platform_id="1"
    )
    assert parsed(edited_message=message(GROUP, text="hello", edit_date=1)) is None
    place = {"longitude": 1.0, "latitude": 1.0}
    assert parsed(edited_message=message(location=place, edit_date=1)) is None


def test_a_press_under_a_message_sent_by_way_of_a_bot_is_left_alone() -> None:
    """It may stand in any chat."""
    query = {"id": "5", "from": PERSON, "chat_instance": "1", "data": "x"}
    assert parsed(callback_query={**query, "inline_message_id": "i"}) is None


def test_a_person_shows_in_no_trace() -> None:
    """Neither the words nor the number of a person stand in `repr`."""
    shown = repr(parsed(message=message(text="secret words")))
    assert "secret" not in shown
    assert "'7'" not in shown


def test_short_buttons_stand_in_pairs() -> None:
    """Two short titles share a row, a long one has its own; the order stays."""
    titles = ["Yes", "No", "A title that is long", "Menu"]
    made = keyboard(
        Outgoing("x", tuple(Button(f"b.{n}", title) for n, title in enumerate(titles)))
    )
    assert made is not None
    assert [[button.text for button in row] for row in made.inline_keyboard] == [
        titles[:2],
        titles[2:3],
        titles[3:],
    ]
    assert made.inline_keyboard[0][0].callback_data == "b.0"


def test_without_buttons_there_is_no_keyboard() -> None:
    """A message without choices has no row of nothing below it."""
    assert keyboard(Outgoing("x")) is None


METHOD = GetMe()


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (TelegramRetryAfter(METHOD, "slow", 3), RateLimited),
        (TelegramForbiddenError(METHOD, "bot was blocked by the user"), ContactStopped),
        (TelegramBadRequest(METHOD, "Bad Request: chat not found"), ContactStopped),
        (TelegramForbiddenError(METHOD, "Forbidden: user is deactivated"), ContactStopped),
        (TelegramBadRequest(METHOD, "Bad Request: PEER_ID_INVALID"), ContactStopped),
        (TelegramBadRequest(METHOD, "Bad Request: USER_IS_BLOCKED"), ContactStopped),
        (TelegramMigrateToChat(METHOD, "group chat was upgraded", -1001), Rejected),
        (TelegramBadRequest(METHOD, "Bad Request: message is too long"), Rejected),
        (TelegramUnauthorizedError(METHOD, "Unauthorized"), Misconfigured),
        (TelegramNotFound(METHOD, "Not Found"), Misconfigured),
        (TelegramConflictError(METHOD, "Conflict"), Misconfigured),
        (TelegramServerError(METHOD, "Bad Gateway"), TemporarilyDown),
        (
            TelegramNetworkError(METHOD, "ClientConnectorError: Cannot connect to host"),
            TemporarilyDown,
        ),
        (TelegramNetworkError(METHOD, "Request timeout error"), Unanswered),
        (TimeoutError(), Unanswered),
        (ConnectionRefusedError(), TemporarilyDown),
        (aiohttp.ServerDisconnectedError(), Unanswered),
        (ConnectionResetError(), Unanswered),
        (ValueError("unexpected"), Rejected),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else type(value).__name__,
)
def test_what_went_wrong_is_told_in_our_words(error: Exception, ours: type[SendError]) -> None:
    """Whoever sends knows what to do with each error of Telegram and of the network."""
    assert type(send_error(error)) is ours


def test_slowing_down_takes_over_for_how_long() -> None:
    """The seconds are Telegram's own."""
    error = send_error(TelegramRetryAfter(METHOD, "slow", 3))
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 3


def _aiogram_errors() -> list[type[AiogramError]]:
    found = [value for value in vars(aiogram.exceptions).values() if isinstance(value, type)]
    return [value for value in found if issubclass(value, AiogramError)]


@pytest.mark.parametrize("kind", _aiogram_errors(), ids=lambda kind: kind.__name__)
def test_every_error_of_aiogram_is_one_of_ours(kind: type[AiogramError]) -> None:
    """No error of the library, known or new, leaves the channel as it is."""
    error = kind.__new__(kind)
    error.message, error.retry_after = "…", 1  # type: ignore[attr-defined]  # as some of them carry
    assert isinstance(send_error(error), SendError)
    if issubclass(kind, TelegramAPIError):
        assert str(kind.__name__).startswith("Telegram") or kind.__name__ == "RestartingTelegram"

"""Whatever Telegram sends is read, or left alone; nothing breaks on it."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.types import Update
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram_reading import ALLOWED_UPDATES, CONTENTS, number_of, read_update
from bot.channels.telegram_updates import parse_update
from bot.messages import Incoming, IncomingKind

BOT = Bot("4200000001:AAExampleExampleExampleExampleExample")
FOLDER = Path(__file__).parents[2] / "data" / "telegram"
UPDATES = [
    pytest.param(update, id=f"{path.stem}-{number}")
    for path in sorted(FOLDER.glob("*.json"))
    for number, update in enumerate(json.loads(path.read_text()))
]
NAMES = ("Rina", "Example", "rina_example", "Neighbours", "contract.pdf")
odd = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4),
    st.just([]), st.just({}), st.just([{}]), st.just({"id": {}}),
)  # fmt: skip


def heard(data: object) -> Incoming | None:
    """Return what becomes of an update as it came."""
    update = read_update(data, BOT)
    return parse_update(update, "99") if update is not None else None


def test_there_is_an_example_of_every_kind_of_update() -> None:
    """Each field that aiogram knows of an update has a file."""
    files = {path.stem for path in FOLDER.glob("*.json")}
    assert set(Update.model_fields) - {"update_id"} <= files


@pytest.mark.parametrize("update", UPDATES)
def test_what_is_documented_is_read_or_left_alone(update: dict[str, Any]) -> None:
    """Only what somebody does in a private chat concerns us, and it carries no name."""
    incoming = heard(update)
    kind = next(key for key in update if key != "update_id")
    part = update[kind] if isinstance(update[kind], dict) else {}
    chat = part.get("chat") or part.get("message", {}).get("chat") or {}
    if kind not in ALLOWED_UPDATES or chat.get("type", "private") != "private":
        assert incoming is None
    if incoming is not None:
        stored = json.dumps(incoming.to_json())
        assert not any(name in stored for name in NAMES)


def test_every_message_in_private_is_answered() -> None:
    """A service message too becomes an event: nobody who does something there is left without a word."""
    for name in ("message", "message_service"):
        for update in json.loads((FOLDER / f"{name}.json").read_text()):
            assert heard(update) is not None


def spoilt(data: st.DataObject, value: object) -> object:
    """Return a JSON value with something in it replaced, taken away or added."""
    if isinstance(value, dict) and value and data.draw(st.integers(0, 4)):
        key = data.draw(st.sampled_from(sorted(value)))
        match data.draw(st.integers(0, 4)):
            case 0:
                return {k: v for k, v in value.items() if k != key}
            case 1:
                return {**value, data.draw(st.text(max_size=8)): data.draw(odd)}
            case _:
                return {**value, key: spoilt(data, value[key])}
    if isinstance(value, list) and value and data.draw(st.booleans()):
        return [spoilt(data, value[0]), *value[1:]]
    return data.draw(odd)


@given(st.data())
def test_no_odd_field_breaks_anything(data: st.DataObject) -> None:
    """However an update is spoilt, it is read, left alone, or told to be none; nothing else is raised."""
    update = data.draw(st.sampled_from([param.values[0] for param in UPDATES]))
    for _ in range(data.draw(st.integers(1, 3))):
        update = spoilt(data, update)
    if number_of(update) is None:
        with pytest.raises(ValueError, match="no update"):
            read_update(update, BOT)
    else:
        incoming = heard(update)
        if incoming is not None:
            assert json.dumps(incoming.to_json())


@given(st.sampled_from(CONTENTS), odd)
def test_words_beside_something_odd_are_read(content: str, value: object) -> None:
    """What comes beside somebody's words may be unknown; their words are heard all the same."""
    chat = {"id": 7, "type": "private"}
    message = {"message_id": 1, "date": 0, "chat": chat, "caption": "help me", content: value}
    incoming = heard({"update_id": 5, "message": message})
    assert incoming is not None
    assert (incoming.kind, incoming.text) == (IncomingKind.TEXT, "help me")


@pytest.mark.parametrize("data", [None, [], 3, "x", {}, {"update_id": "1"}, {"update_id": True}])
def test_what_is_no_update_is_told(data: object) -> None:
    """Without a number it is none of Telegram's."""
    with pytest.raises(ValueError, match="no update"):
        read_update(data, BOT)


def test_a_kind_that_was_not_asked_for_is_left_alone() -> None:
    """Asked for are words, their changes, presses, and blocking; nothing else."""
    assert sorted(ALLOWED_UPDATES) == [
        "callback_query",
        "edited_message",
        "message",
        "my_chat_member",
    ]
    assert read_update({"update_id": 1, "something_new": {"message": {}}}, BOT) is None

"""What goes out to WhatsApp keeps to its limits, and whatever comes in is read without stumbling."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.capabilities import WHATSAPP
from bot.channels.fit import fit
from bot.channels.whatsapp_messages import as_call
from bot.channels.whatsapp_updates import Heard, Moved, Receipt, fingerprint, read_webhook
from bot.messages import Button, Incoming, IncomingKind, Media, Outgoing, SentFile
from tests.support.whatsapp_fake.graph import _check_interactive, _check_text, _length
from tests.support.whatsapp_fake.meta import (
    NUMBER,
    PHONE_ID,
    USER_ID,
    call,
    every_shape,
    messages,
    raw,
    status,
    statuses,
    text,
    webhook,
)

UID = "0190f3a1-5c3e-7b1a-8d1e-1f2e3d4c5b6a"
SHAPES = dict(every_shape())
words = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=3000)
titles = st.lists(st.text("abc \U0001f642", min_size=1, max_size=30), max_size=35)
WANTED = {
    "text": (IncomingKind.TEXT, "halo, apa kabar? \u00e9 \U0001f642 a/b"),
    "reply": (IncomingKind.TEXT, "yes"),
    "forwarded": (IncomingKind.TEXT, "look"),
    "referral": (IncomingKind.TEXT, "hi"),
    "button": (IncomingKind.BUTTON, "menu.main"),
    "row": (IncomingKind.BUTTON, "menu.main"),
    "quick_reply": (IncomingKind.BUTTON, "menu.main"),
    "form": (IncomingKind.UNREADABLE, "other"),
    "image": (IncomingKind.UNREADABLE, "photo"),
    "image_with_words": (IncomingKind.TEXT, "my contract"),
    "video": (IncomingKind.UNREADABLE, "video"),
    "document": (IncomingKind.UNREADABLE, "document"),
    "voice": (IncomingKind.UNREADABLE, "voice"),
    "audio": (IncomingKind.UNREADABLE, "audio"),
    "sticker": (IncomingKind.UNREADABLE, "sticker"),
    "location": (IncomingKind.UNREADABLE, "location"),
    "order": (IncomingKind.UNREADABLE, "order"),
    "unsupported": (IncomingKind.UNREADABLE, "unsupported"),
    "unknown": (IncomingKind.UNREADABLE, "hologram"),
    "edit": (IncomingKind.TEXT, "well"),
    "welcome": (IncomingKind.START, ""),
}


@given(words, titles, st.booleans())
def test_whatever_is_said_fits(said: str, names: list[str], is_shown: bool) -> None:
    """Words of any length with any number of buttons and a picture come in parts that Meta takes, and no button is lost."""
    buttons = tuple(Button(f"{n}", name) for n, name in enumerate(names))
    media = (Media("quiz", "quiz:a/b@id", "alt"),) if is_shown else ()
    parts = fit([Outgoing(said, buttons, media)], WHATSAPP)
    assert [button.id for part in parts for button in part.buttons] == [b.id for b in buttons]
    assert sum(len(part.media) for part in parts) == len(media)
    for part in parts:
        made = as_call(part, "Choose", "1" if part.media else None)
        body: dict[str, Any] = json.loads(json.dumps(made.body))
        if made.type == "interactive":
            _check_interactive(body)
        elif made.type == "text":
            _check_text(body)
        assert _length(body.get("caption", "")) <= 1024


def test_few_choices_stand_open_and_many_in_a_list() -> None:
    """Up to three buttons are shown as such, more as a list; so are those that read the same, and those under long words."""
    three = tuple(Button(f"{n}", f"Choice {n}") for n in range(3))
    assert as_call(Outgoing("a", three), "Choose").body["type"] == "button"
    for message in (
        Outgoing("a", (*three, Button("3", "Choice 3"))),
        Outgoing("a", (Button("0", "Same"), Button("1", "Same"))),
        Outgoing("\U0001f642" * 600, three),
    ):
        made = as_call(message, "Choose").body
        assert made["type"] == "list"
        assert made["action"]["button"] == "Choose"


def test_words_go_before_a_voice_message() -> None:
    """WhatsApp shows no words under a voice message: they are a message of their own, before it."""
    said = Outgoing("listen", file=SentFile(UID, "voice"))
    first, second = fit([said], WHATSAPP)
    assert (first.text, first.file) == ("listen", None)
    assert (second.text, second.file) == ("", said.file)


def heard(data: object) -> list[Incoming]:
    """Return what people did, as a webhook tells it."""
    found = read_webhook(data, PHONE_ID)
    return [event.incoming for event in found if isinstance(event, Heard)]


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_every_shape_is_read(name: str) -> None:
    """Each documented kind of message becomes one event of ours, or is left out on purpose."""
    found = heard(json.loads(raw(webhook(messages(SHAPES[name])))))
    assert [(each.kind, each.text) for each in found] == ([WANTED[name]] if name in WANTED else [])
    for each in found:
        assert each.address.value == USER_ID
        assert each.event_id == fingerprint(SHAPES[name]["id"])
    files = {"image", "image_with_words", "video", "document", "voice", "audio"}
    assert [each.file is not None for each in found] in ([], [name in files])


@pytest.mark.parametrize(
    ("number", "user_id", "who"),
    [
        (NUMBER, None, NUMBER),
        (NUMBER, USER_ID, USER_ID),
        (None, USER_ID, USER_ID),
        (USER_ID, USER_ID, USER_ID),
        (USER_ID, None, USER_ID),
        (NUMBER, "no id at all", NUMBER),
        ("+62 not/a/number", None, None),
        (None, None, None),
    ],
)
def test_a_person_is_known_by_what_meta_tells(
    number: str | None, user_id: str | None, who: str | None
) -> None:
    """The user id comes before the number, either may be missing, and what is neither is nobody."""
    found = heard(webhook(messages(text("m", "hi"), number=number, user_id=user_id)))
    assert [each.address.value for each in found] == ([who] if who else [])


def test_who_had_a_number_before_is_no_stranger() -> None:
    """Beside a user id, the number by which somebody may be known is told; without one there is nothing to tell."""
    [event] = read_webhook(webhook(messages(text("m", "hi"))), PHONE_ID)
    assert isinstance(event, Heard)
    assert event.known_as is not None
    assert event.known_as.value == NUMBER
    [event] = read_webhook(webhook(messages(text("m", "hi"), user_id=None)), PHONE_ID)
    assert isinstance(event, Heard)
    assert event.known_as is None


def test_a_new_id_moves_the_person() -> None:
    """A person whose number or user id has changed is told of with both."""
    new_number = webhook(messages(SHAPES["new_number"], user_id=None))
    [event] = read_webhook(new_number, PHONE_ID)
    assert isinstance(event, Moved)
    assert (event.before.value, event.after.value) == (NUMBER, "6281200000008")


def test_batches_of_several_people_and_statuses() -> None:
    """One call may tell of several people and of several messages of ours, in one order."""
    told = statuses(status("w1", "sent", UID), status("w2", "failed", UID, 131047))
    data = webhook(
        messages(text("a", "one"), text("b", "two")),
        messages(text("c", "three"), number="6281200000009", user_id="ID.2"),
        told,
    )
    found = read_webhook(data, PHONE_ID)
    assert [type(event) for event in found] == [Heard, Heard, Heard, Receipt, Receipt]
    assert isinstance(found[-1], Receipt)
    assert found[-1].code == 131047


def test_of_calls_only_the_ringing_is_heard() -> None:
    """A call that begins is an event, with its id to end it; that it has ended is none."""
    [event] = read_webhook(webhook(call("c1"), field="calls"), PHONE_ID)
    assert isinstance(event, Heard)
    assert (event.incoming.text, event.call_id) == ("call", "c1")
    assert read_webhook(webhook(call("c1", "terminate"), field="calls"), PHONE_ID) == []


def test_what_is_told_of_another_number_is_not_ours() -> None:
    """An account may have several numbers; each has its own Suar, or none."""
    assert read_webhook(webhook(messages(text("m", "hi")), phone_id="1"), PHONE_ID) == []


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def mutated(data: Any, path: list[int], new: object) -> Any:
    """Return JSON with one part of it, found by `path`, replaced or taken out."""
    if not path or not isinstance(data, dict | list) or not data:
        return new
    keys: list[Any] = sorted(data) if isinstance(data, dict) else list(range(len(data)))
    key, copy = keys[path[0] % len(keys)], data.copy()
    copy[key] = mutated(data[key], path[1:], new)
    if new is ... and copy[key] is ...:
        del copy[key]
    return copy


@given(
    st.sampled_from(sorted(SHAPES)),
    st.lists(st.integers(0, 9), min_size=1, max_size=9),
    anything | st.just(...),
)
def test_nothing_makes_it_stumble(name: str, path: list[int], new: object) -> None:
    """Whatever stands in the place of any part of a real webhook, what can be read is read and the rest is left out."""
    data = webhook(
        messages(SHAPES[name]), statuses(status("w", "failed", UID, 131047)), call("c1")
    )
    for event in read_webhook(mutated(data, path, new), PHONE_ID):
        assert isinstance(event, Heard | Receipt | Moved)

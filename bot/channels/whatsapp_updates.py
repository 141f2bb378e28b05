"""What comes in from WhatsApp, as our own events. Nothing in here sends, and nothing in here fails: what is not understood is left out.

Source: https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bot.channels.whatsapp_links import read_start
from bot.messages import Address, Incoming, IncomingKind, OfferedFile, place_of

NAME = "whatsapp"
Json = Mapping[str, Any]
_USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,120}")
_NUMBER = re.compile(r"[0-9]{5,20}")
_MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_FILES = {"image": "photo", "video": "video", "document": "document", "sticker": "sticker"}
"""Their types, and what our own events call them."""
_GESTURES = frozenset({"reaction", "contacts", "revoke", "group_invite"})
"""What asks for no answer: a smile on a message, somebody else's number (which we do not want to have), a message taken back."""
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Heard:
    """Something that a person did."""

    incoming: Incoming
    message_id: str | None = field(default=None, repr=False)
    """Meta's own id of their message."""
    call_id: str | None = field(default=None, repr=False)
    """Of a call that is ringing."""
    known_as: Address | None = None
    """Their number, where Meta tells it beside the user id: who was known by it before is no stranger."""


@dataclass(frozen=True)
class Receipt:
    """What became of a message of ours."""

    uid: UUID
    platform_id: str
    status: str
    """`sent`, `delivered`, `read`, or `failed`."""
    at: datetime | None = None
    code: int | None = None
    """Of one that failed."""


@dataclass(frozen=True)
class Moved:
    """A person has another id now."""

    before: Address
    after: Address


Event = Heard | Receipt | Moved


def fingerprint(message_id: str) -> str:
    """Return by what a message is known to us: Meta's own id has the person's number in it."""
    return hashlib.sha256(message_id.encode("utf-8", "replace")).hexdigest()


def is_user_id(value: str) -> bool:
    """Tell a business-scoped user id from a number."""
    return _USER_ID.fullmatch(value) is not None


def read_webhook(
    data: object, account: str, greeting: frozenset[str] = frozenset()
) -> list[Event]:
    """Return what one call of the webhook tells of our number, in its order.

    Args:
        data: The parsed body, of whatever form.
        account: The id of our number; what is told of others is left out.
        greeting: The words that our links have typed already (`greeting_words`).
    """
    events: list[Event] = []
    for entry in _objects(data, "entry"):
        for change in _objects(entry, "changes"):
            value = _object(change, "value")
            if _text(_object(value, "metadata"), "phone_number_id") != account:
                continue
            if _text(change, "field") == "calls":
                events += _calls(value, account)
            else:
                events += _messages(value, account, greeting)
                events += _receipts(value)
    return events


def _messages(value: Json, account: str, greeting: frozenset[str]) -> Iterator[Event]:
    for message in _objects(value, "messages"):
        if message.get("group_id") or not _text(message, "id"):
            continue
        if _text(message, "type") == "system":
            yield from _moved(_object(message, "system"), message, account)
            continue
        address = _address(value, message, account)
        incoming = _incoming(message, address) if address else None
        if address is not None and incoming is not None:
            number = _number_of(value, message, account)
            known_as = number if number != address else None
            known = replace(incoming, platform_id=_text(message, "id"))
            for each in _with_start(known, greeting):
                yield Heard(each, _text(message, "id"), None, known_as)


def _incoming(message: Json, address: Address) -> Incoming | None:
    """Return what a message is; None where it asks for no answer."""
    event_id, kind = fingerprint(_text(message, "id")), _text(message, "type")
    said = _object(message, kind) if kind else {}
    match kind:
        case "text":
            return _words(address, event_id, _text(said, "body"))
        case "edit":
            # What somebody has set right they want to be read.
            return _edited(_object(said, "message"), address, event_id)
        case "interactive":
            return _pressed(address, event_id, _choice(said))
        case "button":
            return _pressed(address, event_id, _text(said, "payload"))
        case "request_welcome":
            return Incoming(address, event_id, IncomingKind.START)
        case _ if kind in _GESTURES or not kind:
            return None
        case _:
            return _other(address, event_id, kind, said)


def _with_start(incoming: Incoming, greeting: frozenset[str]) -> Iterator[Incoming]:
    """Yield an event; one that came by a link of ours as what the link leads to, and after it what the person wrote beside it."""
    is_text = incoming.kind is IncomingKind.TEXT
    found = read_start(incoming.text, greeting) if is_text else None
    if found is None:
        yield incoming
        return
    payload, has_more = found
    first = replace(incoming, kind=IncomingKind.START, text=payload, file=None)
    if has_more or incoming.file is not None:
        yield replace(first, event_id=fingerprint(f"{incoming.event_id} start"))
        yield incoming
    else:
        yield first


def _words(address: Address, event_id: str, text: str) -> Incoming:
    command, _, payload = text.partition(" ")
    if command == "/start":
        return Incoming(address, event_id, IncomingKind.START, payload.strip())
    return Incoming(address, event_id, IncomingKind.TEXT, text)


def _edited(message: Json, address: Address, event_id: str) -> Incoming | None:
    kind = _text(message, "type")
    said = _object(message, kind) if kind else {}
    text = _text(said, "body") or _text(said, "caption")
    return Incoming(address, event_id, IncomingKind.TEXT, text) if text else None


def _choice(said: Json) -> str:
    """Return the id of the button or the row that was chosen; "" for a form."""
    return _text(_object(said, "button_reply"), "id") or _text(_object(said, "list_reply"), "id")


def _pressed(address: Address, event_id: str, button: str) -> Incoming:
    if not button:
        return Incoming(address, event_id, IncomingKind.UNREADABLE, "other")
    return Incoming(address, event_id, IncomingKind.BUTTON, button)


def _other(address: Address, event_id: str, kind: str, said: Json) -> Incoming:
    """Return a message that is no words: a file, a place, or something that Meta does not tell us."""
    shown = _FILES.get(kind, kind)
    if kind == "audio":
        shown = "voice" if said.get("voice") is True else "audio"
    shown = shown if re.fullmatch(r"[a-z_]{1,20}", shown) else "other"
    ref = _text(said, "id")
    is_file = kind in {*_FILES, "audio"} and kind != "sticker" and _MEDIA_ID.fullmatch(ref)
    file = OfferedFile(shown, ref) if is_file else None
    caption = _text(said, "caption")
    if caption and file:
        return Incoming(address, event_id, IncomingKind.TEXT, caption, None, file)
    place = place_of(said.get("latitude"), said.get("longitude")) if kind == "location" else ""
    return Incoming(address, event_id, IncomingKind.UNREADABLE, shown, None, file, place=place)


def _calls(value: Json, account: str) -> Iterator[Event]:
    """Yield the calls that are ringing."""
    for call in _objects(value, "calls"):
        call_id = _text(call, "id")
        rings = (
            _text(call, "event") == "connect" and _text(call, "direction") != "BUSINESS_INITIATED"
        )
        address = _address(value, call, account)
        if rings and call_id and address is not None:
            incoming = Incoming(address, fingerprint(call_id), IncomingKind.UNREADABLE, "call")
            yield Heard(incoming, None, call_id)


def _receipts(value: Json) -> Iterator[Receipt]:
    for status in _objects(value, "statuses"):
        try:
            uid = UUID(_text(status, "biz_opaque_callback_data"))
        except ValueError:
            continue  # not one of the outbox
        told = "read" if (was := _text(status, "status")) == "played" else was
        if told in {"sent", "delivered", "read", "failed"}:
            code = next((_whole(error.get("code")) for error in _objects(status, "errors")), None)
            platform_id = fingerprint(_text(status, "id"))
            yield Receipt(uid, platform_id, told, _time(_text(status, "timestamp")), code)


def _moved(system: Json, message: Json, account: str) -> Iterator[Moved]:
    """Yield that somebody has another id; that they have another phone is none of our business."""
    before = _text(system, "previous_user_id") or _text(message, "from")
    after = _text(system, "user_id") or _text(system, "wa_id")
    if is_id(before) and is_id(after) and before != after:
        yield Moved(Address(NAME, account, before), Address(NAME, account, after))


def _address(value: Json, message: Json, account: str) -> Address | None:
    """Return whose message it is: by the user id, which everybody has and which is ours alone, else by the number."""
    contact = _contact(value, message)
    for found in (_text(message, "from_user_id"), _text(contact, "user_id")):
        if is_user_id(found):
            return Address(NAME, account, found)
    return _number_of(value, message, account)


def _number_of(value: Json, message: Json, account: str) -> Address | None:
    for found in (_text(message, "from"), _text(_contact(value, message), "wa_id")):
        if is_id(found):
            return Address(NAME, account, found)
    return None


def _contact(value: Json, message: Json) -> Json:
    """Return what is told of a message's sender, where several people may be told of."""
    contacts = _objects(value, "contacts")
    sender = {_text(message, "from"), _text(message, "from_user_id")} - {""}
    for contact in contacts:
        if sender & {_text(contact, "wa_id"), _text(contact, "user_id")}:
            return contact
    return contacts[0] if len(contacts) == 1 and not sender else {}


def is_id(value: str) -> bool:
    """Tell whether a value can be that of a person's address here."""
    return is_user_id(value) or _NUMBER.fullmatch(value) is not None


def _time(value: str) -> datetime | None:
    if not re.fullmatch(r"[0-9]{1,11}", value):
        return None
    return min(datetime.fromtimestamp(int(value), UTC), _LATEST)


def _whole(value: object) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _object(data: object, key: str) -> Json:
    found = data.get(key) if isinstance(data, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _objects(data: object, key: str) -> list[Json]:
    found = data.get(key) if isinstance(data, Mapping) else None
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _text(data: Json, key: str) -> str:
    found = data.get(key)
    return found if isinstance(found, str) else ""

"""Webhooks as Meta writes and signs them."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]
SECRET = "the-app-secret-of-a-test"
PHONE_ID = "106540352242922"
ACCOUNT_ID = "102290129340398"
NUMBER = "6281200000007"
USER_ID = "ID.13491208655302741918"


def raw(data: object) -> bytes:
    """Return JSON as Meta sends it: everything beyond ASCII escaped in lower case, and slashes too."""
    return json.dumps(data, separators=(",", ":")).replace("/", "\\/").encode()


def sign(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """Return the header by which Meta signs a body."""
    made = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={made}", "Content-Type": "application/json"}


def webhook(*values: Json, field: str = "messages", phone_id: str = PHONE_ID) -> Json:
    """Return one call with a change for each value."""
    metadata = {"display_phone_number": "628110000000", "phone_number_id": phone_id}
    changes = [
        {"value": {"messaging_product": "whatsapp", "metadata": metadata, **value}, "field": field}
        for value in values
    ]
    entry = {"id": ACCOUNT_ID, "changes": changes}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def messages(*sent: Json, number: str | None = NUMBER, user_id: str | None = USER_ID) -> Json:
    """Return the value of a change in which one person has sent messages."""
    contact: Json = {"profile": {"name": "Sari"}}
    who: Json = {}
    if number:
        contact["wa_id"] = who["from"] = number
    if user_id:
        contact["user_id"] = who["from_user_id"] = user_id
    return {"contacts": [contact], "messages": [{**who, **each} for each in sent]}


def message(message_id: str, kind: str, body: Json | None = None, **more: object) -> Json:
    """Return one message."""
    made: Json = {"id": message_id, "timestamp": "1795420800", "type": kind, **more}
    return made if body is None else {**made, kind: body}


def text(message_id: str, words: str) -> Json:
    """Return a text."""
    return message(message_id, "text", {"body": words})


def button(message_id: str, choice: str) -> Json:
    """Return a pressed reply button."""
    reply = {"type": "button_reply", "button_reply": {"id": choice, "title": "T"}}
    return message(message_id, "interactive", reply, context={"id": "wamid.of-ours"})


def row(message_id: str, choice: str) -> Json:
    """Return a chosen row of a list."""
    reply = {"type": "list_reply", "list_reply": {"id": choice, "title": "T", "description": "D"}}
    return message(message_id, "interactive", reply, context={"id": "wamid.of-ours"})


def statuses(*told: Json) -> Json:
    """Return the value of a change that tells what became of messages of ours."""
    return {"statuses": list(told)}


def status(message_id: str, was: str, tracker: str | None = None, code: int | None = None) -> Json:
    """Return what became of one."""
    made: Json = {
        "id": message_id,
        "status": was,
        "timestamp": "1795420801",
        "recipient_id": NUMBER,
        "recipient_user_id": USER_ID,
        "pricing": {"billable": False, "pricing_model": "PMP", "category": "service"},
    }
    if tracker is not None:
        made["biz_opaque_callback_data"] = tracker
    if code is not None:
        made["errors"] = [{"code": code, "title": "T", "error_data": {"details": "D"}}]
    return made


def call(call_id: str, event: str = "connect") -> Json:
    """Return the value of a change in which somebody calls."""
    contact = {"profile": {"name": "Sari"}, "wa_id": NUMBER, "user_id": USER_ID}
    ringing = {
        "id": call_id,
        "from": NUMBER,
        "to": "628110000000",
        "event": event,
        "timestamp": "1795420800",
        "direction": "USER_INITIATED",
        "session": {"sdp_type": "offer", "sdp": "v=0"},
    }
    return {"contacts": [contact], "calls": [ringing]}


def every_shape() -> Sequence[tuple[str, Json]]:
    """Return each documented kind of message, by name."""
    media = {"id": "65463453", "mime_type": "image/jpeg", "sha256": "aa+/8g="}
    found = {
        "text": text("m1", "halo, apa kabar? \u00e9 \U0001f642 a/b"),
        "reply": text("m2", "yes") | {"context": {"from": "628110000000", "id": "wamid.x"}},
        "forwarded": text("m3", "look") | {"context": {"frequently_forwarded": True}},
        "referral": text("m4", "hi") | {"referral": {"source_type": "ad", "source_id": "1"}},
        "button": button("m5", "menu.main"),
        "row": row("m6", "menu.main"),
        "quick_reply": message("m7", "button", {"payload": "menu.main", "text": "T"}),
        "form": message(
            "m8",
            "interactive",
            {"type": "nfm_reply", "nfm_reply": {"response_json": "{}", "name": "flow"}},
        ),
        "image": message("m9", "image", media),
        "image_with_words": message("m10", "image", {**media, "caption": "my contract"}),
        "video": message("m11", "video", media),
        "document": message("m12", "document", {**media, "filename": "a.pdf"}),
        "voice": message("m13", "audio", {**media, "voice": True}),
        "audio": message("m14", "audio", {**media, "voice": False}),
        "sticker": message("m15", "sticker", {**media, "animated": False}),
        "location": message("m16", "location", {"latitude": 1.5, "longitude": 110.3}),
        "contacts": message("m17", "contacts", None, contacts=[{"name": {"first_name": "A"}}]),
        "reaction": message("m18", "reaction", {"message_id": "wamid.x", "emoji": "\U0001f62e"}),
        "unreaction": message("m19", "reaction", {"message_id": "wamid.x"}),
        "order": message("m20", "order", {"catalog_id": "1", "product_items": []}),
        "unsupported": message(
            "m21", "unsupported", {"type": "poll"}, errors=[{"code": 131051, "title": "U"}]
        ),
        "unknown": message("m22", "hologram", {"id": "1", "depth": 3}),
        "edit": message(
            "m23",
            "edit",
            {"original_message_id": "m1", "message": {"type": "text", "text": {"body": "well"}}},
        ),
        "revoke": message("m24", "revoke", {"original_message_id": "m1"}),
        "welcome": message("m25", "request_welcome"),
        "in_a_group": text("m26", "hi all") | {"group_id": "g1"},
        "identity": message("m27", "system", {"body": "B", "type": "customer_identity_changed"}),
        "new_number": message(
            "m28",
            "system",
            {"body": "B", "wa_id": "6281200000008", "type": "user_changed_number"},
        ),
    }
    return list(found.items())


def template_news(
    field: str, name: str, language: str, *, time: int = 1795420800, **value: object
) -> Json:
    """Return one call that tells of a template: `message_template_status_update` with `event`, or another field."""
    told = {
        "message_template_id": 594425479261596,
        "message_template_name": name,
        "message_template_language": language,
        **value,
    }
    entry = {"id": ACCOUNT_ID, "time": time, "changes": [{"value": told, "field": field}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}

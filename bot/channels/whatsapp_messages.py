"""Our messages as the Cloud API's: a type, and the object that stands under its name.

Source: https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-messages and …/messages/interactive-messages
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.channels.capabilities import WHATSAPP
from bot.channels.whatsapp_choices import page_of
from bot.messages import Button, Outgoing, Template

MAX_REPLY_BUTTONS = 3
MAX_REPLY_BODY = 1_024
NOTHING = "\u2026"
"""A body above buttons must not be empty."""


@dataclass(frozen=True)
class Call:
    """What is posted: the type, and its object."""

    type: str
    body: Mapping[str, Any] = field(repr=False)


def as_call(
    message: Outgoing, label: str, image: str | None = None, *, further: str = NOTHING
) -> Call:
    """Return the call that says a message.

    Args:
        message: With at most three short buttons where it has a picture (`fit` sees to it).
        label: What stands on the button that opens a list.
        image: A picture that was uploaded before.
        further: What stands on the row that opens the next page of a list.
    """
    if not message.buttons:
        return _plain(message, image)
    body = {"text": message.text or NOTHING}
    if image is None and not _fit_as_replies(message):
        page = page_of(message.buttons, further, first=message.first)
        if page.above:
            body = {"text": f"{body['text']}\n\n{page.above}"}
        action = {"button": label, "sections": [{"rows": page.rows}]}
        return Call("interactive", {"type": "list", "body": body, "action": action})
    replies = [_reply(button) for button in message.buttons]
    shown: dict[str, Any] = {"type": "button", "body": body, "action": {"buttons": replies}}
    if image is not None:
        shown["header"] = {"type": "image", "image": {"id": image}}
    return Call("interactive", shown)


def as_template(template: Template, image: str | None = None) -> Call:
    """Return the call that says a message by words that Meta has approved; its buttons mean what the message's do.

    Args:
        template: The words.
        image: The picture above them, uploaded before; a template with one cannot be sent without it.
    """
    components: list[dict[str, Any]] = []
    if image is not None:
        shown = {"type": "image", "image": {"id": image}}
        components.append({"type": "header", "parameters": [shown]})
    if template.values:
        values = [{"type": "text", "text": value} for value in template.values]
        components.append({"type": "body", "parameters": values})
    for index, payload in enumerate(template.buttons):
        pressed = [{"type": "payload", "payload": payload}]
        components.append(
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": str(index),
                "parameters": pressed,
            }
        )
    body: dict[str, Any] = {"name": template.name, "language": {"code": template.language}}
    return Call("template", {**body, "components": components} if components else body)


def as_file(kind: str, media_id: str, text: str, name: str) -> Call:
    """Return the call that sends a file that was uploaded before: `image`, `audio` or `document`."""
    body: dict[str, Any] = {"id": media_id}
    if kind == "audio":
        # Words never stand under one: `fit` has sent them before.
        body["voice"] = True
    elif text:
        body["caption"] = text
    if kind == "document":
        body["filename"] = name
    return Call(kind, body)


def as_audio(media_id: str, kind: str) -> Call:
    """Return the call that sends a recording that was uploaded before: Opus as a voice message, other kinds as audio."""
    return Call("audio", {"id": media_id, "voice": True} if kind == "ogg" else {"id": media_id})


def _plain(message: Outgoing, image: str | None) -> Call:
    if image is None:
        return Call("text", {"body": message.text or NOTHING, "preview_url": False})
    caption = message.text or next((media.alt for media in message.media), "")
    return Call("image", {"id": image, "caption": caption} if caption else {"id": image})


def _fit_as_replies(message: Outgoing) -> bool:
    """Tell whether the buttons can stand open: few, all different, under words that are not long."""
    titles = [button.title.casefold() for button in message.buttons]
    longest = WHATSAPP.max_open_title_chars or 0
    return (
        len(titles) <= MAX_REPLY_BUTTONS
        and all(len(button.title) <= longest for button in message.buttons)
        and len(set(titles)) == len(titles)
        and len(message.text.encode("utf-16-le")) // 2 <= MAX_REPLY_BODY
    )


def _reply(button: Button) -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": button.id, "title": button.title}}

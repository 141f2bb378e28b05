"""What a test reads back from the fake; the same shapes in process and over HTTP."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SentMessage:
    """One message of the bot as it stands now, after edits.

    Attributes:
        method: The Bot API method that made it, such as "sendMessage".
        at_s: Unix time at which the fake accepted it.
        text: Text or caption without markup, as the person sees it.
        markup: The reply markup as it was given, of any of the four kinds.
        file_bytes: Size of an uploaded file; None for text or for a file given by id or URL.
        file_name: The name that an uploaded file came with.
        file_sha256: Of its bytes, in hexadecimal.
        has_spoiler: Whether a photo is covered until it is tapped.
        thread_id: The topic of a forum that it stands in.
        earlier_texts: What the message said before each edit, oldest first.
    """

    chat_id: int
    message_id: int
    method: str
    at_s: float
    text: str
    entities: list[Json] = field(default_factory=list)
    markup: Json | None = None
    protect_content: bool = False
    disable_notification: bool = False
    reply_to_message_id: int | None = None
    file_bytes: int | None = None
    file_name: str | None = None
    file_sha256: str | None = None
    has_spoiler: bool = False
    earlier_texts: list[str] = field(default_factory=list)
    deleted: bool = False
    thread_id: int | None = None

    def button_data(self) -> list[str]:
        """Return the callback data of the inline buttons, row by row."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [b["callback_data"] for row in rows for b in row if "callback_data" in b]

    def button_texts(self) -> list[str]:
        """Return what stands on the buttons, inline or not, row by row."""
        markup = self.markup or {}
        rows = markup.get("inline_keyboard") or markup.get("keyboard") or []
        return [b if isinstance(b, str) else b["text"] for row in rows for b in row]


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One request of the bot. `status` 0 means the line was closed without an answer."""

    method: str
    params: Json
    at_s: float
    status: int
    description: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """One attempt to deliver an update. `status` is None when no answer came; `error` says why."""

    update_id: int
    attempt: int
    at_s: float
    seconds: float
    status: int | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """One accepted answerCallbackQuery."""

    callback_query_id: str
    text: str | None
    show_alert: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """What an act of a person caused.

    `update_id` is None when the bot's allowed_updates leave this kind of update out.
    """

    update_id: int | None
    message_id: int | None = None
    callback_query_id: str | None = None

"""The typed hand with which tests steer a running fake, over HTTP."""

from base64 import b64encode
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.support.telegram_fake.errors import ControlError
from tests.support.telegram_fake.faults import Fault
from tests.support.telegram_fake.records import (
    ApiCall,
    CallbackAnswer,
    Happened,
    Json,
    SentMessage,
    WebhookDelivery,
)

_REQUEST_TIMEOUT = 408
_OK = 200
# Added to a wait's own time limit, so that the fake and not the connection gives up first.
_GRACE_S = 10.0


class TelegramFakeClient:
    """Steers one bot of a running fake. The methods are explained in `people` and `control`.

    Args:
        base_url: Where the fake listens; also the value for SUAR_TELEGRAM_API_URL.
        token: The bot to steer; None for the fake's first.
        session: Shared with another client; None makes an own one.
    """

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        session: aiohttp.ClientSession | None = None,
    ) -> None:
        self.base_url = base_url
        self.token = token
        self._session = session or aiohttp.ClientSession(
            # No line is kept: one that the fake has let go meanwhile would fail the next request.
            connector=aiohttp.TCPConnector(force_close=True)
        )
        self._owns_session = session is None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._owns_session:
            await self._session.close()

    def for_bot(self, token: str) -> "TelegramFakeClient":
        """Return a client for another bot of the same fake; it lives as long as this one."""
        return TelegramFakeClient(self.base_url, token, self._session)

    async def person(self, person_id: int, *, is_open: bool = True, **about: str | None) -> Json:
        """Introduce a person, or change `first_name`, `language_code` and the like."""
        user: Json = await self._ask("person", person_id=person_id, is_open=is_open, **about)
        return user

    async def people(self, first_id: int, count: int) -> None:
        """Introduce many people at once, with open chats."""
        await self._ask("people", first_id=first_id, count=count)

    async def group(
        self,
        chat_id: int,
        title: str,
        *,
        is_forum: bool = False,
        rights: list[str] | None = None,
    ) -> None:
        """Make a supergroup with the bot in it, or change what it is and what the bot may do there."""
        about = {"title": title, "is_forum": is_forum, "rights": rights}
        await self._ask("group", chat_id=chat_id, **about)

    async def delete_topic(self, chat_id: int, thread_id: int) -> None:
        """Let an administrator delete a topic of a group."""
        await self._ask("delete_topic", chat_id=chat_id, thread_id=thread_id)

    async def topics(self, chat_id: int) -> list[Json]:
        """Return the topics of a group: `id`, `name`, `closed`."""
        found: list[Json] = await self._ask("topics", chat_id=chat_id)
        return found

    async def people_messages(self, chat_id: int) -> list[Json]:
        """Return what people wrote into a chat and nobody has deleted."""
        found: list[Json] = await self._ask("people_messages", chat_id=chat_id)
        return found

    async def write(
        self,
        person_id: int,
        text: str,
        *,
        chat_id: int | None = None,
        reply_to_message_id: int | None = None,
        thread_id: int | None = None,
    ) -> Happened:
        """Let a person write a text."""
        where = {"chat_id": chat_id, "reply_to_message_id": reply_to_message_id}
        where["thread_id"] = thread_id
        return await self._act("write", person_id=person_id, text=text, **where)

    async def write_many(self, texts: list[tuple[int, str]]) -> list[Happened]:
        """Let people write many texts in one go, each given as person id and text."""
        return [Happened(**one) for one in await self._ask("write_many", texts=texts)]

    async def start(self, person_id: int, payload: str = "") -> Happened:
        """Let a person press "Start"."""
        return await self._act("start", person_id=person_id, payload=payload)

    async def press(
        self,
        person_id: int,
        message_id: int,
        data: str,
        *,
        chat_id: int | None = None,
        is_stale: bool = False,
    ) -> Happened:
        """Let a person press an inline button of a message."""
        button = {"message_id": message_id, "data": data, "is_stale": is_stale}
        return await self._act("press", person_id=person_id, chat_id=chat_id, **button)

    async def send_sticker(self, person_id: int, emoji: str = "\U0001f642") -> Happened:
        """Let a person send a sticker."""
        return await self._act("send_sticker", person_id=person_id, emoji=emoji)

    async def send_photo(
        self, person_id: int, caption: str = "", size: int = 80_000, content: bytes = b""
    ) -> Happened:
        """Let a person send a photo of `size` bytes, or with `content`."""
        about = {"caption": caption, "size": size, "content": b64encode(content).decode()}
        return await self._act("send_photo", person_id=person_id, **about)

    async def send_voice(
        self, person_id: int, duration: int = 3, size: int = 12_000, content: bytes = b""
    ) -> Happened:
        """Let a person send a voice message of `duration` seconds."""
        about = {"duration": duration, "size": size, "content": b64encode(content).decode()}
        return await self._act("send_voice", person_id=person_id, **about)

    async def send_document(
        self, person_id: int, file_name: str, size: int = 30_000, content: bytes = b""
    ) -> Happened:
        """Let a person send a file."""
        about = {"file_name": file_name, "size": size, "content": b64encode(content).decode()}
        return await self._act("send_document", person_id=person_id, **about)

    async def send_location(self, person_id: int, latitude: float, longitude: float) -> Happened:
        """Let a person send a place."""
        place = {"latitude": latitude, "longitude": longitude}
        return await self._act("send_location", person_id=person_id, **place)

    async def send_contact(self, person_id: int, phone_number: str) -> Happened:
        """Let a person share their phone number."""
        return await self._act("send_contact", person_id=person_id, phone_number=phone_number)

    async def edit(
        self, person_id: int, message_id: int, text: str, *, chat_id: int | None = None
    ) -> Happened:
        """Let a person change their own message."""
        change = {"message_id": message_id, "text": text, "chat_id": chat_id}
        return await self._act("edit", person_id=person_id, **change)

    async def block(self, person_id: int) -> Happened:
        """Let a person block the bot."""
        return await self._act("block", person_id=person_id)

    async def unblock(self, person_id: int) -> Happened:
        """Let a person take the block back."""
        return await self._act("unblock", person_id=person_id)

    async def bring(self, kind: str, payload: Json) -> Happened:
        """Let anything happen that Telegram tells of."""
        return await self._act("bring", kind=kind, payload=payload)

    async def redeliver(self, update_id: int) -> None:
        """Deliver an update once more."""
        await self._ask("redeliver", update_id=update_id)

    async def fail_next(self, method: str, fault: Fault) -> None:
        """Let the next calls of a method, or of any ("*"), go wrong."""
        await self._ask("fail_next", method=method, **asdict(fault))

    async def clear_faults(self) -> None:
        """Let everything go well again."""
        await self._ask("clear_faults")

    async def limit_flood(
        self, per_second: float = 30, per_chat_per_second: float = 1, chat_burst: int = 3
    ) -> None:
        """Switch Telegram's flood limits on."""
        rates = {"per_second": per_second, "per_chat_per_second": per_chat_per_second}
        await self._ask("limit_flood", chat_burst=chat_burst, **rates)

    async def unlimit_flood(self) -> None:
        """Switch the flood limits off."""
        await self._ask("unlimit_flood")

    async def set_times(
        self, webhook_retry_unit_s: float | None = None, callback_lifetime_s: float | None = None
    ) -> None:
        """Shorten clocks; see `control.Troubles.set_times`."""
        times = {"webhook_retry_unit_s": webhook_retry_unit_s}
        await self._ask("set_times", callback_lifetime_s=callback_lifetime_s, **times)

    async def grow_old(self, chat_id: int, seconds: int) -> None:
        """Let everything in a chat have been written so much earlier."""
        await self._ask("grow_old", chat_id=chat_id, seconds=seconds)

    async def reset(self) -> None:
        """Forget everything that happened to this bot."""
        await self._ask("reset")

    async def messages(self, chat_id: int) -> list[SentMessage]:
        """Return what the bot sent to a chat, oldest first."""
        return [SentMessage(**one) for one in await self._ask("messages", chat_id=chat_id)]

    async def message_count(self) -> int:
        """Return how many messages the bot sent to all chats."""
        count: int = await self._ask("message_count")
        return count

    async def calls(self, method: str | None = None) -> list[ApiCall]:
        """Return the bot's calls, of one method or of all, oldest first."""
        return [ApiCall(**one) for one in await self._ask("calls", method=method)]

    async def callback_answers(self) -> list[CallbackAnswer]:
        """Return the accepted answers to button presses."""
        return [CallbackAnswer(**one) for one in await self._ask("callback_answers")]

    async def pending_updates(self) -> list[Json]:
        """Return the updates that the bot has not taken or confirmed yet."""
        updates: list[Json] = await self._ask("pending_updates")
        return updates

    async def deliveries(self) -> list[WebhookDelivery]:
        """Return every attempt to deliver to a webhook, with its status."""
        return [WebhookDelivery(**one) for one in await self._ask("deliveries")]

    async def wait_for_messages(
        self, chat_id: int, count: int, timeout_s: float = 5.0
    ) -> list[SentMessage]:
        """Wait until the bot has sent `count` messages to a chat and return all of them.

        Raises:
            TimeoutError: They did not come.
        """
        arguments = {"chat_id": chat_id, "count": count, "timeout_s": timeout_s}
        return [SentMessage(**one) for one in await self._ask("wait_for_messages", **arguments)]

    async def wait_for_calls(
        self, method: str, count: int = 1, timeout_s: float = 5.0
    ) -> list[ApiCall]:
        """Wait until a method was called `count` times and return these calls.

        Raises:
            TimeoutError: It was not.
        """
        arguments = {"method": method, "count": count, "timeout_s": timeout_s}
        return [ApiCall(**one) for one in await self._ask("wait_for_calls", **arguments)]

    async def wait_for_deliveries(
        self, count: int, timeout_s: float = 5.0
    ) -> list[WebhookDelivery]:
        """Wait until `count` attempts to deliver to a webhook were made, good or bad.

        Raises:
            TimeoutError: They were not.
        """
        done = await self._ask("wait_for_deliveries", count=count, timeout_s=timeout_s)
        return [WebhookDelivery(**one) for one in done]

    async def _act(self, operation: str, **arguments: object) -> Happened:
        return Happened(**await self._ask(operation, **arguments))

    async def _ask(self, operation: str, **arguments: Any) -> Any:
        if self.token:
            arguments["token"] = self.token
        timeout = aiohttp.ClientTimeout(total=arguments.get("timeout_s", 0) + _GRACE_S)
        url = f"{self.base_url}/control/{operation}"
        async with self._session.post(url, json=arguments, timeout=timeout) as answer:
            status, body = answer.status, await answer.json()
        if status == _REQUEST_TIMEOUT:
            raise TimeoutError(body["error"])
        if status != _OK:
            raise ControlError(body["error"])
        return body["result"]

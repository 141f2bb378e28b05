"""WhatsApp's way in: Meta's webhook. It is answered as soon as what it brought is kept, and the answers to people go out beside it."""

import asyncio
import hashlib
import hmac
import itertools
import json
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.errors import Misconfigured, RateLimited, Rejected, SendError
from bot.channels.whatsapp import WhatsApp
from bot.channels.whatsapp_errors import error_of
from bot.channels.whatsapp_links import greeting_words
from bot.channels.whatsapp_news import NumberNews, TemplateNews, read_news
from bot.channels.whatsapp_updates import Event, Heard, Moved, Receipt, read_webhook
from bot.content.load import Content
from bot.conversation.keeping import Kept, keep_all
from bot.conversation.service import Conversations
from bot.conversation.trouble import offline
from bot.errors import StoreUnavailable
from bot.gateway.whatsapp_language import language_of
from bot.store import templates
from bot.store.moving import move
from bot.store.statuses import Told

log = structlog.get_logger(__name__)

PATH = "/whatsapp/webhook"
PAGE, HELLO = "whatsapp", "hello"
SIGNATURE_HEADER = "x-hub-signature-256"
MAX_BODY_BYTES = 4_000_000
"""Meta sends 3 MB at most."""
MAX_TOLD = 10_000
AT_ONCE = 8
"""So many events are answered at the same moment by one process: what waits for its answer is kept, and what Meta brings must be kept soon."""
AGAIN_S = 15.0
AGAIN_MISCONFIGURED_S = 600.0
"""After so long a message is tried once more that Meta had taken and then could not deliver for a reason that passes."""


@dataclass
class WhatsAppGateway:
    """Feeds Meta's events to the conversations."""

    channel: WhatsApp
    conversations: Conversations
    app_secret: str
    verify_token: str
    business_account: str | None = None
    """Whose templates are kept; of others Meta may tell what it likes."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _told: dict[str, None] = field(default_factory=dict)
    """The latest events whose senders have heard that something is broken."""
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _greets: tuple[Content, frozenset[str]] | None = None
    """The words of our links, of the content that was live when they were looked up."""

    def routes(self) -> list[Route]:
        """Return Meta's two ways to one address."""
        return [
            Route(PATH, self.verify, methods=["GET"]),
            Route(PATH, self.webhook, methods=["POST"]),
        ]

    async def verify(self, request: Request) -> Response:
        """Answer Meta's challenge, when the address is entered there."""
        asked = request.query_params
        given = asked.get("hub.verify_token", "")
        is_ours = hmac.compare_digest(given.encode("utf-8", "replace"), self.verify_token.encode())
        if asked.get("hub.mode") != "subscribe" or not is_ours:
            return PlainTextResponse("forbidden", 403)
        return PlainTextResponse(asked.get("hub.challenge", ""))

    async def webhook(self, request: Request) -> Response:
        """Take what Meta tells; it tells it again, for a week, unless it hears 200."""
        body = await _read_body(request)
        if body is None:
            return PlainTextResponse("too large", 413)
        given = request.headers.get(SIGNATURE_HEADER)
        if given is None:
            return PlainTextResponse("unsigned", 401)
        if not self._is_signed(body, given):
            return PlainTextResponse("forbidden", 403)
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            # Meta's own fault: to hear it again would not help.
            log.warning("webhook_malformed")
            return PlainTextResponse("ok")
        try:
            await self.take(read_webhook(data, self.channel.account, self._greeting()))
            await self._take_news(read_news(data, now=self.conversations.clock.now()))
        except StoreUnavailable:
            return PlainTextResponse("try again", 503)
        return PlainTextResponse("ok")

    async def take(self, events: Sequence[Event]) -> None:
        """Keep what has come in, with one commit, and answer it beside.

        Raises:
            StoreUnavailable: Something could not be kept; the person is told. What was kept is kept once when it comes again.
        """
        lost: StoreUnavailable | None = None
        for is_move, group in itertools.groupby(events, lambda event: isinstance(event, Moved)):
            batch = list(group)
            try:
                await (self._move(batch) if is_move else self._keep(batch))
            except StoreUnavailable as error:
                lost = error
                for heard in _heard(batch):
                    self._beside(self._say_broken(heard))
        if lost is not None:
            raise lost

    def _greeting(self) -> frozenset[str]:
        """Return the words that our links have typed already, in whatever language."""
        content = self.conversations.content
        if self._greets is None or self._greets[0] is not content:
            text = content.pages[PAGE][HELLO]
            said = [content.words.say(text, locale, code="") for locale in content.words.locales]
            self._greets = (content, greeting_words(said))
        return self._greets[1]

    async def _move(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, Moved):
                async with self.conversations.db.transaction() as conn:
                    await move(conn, self.conversations.people, event.before, event.after)

    async def _take_news(self, told: Sequence[TemplateNews | NumberNews]) -> None:
        """Keep what Meta tells of our templates and our number."""
        if not told:
            return
        async with self.conversations.db.transaction() as conn:
            for each in told:
                match each:
                    case TemplateNews(account, news):
                        await templates.tell(conn, account, news)
                    case NumberNews(account, quality) if account == self.business_account:
                        await templates.note_number(conn, account, quality)

    async def _keep(self, events: Sequence[Event]) -> None:
        now = self.conversations.clock.now()
        heard = _heard(events)
        told = [told_of(event, now) for event in events if isinstance(event, Receipt)]
        kept = [Kept(event.incoming, event.known_as) for event in heard]
        await keep_all(self.conversations, kept, told)
        for event in heard:
            if event.message_id is not None:
                self.channel.heard(event.incoming.address, event.message_id)
            self._beside(self._answer(event))

    async def _answer(self, event: Heard) -> None:
        """Answer what is kept; what fails here the worker takes up."""
        try:
            if event.call_id is not None:
                await self.channel.decline_call(event.call_id)
        except SendError as error:
            log.info("call_not_declined", error=error.code)
        try:
            async with self._slots:
                await self.conversations.receive(event.incoming, beside=self._beside)
        except StoreUnavailable:
            log.warning("answer_waits_for_store")
        except Exception:
            log.exception("update_failed")

    def _is_signed(self, body: bytes, given: str) -> bool:
        """Tell whether Meta has signed these very bytes: nothing is read before, and nothing is written anew."""
        made = hmac.new(self.app_secret.encode(), body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(f"sha256={made}".encode(), given.encode("utf-8", "replace"))

    async def _say_broken(self, heard: Heard) -> None:
        """Say it once for each event: Meta delivers it again and again until it is kept."""
        incoming = heard.incoming
        if incoming.event_id in self._told:
            return
        self._told[incoming.event_id] = None
        if len(self._told) > MAX_TOLD:
            del self._told[next(iter(self._told))]
        talk = self.conversations
        words, readers = talk.content.words, self.channel.readers
        locale = language_of(heard, readers, words, talk.default_locale)
        try:
            await self.channel.say_now(incoming.address, offline(talk.content, locale))
        except SendError as error:
            log.warning("not_even_said", error=error.code)

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _read_body(request: Request) -> bytes | None:
    """Return the raw body; None where it is larger than any of Meta's, of which no more is read."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return None
    return bytes(body)


def _heard(events: Sequence[Event]) -> list[Heard]:
    return [event for event in events if isinstance(event, Heard)]


def told_of(receipt: Receipt, now: datetime) -> Told:
    """Return what a receipt tells, as it is noted; a clock that runs ahead of ours is not believed."""
    at = min(receipt.at or now, now)
    seen = receipt.status == "read"
    told = Told(
        receipt.uid,
        receipt.platform_id,
        delivered_at=at if seen or receipt.status == "delivered" else None,
        read_at=at if seen else None,
    )
    if receipt.status != "failed":
        return told
    error = Rejected() if receipt.code is None else error_of(receipt.code)
    log.warning("send_failed_later", error=error.code, code=receipt.code)
    return replace(
        told, error=error.code, stops=error.stops_contact, again_after_s=_again_after_s(error)
    )


def _again_after_s(error: SendError) -> float | None:
    match error:
        case RateLimited(retry_after_s=wait_s):
            return max(wait_s, AGAIN_S)
        case Misconfigured():
            return AGAIN_MISCONFIGURED_S
        case _:
            return AGAIN_S if error.retryable else None

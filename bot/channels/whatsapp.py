"""WhatsApp's Cloud API, through pywa: `Outgoing` becomes its calls.

Of pywa the calls and the errors are used. Its handling of webhooks is not: it writes JSON anew before it checks the signature.
Meta's ids of messages hold the person's number in base64, so that none of them is logged or stored in clear: hashes are, and in an open case they are sealed.
"""

import asyncio
from collections.abc import Awaitable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol, TypeVar

import httpx
import structlog
from pywa.errors import WhatsAppError
from pywa_async.api import GraphAPIAsync

from bot.channels.capabilities import WHATSAPP, Capabilities
from bot.channels.errors import (
    ContactStopped,
    RateLimited,
    Rejected,
    SendError,
    TemporarilyDown,
    Unanswered,
    WindowClosed,
)
from bot.channels.pace import Pace
from bot.channels.port import Channel, Pictures
from bot.channels.voices import Speaker, Voices
from bot.channels.whatsapp_errors import error_of
from bot.channels.whatsapp_ground import Ground, Standing
from bot.channels.whatsapp_headers import HEADER, Headers
from bot.channels.whatsapp_messages import (
    NOTHING,
    Call,
    as_audio,
    as_call,
    as_file,
    as_template,
)
from bot.channels.whatsapp_readers import Readers
from bot.channels.whatsapp_updates import NAME, fingerprint, is_id, is_user_id
from bot.errors import NotTaken, StoreUnavailable
from bot.messages import Address, Media, Outgoing, Template
from bot.scan import CONTENT_TYPES, NEUTRAL_NAMES, FileKind
from bot.sound import CONTENT_TYPES as SOUND_TYPES
from bot.store.outbox import Letter
from bot.store.voices import Sound

log = structlog.get_logger(__name__)
T = TypeVar("T")

API_VERSION = 25.0
TIMEOUT_S = 20.0
FILE_S = 60.0
"""A file takes longer than words, either way."""
PER_SECOND = 80.0
"""What one number may send. Broadcasts have a slower pace of their own (`bot.channels.bulk`), so that room is left for replies."""
HANDLE_LASTS = timedelta(days=28)
"""Meta keeps what was uploaded for 30 days."""
MAX_HEARD = 10_000
MAX_WAIT_EXPONENT = 5
ASKED_AGAIN = 4
"""Of words that cost a person's patience we are surer: so often it is waited for a sign that they arrived before they are sent once more."""
_KINDS = {FileKind.PICTURE: "image", FileKind.VOICE: "audio", FileKind.PDF: "document"}


class Labels(Protocol):
    """Says what stands on the button that opens a list, or on its row that opens the next page."""

    def __call__(self, locale: str | None) -> str:
        """Return at most 20 characters in a language; None: in that of people whose own is unknown."""


def _nothing_said(locale: str | None) -> str:  # noqa: ARG001  # as `Labels`
    return NOTHING


def make_session(api_url: str, token: str) -> tuple[httpx.AsyncClient, GraphAPIAsync]:
    """Return a client of the Graph API at `api_url`, and what it goes through, to be closed at the end."""
    session = httpx.AsyncClient(
        timeout=TIMEOUT_S, limits=httpx.Limits(max_connections=200, keepalive_expiry=30)
    )
    api = GraphAPIAsync(token, session, API_VERSION)
    # pywa knows only Meta's own address, and sets it here.
    session.base_url = httpx.URL(f"{api_url.rstrip('/')}/v{API_VERSION}")
    return session, api


@dataclass
class WhatsApp(Channel):
    """Sends to people on WhatsApp from one number of ours."""

    api: GraphAPIAsync
    session: httpx.AsyncClient
    account: str
    """The id of our number (`phone_number_id`)."""
    ground: Ground
    label: Labels
    further: Labels = _nothing_said
    name: str = NAME
    capabilities: Capabilities = WHATSAPP
    pictures: Pictures | None = None
    """None: pictures that the server draws are left out."""
    voices: Voices | None = None
    """None: recordings are left out."""
    readers: Readers = field(default_factory=Readers)
    """In which language people were written to last."""
    headers: Headers = field(default_factory=lambda: Headers(HANDLE_LASTS))
    """The pictures above templates."""
    _pace: Pace = field(default_factory=lambda: Pace(PER_SECOND))
    _slowed: dict[Address, int] = field(default_factory=dict)
    """How often in a row Meta has found that somebody was sent too much."""
    _heard: dict[Address, str] = field(default_factory=dict)
    """What people wrote last, as far as this process has taken it in: Meta's own ids."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def send(self, address: Address, letter: Letter) -> str | None:
        """See `Channel.send`."""
        if not is_id(address.value):
            raise ContactStopped  # The number may be somebody else's by now.
        standing = await self._wait_for_leave(address, letter)
        self.readers.note(address, standing.locale)
        if letter.message.voice is not None:
            return await self._speak(address, letter, letter.message.voice)
        template = None if standing.is_open else letter.message.template
        if template is not None and letter.interrupted and letter.attempts <= ASKED_AGAIN:
            raise Unanswered
        tracker = str(letter.uid)
        try:
            if template is not None:
                sent = await self._post_template(address, template, tracker)
            else:
                call = await self._compose(letter, standing.locale)
                sent = await self._post_quoting(address, call, tracker, letter.quoted)
        except RateLimited as error:
            raise self._slow_down(address, error) from None
        self._slowed.pop(address, None)
        self.beside(self._mark_read(address))
        return sent

    async def find_arrived(self, address: Address, letter: Letter) -> str | None:  # noqa: ARG002
        """Ask our own store: every status names our message, also one whose sending was never answered."""
        try:
            return await self.ground.find_arrived(letter.uid)
        except StoreUnavailable:
            raise TemporarilyDown from None

    async def say_now(self, address: Address, message: Outgoing) -> None:
        """See `Channel.say_now`; the person has just written, so the window is open."""
        if message.voice is None:
            call = as_call(message, self.label(None), further=self.further(None))
            await self._post(address, call, tracker=None)

    async def show_typing(self, address: Address) -> None:
        """Show it under the last message that this process took in: Meta wants to know which, and shows it for 25 seconds at most.

        Source: https://developers.facebook.com/docs/whatsapp/cloud-api/typing-indicators
        """
        message_id = self._heard.get(address)
        if message_id is not None:
            await self._read(message_id, typing_indicator={"type": "text"})

    def heard(self, address: Address, message_id: str) -> None:
        """Note which message somebody wrote last."""
        self._heard.pop(address, None)
        self._heard[address] = message_id
        if len(self._heard) > MAX_HEARD:
            del self._heard[next(iter(self._heard))]

    async def decline_call(self, call_id: str) -> None:
        """End the ringing; that we take no calls is said by the turn.

        Raises:
            SendError: It could not be ended.
        """
        await asked(self.api.reject_call(self.account, call_id))

    async def delete(self, address: Address, platform_id: str) -> bool:  # noqa: ARG002
        """Nothing: Meta lets nobody take back what was sent."""
        return False

    async def fetch(self, ref: str, *, limit: int) -> bytes:
        """See `Channel.fetch`.

        Source: https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media (an address that holds for five minutes)
        """
        found = await asked(self.api.get_media_url(ref))
        size, url = found.get("file_size"), found.get("url")
        if isinstance(size, int) and size > limit:
            raise NotTaken("too_large")
        if not isinstance(url, str):
            raise Rejected
        return await asked(self._download(url, limit))

    async def _download(self, url: str, limit: int) -> bytes:
        content = bytearray()
        # The token goes along, as Meta wants it: the session holds it.
        async with self.session.stream(
            "GET", url, timeout=FILE_S, follow_redirects=True
        ) as answer:
            if answer.status_code != 200:
                raise error_of(answer.status_code, answer.status_code)
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > limit:
                    raise NotTaken("too_large")
        return bytes(content)

    async def _wait_for_leave(self, address: Address, letter: Letter) -> Standing:
        """Return how it stands with a person as soon as a message may leave.

        Raises:
            WindowClosed: They have not written for a day, and its words are not approved.
            RateLimited: They were sent too much; the outbox waits better than we do, and lets others go first.
            TemporarilyDown: Nobody knows.
        """
        try:
            approved = letter.message.template is not None
            standing = await self.ground.ask(address, approved=approved)
        except StoreUnavailable:
            raise TemporarilyDown from None
        if not standing.is_open and not approved:
            raise WindowClosed
        if standing.wait_s > 0:
            raise RateLimited(standing.wait_s)
        await self._pace.turn()
        return standing

    def _slow_down(self, address: Address, error: RateLimited) -> RateLimited:
        """Return for how long somebody is left alone. Source: Meta on 131056: wait 4^n seconds."""
        times = self._slowed.get(address, 0) + 1
        self._slowed[address] = min(times, MAX_WAIT_EXPONENT)
        return RateLimited(max(error.retry_after_s, 4.0 ** self._slowed[address]))

    async def _compose(self, letter: Letter, locale: str | None) -> Call:
        message = letter.message
        if message.file is not None:
            kind = FileKind(message.file.kind)
            name = NEUTRAL_NAMES[kind]
            media_id = await self._upload(letter.content, CONTENT_TYPES[kind], name)
            return as_file(_KINDS[kind], media_id, message.text, name)
        picture = await self._picture(message)
        return as_call(message, self.label(locale), picture, further=self.further(locale))

    async def _picture(self, message: Outgoing) -> str | None:
        """Upload a message's picture; None where there is none, or WhatsApp does not take it."""
        drawn = next((media for media in message.media if media.is_made_here), None)
        picture = await self.pictures.make(drawn) if drawn and self.pictures else None
        if picture is None or drawn is None:
            return None
        try:
            return await self._upload(picture.data, picture.mime, "picture")
        except Rejected:
            log.warning("picture_refused", kind=drawn.kind)
            return None

    async def _post_template(
        self, address: Address, template: Template, tracker: str
    ) -> str | None:
        """Post words that Meta has approved, below the very picture that it has approved.

        Raises:
            Rejected: The picture is not there any more.
        """
        if not template.picture:
            return await self._post(address, as_template(template), tracker=tracker)
        known = self.headers.find(template.picture)
        if known is not None:
            try:
                return await self._post(address, as_template(template, known), tracker=tracker)
            except Rejected:
                # Meta may have let go of it before its time.
                self.headers.forget(template.picture, known)
        image = await self.headers.get(template.picture, self._upload_drawn)
        return await self._post(address, as_template(template, image), tracker=tracker)

    async def _upload_drawn(self, url: str) -> str:
        picture = await self.pictures.make(Media(HEADER, url)) if self.pictures else None
        if picture is None:
            raise Rejected
        return await self._upload(picture.data, picture.mime, "picture")

    async def _speak(self, address: Address, letter: Letter, voice: Media) -> str | None:
        if self.voices is None:
            return None

        async def say(sound: Sound | str) -> tuple[str | None, str | None]:
            if isinstance(sound, str):
                kind, _, media_id = sound.partition(":")
            else:
                kind = sound.kind
                media_id = await self._upload(sound.data, SOUND_TYPES[kind], f"voice.{kind}")
            call = as_audio(media_id, kind)
            try:
                sent = await self._post(address, call, tracker=str(letter.uid))
            except RateLimited as error:
                raise self._slow_down(address, error) from None
            return sent, f"{kind}:{media_id}"

        speaker = Speaker(self.voices, self.name, self.account, HANDLE_LASTS)
        return await speaker.speak(voice, letter.attempts, say)

    async def _upload(self, data: bytes, content_type: str, name: str) -> str:
        made = await asked(self.api.upload_media(self.account, data, content_type, name))
        if not isinstance(made.get("id"), str):
            raise TemporarilyDown
        return str(made["id"])

    async def _post_quoting(
        self, address: Address, call: Call, tracker: str, quoted: str | None
    ) -> str | None:
        """Post a message that points to one of the person's; without, where Meta refuses that."""
        if quoted is not None:
            try:
                return await self._post(address, call, tracker=tracker, quoted=quoted)
            except Rejected:
                # Refused, it has not arrived; and what it says matters more than what it points to.
                log.warning("quote_refused")
        return await self._post(address, call, tracker=tracker)

    async def _post(
        self, address: Address, call: Call, *, tracker: str | None, quoted: str | None = None
    ) -> str | None:
        """Post a message; return the hash of its id.

        Args:
            address: Somebody with a user id is reached as `recipient`, somebody with only a number by `to`.
            call: What is said.
            tracker: Comes back with every status of the message.
            quoted: Meta's id of the person's message that it answers.
        """
        by_id = is_user_id(address.value)
        answer = await asked(
            self.api.send_message(
                sender=self.account,
                to=None if by_id else address.value,
                recipient=address.value if by_id else None,
                recipient_type="individual",
                typ=call.type,
                msg=dict(call.body),
                reply_to_message_id=quoted,
                biz_opaque_callback_data=tracker,
            )
        )
        return _id_in(answer)

    async def _mark_read(self, address: Address) -> None:
        """Show that what the person wrote was read: once it is answered, and by whomever."""
        message_id = self._heard.get(address)
        if message_id is None:
            return
        try:
            await self._read(message_id)
        except SendError as error:
            log.info("read_not_shown", error=error.code)

    async def _read(self, message_id: str, **more: object) -> None:
        body = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
        await asked(
            self.api.send_raw_request("POST", f"/{self.account}/messages", json={**body, **more})
        )

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that nobody waits for."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def asked(work: Awaitable[T]) -> T:
    """Return what the platform answers.

    Raises:
        SendError: Whatever went wrong.
        NotTaken: A file is too large.
    """
    try:
        return await work
    except (SendError, NotTaken):
        raise
    except Exception as exc:
        # Without a cause: pywa's errors quote whom a message was for.
        raise send_error(exc) from None


def _id_in(answer: Any) -> str | None:  # noqa: ANN401  # JSON
    """Return the hash of a sent message's id; None where the answer names none, although it was taken."""
    match answer:
        case {"messages": [{"id": str(message_id)}, *_]}:
            return fingerprint(message_id)
        case _:
            return None


def send_error(error: Exception) -> SendError:
    """Return which of our send errors one of pywa's (or of its transport's) is."""
    match error:
        case WhatsAppError(code=code):
            return error_of(code, error.status_code or 400)
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout():
            return TemporarilyDown()
        case httpx.HTTPError() | ValueError() | KeyError() | TypeError() | AttributeError():
            # What cannot be read is the page of something in between: nobody knows what became of the message.
            return Unanswered()
        case _:
            return Rejected()

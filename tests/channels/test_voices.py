"""A recording on its way: native on each channel, given to a platform once, and never in the way of words."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import uuid4

import pytest
import pytest_asyncio

from bot.channels.errors import ContactStopped, RateLimited, TemporarilyDown
from bot.channels.telegram import Telegram
from bot.channels.voices import TRIES, Voices
from bot.channels.whatsapp import WhatsApp
from bot.messages import VOICE, Address, Media, Outgoing
from bot.store.voices import Sound
from tests.channels.test_contract import SARI, letter, on_telegram, on_whatsapp
from tests.support.sounds import m4a, mp3, opus
from tests.support.telegram_fake.client import TelegramFakeClient
from tests.support.telegram_fake.faults import Fault
from tests.support.telegram_fake.runner import running_fake
from tests.support.whatsapp_fake.graph import Fault as GraphFault
from tests.support.whatsapp_fake.graph import Graph, running_graph
from tests.support.whatsapp_fake.meta import PHONE_ID, USER_ID

SOUNDS = {"ogg": opus(1), "m4a": m4a(1), "mp3": mp3(1)}


@dataclass
class Kept(Voices):
    """Recordings in memory."""

    sounds: dict[str, Sound] = field(default_factory=dict)
    handles: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, kind: str) -> Outgoing:
        """Add a recording; return the message that it is."""
        number = str(uuid4())
        self.sounds[number] = Sound(SOUNDS[kind], kind)
        return Outgoing("", media=(Media(VOICE, number, "Hello"),))

    async def find(self, media: Media) -> Sound | None:
        return self.sounds.get(media.url)

    async def handle(
        self, media: Media, channel: str, account: str, *, lasts: timedelta
    ) -> str | None:
        return self.handles.get((media.url, channel))

    async def keep(self, media: Media, channel: str, account: str, handle: str) -> None:
        self.handles[media.url, channel] = handle

    async def forget(self, media: Media, channel: str, account: str) -> None:
        self.handles.pop((media.url, channel), None)


@dataclass
class On:
    """A channel, whoever is reached there, and the recordings."""

    channel: Telegram | WhatsApp
    to: Address
    kept: Kept
    fake: TelegramFakeClient | None = None
    graph: Graph | None = None

    async def say(self, message: Outgoing, attempts: int = 1) -> str | None:
        """Send a message."""
        return await self.channel.send(self.to, replace(letter(message), attempts=attempts))


@pytest_asyncio.fixture
async def telegram() -> AsyncIterator[On]:
    """Telegram, with one person."""
    async with running_fake() as fake, on_telegram(fake) as channel:
        await fake.person(SARI, first_name="Sari")
        channel.voices = kept = Kept()
        yield On(channel, Address("telegram", channel.account, str(SARI)), kept, fake=fake)


@pytest_asyncio.fixture
async def whatsapp() -> AsyncIterator[On]:
    """WhatsApp."""
    async with running_graph() as graph, on_whatsapp(graph.base_url) as channel:
        channel.voices = kept = Kept()
        yield On(channel, Address("whatsapp", PHONE_ID, USER_ID), kept, graph=graph)


@pytest.mark.parametrize("kind", SOUNDS)
async def test_telegram_plays_it_as_a_voice_message(telegram: On, kind: str) -> None:
    """Every kind goes as a voice message; the second time by Telegram's own id, without its bytes."""
    message = telegram.kept.add(kind)
    first, second = await telegram.say(message), await telegram.say(message)
    assert telegram.fake is not None
    calls = [call for call in await telegram.fake.calls() if call.method == "sendVoice"]
    assert first != second
    assert len(calls) == 2
    [handle] = telegram.kept.handles.values()
    assert calls[1].params["voice"] == handle
    assert "caption" not in calls[0].params


@pytest.mark.parametrize(("kind", "mime"), [("ogg", "audio/ogg"), ("m4a", "audio/mp4"), ("mp3", "audio/mpeg")])  # fmt: skip
async def test_whatsapp_plays_it_too(whatsapp: On, kind: str, mime: str) -> None:
    """Opus as a voice message, other kinds as audio; uploaded once, and sent again by its number."""
    message = whatsapp.kept.add(kind)
    await whatsapp.say(message)
    await whatsapp.say(message)
    assert whatsapp.graph is not None
    one, two = whatsapp.graph.sent
    assert one["audio"] == two["audio"]
    assert one["audio"].get("voice", False) == (kind == "ogg")
    assert whatsapp.graph.media == {one["audio"]["id"]: (mime, SOUNDS[kind])}


async def test_a_handle_that_the_platform_does_not_know(whatsapp: On) -> None:
    """It is uploaded anew, and the new one is remembered."""
    message = whatsapp.kept.add("ogg")
    await whatsapp.say(message)
    assert whatsapp.graph is not None
    whatsapp.graph.media.clear()
    assert await whatsapp.say(message)
    [number] = whatsapp.graph.media
    assert list(whatsapp.kept.handles.values()) == [f"ogg:{number}"]


async def test_what_is_not_heard_any_more_is_left_out(telegram: On, whatsapp: On) -> None:
    """A recording that was taken back meanwhile is not sent, and holds nothing up, also where the platform still has it."""
    for on in (telegram, whatsapp):
        message = on.kept.add("ogg")
        assert await on.say(message)
        on.kept.sounds.clear()
        assert await on.say(message) is None


async def test_a_recording_never_holds_words_up(telegram: On, whatsapp: On) -> None:
    """It is tried twice where the platform is away, then left out; one that may have arrived, or was refused, is not tried again."""
    spoken = telegram.kept.add("ogg")
    assert telegram.fake is not None
    await telegram.fake.fail_next("sendVoice", Fault("internal_error", times=2))
    with pytest.raises(TemporarilyDown):
        await telegram.say(spoken, attempts=TRIES - 1)
    assert await telegram.say(spoken, attempts=TRIES) is None
    await telegram.fake.fail_next("sendVoice", Fault("hang_after"))
    assert await telegram.say(spoken) is None
    message = whatsapp.kept.add("ogg")
    assert whatsapp.graph is not None
    whatsapp.graph.faults.append(GraphFault(code=131053))
    assert await whatsapp.say(message) is None


async def test_what_concerns_the_person_is_heard_of_as_ever(telegram: On) -> None:
    """That somebody has blocked us, or was sent too much, is no fault of the recording."""
    spoken = telegram.kept.add("ogg")
    assert telegram.fake is not None
    for kind, error in (("forbidden", ContactStopped), ("too_many_requests", RateLimited)):
        await telegram.fake.fail_next("sendVoice", Fault(kind))  # type: ignore[arg-type]  # a kind
        with pytest.raises(error):
            await telegram.say(spoken, attempts=9)


async def test_an_interrupted_recording_is_found(telegram: On) -> None:
    """Telegram is asked whether it has arrived, as for words."""
    spoken = telegram.kept.add("ogg")
    assert telegram.fake is not None
    before = await telegram.channel.send(telegram.to, letter(Outgoing("Hello")))
    arrived = await telegram.say(spoken)
    interrupted = replace(letter(spoken), after=before, interrupted=True)
    assert await telegram.channel.find_arrived(telegram.to, interrupted) == arrived
    nothing = replace(interrupted, after=arrived)
    assert await telegram.channel.find_arrived(telegram.to, nothing) is None


async def test_nothing_is_said_outside_the_outbox(telegram: On, whatsapp: On) -> None:
    """A recording stands nowhere alone: without an outbox it is left out."""
    for on in (telegram, whatsapp):
        await on.channel.say_now(on.to, on.kept.add("ogg"))
    assert whatsapp.graph is not None
    assert whatsapp.graph.sent == []

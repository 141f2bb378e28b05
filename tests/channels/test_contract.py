"""One contract for every channel and the shipped fake: what the house relies on when it speaks to people."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from bot.channels import telegram as telegram_channel
from bot.channels.delivery import Delivery
from bot.channels.errors import (
    ContactStopped,
    Misconfigured,
    RateLimited,
    SendError,
    TemporarilyDown,
    Unanswered,
)
from bot.channels.fit import fit
from bot.channels.port import Channel
from bot.channels.telegram import Telegram, make_bot
from bot.channels.terminal import Terminal
from bot.channels.testing import FakeChannel
from bot.channels.webchat import WebChat
from bot.channels.whatsapp import WhatsApp, make_session
from bot.channels.whatsapp_ground import Ground, Standing
from bot.content.load import Content
from bot.messages import (
    MAX_BUTTON_ID_BYTES,
    MAX_TEXT_CHARS,
    Address,
    Button,
    ConversationId,
    MessageId,
    Outgoing,
)
from bot.store import outbox
from bot.store.outbox import Letter
from tests.support.telegram_fake.client import TelegramFakeClient
from tests.support.telegram_fake.faults import Fault, FaultKind
from tests.support.telegram_fake.runner import DEFAULT_TOKEN, running_fake
from tests.support.whatsapp_fake.graph import TOKEN, Graph, running_graph
from tests.support.whatsapp_fake.meta import PHONE_ID, USER_ID
from tests.support.world import TestHouse

SARI = 7
NAMES = ("fake", "terminal", "web", "telegram", "whatsapp")


@dataclass
class Setting:
    """A channel, somebody who is reached over it, and somebody who is not."""

    channel: Channel
    known: Address
    unknown: Address
    telegram: TelegramFakeClient | None = None
    graph: Graph | None = None


@asynccontextmanager
async def on_telegram(
    fake: TelegramFakeClient, token: str = DEFAULT_TOKEN
) -> AsyncIterator[Telegram]:
    """Our side of a running fake."""
    channel = Telegram(make_bot(token, fake.base_url))
    yield channel
    await channel.bot.session.close()


@dataclass
class OpenGround(Ground):
    """Anybody may be written to, and nothing is known of what has arrived."""

    standing: Standing = field(default_factory=Standing)

    async def ask(self, address: Address, *, approved: bool = False) -> Standing:
        return self.standing

    async def find_arrived(self, uid: UUID) -> str | None:
        return None


@asynccontextmanager
async def on_whatsapp(
    url: str, ground: Ground | None = None, token: str = TOKEN
) -> AsyncIterator[WhatsApp]:
    """Our side of a running fake of the Cloud API."""
    session, api = make_session(url, token)
    async with session:
        channel = WhatsApp(api, session, PHONE_ID, ground or OpenGround(), lambda _: "Choose")
        yield channel
        await asyncio.gather(*channel._tasks)


@pytest_asyncio.fixture(params=NAMES)
async def setting(request: pytest.FixtureRequest) -> AsyncIterator[Setting]:
    """Each channel in turn."""
    name: str = request.param
    async with AsyncExitStack() as stack:
        plain: dict[str, Channel] = {c.name: c for c in (FakeChannel(), Terminal(), WebChat())}
        if name in plain:
            known, unknown = Address(name, name, "somebody"), Address(name, name, "nobody")
            yield Setting(plain[name], known, unknown)
            return
        if name == "whatsapp":
            graph = await stack.enter_async_context(running_graph())
            whatsapp = await stack.enter_async_context(on_whatsapp(graph.base_url))
            graph.unknown.add("ID.999")
            known, unknown = (Address(name, PHONE_ID, value) for value in (USER_ID, "ID.999"))
            yield Setting(whatsapp, known, unknown, graph=graph)
            return
        fake = await stack.enter_async_context(running_fake())
        channel = await stack.enter_async_context(on_telegram(fake))
        await fake.person(SARI, first_name="Sari")
        yield Setting(
            channel,
            Address(name, channel.account, str(SARI)),
            Address(name, channel.account, "999"),
            fake,
        )


@pytest_asyncio.fixture
async def fake() -> AsyncIterator[TelegramFakeClient]:
    """A fake of Telegram with one person."""
    async with running_fake() as client:
        await client.person(SARI, first_name="Sari")
        yield client


def letter(message: Outgoing | str, number: int = 1) -> Letter:
    """Return a message on its way."""
    said = Outgoing(message) if isinstance(message, str) else message
    return Letter(number, MessageId(uuid4()), ConversationId(uuid4()), 0, "bot", said)


async def test_what_it_says_of_itself_is_sane(setting: Setting) -> None:
    """Texts of a usable length, room for every menu of ours, and a name under which it is known."""
    can = setting.channel.capabilities
    assert setting.channel.name in NAMES
    assert 1_000 <= can.max_text_chars <= MAX_TEXT_CHARS
    assert can.max_buttons >= 8
    assert can.max_title_chars >= 20


async def test_every_menu_of_ours_fits(setting: Setting, content: Content) -> None:
    """No title of a flow's button is shortened, and no id of one is longer than the narrowest channel takes."""
    can = setting.channel.capabilities
    for locale in content.words.locales:
        for flow in content.flows.values():
            for step in flow.steps.values():
                for choice in getattr(step, "choices", ()):
                    assert len(content.words.say(choice.title, locale)) <= can.max_title_chars
    widest = max(len(f"answer.give.more-{name}".encode()) for name in content.answers)
    assert widest <= MAX_BUTTON_ID_BYTES


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "<b>not markup</b> & <script>alert(1)</script>",
        "*not* _markup_ `either` [x](y)",
        "\u202eright to left\u202c \u0645\u0631\u062d\u0628\u0627 \u200f!",
        "a family \U0001f468\u200d\U0001f469\u200d\U0001f467 and a flag \U0001f1ee\U0001f1e9",
        "line\n\nline\ttab",
    ],
)
async def test_any_words_are_sent_as_they_are(setting: Setting, text: str) -> None:
    """Markup, right-to-left marks and emoji arrive as they were written."""
    await setting.channel.send(setting.known, letter(text))
    assert await _received(setting) in ([], [text])


@pytest.mark.parametrize("sign", ["a", "\U0001f642", "\u0645", "a\u0301"])
async def test_the_longest_words_arrive_whole(setting: Setting, sign: str) -> None:
    """The longest text that a person or a counsellor can write, of whatever signs, is taken in parts and none is lost."""
    text = sign * (MAX_TEXT_CHARS // len(sign))
    parts = fit([Outgoing(text)], setting.channel.capabilities)
    for number, part in enumerate(parts):
        await setting.channel.send(setting.known, letter(part, number))
    received = await _received(setting)
    assert "".join(received) in ("", text)


async def test_many_buttons_arrive(setting: Setting) -> None:
    """More buttons than a message can carry all arrive, with ids of the full length."""
    buttons = tuple(
        Button(f"{n:02}".ljust(MAX_BUTTON_ID_BYTES, "x"), f"Choice {n}") for n in range(30)
    )
    parts = fit([Outgoing("choose", buttons)], setting.channel.capabilities)
    assert [button for part in parts for button in part.buttons] == list(buttons)
    for number, part in enumerate(parts):
        await setting.channel.send(setting.known, letter(part, number))


async def test_only_send_errors_leave_it(setting: Setting) -> None:
    """Sending to somebody who is not there either works or says that they are not there."""
    for sending in (
        setting.channel.send(setting.unknown, letter("hello")),
        setting.channel.say_now(setting.unknown, Outgoing("hello")),
    ):
        [result] = await asyncio.gather(sending, return_exceptions=True)
        assert not isinstance(result, BaseException) or isinstance(result, ContactStopped)


async def test_what_was_never_sent_has_not_arrived(setting: Setting) -> None:
    """Asked for a message that was never sent, a channel says no, also when it cannot tell."""
    assert await setting.channel.find_arrived(setting.known, letter("hello")) is None


async def test_what_is_said_now_needs_no_outbox(setting: Setting) -> None:
    """A receipt or an apology outside the outbox is said without any trouble."""
    await setting.channel.say_now(setting.known, Outgoing("everything is erased"))
    assert await _received(setting) in ([], ["everything is erased"])


async def test_who_collects_is_not_pushed_to(setting: Setting, house: TestHouse) -> None:
    """Messages of a channel that is collected from stay in the outbox; those of the others are held by who sends."""
    channel = setting.channel
    house.delivery.channels = {channel.name: channel}
    holder = house.delivery.inline_holder(channel.name)
    assert (holder is None) == channel.capabilities.pulled
    async with house.db.transaction() as conn:
        party = await house.people.find_or_make(conn, setting.known)
        [put] = await outbox.put(
            conn, party, [Outgoing("hello")], clock=house.clock, epoch=0, holder=holder
        )
    assert put.waiting == channel.capabilities.pulled
    await _deliver(house.delivery, setting.known, put)
    async with house.db.transaction() as conn:
        left, _ = await outbox.take(conn, party, holder=1, now=house.clock.now())
    assert bool(left) == channel.capabilities.pulled


async def _deliver(delivery: Delivery, address: Address, put: Letter) -> None:
    if put.waiting:
        await delivery.drain(put.conversation_id)
    else:
        await delivery.deliver(address, [put])


async def _received(setting: Setting) -> list[str]:
    """Return what has arrived, where that can be seen from outside."""
    if setting.telegram is not None:
        return [message.text for message in await setting.telegram.messages(SARI)]
    if setting.graph is not None:
        return setting.graph.texts()
    return []


@pytest.mark.parametrize(
    ("fault", "ours"),
    [
        (Fault("too_many_requests", retry_after_s=13), RateLimited),
        (Fault("forbidden"), ContactStopped),
        (Fault("internal_error"), TemporarilyDown),
        (Fault("bad_gateway"), TemporarilyDown),
        (Fault("hang_before"), Unanswered),
        (Fault("hang_after"), Unanswered),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
async def test_trouble_of_telegram_is_one_of_ours(
    fake: TelegramFakeClient, fault: Fault, ours: type[SendError]
) -> None:
    """Whatever Telegram answers, or does not answer, becomes the one error that says what to do."""
    async with on_telegram(fake) as channel:
        address = Address("telegram", channel.account, str(SARI))
        await fake.fail_next("sendMessage", fault)
        with pytest.raises(ours) as raised:
            await channel.send(address, letter("hello"))
        if isinstance(raised.value, RateLimited):
            assert raised.value.retry_after_s == 13
        assert await channel.send(address, letter("hello"))


async def test_a_slow_telegram_is_not_waited_for(
    fake: TelegramFakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that takes too long leaves the message in doubt."""
    monkeypatch.setattr(telegram_channel, "TIMEOUT_S", 0.2)
    async with on_telegram(fake) as channel:
        await fake.fail_next("sendMessage", Fault("hang_after", delay_s=5))
        with pytest.raises(Unanswered):
            await channel.send(Address("telegram", channel.account, str(SARI)), letter("hello"))


@pytest.mark.parametrize(("fault", "arrived"), [("hang_before", False), ("hang_after", True)])
async def test_a_message_in_doubt_is_asked_for(
    fake: TelegramFakeClient, fault: FaultKind, arrived: bool
) -> None:
    """A message that Telegram never answered is recognised if it arrived, and only then."""
    async with on_telegram(fake) as channel:
        address = Address("telegram", channel.account, str(SARI))
        before = await channel.send(address, letter("before"))
        await fake.fail_next("sendMessage", Fault(fault))
        doubtful = letter("in doubt")
        with pytest.raises(Unanswered):
            await channel.send(address, doubtful)
        asked = replace(doubtful, interrupted=True, after=before)
        found = await channel.find_arrived(address, asked)
        [*_, last] = await fake.messages(SARI)
        assert found == (str(last.message_id) if arrived else None)


async def test_a_wrong_token_is_a_matter_for_the_operator(fake: TelegramFakeClient) -> None:
    """With a token that Telegram does not know, nothing is given up: somebody has to mend it."""
    async with on_telegram(fake, "4200000001:some-other-token") as channel:
        with pytest.raises(Misconfigured):
            await channel.send(Address("telegram", channel.account, str(SARI)), letter("hello"))


async def test_nobody_listening_is_temporary(unused_tcp_port: int) -> None:
    """When nothing listens where Telegram should be, the message surely did not arrive."""
    channel = Telegram(make_bot(DEFAULT_TOKEN, f"http://127.0.0.1:{unused_tcp_port}"))
    with pytest.raises(TemporarilyDown):
        await channel.send(Address("telegram", channel.account, str(SARI)), letter("hello"))
    await channel.bot.session.close()


@pytest.mark.parametrize("body", [b"<html>502 Bad Gateway</html>", b"", b"[]", b"{"])
async def test_a_page_of_a_proxy_leaves_the_message_in_doubt(body: bytes) -> None:
    """An answer that is none of Telegram's says nothing about the message: it is tried again, not given up."""
    error = await _error_after(body)
    assert isinstance(error, SendError)
    assert error.retryable


async def test_an_answer_that_the_library_stumbles_over_is_one_of_ours() -> None:
    """Also an error that aiogram never meant to raise comes out as one that the outbox understands."""
    assert isinstance(await _error_after(b'{"ok": true}'), SendError)


async def _error_after(body: bytes) -> Exception:
    """Return what comes of sending when the answer is an error page with this body."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = (
            f"HTTP/1.1 502 Bad Gateway\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    channel = Telegram(make_bot(DEFAULT_TOKEN, f"http://127.0.0.1:{port}"))
    with pytest.raises(Exception) as raised:  # noqa: PT011  # which one is what the tests ask
        await channel.send(Address("telegram", channel.account, str(SARI)), letter("hello"))
    await channel.bot.session.close()
    server.close()
    await server.wait_closed()
    return raised.value


async def test_pressing_too_late_is_no_trouble(fake: TelegramFakeClient) -> None:
    """Stopping the clock on a button that Telegram has forgotten is no error."""
    async with on_telegram(fake) as channel:
        await channel.answer_press("no-such-query")

"""A counsellor's file on Telegram: as what it is, under a neutral name, and asked for after a lost answer."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest
import pytest_asyncio

from bot.channels.errors import TemporarilyDown, Unanswered
from bot.channels.fit import fit
from bot.channels.telegram import Telegram
from bot.messages import Address, ConversationId, MessageId, Outgoing, SentFile
from bot.scan import scan
from bot.store.outbox import Letter
from tests.channels.test_contract import SARI, on_telegram
from tests.support.files import PDF, picture, voice
from tests.support.telegram_fake.client import TelegramFakeClient
from tests.support.telegram_fake.faults import Fault, FaultKind
from tests.support.telegram_fake.runner import running_fake

METHODS = {"picture": "sendPhoto", "voice": "sendVoice", "pdf": "sendDocument"}


@pytest_asyncio.fixture
async def fake() -> AsyncIterator[TelegramFakeClient]:
    """A fake of Telegram with one person."""
    async with running_fake() as client:
        await client.person(SARI, first_name="Sari")
        yield client


@pytest_asyncio.fixture
async def channel(fake: TelegramFakeClient) -> AsyncIterator[Telegram]:
    """Our side of it."""
    async with on_telegram(fake) as channel:
        yield channel


def address(channel: Telegram) -> Address:
    """Return where Sari is."""
    return Address("telegram", channel.account, str(SARI))


def letter(data: bytes, words: str = "") -> Letter:
    """Return a file on its way, as the house has scanned it."""
    file = scan(data)
    message = Outgoing(words, file=SentFile(str(uuid4()), file.kind.value))
    return Letter(
        1, MessageId(uuid4()), ConversationId(uuid4()), 0, "staff", message, content=file.data
    )


@pytest.mark.parametrize(
    ("data", "name"),
    [(picture("PNG"), "picture.jpg"), (voice(), "voice.ogg"), (PDF, "document.pdf")],
    ids=list(METHODS),
)
async def test_a_file_arrives_as_what_it_is(
    fake: TelegramFakeClient, channel: Telegram, data: bytes, name: str
) -> None:
    """Every byte, its words beneath it, a neutral name; a picture is covered until it is tapped."""
    sent = letter(data, "the form to sign")
    number = await channel.send(address(channel), sent)
    [message] = await fake.messages(SARI)
    assert sent.message.file
    kind = sent.message.file.kind
    assert (str(message.message_id), message.method) == (number, METHODS[kind])
    assert (message.text, message.file_name) == ("the form to sign", name)
    assert message.file_sha256 == hashlib.sha256(sent.content).hexdigest()
    assert message.has_spoiler == (kind == "picture")


async def test_a_very_long_picture_goes_as_a_document(
    fake: TelegramFakeClient, channel: Telegram
) -> None:
    """What Telegram does not take as a photo arrives all the same."""
    await channel.send(address(channel), letter(picture(size=(2500, 100))))
    [message] = await fake.messages(SARI)
    assert (message.method, message.file_name) == ("sendDocument", "picture.jpg")


@pytest.mark.parametrize("words", ["", "the form to sign"])
@pytest.mark.parametrize("data", [picture(), voice(), PDF], ids=list(METHODS))
@pytest.mark.parametrize(("fault", "arrived"), [("hang_before", False), ("hang_after", True)])
async def test_a_file_in_doubt_is_asked_for(
    fake: TelegramFakeClient,
    channel: Telegram,
    fault: FaultKind,
    arrived: bool,
    data: bytes,
    words: str,
) -> None:
    """A file that Telegram never answered is recognised if it arrived, and only then, with words beneath it or without."""
    before = await channel.send(address(channel), letter(picture(), "before"))
    doubtful = letter(data, words)
    assert doubtful.message.file
    await fake.fail_next(METHODS[doubtful.message.file.kind], Fault(fault))
    with pytest.raises(Unanswered):
        await channel.send(address(channel), doubtful)
    asked = replace(doubtful, interrupted=True, after=before, content=b"")
    found = await channel.find_arrived(address(channel), asked)
    [*_, last] = await fake.messages(SARI)
    assert found == (str(last.message_id) if arrived else None)
    assert [message.earlier_texts for message in await fake.messages(SARI)] in ([[]], [[], []])


async def test_trouble_is_one_of_ours(fake: TelegramFakeClient, channel: Telegram) -> None:
    """What Telegram refuses for now is tried again."""
    await fake.fail_next("sendDocument", Fault("internal_error"))
    with pytest.raises(TemporarilyDown):
        await channel.send(address(channel), letter(PDF))


async def test_many_words_go_before_a_file(fake: TelegramFakeClient, channel: Telegram) -> None:
    """The beginning of what does not fit beneath a file is a message of its own, before it; the longest that does is taken."""
    file = SentFile(str(uuid4()), "pdf")
    limit = channel.capabilities.max_caption_chars // 2  # it counts units of UTF-16
    long, short = "\U0001f642" * (limit + 1), "\U0001f642" * limit
    assert fit([Outgoing(long, file=file)], channel.capabilities) == [
        Outgoing(short),
        Outgoing("\U0001f642", file=file),
    ]
    [whole] = fit([Outgoing(short, file=file)], channel.capabilities)
    assert whole.file == file
    await channel.send(address(channel), letter(PDF, short))
    assert [message.text for message in await fake.messages(SARI)] == [short]

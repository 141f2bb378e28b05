"""Telegram shows the server's pictures: words as the caption, once, and words alone where there is no picture."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
import structlog

from bot.channels.capabilities import TELEGRAM
from bot.channels.errors import ContactStopped, RateLimited, SendError, Unanswered
from bot.channels.fit import fit
from bot.channels.port import Pictures
from bot.channels.telegram import Telegram, make_bot
from bot.content.load import Content
from bot.messages import Address, Button, Media, Outgoing, Picture
from tests.channels.test_contract import SARI, letter
from tests.support.flags import QUIZ, drawing
from tests.support.telegram_fake.client import TelegramFakeClient
from tests.support.telegram_fake.faults import Fault, FaultKind
from tests.support.telegram_fake.runner import DEFAULT_TOKEN, running_fake

SHOWN = Media("quiz", f"quiz:{QUIZ}/seen@id", "A. Hi!\nB. A room!\nC. Send me a photo.")
GONE = Media("quiz", f"quiz:{QUIZ}/gone@id", "A. Hi!")
BUTTONS = (Button("quiz.play.0-a", "A"), Button("quiz.play.0-b", "B"))


@dataclass(frozen=True)
class Odd:
    """Pictures that Telegram does not take."""

    async def make(self, media: Media) -> Picture | None:
        """Return one of no bytes."""
        return Picture(b"", 1, 1)

    def path_of(self, media: Media) -> str:
        """Nobody asks."""
        raise NotImplementedError


@dataclass
class Line:
    """Our side of a running fake, and the fake."""

    channel: Telegram
    fake: TelegramFakeClient

    @property
    def sari(self) -> Address:
        """Somebody who is reached."""
        return Address("telegram", self.channel.account, str(SARI))


@asynccontextmanager
async def line_to_sari(pictures: Pictures | None) -> AsyncIterator[Line]:
    """Open a line to a fake of Telegram with one person."""
    async with running_fake() as fake:
        await fake.person(SARI, first_name="Sari")
        channel = Telegram(make_bot(DEFAULT_TOKEN, fake.base_url), pictures=pictures)
        yield Line(channel, fake)
        await channel.bot.session.close()


async def test_a_picture_comes_with_its_words_and_buttons(content: Content) -> None:
    """One message: the photo, the words below it, and the buttons, under the number that we are told."""
    pictures = drawing(content)
    drawn = await pictures.make(SHOWN)
    assert drawn is not None
    async with line_to_sari(pictures) as line:
        number = await line.channel.send(line.sari, letter(Outgoing("Which?", BUTTONS, (SHOWN,))))
        [sent] = await line.fake.messages(SARI)
    assert (sent.method, sent.text, sent.file_bytes) == ("sendPhoto", "Which?", len(drawn.data))
    assert sent.button_data() == ["quiz.play.0-a", "quiz.play.0-b"]
    assert number == str(sent.message_id)


@pytest.mark.parametrize("pictures", ["none", "gone", "refused"])
async def test_without_a_picture_the_words_come_alone(content: Content, pictures: str) -> None:
    """No pictures at all, a question that was taken out, a picture that Telegram refuses: the words arrive, with their buttons."""
    made: Pictures | None = {"none": None, "gone": drawing(content), "refused": Odd()}[pictures]
    media = GONE if pictures == "gone" else SHOWN
    async with line_to_sari(made) as line:
        with structlog.testing.capture_logs() as logs:
            await line.channel.send(line.sari, letter(Outgoing("Which?", BUTTONS, (media,))))
        [sent] = await line.fake.messages(SARI)
    assert (sent.method, sent.text) == ("sendMessage", "Which?")
    assert sent.button_data() == ["quiz.play.0-a", "quiz.play.0-b"]
    said = {"none": [], "gone": ["picture_not_made"], "refused": ["picture_refused"]}
    assert [entry["event"] for entry in logs] == said[pictures]


@pytest.mark.parametrize(
    ("fault", "ours"),
    [
        (Fault("too_many_requests", retry_after_s=13), RateLimited),
        (Fault("forbidden"), ContactStopped),
        (Fault("hang_before"), Unanswered),
        (Fault("hang_after"), Unanswered),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
async def test_trouble_with_a_photo_is_one_of_ours(
    content: Content, fault: Fault, ours: type[SendError]
) -> None:
    """Whatever may have arrived is not followed by the words alone: the outbox decides what happens."""
    async with line_to_sari(drawing(content)) as line:
        await line.fake.fail_next("sendPhoto", fault)
        with pytest.raises(ours):
            await line.channel.send(line.sari, letter(Outgoing("Which?", BUTTONS, (SHOWN,))))
        calls = {call.method for call in await line.fake.calls()}
    assert "sendMessage" not in calls


@pytest.mark.parametrize("media", [SHOWN, GONE], ids=["with picture", "words alone"])
@pytest.mark.parametrize(("fault", "arrived"), [("hang_before", False), ("hang_after", True)])
async def test_a_picture_in_doubt_is_asked_for(
    content: Content, media: Media, fault: FaultKind, arrived: bool
) -> None:
    """A message with a picture that was never answered is recognised if it arrived, as photo or as words, and left as it is."""
    async with line_to_sari(drawing(content)) as line:
        before = await line.channel.send(line.sari, letter("before"))
        method = "sendPhoto" if media is SHOWN else "sendMessage"
        await line.fake.fail_next(method, Fault(fault))
        doubtful = letter(Outgoing("Which?", BUTTONS, (media,)))
        with pytest.raises(Unanswered):
            await line.channel.send(line.sari, doubtful)
        asked = replace(doubtful, interrupted=True, after=before)
        found = await line.channel.find_arrived(line.sari, asked)
        [*_, last] = await line.fake.messages(SARI)
    assert found == (str(last.message_id) if arrived else None)
    assert last.earlier_texts == []


async def test_another_photo_is_not_taken_for_it(content: Content) -> None:
    """A photo with other words after it is not the one that is looked for, nor is a text."""
    async with line_to_sari(drawing(content)) as line:
        before = await line.channel.send(line.sari, letter("before"))
        looked_for = letter(Outgoing("Which?", BUTTONS, (SHOWN,)))
        asked = replace(looked_for, interrupted=True, after=before)
        assert await line.channel.find_arrived(line.sari, asked) is None


async def test_long_words_begin_before_their_picture(content: Content) -> None:
    """What does not fit under a photo goes ahead; each part is taken by Telegram, and the last has the picture and the buttons."""
    words = "Some words that go on for a while. " * 45
    async with line_to_sari(drawing(content)) as line:
        for part in fit([Outgoing(words, BUTTONS, (SHOWN,))], TELEGRAM):
            await line.channel.send(line.sari, letter(part))
        sent = await line.fake.messages(SARI)
    assert [each.method for each in sent][-2:] == ["sendMessage", "sendPhoto"]
    assert " ".join(each.text for each in sent).split() == words.split()
    assert sent[-1].button_data()
    assert not sent[0].button_data()

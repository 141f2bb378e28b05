"""Files on Telegram, with real processes: the web role takes the update, the worker fetches and keeps what is taken."""

import asyncio

import pytest

from bot.messages import MAX_FILE_BYTES
from tests.support.files import PDF, picture, voice
from tests.support.processes import Stack
from tests.support.telegram_person import Person, eventually

pytestmark = pytest.mark.slow

TALK = "consent.ask.talk"


def kept(suar: Stack) -> list[tuple[object, ...]]:
    """Return state and kind of every file, in order."""
    return suar.ask("SELECT state, kind FROM attachments ORDER BY line_id")


async def reads(person: Person, words: str) -> None:
    """Wait until somebody has been sent these words."""
    async with asyncio.timeout(15):
        while not any(words in message.text for message in await person.inbox()):
            await asyncio.sleep(0.05)


async def ask_for_a_person(person: Person) -> None:
    """Ask for a counsellor, and say yes."""
    await person.telegram.write(person.id, "/human")
    async with asyncio.timeout(15):
        while TALK not in (last := (await person.inbox())[-1]).button_data():
            await asyncio.sleep(0.05)
    await person.telegram.press(person.id, last.message_id, TALK)
    await reads(person, "you are in the queue")


async def test_what_is_sent_to_a_counsellor_is_fetched(
    person: Person, telegram_suar: Stack
) -> None:
    """In a case a photo, a voice message and a PDF are kept as their bytes say, and what is none is declined in words."""
    telegram, suar = person.telegram, telegram_suar
    before = len(await telegram.calls("getFile"))
    await person.start()
    await telegram.send_photo(person.id, content=picture())
    await reads(person, "I cannot see pictures")
    await ask_for_a_person(person)
    await telegram.send_photo(person.id, "the house", content=picture())
    await telegram.send_voice(person.id, content=voice())
    await telegram.send_document(person.id, "Rina.pdf", content=PDF)
    await telegram.send_document(person.id, "list.pdf", content=b"MZ\x90\x00")
    await telegram.send_document(person.id, "film.pdf", size=MAX_FILE_BYTES + 1)
    expected = [("kept", "picture"), ("kept", "voice"), ("kept", "pdf"), ("refused", None)]
    await eventually(lambda: kept(suar) == expected)
    await reads(person, "What works: a photo, a voice message")
    await reads(person, "That file is too large")
    assert len(await telegram.calls("getFile")) == before + len(expected)

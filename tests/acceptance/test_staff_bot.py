"""The staff's bot as a process of its own, killed again and again in the middle of a talk."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.content.load import Content
from bot.hotline import staff_accounts
from bot.store.engine import Database
from tests.support.clock import FixedClock
from tests.support.processes import Forkery, Role, environment, own_database
from tests.support.telegram_fake import DEFAULT_TOKEN, TelegramFakeClient, running_fake
from tests.support.world import TEST_KEY, TestHouse, make_house

GROUP = -1001234567890
ACCOUNT = 9_001
LINES = 8
WAIT_S = 120
TOLD = "my boss keeps my passport and the door is locked"
UNSURE = "some may be missing"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]


def staff_bot(forkery: Forkery, dsn: str, api_url: str, folder: Path) -> Role:
    """Return the role with topics allowed; it is started again whenever it dies."""
    env = environment(
        folder,
        SUAR_DATABASE_URL=dsn,
        SUAR_SECRET_KEYS=TEST_KEY,
        SUAR_STAFF_TELEGRAM_TOKEN=DEFAULT_TOKEN,
        SUAR_TELEGRAM_API_URL=api_url,
        SUAR_STAFF_TELEGRAM_CHAT=str(GROUP),
        SUAR_STAFF_TELEGRAM_TOPICS="texts-pass-through-telegram",
    )
    return Role(forkery, ["staffbot"], env, folder / "staffbot.log")


async def shown(fake: TelegramFakeClient, words: str, chat: int = GROUP) -> int:
    """Return how many messages of the bot hold these words."""
    return sum(words in each.text for each in await fake.messages(chat) if not each.deleted)


async def link(house: TestHouse, fake: TelegramFakeClient) -> None:
    """Link the account to somebody new of the staff."""
    staff = await house.staff()
    async with house.db.transaction() as conn:
        code = await staff_accounts.make_code(conn, house.people, staff)
    await fake.write(ACCOUNT, f"/start {code}")
    await fake.wait_for_messages(ACCOUNT, 1, WAIT_S)
    assert await shown(fake, "is linked now", ACCOUNT)


async def topic(fake: TelegramFakeClient) -> int:
    """Wait for the topic of the talk; return its number."""
    async with asyncio.timeout(WAIT_S):
        while not (found := await fake.topics(GROUP)) or not await shown(fake, TOLD):
            await asyncio.sleep(0.1)
    number: int = found[0]["id"]
    return number


async def replies(house: TestHouse) -> list[str]:
    """Return what lies in the outbox in the counsellor's name, in order."""
    async with house.db.transaction() as conn:
        rows = await conn.exec_driver_sql(
            "SELECT conversation_id, message_sealed FROM outbox WHERE author = 'staff' ORDER BY id"
        )
        found = []
        for conversation_id, sealed in rows.all():
            party = await house.people.get(conn, conversation_id)
            found.append(party.key.open_json(sealed, "outbox.message")["text"])
    return found


async def test_killed_again_and_again_it_loses_and_doubles_nothing(
    forkery: Forkery, dsn: str, content: Content, tmp_path: Path
) -> None:
    """Every reply reaches the outbox once and in order; every line stands in the topic once, or is said to be unsure; the log holds none of it."""
    with own_database(dsn) as own:
        db = Database.at(own)
        async with (
            make_house(db, FixedClock(datetime.now(UTC)), content) as house,
            running_fake() as fake,
        ):
            await fake.group(
                GROUP, "Staff", is_forum=True, rights=["can_manage_topics", "can_delete_messages"]
            )
            role = staff_bot(forkery, own, fake.base_url, tmp_path)
            role.start()
            try:
                await _talk(house, fake, role)
            finally:
                await asyncio.to_thread(role.stop)
        await db.close()
    log = (tmp_path / "staffbot.log").read_text()
    assert not any(words in log for words in ("passport", "line 1", "reply 1", "Traceback"))


async def _talk(house: TestHouse, fake: TelegramFakeClient, role: Role) -> None:
    await link(house, fake)
    person = house.person()
    await person.write(TOLD)
    await person.ask_for_a_person()
    await fake.write(ACCOUNT, "/next")
    thread = await topic(fake)
    for number in range(LINES):
        await person.write(f"line {number}.")
        await fake.write(ACCOUNT, f"reply {number}.", chat_id=GROUP, thread_id=thread)
        if number % 3 == 1:
            await asyncio.to_thread(role.kill)
            await asyncio.sleep(1)
    async with asyncio.timeout(WAIT_S):
        while len(await replies(house)) < LINES or not await shown(fake, f"line {LINES - 1}."):
            await asyncio.sleep(0.2)
    assert await replies(house) == [f"reply {number}." for number in range(LINES)]
    counts = [await shown(fake, f"line {number}.") for number in range(LINES)]
    assert max(counts) == 1
    assert min(counts) == 1 or await shown(fake, UNSURE)
    assert role.deaths

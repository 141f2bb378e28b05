"""The staff's bot on the fake Telegram, around the house of the desk's tests."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import text

from bot.desk.telegram.bot import StaffBot, make_application
from bot.desk.telegram.services import StaffBotServices
from bot.desk.web.pages import Pages
from bot.hotline import staff_accounts
from bot.hotline.staff import Role, Staff
from tests.integration.desk.house import House
from tests.support.telegram_fake import DEFAULT_TOKEN, TelegramFakeClient, running_fake
from tests.support.telegram_fake.records import SentMessage

GROUP = -1001234567890
RIGHTS = ["can_manage_topics", "can_delete_messages"]
DESK = "https://desk.example.org"
WAIT_S = 20.0


@dataclass
class Member:
    """Somebody of the staff with a Telegram account."""

    stage: "Stage"
    staff: Staff
    account: int

    async def send(self, words: str, thread: int | None = None) -> None:
        """Write to the bot, or into a topic of the group."""
        chat = None if thread is None else GROUP
        await self.stage.fake.write(self.account, words, chat_id=chat, thread_id=thread)

    async def inbox(self) -> list[SentMessage]:
        """Return what the bot has sent and not deleted."""
        return [each for each in await self.stage.fake.messages(self.account) if not each.deleted]

    async def hears(self, words: str) -> SentMessage:
        """Wait until the bot has said something with these words, and return it."""
        return await self.stage.until(lambda sent: words in sent.text, self.account)

    async def press(self, message: SentMessage, data: str) -> None:
        """Press a button."""
        chat = message.chat_id if message.chat_id != self.account else None
        await self.stage.fake.press(self.account, message.message_id, data, chat_id=chat)

    async def go_on_duty(self) -> None:
        """Go on duty."""
        await self.send("/duty")
        await self.hears("You are on duty")


@dataclass
class Stage:
    """A house, the fake, and the bot between them."""

    house: House
    fake: TelegramFakeClient
    group: int | None
    bot: StaffBot = field(init=False)
    _task: "asyncio.Task[None] | None" = None
    _accounts: "count[int]" = field(default_factory=lambda: count(900_100_200_300))

    def make(self) -> StaffBot:
        """Return the bot as a new process has it."""
        services = StaffBotServices(
            db=self.house.db,
            people=self.house.people,
            clock=self.house.clock,
            pages=Pages(self.house.words),
            talks=self.house.talks,
            ear=self.house.ear,
            base_url=DESK,
            group=self.group,
        )
        return StaffBot(services, make_application(DEFAULT_TOKEN, self.fake.base_url))

    async def start(self) -> None:
        """Start the bot."""
        self.bot = self.make()
        self._task = asyncio.create_task(self.bot.run())

    async def stop(self) -> None:
        """Stop the bot where it stands."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> None:
        """Let the bot look now: the time was moved."""
        self.bot._changed.set()

    async def member(
        self, name: str = "Dewi", role: Role = Role.COUNSELLOR, **brings: Any
    ) -> Member:
        """Return somebody of the staff whose account is linked."""
        brings.setdefault("languages", ("id", "en"))
        staff = await self.house.add_staff(name, role, **brings)
        member = Member(self, staff, next(self._accounts))
        await self.fake.person(member.account, first_name=name, language_code="en")
        async with self.house.db.transaction() as conn:
            code = await staff_accounts.make_code(conn, self.house.people, staff)
        await member.send(f"/start {code}")
        await member.hears("is linked now")
        return member

    async def until(self, fits: Callable[[SentMessage], bool], chat: int = GROUP) -> SentMessage:
        """Wait for a message that is there, newest first."""
        async with asyncio.timeout(WAIT_S):
            while True:
                for sent in reversed(await self.fake.messages(chat)):
                    if not sent.deleted and fits(sent):
                        return sent
                await asyncio.sleep(0.05)

    async def eventually(self, holds: Callable[[], Any]) -> None:
        """Wait until something asynchronous holds."""
        async with asyncio.timeout(WAIT_S):
            while not await holds():
                await asyncio.sleep(0.05)

    async def ask(self, query: str, **values: Any) -> list[Any]:
        """Return what the database says."""
        async with self.house.db.transaction() as conn:
            return list((await conn.execute(text(query), values)).all())


@asynccontextmanager
async def staff_bot(house: House, *, topics: bool = False) -> AsyncIterator[Stage]:
    """Run the staff's bot on a fake Telegram of its own."""
    async with running_fake() as fake:
        await fake.group(GROUP, "Staff", is_forum=True, rights=RIGHTS)
        stage = Stage(house, fake, GROUP if topics else None)
        listening = asyncio.create_task(house.ear.run())
        await stage.start()
        try:
            yield stage
        finally:
            await stage.stop()
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

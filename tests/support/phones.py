"""One phone that several people use, as tests handle it."""

from dataclasses import dataclass

from sqlalchemy import select

from bot.conversation.phone import STEP
from bot.messages import Outgoing
from bot.prover.places import is_said
from bot.store.contacts import Party
from bot.store.tables import AddressRow, ConversationRow
from tests.support.world import Person, TestHouse


@dataclass
class Phone:
    """A phone; buttons are pressed as they stand on its screen."""

    person: Person

    @property
    def house(self) -> TestHouse:
        """The bot it writes to."""
        return self.person.house

    async def tap(self, button: str) -> list[Outgoing]:
        """Press a button that whoever is here has been shown."""
        return await self.person.press(await self.shown(button))

    async def shown(self, button: str) -> str:
        """Return the id of a button as whoever is here sees it."""
        async with self.house.db.transaction() as conn:
            here = await self.house.people.find(conn, self.person.address)
        return button if here is None or here.mark is None else f"{button}~{here.mark}"

    def says(self, message: Outgoing, place: str) -> bool:
        """Tell whether a message is the text at a place of the content, in a language that is offered."""
        content = self.house.content
        return any(is_said(content, place, each, message.text) for each in ("en", "id"))

    async def write(self, text: str) -> list[Outgoing]:
        """Write something."""
        return await self.person.write(text)

    async def switch(self) -> list[Outgoing]:
        """Come to where somebody makes room."""
        return await self.write("/switch")

    async def hand_over(self, words: str | None) -> list[Outgoing]:
        """Let somebody new be here; whoever makes room sets these words, or none."""
        await self.switch()
        await self.tap(f"{STEP}.new")
        if words is None:
            return await self.tap(f"{STEP}.none")
        await self.write(words)
        return await self.tap(f"{STEP}.ready")

    async def come_back(self, words: str, *, leaving: str | None = None) -> list[Outgoing]:
        """Come back with words; whoever makes room sets `leaving` first, where they are asked."""
        await self.switch()
        said = await self.tap(f"{STEP}.back")
        if any(each.id.startswith(f"{STEP}.none") for each in said[-1].buttons):
            if leaving is None:
                await self.tap(f"{STEP}.none")
            else:
                await self.write(leaving)
                await self.tap(f"{STEP}.ready")
        return await self.write(words)

    async def party(self) -> Party:
        """Return who is here."""
        async with self.house.db.transaction() as conn:
            found = await self.house.people.find(conn, self.person.address)
        assert found is not None
        return found

    async def parked(self) -> list[Party]:
        """Return who is parked here, whoever made room first being the first."""
        people = self.house.people
        place = people.lookup_of(self.person.address)
        async with self.house.db.transaction() as conn:
            ids = await conn.scalars(
                select(ConversationRow.id)
                .join(AddressRow, AddressRow.id == ConversationRow.address_id)
                .where(AddressRow.place == place)
                .order_by(ConversationRow.created_at)
            )
            return [await people.get(conn, each) for each in ids.all()]

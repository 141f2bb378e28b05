"""The stage for schedules: makes people in any state, and plays a schedule on each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.steps import Ask
from bot.hotline import consent
from bot.messages import CaseId, ContactId, ConversationId
from bot.store import contacts
from bot.store.contacts import Party
from bot.store.crypto import DataKey
from bot.store.tables import AddressRow, CaseRow, ConsentRow, ContactRow, ConversationRow
from tests.integration.owner_example import Cast, Example, Turn
from tests.support.schedules import Step
from tests.support.world import Person, TestHouse

BATCH = 50


@dataclass
class Stage:
    """Where one schedule after the other is played, each on somebody new; people are made fifty at a time."""

    cast: Cast
    _waiting: list[tuple[Party, CaseId]] = field(default_factory=list)

    async def run(self, steps: Sequence[Step], owner: str) -> None:
        """Play one schedule on somebody new whom `owner` (``bot``, ``queue`` or ``staff``) has at the beginning."""
        example = await self._begin(owner)
        self.cast.channel.on_handed = example.on_handed
        try:
            await example.play(steps)
            await example.check()
        except BaseException:
            # Else the next example would find this person in the queue.
            await example.what_is_kept()
            raise
        finally:
            self.cast.channel.failures.clear()
            del self.cast.channel.sent[:], self.cast.channel.handed[:]

    async def _begin(self, owner: str) -> Example:
        if not self._waiting:
            self._waiting = await self._make_people()
        party, case_id = self._waiting.pop()
        example = Example(self.cast, Person(self.cast.house, party.address.value), party, case_id)
        by = self.cast.staff[0].id if owner == "staff" else None
        state = {"bot": "closed", "queue": "waiting", "staff": "claimed"}[owner]
        async with self.cast.house.db.transaction(durable=False) as conn:
            if owner != "bot":
                await contacts.set_owner(conn, party.conversation_id, owner, by)
                await conn.execute(
                    update(CaseRow)
                    .where(CaseRow.id == case_id)
                    .values(state=state, claimed_by=by, waiting_since=self.cast.house.clock.now())
                )
        if owner == "staff":
            example.turns.append(Turn(0, next(example.moments)))
        return example

    async def _make_people(self) -> list[tuple[Party, CaseId]]:
        made = [self._stranger() for _ in range(BATCH)]
        people, clock = self.cast.house.people, self.cast.house.clock
        async with self.cast.house.db.transaction() as conn:
            for party in made:
                address = party.address
                await conn.execute(
                    insert(ContactRow).values(
                        id=party.contact_id, wrapped_key=people.keyring.wrap(party.key)
                    )
                )
                await conn.execute(
                    insert(AddressRow).values(
                        id=party.address_id,
                        contact_id=party.contact_id,
                        channel=address.channel,
                        account=address.account,
                        lookup=people.lookup_of(address),
                        value_sealed=party.key.seal(address.value, contacts.ADDRESS),
                    )
                )
                await conn.execute(
                    insert(ConversationRow).values(
                        id=party.conversation_id,
                        contact_id=party.contact_id,
                        address_id=party.address_id,
                        locale="en",
                    )
                )
            cases = [(party, CaseId(clock.new_id())) for party in made]
            for party, case_id in cases:
                await self._give_case(conn, party, case_id)
        return cases

    async def _give_case(self, conn: AsyncConnection, party: Party, case_id: UUID) -> None:
        await conn.execute(
            insert(CaseRow).values(
                id=case_id,
                reference=case_id.hex,
                contact_id=party.contact_id,
                conversation_id=party.conversation_id,
                state="closed",
                level="concern",
                locale="en",
            )
        )
        await conn.execute(
            insert(ConsentRow).values(
                contact_id=party.contact_id,
                case_id=case_id,
                scope=consent.TALK,
                granted=True,
                text_version="-",
                locale="en",
                channel=party.address.channel,
            )
        )

    def _stranger(self) -> Party:
        person, new = self.cast.house.person(), self.cast.house.clock.new_id
        return Party(
            ContactId(new()), new(), ConversationId(new()), person.address,
            DataKey.generate(), "bot", None, 0, "en", None,
        )  # fmt: skip


def unclear_texts(house: TestHouse) -> frozenset[str]:
    """Return every wording with which the bot admits that it did not understand."""
    step = house.content.step("unclear.sorry")
    assert isinstance(step, Ask)
    return frozenset(house.content.words.say(text, "en") for text in (step.text, *step.variants))

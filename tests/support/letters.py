"""The outbox as tests look at it."""

from typing import Any

from sqlalchemy import select

from bot.messages import Outgoing
from bot.store import outbox
from bot.store.outbox import Letter
from bot.store.tables import OutboxRow
from tests.support.world import Person, TestHouse


async def rows(house: TestHouse) -> list[Any]:
    """Return the whole outbox in order."""
    async with house.db.transaction() as conn:
        return list((await conn.execute(select(OutboxRow).order_by(OutboxRow.id))).all())


async def put(
    house: TestHouse, person: Person, *texts: str | Outgoing, holder: int | None = None
) -> list[Letter]:
    """Put words of the bot into a person's outbox."""
    async with house.db.transaction() as conn:
        party = await house.people.find_or_make(conn, person.address, lock=True)
        messages = [text if isinstance(text, Outgoing) else Outgoing(text) for text in texts]
        return await outbox.put(
            conn, party, messages, clock=house.clock, epoch=party.epoch, holder=holder
        )


def words(person: Person) -> list[str]:
    """Return what a person was sent, in order."""
    return [message.text for message in person.inbox()]

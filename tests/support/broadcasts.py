"""Builders for broadcasts: people who agree to hear of campaigns, and runs with them in it, written straight into the tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.state import State
from bot.messages import Address
from bot.store.contacts import ADDRESS, STATE, People
from bot.store.crypto import DataKey
from bot.store.engine import Database
from bot.store.tables import (
    AddressRow,
    BroadcastRecipientRow,
    BroadcastRow,
    BroadcastRunRow,
    CampaignRow,
    ConsentRow,
    ContactRow,
    ConversationRow,
    ProfileRow,
)

TEXT = {"id": "Kuis baru sudah ada. Mau coba?", "en": "There is a new quiz. Shall we play?"}
ZONE = "Asia/Jakarta"
CHUNK = 2_000


def body(**words: Any) -> dict[str, Any]:
    """Return the content of a broadcast: one variant, with a button to a quiz."""
    titles = {"id": "Main kuis", "en": "Play the quiz"}
    said = {
        locale: {
            "text": text,
            "buttons": [{"title": titles[locale], "target": "quiz:warning_signs"}],
        }
        for locale, text in TEXT.items()
    }
    return {
        "variants": [{"id": "a", "share": 100, "words": said | words}],
        "fallback": "en",
        "picture": None,
    }  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """Somebody who agreed to hear of campaigns."""

    contact_id: UUID
    conversation_id: UUID
    address: Address
    key: DataKey = field(repr=False)


async def agree(
    db: Database, people: People, addresses: Sequence[Address], *, zone: str = ZONE, at: datetime
) -> list[Reader]:
    """Let people at `addresses` have written an hour before `at`, and have agreed to hear of campaigns."""
    at -= timedelta(hours=1)
    made = [Reader(uuid4(), uuid4(), address, DataKey.generate()) for address in addresses]
    for start in range(0, len(made), CHUNK):
        async with db.transaction(durable=False) as conn:
            await _insert(conn, people, made[start : start + CHUNK], zone=zone, at=at)
    return made


async def _insert(
    conn: AsyncConnection, people: People, readers: Sequence[Reader], *, zone: str, at: datetime
) -> None:
    places = {reader.contact_id: uuid4() for reader in readers}
    wrap = people.keyring.wrap
    await conn.execute(
        insert(ContactRow),
        [{"id": each.contact_id, "wrapped_key": wrap(each.key)} for each in readers],
    )
    await conn.execute(
        insert(AddressRow),
        [
            {
                "id": places[each.contact_id], "contact_id": each.contact_id,
                "channel": each.address.channel, "account": each.address.account,
                "lookup": people.lookup_of(each.address),
                "value_sealed": each.key.seal(each.address.value, ADDRESS),
            }
            for each in readers
        ],
    )  # fmt: skip
    state = State(locale="id", greeted=True).to_json()
    await conn.execute(
        insert(ConversationRow),
        [
            {
                "id": each.conversation_id, "contact_id": each.contact_id,
                "address_id": places[each.contact_id], "locale": "id", "last_in_at": at,
                "state_sealed": each.key.seal_json(state, STATE),
            }
            for each in readers
        ],
    )  # fmt: skip
    await conn.execute(
        insert(ConsentRow),
        [
            {
                "contact_id": each.contact_id, "scope": "news", "granted": True,
                "text_version": "v", "locale": "id", "channel": each.address.channel, "at": at,
            }
            for each in readers
        ],
    )  # fmt: skip
    await conn.execute(
        insert(ProfileRow), [{"contact_id": each.contact_id, "zone": zone} for each in readers]
    )


async def start_run(
    db: Database,
    readers: Sequence[Reader],
    *,
    due_at: datetime,
    content: dict[str, Any] | None = None,
    state: str = "scheduled",
    locale: str = "id",
    not_after: datetime | None = None,
    test: bool = False,
) -> UUID:
    """Make an approved broadcast with one run, in which `readers` are due; as a `test`, those of them who are testers."""
    campaign, broadcast, run = uuid4(), uuid4(), uuid4()
    async with db.transaction() as conn:
        await conn.execute(insert(CampaignRow).values(id=campaign, slug=str(campaign), title="t"))
        await conn.execute(
            insert(BroadcastRow).values(
                id=broadcast, campaign_id=campaign, name="b", state=state, audience={},
                schedule={"kind": "now"}, content=content or body(), not_after=not_after,
            )
        )  # fmt: skip
        await conn.execute(
            insert(BroadcastRunRow).values(
                id=run, broadcast_id=broadcast, due_at=due_at, state="running",
                planned=len(readers), test=test,
            )
        )  # fmt: skip
    for start in range(0, len(readers), CHUNK):
        async with db.transaction(durable=False) as conn:
            await conn.execute(
                insert(BroadcastRecipientRow),
                [
                    {
                        "contact_id": each.contact_id, "run_id": run, "variant": "a",
                        "conversation_id": each.conversation_id, "locale": locale,
                        "due_at": due_at,
                    }
                    for each in readers[start : start + CHUNK]
                ],
            )  # fmt: skip
    return run


async def ends(db: Database, run: UUID) -> dict[tuple[str, str | None], int]:
    """Return how many of a run are in which state, and why."""
    query = (
        select(BroadcastRecipientRow.state, BroadcastRecipientRow.why, func.count())
        .where(BroadcastRecipientRow.run_id == run)
        .group_by(BroadcastRecipientRow.state, BroadcastRecipientRow.why)
    )
    async with db.transaction() as conn:
        return {(row[0], row[1]): row[2] for row in await conn.execute(query)}


async def taken_at(db: Database, run: UUID) -> dict[UUID, datetime]:
    """Return when each person of a run was taken the last time, by contact."""
    query = select(BroadcastRecipientRow.contact_id, BroadcastRecipientRow.at).where(
        BroadcastRecipientRow.run_id == run,
        BroadcastRecipientRow.at.is_not(None),
        BroadcastRecipientRow.state != "left_out",
    )
    async with db.transaction() as conn:
        return {row.contact_id: row.at for row in await conn.execute(query) if row.at}


async def run_state(db: Database, run: UUID) -> str | None:
    """Return the state of a run."""
    async with db.transaction() as conn:
        state: str | None = await conn.scalar(
            select(BroadcastRunRow.state).where(BroadcastRunRow.id == run)
        )
        return state


HOUR = timedelta(hours=1)

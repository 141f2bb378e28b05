"""What campaign code can reach in the database, and what it cannot, whoever wrote the query."""

from contextlib import suppress
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError

from bot.hotline import consent
from bot.store import belongings, campaigning, contacts
from bot.store.engine import Database
from bot.store.tables import (
    Base,
    BroadcastRecipientRow,
    BroadcastRow,
    BroadcastRunRow,
    CampaignMemberRow,
    CampaignRow,
    ContactRow,
    ConversationRow,
    ProfileRow,
    StudyAnswerRow,
    StudyMemberRow,
)
from tests.support.world import Person, TestHouse

READABLE = {
    "campaigns",
    "campaign_acts",
    "campaign_links",
    "campaign_members",
    "segments",
    "campaign_testers",
    "tester_invites",
    "pictures",
    "broadcasts",
    "broadcast_runs",
    "events",
    "event_signups",
    "link_counts",
    "campaign_ratings",
    "quiz_counts",
    "study_answers",
    "city_rounds",
    "whatsapp_templates",
}


async def agree(house: TestHouse, value: str, *, city: str = "Kupang") -> Person:
    """Let somebody agree to hear of campaigns."""
    person = Person(house, value)
    await person.start()
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
        assert party is not None
        await consent.record(
            conn, party, consent.NEWS, granted=True, text_version="v", locale="id",
            at=house.clock.now(),
        )  # fmt: skip
        await conn.execute(insert(ProfileRow).values(contact_id=party.contact_id, city=city))
    return person


async def contact_of(house: TestHouse, person: Person) -> UUID:
    """Return a person's contact."""
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
    assert party is not None
    return party.contact_id


async def cities(campaigners: Database) -> list[str]:
    """Return where the people are whom campaigns may write to."""
    async with campaigners.transaction() as conn:
        return list(await conn.scalars(text("SELECT city FROM campaign_people ORDER BY city")))


async def open_cases(house: TestHouse, how_many: int) -> list[UUID]:
    """Let people who agreed to news be handed over."""
    made = []
    for number in range(how_many):
        person = await agree(house, f"held-{number}")
        await person.press("consent.ask")
        await person.press("consent.ask.talk")
        made.append(await contact_of(house, person))
    async with house.db.transaction() as conn:
        owners = list(await conn.scalars(select(ConversationRow.owner)))
    assert set(owners) == {"queue"}
    return made


async def test_only_tables_of_campaigns_can_be_read(campaigners: Database) -> None:
    """Of all tables there are, campaign code can read those of its own, and the others not at all."""
    reached = set()
    for table in Base.metadata.tables:
        with suppress(ProgrammingError):
            async with campaigners.transaction() as conn:
                await conn.execute(text(f"SELECT * FROM {table}"))
            reached.add(table)
    assert reached == READABLE


async def test_nobody_is_seen_without_their_yes(house: TestHouse, campaigners: Database) -> None:
    """Only people who agree to `news` now are seen; who takes it back is gone at once."""
    person = await agree(house, "1")
    await Person(house, "2").start()
    assert await cities(campaigners) == ["Kupang"]
    contact = await contact_of(house, person)
    async with house.db.transaction() as conn:
        at = house.clock.now()
        await consent.withdraw(conn, contact, at=at, case_id=None, scope=consent.NEWS)
    assert await cities(campaigners) == []


async def test_a_case_shows_only_in_numbers_that_are_not_small(
    house: TestHouse, campaigners: Database
) -> None:
    """How many of a selection are held back is told from five on; the one behind it cannot be asked for."""
    query = text("SELECT campaign_count_held(:people)")
    held = await open_cases(house, 5)
    async with campaigners.transaction() as conn:
        assert await conn.scalar(query, {"people": held}) == 5
        assert await conn.scalar(query, {"people": held[:4]}) is None
        assert await conn.scalar(query, {"people": held[:1]}) is None
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with campaigners.transaction() as conn:
            await conn.execute(text("SELECT campaign_held(:person)"), {"person": held[0]})


async def test_what_became_of_one_recipient_is_not_told(
    house: TestHouse, campaigners: Database
) -> None:
    """A run's progress names how many were held back from five on, and campaign code cannot read the people of a run."""
    campaign, broadcast, run = (house.clock.new_id() for _ in range(3))
    async with house.db.transaction() as conn:
        await conn.execute(insert(CampaignRow).values(id=campaign, slug="s", title="t"))
        await conn.execute(
            insert(BroadcastRow).values(
                id=broadcast, campaign_id=campaign, name="b", content={}, audience={}, schedule={}
            )
        )
        now = house.clock.now()
        await conn.execute(
            insert(BroadcastRunRow).values(id=run, broadcast_id=broadcast, due_at=now)
        )
    for held in (4, 5):
        async with house.db.transaction() as conn:
            await conn.execute(text("DELETE FROM broadcast_recipients"))
            for number in range(held + 1):
                left_out = number < held
                await conn.execute(
                    insert(BroadcastRecipientRow).values(
                        contact_id=house.clock.new_id(), run_id=run, locale="id",
                        conversation_id=house.clock.new_id(), due_at=now,
                        state="left_out" if left_out else "sent",
                        why="held" if left_out else None,
                    )
                )  # fmt: skip
        async with campaigners.transaction() as conn:
            rows = await conn.execute(text("SELECT * FROM campaign_progress(:run)"), {"run": run})
            found = {(row.state, row.why): row.people for row in rows}
        expected = {("sent", None): 1} | ({("left_out", "held"): 5} if held == 5 else {})
        assert found == expected


async def fill(house: TestHouse, contact: UUID) -> None:
    """Keep something of a person in every table of campaigns that can hold it."""
    async with house.db.transaction() as conn:
        conversation = await conn.scalar(
            select(ConversationRow.id).where(ConversationRow.contact_id == contact)
        )
        slug, campaign = "one", house.clock.new_id()
        known = await conn.scalar(select(CampaignRow.id).where(CampaignRow.slug == slug))
        if known is None:
            await conn.execute(insert(CampaignRow).values(id=campaign, slug=slug, title="t"))
        await conn.execute(
            insert(CampaignMemberRow).values(contact_id=contact, campaign_id=known or campaign)
        )
        await conn.execute(
            insert(StudyMemberRow).values(contact_id=contact, conversation_id=conversation)
        )
        await conn.execute(
            insert(StudyAnswerRow).values(
                contact_id=contact, fact="f", phase="before", quiz="q", question="x",
                locale="id", choices=3, right=True, on=house.clock.now().date(),
            )
        )  # fmt: skip


async def count(house: TestHouse) -> dict[str, int]:
    """Return how many rows the tables of campaigns that belong to people hold."""
    tables = (*campaigning.OF_NEWS, *campaigning.OF_STUDY)
    async with house.db.transaction() as conn:
        return {
            table.__tablename__: await conn.scalar(select(func.count()).select_from(table)) or 0
            for table in tables
        }


async def test_who_is_forgotten_is_forgotten_by_campaigns(house: TestHouse) -> None:
    """Erasing somebody deletes all that campaigns know of them."""
    contact = await contact_of(house, await agree(house, "1"))
    await fill(house, contact)
    assert set((await count(house)).values()) == {1}
    async with house.db.transaction() as conn:
        await belongings.erase(conn, contact, house.clock.now())
    assert set((await count(house)).values()) == {0}


async def test_one_person_on_two_phones_is_one_for_campaigns(house: TestHouse) -> None:
    """When two contacts turn out to be one person, nothing is kept twice and nothing leads to the one that is gone."""
    first, second = await agree(house, "1", city="Medan"), await agree(house, "2")
    one, other = await contact_of(house, first), await contact_of(house, second)
    await fill(house, one)
    await fill(house, other)
    async with house.db.transaction() as conn:
        await conn.execute(
            update(StudyAnswerRow).where(StudyAnswerRow.contact_id == one).values(phase="after")
        )
        party = await house.people.find(conn, first.address)
        assert party is not None
        await belongings.join(conn, house.people, party, contacts.ContactId(other))
    assert await count(house) == {
        "profiles": 1,
        "campaign_members": 1,
        "study_members": 1,
        "study_answers": 2,
    }
    async with house.db.transaction() as conn:
        assert list(await conn.scalars(select(ProfileRow.city))) == ["Kupang"]
        assert list(await conn.scalars(select(ContactRow.id))) == [other]

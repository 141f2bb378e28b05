"""Where a person wants sensitive messages gone after a while, a counsellor's lines go from their screen as well; the desk keeps them."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from bot.conversation.vanish import FLOW, STAFF
from bot.hotline.access import access_case
from bot.hotline.staff import Staff
from bot.messages import CaseId
from bot.store.tables import LastDeletionRow, OutboxRow
from tests.integration.test_vanishing import HOUR, gone, vanisher_of
from tests.support.world import Person, TestHouse

LINE = "The shelter opens at nine"


async def talking(house: TestHouse, after: str | None) -> tuple[Person, Staff, CaseId]:
    """Let somebody who has chosen, or not, talk with a counsellor."""
    person = house.person()
    if after is not None:
        await person.press(f"watched.vanish.{after}")
    await person.ask_for_a_person()
    staff = await house.staff()
    case_id = await house.talks.claim_next(staff)
    assert case_id is not None
    return person, staff, case_id


async def test_a_counsellor_s_line_goes_and_the_desk_keeps_it(house: TestHouse) -> None:
    """After the time that the person chose it is gone from their screen, not a second before; on the desk it stays."""
    person, staff, case_id = await talking(house, "hour")
    await house.talks.reply(staff, case_id, LINE, token="a" * 16)
    vanisher = vanisher_of(house)
    house.clock.pass_(seconds=HOUR - 1)
    await vanisher.look()
    assert LINE not in gone(house, person)
    house.clock.pass_(seconds=1)
    await vanisher.look()
    assert LINE in gone(house, person)
    async with house.db.transaction() as conn:
        view = await access_case(conn, house.people, staff, case_id)
    assert LINE in [line.text for line in view.lines]


@pytest.mark.parametrize("choice", [None, "never"])
async def test_it_stays_for_whoever_has_not_asked(house: TestHouse, choice: str | None) -> None:
    """By itself nothing of a counsellor's vanishes."""
    person, staff, case_id = await talking(house, choice)
    await house.talks.reply(staff, case_id, LINE, token="a" * 16)
    house.clock.pass_(seconds=HOUR)
    await vanisher_of(house).look()
    assert LINE not in gone(house, person)


async def test_whoever_was_told_that_it_stays_keeps_it(house: TestHouse) -> None:
    """A choice that was made when a counsellor's lines stayed means what was said then; made anew, it means both."""
    person, staff, case_id = await talking(house, "hour")
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
        assert party is not None
        saying = house.conversations.saying
        now = saying.state_of(party)
        assert saying.staff_vanish_s(party) == HOUR
        before = {key: value for key, value in now.memory[FLOW].items() if key != STAFF}
        then = replace(now, memory={**now.memory, FLOW: before})
        assert saying.staff_vanish_s(replace(party, state=then.to_json())) is None


async def test_where_nothing_can_be_deleted_nothing_is_tried(house: TestHouse) -> None:
    """On a channel that takes nothing back a line stays, also where the person chose in another app."""
    person, staff, case_id = await talking(house, "hour")
    house.channel.capabilities = replace(house.channel.capabilities, deletes=False)
    await house.talks.reply(staff, case_id, LINE, token="a" * 16)
    async with house.db.transaction() as conn:
        kept = select(OutboxRow.vanish_s).where(OutboxRow.author == "staff")
        assert (await conn.scalars(kept)).all() == [None]
    assert LINE in [each.text for each in person.inbox()]


async def test_it_goes_at_once_with_the_person(house: TestHouse) -> None:
    """Whoever is erased before the time is over has the counsellor's line taken off at once."""
    person, staff, case_id = await talking(house, "day")
    await house.talks.reply(staff, case_id, LINE, token="a" * 16)
    async with house.db.transaction() as conn:
        # What the bot said is none of this test's.
        await conn.execute(
            update(OutboxRow)
            .where(OutboxRow.author == "bot")
            .values(sensitive=False, vanish_s=None)
        )
    await person.press("erase.ask")
    await person.press("erase.ask.yes")
    async with house.db.transaction() as conn:
        orders = (await conn.scalars(select(LastDeletionRow.id))).all()
    assert len(orders) == 1
    await vanisher_of(house).look()
    assert gone(house, person) == [LINE]

"""The queue gives each person to one counsellor, in its order, also when everything happens at once."""

import asyncio

import pytest

from bot.errors import NotFound
from bot.hotline.cases import lock_out
from bot.hotline.staff import Role
from bot.understanding.model import Guess, Parse, Risk, RiskLevel
from tests.support.world import Person, TestHouse


async def waiting(house: TestHouse, level: RiskLevel = RiskLevel.CONCERN) -> Person:
    """Return somebody in the queue who has told of danger of a level."""
    person = house.person()
    text = f"something of level {level.label}"
    house.nlu.table[text] = Parse((Guess("disclose", 0.9),), Risk(level, ()))
    await person.write(text)
    await person.ask_for_a_person()
    return person


async def reached(house: TestHouse, person: Person) -> str | None:
    """Return who of the staff has a person."""
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
    assert party is not None
    return str(party.owner_staff_id) if party.owner == "staff" else None


async def test_claims_at_once_give_each_person_to_one_counsellor(house: TestHouse) -> None:
    """Eight counsellors who ask at the same moment get the five who wait, each a different one."""
    people = [await waiting(house) for _ in range(5)]
    staff = [await house.staff() for _ in range(8)]
    given = await asyncio.gather(*map(house.talks.claim_next, staff))
    got = [case_id for case_id in given if case_id is not None]
    assert len(got) == len(set(got)) == 5
    having = [await reached(house, person) for person in people]
    assert None not in having
    assert len(set(having)) == 5


async def test_danger_goes_first(house: TestHouse) -> None:
    """Whoever is in immediate danger is next, however long others have waited for the same few minutes."""
    calm = await waiting(house)
    house.clock.pass_(minutes=5)
    urgent = await waiting(house, RiskLevel.IMMEDIATE)
    counsellor = await house.staff()
    await house.talks.claim_next(counsellor)
    assert await reached(house, urgent) == str(counsellor.id)
    assert await reached(house, calm) is None


async def test_who_is_just_writing_is_not_passed_over(house: TestHouse) -> None:
    """A claim waits for the turn of the person who is next instead of giving somebody else or nobody."""
    urgent = await waiting(house, RiskLevel.IMMEDIATE)
    await waiting(house)
    counsellor = await house.staff()
    async with house.db.transaction() as conn:
        assert await house.people.find(conn, urgent.address, lock=True) is not None
        claiming = asyncio.create_task(house.talks.claim_next(counsellor))
        await asyncio.sleep(0.2)
        assert not claiming.done()
    assert await claiming is not None
    assert await reached(house, urgent) == str(counsellor.id)


async def test_a_reply_sent_twice_at_once_arrives_once(house: TestHouse) -> None:
    """A counsellor's message that the browser sends twice with one token is written once."""
    person, counsellor = await waiting(house), await house.staff()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    await asyncio.gather(
        *(house.talks.reply(counsellor, case_id, "I am here", token="1") for _ in range(3))
    )
    assert [m.text for m in person.inbox()].count("I am here") == 1


async def test_a_supervisor_gives_back_whom_a_vanished_counsellor_had(house: TestHouse) -> None:
    """Where a counsellor has gone, a supervisor puts the person back into the queue; another counsellor cannot."""
    person = await waiting(house)
    gone, other = await house.staff(), await house.staff()
    case_id = await house.talks.claim_next(gone)
    assert case_id is not None
    with pytest.raises(NotFound):
        await house.talks.release(other, case_id)
    await house.talks.release(await house.staff(Role.SUPERVISOR), case_id)
    assert await reached(house, person) is None
    assert await house.talks.claim_next(other) == case_id
    with pytest.raises(NotFound):
        await house.talks.reply(gone, case_id, "still here", token="t" * 16)


async def test_who_is_locked_out_leaves_nobody_behind(house: TestHouse) -> None:
    """Everybody whom a locked-out counsellor was talking with waits in the queue again, from where they began."""
    people = [await waiting(house) for _ in range(2)]
    leaving, staying = await house.staff(), await house.staff()
    for _ in people:
        await house.talks.claim_next(leaving)
    house.clock.pass_(minutes=1)
    late = await waiting(house)
    async with house.db.transaction() as conn:
        assert await lock_out(conn, leaving.email, house.clock.now()) == 2
        with pytest.raises(NotFound):
            await lock_out(conn, leaving.email, house.clock.now())
    for _ in people:
        await house.talks.claim_next(staying)
    assert [await reached(house, one) for one in (*people, late)] == [str(staying.id)] * 2 + [None]

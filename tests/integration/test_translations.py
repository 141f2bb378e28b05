"""A line of the person can be translated beside it; a colleague who is asked sees that line and nothing else."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from bot.errors import NotFound, Refused
from bot.hotline import access, consent, translations
from bot.hotline.claimed import access_claimed
from bot.hotline.staff import Staff
from bot.hotline.translations import Turn
from bot.messages import CaseId
from bot.store.tables import LineTranslationRow
from tests.support.world import Person, TestHouse


async def talk(house: TestHouse) -> tuple[Person, Staff, CaseId, int]:
    """Return a person, the counsellor who has them, and the line that is to be translated."""
    person, counsellor = house.person(), await house.staff()
    await person.ask_for_a_person()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    await person.write("before it")
    await person.write("man tarsam")
    async with house.db.transaction() as conn:
        view = await access.access_case(conn, house.people, counsellor, case_id)
    return person, counsellor, case_id, view.lines[-1].id


async def ask(
    house: TestHouse, staff: Staff, case_id: UUID, line_id: int, colleague: Staff
) -> None:
    """Ask a colleague."""
    async with house.db.transaction() as conn:
        await access_claimed(conn, house.people, staff, case_id)
        await translations.ask(conn, staff, case_id, line_id, colleague, clock=house.clock)


async def asked(house: TestHouse, staff: Staff) -> list[Turn]:
    """Return what somebody is asked."""
    async with house.db.transaction() as conn:
        found = await translations.list_asked(conn, house.people, staff)
        assert len(found) == await translations.count_asked(conn, staff)
    return found


async def answer(house: TestHouse, staff: Staff, number: UUID, text: str) -> None:
    """Translate."""
    async with house.db.transaction() as conn:
        now = house.clock.now()
        await translations.answer(conn, house.people, staff, number, text, now=now)


async def test_who_is_asked_sees_that_line_until_it_is_translated(house: TestHouse) -> None:
    """One line, its language, and nothing of the case; a stranger finds nothing; the counsellor reads the meaning with the name of who wrote it."""
    _, counsellor, case_id, line_id = await talk(house)
    interpreter, other = await house.staff(), await house.staff()
    await ask(house, counsellor, case_id, line_id, interpreter)
    [turn] = await asked(house, interpreter)
    assert (turn.words, set(vars(turn))) == ("man tarsam", {"id", "case_id", "locale", "words"})
    assert await asked(house, other) == []
    with pytest.raises(NotFound):
        await answer(house, other, turn.id, "forged")
    with pytest.raises(NotFound):
        await answer(house, interpreter, uuid4(), "forged")
    with pytest.raises(Refused):
        await answer(house, interpreter, turn.id, "  ")
    async with house.db.transaction() as conn:
        with pytest.raises(NotFound):
            await access.access_case(conn, house.people, interpreter, case_id)
    await answer(house, interpreter, turn.id, "I am afraid")
    assert await asked(house, interpreter) == []
    with pytest.raises(NotFound):
        await answer(house, interpreter, turn.id, "again")
    async with house.db.transaction() as conn:
        view = await access.access_case(conn, house.people, counsellor, case_id)
        sealed = await conn.scalar(select(LineTranslationRow.text_sealed))
    assert view.translations[line_id].text == "I am afraid"
    assert view.translations[line_id].by == interpreter.name
    assert b"afraid" not in (sealed or b"")


@pytest.mark.parametrize("end", ["consent", "close", "erase"])
async def test_what_is_asked_ends_with_what_allowed_it(house: TestHouse, end: str) -> None:
    """Without consent, after the talk, or once the person is erased, whoever was asked sees the line no more."""
    person, counsellor, case_id, line_id = await talk(house)
    interpreter = await house.staff()
    await ask(house, counsellor, case_id, line_id, interpreter)
    assert len(await asked(house, interpreter)) == 1
    if end == "close":
        await house.talks.close(counsellor, case_id, "helped")
    elif end == "erase":
        await person.press("erase.ask")
        await person.press("erase.ask.yes")
    else:
        async with house.db.transaction() as conn:
            party = await house.people.find(conn, person.address)
            assert party is not None
            now = house.clock.now()
            await consent.withdraw(conn, party.contact_id, at=now, case_id=case_id)
    assert await asked(house, interpreter) == []
    if end == "erase":
        async with house.db.transaction() as conn:
            assert await conn.scalar(select(LineTranslationRow.id)) is None


async def test_only_lines_of_the_person_in_this_case_can_be_asked(house: TestHouse) -> None:
    """A line of another case, or of a counsellor, is none."""
    _, counsellor, case_id, _ = await talk(house)
    _, _, _, elsewhere = await talk(house)
    colleague = await house.staff()
    await house.talks.reply(counsellor, case_id, "my own words", token="t")
    async with house.db.transaction() as conn:
        view = await access.access_case(conn, house.people, counsellor, case_id)
    for line_id in (elsewhere, view.lines[-1].id, 10**9):
        with pytest.raises(NotFound):
            await ask(house, counsellor, case_id, line_id, colleague)

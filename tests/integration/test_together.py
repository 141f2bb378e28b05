"""Several of the staff at one case: nobody is lost, nobody reads who may not, and the person is told who is there."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from bot.conversation.together import Together
from bot.errors import Conflict, NotFound, Refused
from bot.hotline import access, asked_of_me, check_question, notes
from bot.hotline.access import CaseView
from bot.hotline.claimed import access_claimed
from bot.hotline.staff import Role, Staff
from bot.messages import CaseId
from bot.store import belongings, sessions
from bot.store.crypto import hash_token
from bot.store.tables import CaseRow, CheckQuestionRow, NoteRow, TransferRow
from tests.support.world import Person, TestHouse


@pytest.fixture
def together(house: TestHouse) -> Together:
    """The staff's ways with each other."""
    return Together(house.talks)


async def talk(house: TestHouse) -> tuple[Person, Staff, CaseId]:
    """Return a person with the counsellor who has them."""
    person, counsellor = house.person(), await house.staff()
    await person.write("my boss keeps my passport")
    await person.ask_for_a_person()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    return person, counsellor, case_id


async def at_desk(house: TestHouse, role: Role = Role.COUNSELLOR) -> Staff:
    """Return a colleague who has the desk open."""
    colleague = await house.staff(role)
    async with house.db.transaction() as conn:
        token = await sessions.open_session(conn, colleague.id, clock=house.clock)
        await sessions.be_on_desk(conn, hash_token(token), now=house.clock.now())
    return colleague


async def view(house: TestHouse, staff: Staff, case_id: UUID) -> CaseView:
    """Return a case as somebody of the staff sees it."""
    async with house.db.transaction() as conn:
        return await access.access_case(conn, house.people, staff, case_id)


async def owner(house: TestHouse, case_id: UUID) -> tuple[str, UUID | None, str, UUID | None]:
    """Return in which state a case is and with whom, and who owns its conversation."""
    async with house.db.transaction() as conn:
        row = (await conn.execute(select(CaseRow).where(CaseRow.id == case_id))).one()
        party = await house.people.get(conn, row.conversation_id)
    return row.state, row.claimed_by, party.owner, party.owner_staff_id


async def kinds(house: TestHouse, staff: Staff) -> list[str]:
    """Return what is asked of somebody."""
    async with house.db.transaction() as conn:
        return [each.kind for each in await asked_of_me.list_for(conn, house.people, staff)]


async def test_a_case_stays_until_the_colleague_takes_it(
    house: TestHouse, together: Together
) -> None:
    """Offered, it is still the first one's; accepted, it is the other's, who is announced to the person; the trail names both."""
    person, first, case_id = await talk(house)
    second = await house.staff()
    await together.offer(first, case_id, second.id, "needs somebody for labour law")
    assert (await owner(house, case_id))[1] == first.id
    with pytest.raises(NotFound):
        await view(house, second, case_id)
    assert await kinds(house, second) == ["transfer"]
    await house.talks.reply(first, case_id, "still here", token="t1")
    await together.answer_offer(second, case_id, accepts=True)
    assert await owner(house, case_id) == ("claimed", second.id, "staff", second.id)
    with pytest.raises(NotFound):
        await view(house, first, case_id)
    with pytest.raises(NotFound):
        await house.talks.reply(first, case_id, "too late", token="t2")
    said = [message.text for message in person.inbox()]
    assert "still here" in said
    assert second.name in said[-1]
    steps = [(step.kind, step.name) for step in (await view(house, second, case_id)).trail]
    claims = [name for kind, name in steps if kind == "case_claimed"]
    assert claims == [first.name, second.name]
    assert ("transfer_offered", first.name) in steps


async def test_declined_or_taken_back_it_stays(house: TestHouse, together: Together) -> None:
    """Who declines leaves it where it is; an offer that was taken back cannot be accepted; and only one at a time is out."""
    _, first, case_id = await talk(house)
    second, third = await house.staff(), await house.staff()
    await together.offer(first, case_id, second.id, "")
    with pytest.raises(Conflict):
        await together.offer(first, case_id, third.id, "")
    with pytest.raises(NotFound):
        await together.answer_offer(third, case_id, accepts=True)
    await together.answer_offer(second, case_id, accepts=False)
    await together.offer(first, case_id, third.id, "")
    await together.take_back_offer(first, case_id)
    with pytest.raises(NotFound):
        await together.answer_offer(third, case_id, accepts=True)
    assert (await owner(house, case_id))[1] == first.id
    async with house.db.transaction() as conn:
        states = list(await conn.scalars(select(TransferRow.state).order_by(TransferRow.id)))
    assert states == ["declined", "ended"]


@pytest.mark.parametrize("other", ["close", "release", "take_back"])
async def test_of_two_things_at_once_one_happens(
    house: TestHouse, together: Together, other: str
) -> None:
    """A case that is accepted and closed, given back or taken back in the same moment goes one way; nobody is lost."""
    for _ in range(5):
        _, first, case_id = await talk(house)
        second = await house.staff()
        await together.offer(first, case_id, second.id, "")
        acts = {
            "close": lambda f=first, c=case_id: house.talks.close(f, c, "helped"),
            "release": lambda f=first, c=case_id: house.talks.release(f, c),
            "take_back": lambda f=first, c=case_id: together.take_back_offer(f, c),
        }
        done = await asyncio.gather(
            together.answer_offer(second, case_id, accepts=True),
            acts[other](),
            return_exceptions=True,
        )
        assert all(each is None or isinstance(each, Refused) for each in done), done
        state, by, who, who_id = await owner(house, case_id)
        if done[0] is None:
            assert (state, by, who, who_id) == ("claimed", second.id, "staff", second.id)
            assert done[1] is not None
            await house.talks.close(second, case_id, "helped")
        elif other == "release":
            assert (state, by, who) == ("waiting", None, "queue")
            assert await house.talks.claim_next(second) == case_id
            await house.talks.close(second, case_id, "helped")
        elif other == "close":
            assert (state, who) == ("closed", "bot")
        else:
            assert (state, by, who_id) == ("claimed", first.id, first.id)
            await house.talks.close(first, case_id, "helped")


async def test_two_accept_at_once_and_one_has_it(house: TestHouse, together: Together) -> None:
    """Pressing twice takes it over once, and the person is told once."""
    person, first, case_id = await talk(house)
    second = await house.staff()
    await together.offer(first, case_id, second.id, "")
    done = await asyncio.gather(
        *(together.answer_offer(second, case_id, accepts=True) for _ in range(4)),
        return_exceptions=True,
    )
    assert sorted(each is None for each in done) == [False, False, False, True]
    assert sum(second.name in message.text for message in person.inbox()) == 1


async def test_a_colleague_looks_on_only_while_asked(house: TestHouse, together: Together) -> None:
    """Somebody at the desk can be asked; they read once they accept, never write, and read no more when it ends or the case moves on."""
    _, first, case_id = await talk(house)
    away, colleague = await house.staff(), await at_desk(house)
    with pytest.raises(NotFound):
        await together.consult(first, case_id, away.id)
    await together.consult(first, case_id, colleague.id)
    assert await kinds(house, colleague) == ["consult"]
    with pytest.raises(NotFound):
        await view(house, colleague, case_id)
    await together.answer_consult(colleague, case_id, accepts=True)
    assert (await view(house, colleague, case_id)).lines
    assert await kinds(house, colleague) == ["inside"]
    with pytest.raises(NotFound):
        await house.talks.reply(colleague, case_id, "hello", token="t")
    await together.leave(first, case_id, colleague.id)
    with pytest.raises(NotFound):
        await view(house, colleague, case_id)
    await together.consult(first, case_id, colleague.id)
    await together.answer_consult(colleague, case_id, accepts=True)
    await house.talks.release(first, case_id)
    with pytest.raises(NotFound):
        await view(house, colleague, case_id)
    assert await house.talks.claim_next(first) == case_id
    with pytest.raises(NotFound):
        await view(house, colleague, case_id)


async def test_a_supervisor_joins_and_is_announced(house: TestHouse, together: Together) -> None:
    """Who oversees may join: the person reads the name, both write, and leaving ends it; a counsellor cannot join by herself."""
    person, first, case_id = await talk(house)
    supervisor = await house.staff(Role.SUPERVISOR)
    with pytest.raises(NotFound):
        await together.join(await house.staff(), case_id)
    with pytest.raises(NotFound):
        await house.talks.reply(supervisor, case_id, "unannounced", token="t0")
    await together.join(supervisor, case_id)
    assert supervisor.name in person.inbox()[-1].text
    await house.talks.reply(supervisor, case_id, "I am here too", token="t1")
    await house.talks.reply(first, case_id, "and so am I", token="t2")
    said = [message.text for message in person.inbox()]
    assert said[-2:] == ["I am here too", "and so am I"]
    with pytest.raises(Conflict):
        await together.join(supervisor, case_id)
    await together.leave(supervisor, case_id, supervisor.id)
    with pytest.raises(NotFound):
        await house.talks.reply(supervisor, case_id, "after leaving", token="t3")


async def note(
    house: TestHouse, staff: Staff, case_id: UUID, words: str, kind: str = notes.NOTE
) -> None:
    """Write a note."""
    async with house.db.transaction() as conn:
        await access.check_access(conn, staff, case_id)
        row = (await conn.execute(select(CaseRow).where(CaseRow.id == case_id))).one()
        party = await house.people.get(conn, row.conversation_id)
        now = house.clock.now()
        await notes.add(
            conn, party, staff, case_id, words, claimed_by=row.claimed_by, kind=kind, now=now
        )


async def test_notes_and_whispers_never_reach_the_person(
    house: TestHouse, together: Together
) -> None:
    """A note is read by all who may see the case and tells who is named; a whisper is the counsellor's only; both are sealed and go with an erasure."""
    person, first, case_id = await talk(house)
    supervisor, admin = await house.staff(Role.SUPERVISOR), await house.staff(Role.ADMIN)
    before = len(person.inbox())
    await note(house, first, case_id, f"@{supervisor.name} the boss is called Anton")
    await note(house, supervisor, case_id, "ask for the contract", notes.WHISPER)
    assert await kinds(house, supervisor) == ["mention"]
    assert await kinds(house, first) == ["mention"]
    read = {
        staff.id: [each.text for each in (await view(house, staff, case_id)).notes]
        for staff in (first, supervisor, admin)
    }
    assert [len(read[staff.id]) for staff in (first, supervisor, admin)] == [2, 2, 1]
    with pytest.raises(NotFound):
        await note(house, first, case_id, "to myself", notes.WHISPER)
    with pytest.raises(NotFound):
        await note(house, await house.staff(), case_id, "not mine")
    async with house.db.transaction() as conn:
        await notes.mark_seen(conn, supervisor, case_id, now=house.clock.now())
        raw = (await conn.execute(text("SELECT case_notes::text FROM case_notes"))).scalars()
        assert not any("Anton" in row for row in raw)
    assert await kinds(house, supervisor) == []
    assert len(person.inbox()) == before
    await person.press("erase.ask")
    await person.press("erase.ask.yes")
    async with house.db.transaction() as conn:
        assert (await conn.scalars(select(NoteRow.id))).all() == []


async def test_everything_beside_a_case_comes_along_from_another_phone(
    house: TestHouse, together: Together
) -> None:
    """Who becomes one with an earlier contact keeps readable notes, offers and the check question of their later cases."""
    person, first, case_id = await talk(house)
    await note(house, first, case_id, "a note")
    await together.offer(first, case_id, (await house.staff()).id, "why")
    await agree(house, first, case_id)
    earlier = house.person()
    await earlier.start()
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
        into = await house.people.find(conn, earlier.address)
        assert party is not None
        assert into is not None
        await belongings.join(conn, house.people, party, into.contact_id)
    seen = await view(house, first, case_id)
    assert [each.text for each in seen.notes] == ["a note"]
    assert seen.check is not None
    assert seen.check.answer == "green mango"


async def agree(house: TestHouse, staff: Staff, case_id: UUID) -> None:
    """Agree on a check question."""
    async with house.db.transaction() as conn:
        party, _ = await access_claimed(conn, house.people, staff, case_id)
        await check_question.agree(
            conn,
            party,
            staff,
            case_id,
            question="which fruit",
            answer="green mango",
            now=house.clock.now(),
        )


async def test_after_a_silence_the_thread_is_covered_until_the_answer_is_right(
    house: TestHouse,
) -> None:
    """What was told is covered for everybody who reads when somebody writes after a long silence; a right answer shows it again."""
    person, first, case_id = await talk(house)
    await person.write("he locks the door at night")
    await agree(house, first, case_id)
    house.clock.at += check_question.SILENCE + timedelta(minutes=1)
    await person.write("hello, it is me")
    for staff in (first, await house.staff(Role.SUPERVISOR)):
        seen = await view(house, staff, case_id)
        told = " ".join(line.text for line in seen.lines)
        assert "door" not in told
        assert "passport" not in told
        assert "hello, it is me" in told
        assert seen.kinds == ()
    async with house.db.transaction() as conn:
        await check_question.judge(conn, first, case_id, right=False, now=house.clock.now())
    assert (await view(house, first, case_id)).check.is_due  # type: ignore[union-attr]
    house.clock.pass_(minutes=1)
    async with house.db.transaction() as conn:
        await check_question.judge(conn, first, case_id, right=True, now=house.clock.now())
        sealed = await conn.scalar(select(CheckQuestionRow.answer_sealed))
    assert b"mango" not in (sealed or b"")
    seen = await view(house, first, case_id)
    assert "he locks the door at night" in [line.text for line in seen.lines]

"""A counsellor rests from a talk in which she is abused: the person is told, nothing is lost, and danger is never cut off."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.conversation.pausing import Pausing
from bot.conversation.typing import Typing
from bot.errors import NotFound, Refused
from bot.hotline import access, pauses, unusual
from bot.hotline.access import CaseView
from bot.hotline.silence import look_after
from bot.hotline.staff import Role, Staff
from bot.jobs.tasks.silence import silence
from bot.messages import CaseId
from bot.store import contacts, notices, sessions
from bot.store.batch import Batch
from bot.store.crypto import hash_token
from bot.store.tables import AuditRow, CasePauseRow, CaseRow
from bot.understanding.model import Risk, RiskLevel
from tests.support.world import Person, TestHouse

HURT = "i am going to kill myself tonight"


async def talk(
    house: TestHouse, words: str = "may I ask something"
) -> tuple[Person, Staff, CaseId]:
    """Return a person with the counsellor who has them."""
    person, counsellor = house.person(), await house.staff()
    await person.write(words)
    await person.ask_for_a_person()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    await house.talks.reply(counsellor, case_id, "hello", token="t" * 20)
    return person, counsellor, case_id


async def view(house: TestHouse, staff: Staff, case_id: CaseId) -> CaseView:
    """Return a case as somebody of the staff sees it."""
    async with house.db.transaction() as conn:
        return await access.access_case(conn, house.people, staff, case_id)


def texts(seen: CaseView) -> list[str]:
    """Return what the person wrote, as far as it is shown."""
    return [line.text for line in seen.lines if line.author == "person" and not line.shared]


async def state(house: TestHouse, case_id: CaseId) -> tuple[str, bool]:
    """Return in which state a case is, and whether it came back as one whose counsellor is gone."""
    async with house.db.transaction() as conn:
        row = (await conn.execute(select(CaseRow).where(CaseRow.id == case_id))).one()
    return row.state, row.returned_at is not None


async def chore(house: TestHouse) -> None:
    """Let the chore run that looks after cases."""
    await silence(house.db, house.people, house.clock)


@pytest.fixture
def pausing(house: TestHouse) -> Pausing:
    """What a counsellor does about it."""
    return Pausing(house.talks)


async def test_the_person_is_told_calmly_and_their_lines_wait_in_order(
    house: TestHouse, pausing: Pausing
) -> None:
    """They read that the talk rests, with the ways on; what they write is kept, and there in order after ten minutes."""
    person, counsellor, case_id = await talk(house)
    await pausing.begin(counsellor, case_id, gives_back=False)
    told = person.inbox()[-1]
    assert "rests" in told.text
    assert [each.id for each in told.buttons] == ["calm.paused.numbers", "calm.paused.leave"]
    assert await person.write("you are useless") == []
    assert await person.write("answer me") == []
    seen = await view(house, counsellor, case_id)
    assert seen.pause is not None
    assert texts(seen) == []
    house.clock.pass_(minutes=10)
    await chore(house)
    seen = await view(house, counsellor, case_id)
    assert seen.pause is None
    assert texts(seen) == ["you are useless", "answer me"]
    assert (await state(house, case_id))[0] == "claimed"


async def test_nobody_is_told_of_new_lines_or_of_typing(
    house: TestHouse, pausing: Pausing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While she rests no open desk hears that the person writes; before and after it does."""
    person, counsellor, case_id = await talk(house)
    heard = []

    def told(_batch: object, kind: str, _case: object) -> None:
        heard.append(kind)

    async def typed(_conn: object, who: str, _where: object) -> None:
        heard.append(who)

    monkeypatch.setattr(notices, "add_to_desk", told)
    monkeypatch.setattr(notices, "to_typing", typed)
    typing = Typing(house.conversations)
    await pausing.begin(counsellor, case_id, gives_back=False)
    heard.clear()
    await person.write("you are useless")
    await typing.by_person(person.address)
    assert heard == []
    await pausing.end(counsellor, case_id)
    heard.clear()
    await person.write("hello")
    await typing.by_person(person.address)
    assert heard == ["message", "person"]


@pytest.mark.parametrize("gives_back", [False, True])
async def test_danger_comes_through_at_once(
    house: TestHouse, pausing: Pausing, *, gives_back: bool
) -> None:
    """A line of danger ends the rest with everything before it; whom she gave up is at the head of the queue at once."""
    person, counsellor, case_id = await talk(house)
    await pausing.begin(counsellor, case_id, gives_back=gives_back)
    await person.write("you are useless")
    await person.write(HURT)
    assert await state(house, case_id) == (("waiting", True) if gives_back else ("claimed", False))
    async with house.db.transaction() as conn:
        assert not await pauses.holds(conn, case_id, now=house.clock.now())
        level = await conn.scalar(select(CaseRow.level).where(CaseRow.id == case_id))
    assert level == "high"
    reader = await house.staff(Role.SUPERVISOR)
    seen = await view(house, reader if gives_back else counsellor, case_id)
    assert texts(seen) == ["you are useless", HURT]
    assert "pause_danger" in [step.kind for step in seen.trail]


async def test_nobody_in_danger_now_is_paused(house: TestHouse, pausing: Pausing) -> None:
    """A talk with somebody in immediate danger goes on, and says why; one that rests already is not begun again."""
    person, counsellor, case_id = await talk(house)
    house.nlu.tell(HURT, "disclose", risk=Risk(RiskLevel.IMMEDIATE, ("self_harm",), "self"))
    await person.write(HURT)
    with pytest.raises(Refused, match="immediate"):
        await pausing.begin(counsellor, case_id, gives_back=False)
    _, other, calm = await talk(house)
    await pausing.begin(other, calm, gives_back=False)
    with pytest.raises(Refused, match="paused"):
        await pausing.begin(other, calm, gives_back=False)
    with pytest.raises(NotFound):
        await pausing.begin(counsellor, calm, gives_back=False)


async def test_she_takes_it_up_again_at_once(house: TestHouse, pausing: Pausing) -> None:
    """Undone, or when she writes, the rest is over and everything is there; undone twice is no harm."""
    person, counsellor, case_id = await talk(house)
    await pausing.begin(counsellor, case_id, gives_back=True)
    await person.write("sorry")
    assert await pausing.end(counsellor, case_id)
    assert not await pausing.end(counsellor, case_id)
    assert texts(await view(house, counsellor, case_id)) == ["sorry"]
    await pausing.begin(counsellor, case_id, gives_back=True)
    await person.write("really")
    await house.talks.reply(counsellor, case_id, "all right", token="u" * 20)
    assert texts(await view(house, counsellor, case_id)) == ["sorry", "really"]
    house.clock.pass_(minutes=10)
    await chore(house)
    assert (await state(house, case_id))[0] == "claimed"


async def test_afterwards_somebody_else_gets_them(house: TestHouse, pausing: Pausing) -> None:
    """Where she chose so the person is in the queue after ten minutes, and another one who is free gets them before she does."""
    person, counsellor, case_id = await talk(house)
    await pausing.begin(counsellor, case_id, gives_back=True)
    await person.write("you are useless")
    house.clock.pass_(minutes=9, seconds=59)
    await chore(house)
    assert (await state(house, case_id))[0] == "claimed"
    house.clock.pass_(seconds=1)
    await chore(house)
    assert await state(house, case_id) == ("waiting", False)
    other = await house.staff()
    async with house.db.transaction() as conn:
        token = await sessions.open_session(conn, other.id, clock=house.clock)
        await sessions.be_on_desk(conn, hash_token(token), now=house.clock.now())
    assert await house.talks.claim_next(counsellor) is None
    assert await house.talks.claim_next(other) == case_id
    assert texts(await view(house, other, case_id)) == ["you are useless"]


async def test_alone_at_the_desk_she_gets_them_again(house: TestHouse, pausing: Pausing) -> None:
    """Where nobody else is there, whom she gave up is not lost: the next person is that one."""
    _, counsellor, case_id = await talk(house)
    await pausing.begin(counsellor, case_id, gives_back=True)
    house.clock.pass_(minutes=10)
    await chore(house)
    assert await house.talks.claim_next(counsellor) == case_id


async def test_resting_is_not_silence(house: TestHouse, pausing: Pausing) -> None:
    """Nobody is reminded of a talk that rests; what came meanwhile waits for her from the end of the rest."""
    person, counsellor, case_id = await talk(house, "my boss keeps my passport")
    await pausing.begin(counsellor, case_id, gives_back=False)
    await person.write("you are useless")
    for minutes in (9, 2):
        house.clock.pass_(minutes=minutes)
        async with house.db.transaction() as conn:
            assert await look_after(conn, house.people, case_id, now=house.clock.now()) is None
    house.clock.pass_(minutes=30)
    async with house.db.transaction() as conn:
        did = await look_after(conn, house.people, case_id, now=house.clock.now())
    assert did == "case_reminded"


async def test_the_ways_on_work(house: TestHouse, pausing: Pausing) -> None:
    """The numbers are said, pressed or typed, and the case shows that; leaving ends the talk and brings the menu."""
    person, counsellor, case_id = await talk(house)
    await pausing.begin(counsellor, case_id, gives_back=False)
    for said in (await person.press("calm.paused.numbers"), await person.write("2")):
        assert said
    assert (await state(house, case_id))[0] == "closed"
    _, last = person.inbox()[-2:]
    assert last.buttons


async def test_under_a_cover_nothing_is_said(house: TestHouse, pausing: Pausing) -> None:
    """Where somebody may be looking at the phone nothing is shown, and the desk says that the person was not told."""
    person, counsellor, case_id = await talk(house)
    async with house.db.transaction() as conn:
        row = (await conn.execute(select(CaseRow).where(CaseRow.id == case_id))).one()
        party = await house.people.get(conn, row.conversation_id)
    covered = house.conversations.state_of(party).remembering(
        "watched", hidden_until=(house.clock.now() + timedelta(minutes=30)).isoformat()
    )
    async with house.db.transaction() as conn:
        batch = Batch(conn)
        contacts.save_state(batch, party, covered.to_json(), locale="en", at=None)
        await batch.send()
    before = len(person.inbox())
    await pausing.begin(counsellor, case_id, gives_back=False)
    assert len(person.inbox()) == before
    seen = await view(house, counsellor, case_id)
    assert seen.pause is not None
    assert not seen.pause.told


async def test_it_is_noted_and_counted_without_words(house: TestHouse, pausing: Pausing) -> None:
    """The trail and the audit log say who rested when; supervisors see a number, and none while it is small."""
    _, counsellor, case_id = await talk(house)
    await pausing.begin(counsellor, case_id, gives_back=False)
    supervisor = await house.staff(Role.SUPERVISOR)
    seen = await view(house, supervisor, case_id)
    assert [(s.kind, s.name) for s in seen.trail][-1] == ("talk_paused", counsellor.name)
    async with house.db.transaction() as conn:
        noted = select(func.count()).where(
            AuditRow.kind == "talk_paused", AuditRow.subject_id == case_id
        )
        assert await conn.scalar(noted) == 1
        assert (await unusual.look(conn, supervisor, now=house.clock.now())).pauses is None
    for _ in range(4):
        await pausing.end(counsellor, case_id)
        await pausing.begin(counsellor, case_id, gives_back=False)
    async with house.db.transaction() as conn:
        assert (await unusual.look(conn, supervisor, now=house.clock.now())).pauses == 5
        later = house.clock.now() + pauses.COUNTED
        assert (await unusual.look(conn, supervisor, now=later)).pauses == 0


async def test_a_supervisor_sees_what_waits(house: TestHouse, pausing: Pausing) -> None:
    """Whoever oversees reads everything at once: somebody always can."""
    person, counsellor, case_id = await talk(house)
    await pausing.begin(counsellor, case_id, gives_back=False)
    await person.write("you are useless")
    supervisor = await house.staff(Role.SUPERVISOR)
    assert texts(await view(house, supervisor, case_id)) == ["you are useless"]


async def test_a_pause_ends_with_whose_case_it_is(house: TestHouse, pausing: Pausing) -> None:
    """Given back meanwhile, the talk rests for nobody else, and what she rested from does not come after the next one."""
    person, counsellor, case_id = await talk(house)
    await pausing.begin(counsellor, case_id, gives_back=True)
    await person.write("you are useless")
    await house.talks.release(counsellor, case_id)
    other = replace(await house.staff(), name="Other")
    assert await house.talks.claim_next(other) == case_id
    assert texts(await view(house, other, case_id)) == ["you are useless"]
    house.clock.pass_(minutes=10)
    await house.talks.reply(other, case_id, "hello", token="v" * 20)
    await chore(house)
    assert (await state(house, case_id))[0] == "claimed"
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(func.count()).where(CasePauseRow.ended_at.is_(None))) == 0

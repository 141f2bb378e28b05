"""Consent is checked where something is shown: at the read, every time."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from bot.errors import ConsentMissing, NotFound
from bot.hotline import access, cases, consent, lists
from bot.hotline.access import CaseView
from bot.hotline.staff import Role, Staff
from bot.messages import CaseId
from bot.store.tables import CaseRow, ConsentRow
from tests.support.world import Person, TestHouse

TOLD = "my boss keeps my passport and the door is locked"


async def hand_over(house: TestHouse, button: str) -> tuple[Person, Staff, CaseId]:
    """Let somebody tell of danger, answer the question for consent with `button`, and be claimed."""
    person, counsellor = house.person(), await house.staff()
    await person.write(TOLD)
    await person.press("consent.ask")
    await person.press(button)
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    return person, counsellor, case_id


async def view(house: TestHouse, staff: Staff, case_id: CaseId) -> CaseView:
    """Read a case as the desk does."""
    async with house.db.transaction() as conn:
        return await access.access_case(conn, house.people, staff, case_id)


def texts(seen: CaseView) -> list[str]:
    """Return the words of a thread."""
    return [line.text for line in seen.lines]


async def test_what_was_shared_is_shown(house: TestHouse) -> None:
    """Whoever agrees to share is read by the counsellor, and the ledger says which words they agreed to."""
    _, counsellor, case_id = await hand_over(house, "consent.ask.share")
    seen = await view(house, counsellor, case_id)
    assert texts(seen) == [TOLD]
    assert [(line.scope, line.granted) for line in seen.consents] == [
        ("talk", True),
        ("share", True),
    ]
    async with house.db.transaction() as conn:
        versions = list(await conn.scalars(select(ConsentRow.text_version)))
    assert all(len(version) == 16 for version in versions)


async def test_what_was_not_shared_is_not_shown(house: TestHouse) -> None:
    """Whoever agrees to talk and shares nothing is read only from then on."""
    person, counsellor, case_id = await hand_over(house, "consent.ask.talk")
    await person.write("hello, I am Rina")
    assert texts(await view(house, counsellor, case_id)) == ["hello, I am Rina"]


async def test_a_withdrawn_consent_to_share_hides_what_was_shared(house: TestHouse) -> None:
    """The consent is asked for at every read: once the person takes it back, the shared lines are gone."""
    person, counsellor, case_id = await hand_over(house, "consent.ask.share")
    await person.write("still here")
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
        assert party is not None
        await consent.withdraw(
            conn, party.contact_id, at=house.clock.now(), case_id=case_id, scope=consent.SHARE
        )
    assert texts(await view(house, counsellor, case_id)) == ["still here"]


async def test_saying_no_opens_nothing(house: TestHouse) -> None:
    """Whoever says no is in no queue, and the bot goes on."""
    person = house.person()
    await person.write(TOLD)
    await person.press("consent.ask")
    assert await person.press("consent.ask.no")
    assert await house.talks.claim_next(await house.staff()) is None
    assert await person.press("menu.main")


async def test_no_button_opens_a_case_without_the_question(house: TestHouse) -> None:
    """A button that was made up, or comes from an older message, opens no case: the question comes first."""
    for button in (
        "consent.waiting",
        "consent.ask.share",
        "consent.ask.talk",
        "consent.waiting.later_yes",
    ):
        person = house.person()
        await person.write(TOLD)
        assert await person.press(button)
    async with house.db.transaction() as conn:
        assert (await conn.execute(select(CaseRow.id))).all() == []


async def test_after_leaving_nothing_is_shown(house: TestHouse) -> None:
    """When the person leaves, the thread is empty for everybody, and the counsellor can write no more."""
    person, counsellor, case_id = await hand_over(house, "consent.ask.share")
    await person.write("/leave")
    supervisor = await house.staff(Role.SUPERVISOR)
    for staff in (counsellor, supervisor):
        seen = await view(house, staff, case_id)
        assert seen.lines == ()
        assert all(line.withdrawn_at is not None for line in seen.consents)
    with pytest.raises(NotFound) as refused:
        await house.talks.reply(supervisor, case_id, "come back", token="1")
    assert type(refused.value) is NotFound
    assert await person.press("menu.main")


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.CAMPAIGNER, Role.AUDITOR])
async def test_not_yours_looks_like_not_there(house: TestHouse, role: Role) -> None:
    """For a stranger of the staff, a case that exists and one that does not are refused in the same words."""
    _, _, case_id = await hand_over(house, "consent.ask.share")
    stranger = await house.staff(role)
    refusals = []
    for wanted in (case_id, CaseId(uuid4())):
        with pytest.raises(NotFound) as refused:
            await view(house, stranger, wanted)
        with pytest.raises(NotFound) as not_written:
            await house.talks.reply(stranger, wanted, "hello", token="1")
        with pytest.raises(NotFound) as not_closed:
            await house.talks.close(stranger, wanted, "helped")
        with pytest.raises(NotFound) as not_released:
            await house.talks.release(stranger, wanted)
        refusals.append([repr(e.value) for e in (refused, not_written, not_closed, not_released)])
    assert refusals[0] == refusals[1]


@pytest.mark.parametrize("role", [Role.CAMPAIGNER, Role.AUDITOR])
async def test_who_does_not_talk_with_people_sees_no_queue(house: TestHouse, role: Role) -> None:
    """Campaigners and auditors get nobody from the queue and see none of its lists."""
    person = house.person()
    await person.ask_for_a_person()
    other = await house.staff(role)
    with pytest.raises(NotFound):
        await house.talks.claim_next(other)
    async with house.db.transaction() as conn:
        assert await lists.list_waiting(conn, house.people, other, now=house.clock.now()) == []
        assert await lists.list_claimed(conn, other) == []
        assert await lists.list_mine(conn, other) == []


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMIN])
async def test_who_oversees_may_read(house: TestHouse, role: Role) -> None:
    """Supervisors and admins read a case of somebody else, with the same consent, and do not speak in it."""
    _, counsellor, case_id = await hand_over(house, "consent.ask.share")
    overseer = await house.staff(role)
    seen = await view(house, overseer, case_id)
    assert seen == await view(house, counsellor, case_id)
    with pytest.raises(NotFound):
        await house.talks.reply(overseer, case_id, "hello", token="1")


async def test_words_are_relayed_only_with_consent(house: TestHouse) -> None:
    """Without a consent to talk that holds, no word of the person reaches the case; they are told that something broke."""
    person, counsellor, case_id = await hand_over(house, "consent.ask.talk")
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
        assert party is not None
        await consent.withdraw(conn, party.contact_id, at=house.clock.now(), case_id=case_id)
        open_case = await cases.find_open(conn, party.conversation_id)
        assert open_case is not None
        with pytest.raises(ConsentMissing):
            await cases.relay(conn, party, open_case, "secret", now=house.clock.now())
    assert await person.write("secret")
    assert (await view(house, counsellor, case_id)).lines == ()
    with pytest.raises(ConsentMissing):
        await house.talks.reply(counsellor, case_id, "hello", token="1")


@pytest.mark.parametrize(
    ("button", "later"),
    [
        ("consent.waiting.later_yes", "any"),
        ("consent.waiting.at-evening", "evening"),
        ("consent.waiting.later_no", None),
    ],
)
async def test_when_it_is_safe_to_write_is_kept(
    house: TestHouse, button: str, later: str | None
) -> None:
    """What the person says about being written to later is what the counsellor reads, also when it was changed."""
    person, counsellor = house.person(), await house.staff()
    await person.ask_for_a_person()
    await person.press("consent.waiting.later_yes")
    assert await person.press(button)
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    assert (await view(house, counsellor, case_id)).contact_later == later


async def test_a_choice_made_in_the_talk_is_kept_quietly(house: TestHouse) -> None:
    """The buttons about later still work when a counsellor is there, and the bot says nothing to it."""
    person, counsellor, case_id = await hand_over(house, "consent.ask.talk")
    assert await person.press("consent.waiting.at-night") == []
    assert (await view(house, counsellor, case_id)).contact_later == "night"

"""Each side sees that the other one is writing, unless somebody may be looking."""

import pytest

from bot.conversation.typing import AGAIN, Typing
from bot.hotline.staff import Staff
from bot.messages import CaseId
from bot.store import notices
from tests.support.world import Person, TestHouse

WORD = "mango42"


async def talk(house: TestHouse) -> tuple[Person, Staff, CaseId]:
    """Return a person who has a safe word with the counsellor who has them."""
    person, counsellor = house.person(), await house.staff()
    await person.press("watched.word")
    await person.write(WORD)
    await person.ask_for_a_person()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    return person, counsellor, case_id


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, object]]:
    """What is told by notices."""
    heard: list[tuple[str, object]] = []

    async def tell(_conn: object, who: str, where: object) -> None:
        heard.append((who, where))

    monkeypatch.setattr(notices, "to_typing", tell)
    return heard


async def test_the_person_sees_that_the_counsellor_writes(
    house: TestHouse, told: list[tuple[str, object]]
) -> None:
    """It is shown on the platform at most every four seconds, and only for who has the case."""
    person, counsellor, case_id = await talk(house)
    typing = Typing(house.conversations)
    await typing.by_staff(counsellor, case_id)
    await typing.by_staff(counsellor, case_id)
    assert house.channel.typed == [person.address]
    house.clock.pass_(seconds=AGAIN.total_seconds())
    await typing.by_staff(await house.staff(), case_id)
    assert len(house.channel.typed) == 1
    house.clock.pass_(seconds=AGAIN.total_seconds())
    await typing.by_staff(counsellor, case_id)
    assert len(house.channel.typed) == 2
    assert [who for who, _ in told] == ["staff", "staff"]


async def test_the_counsellor_sees_that_the_person_writes(
    house: TestHouse, told: list[tuple[str, object]]
) -> None:
    """Only in a talk with a counsellor; what is typed to the bot is nobody's business."""
    person, counsellor, case_id = await talk(house)
    typing = Typing(house.conversations)
    await typing.by_person(person.address)
    assert told == [("person", case_id)]
    await typing.by_person(house.person().address)
    await house.talks.close(counsellor, case_id, "helped")
    await typing.by_person(person.address)
    assert len(told) == 1


async def test_under_a_cover_nobody_is_seen_writing(
    house: TestHouse, told: list[tuple[str, object]]
) -> None:
    """While somebody may be looking at the phone neither side shows anything."""
    person, counsellor, case_id = await talk(house)
    await person.write(WORD)
    typing = Typing(house.conversations)
    await typing.by_person(person.address)
    await typing.by_staff(counsellor, case_id)
    assert (told, house.channel.typed) == ([], [])

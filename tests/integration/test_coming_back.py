"""Four words bring a person back to their case from another phone or channel."""

import re

from sqlalchemy import func, select

from bot.hotline import access
from bot.hotline.staff import Staff
from bot.messages import CaseId
from bot.store.tables import CaseRow, ContactRow, ConversationRow
from tests.support.world import Person, TestHouse

TOLD = "my boss keeps my passport and the door is locked"
WORDS = re.compile(r"[a-z]+ [a-z]+ [a-z]+ [a-z]+")


async def open_case(house: TestHouse) -> tuple[Person, str]:
    """Return a person in the queue, who has shared what they wrote, and their four words."""
    person = house.person()
    await person.write(TOLD)
    await person.press("consent.ask")
    said = await person.press("consent.ask.share")
    words = next(line for line in said[0].text.splitlines() if WORDS.fullmatch(line))
    return person, words


async def come_back(person: Person, words: str) -> str:
    """Write the four words, and return the first thing that is answered."""
    await person.press("passphrase.ask")
    answered = await person.write(words)
    return answered[0].text


async def owner(house: TestHouse, person: Person) -> str:
    """Return who has a person's conversation."""
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
    assert party is not None
    return party.owner


async def thread(house: TestHouse, staff: Staff, case_id: CaseId) -> list[str]:
    """Return a case's words as the desk reads them."""
    async with house.db.transaction() as conn:
        seen = await access.access_case(conn, house.people, staff, case_id)
    return [line.text for line in seen.lines]


async def test_a_talk_goes_on_elsewhere(house: TestHouse) -> None:
    """With the four words the case, its thread and its counsellor move to the new chat, and the old one falls silent."""
    first, words = await open_case(house)
    counsellor = await house.staff()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    await first.write("they took my phone")

    second = house.person()
    await second.write("hello from another phone")
    assert "Welcome back" in await come_back(second, words.upper())
    silent = len(first.inbox())
    assert await second.write("it is me again") == []
    await house.talks.reply(counsellor, case_id, "good that you are back", token="1")

    assert second.inbox()[-1].text == "good that you are back"
    assert len(first.inbox()) == silent
    assert (await owner(house, first), await owner(house, second)) == ("bot", "staff")
    assert await thread(house, counsellor, case_id) == [
        TOLD, "they took my phone", "it is me again", "good that you are back",
    ]  # fmt: skip
    assert await first.press("menu.main")


async def test_the_two_become_one_person(house: TestHouse) -> None:
    """After coming back there is one contact, and erasing it from the new chat leaves nothing of the old one."""
    first, words = await open_case(house)
    second = house.person()
    await second.press("quiz.play")
    await come_back(second, words)
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(func.count()).select_from(ContactRow)) == 1
        owners = set(await conn.scalars(select(ConversationRow.contact_id)))
    assert len(owners) == 1
    await second.write("/erase")
    await second.press("erase.ask.yes")
    async with house.db.transaction() as conn:
        assert await house.people.find(conn, first.address) is None
        assert await house.people.find(conn, second.address) is None
        assert list(await conn.scalars(select(CaseRow.id))) == []


async def test_everything_stays_readable_after_coming_back(house: TestHouse) -> None:
    """What the new chat had before (state, language, waiting messages) goes on under the joined key."""
    _, words = await open_case(house)
    second = house.person()
    await second.press("language.choose")
    await second.press("language.choose.en")
    await second.press("quiz.list.warning_signs")
    await second.press("quiz.play.begin")
    await second.press("study.ask.no")
    await come_back(second, words)
    await second.write("/leave")
    [resumed, *_] = await second.press("quiz.play")
    assert "middle of the quiz" in resumed.text


async def test_coming_back_a_second_time_loses_no_other_chat(house: TestHouse) -> None:
    """Who comes back to a second case from a chat that had joined a first one keeps every chat and every case."""
    first, words = await open_case(house)
    again, other_words = await open_case(house)
    phone = house.person()
    await come_back(phone, words)
    await phone.write("/leave")
    await come_back(phone, other_words)
    assert await owner(house, phone) == "queue"
    for person in (first, again):
        assert await owner(house, person) == "bot"
        assert await person.press("menu.main")
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(func.count()).select_from(CaseRow)) == 2


async def test_a_closed_case_is_opened_again(house: TestHouse) -> None:
    """The four words of a talk that was over put the person back into the queue, with the same reference."""
    person, words = await open_case(house)
    counsellor = await house.staff()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    await house.talks.close(counsellor, case_id, "will_return")
    await come_back(person, words)
    assert await owner(house, person) == "queue"
    assert await house.talks.claim_next(counsellor) == case_id


async def test_wrong_words_open_nothing(house: TestHouse) -> None:
    """Words that belong to no case lead to no case, and the person may simply ask for somebody."""
    _, words = await open_case(house)
    stranger = house.person()
    answered = await come_back(stranger, " ".join(reversed(words.split())))
    assert "do not know these four words" in answered
    assert await owner(house, stranger) == "bot"
    assert "consent.ask" in {button.id for button in stranger.inbox()[-1].buttons}


async def test_guessing_is_slowed_down(house: TestHouse) -> None:
    """After five wrong tries even the right words wait; an hour later they work."""
    _, words = await open_case(house)
    guesser = house.person()
    for number in range(5):
        await come_back(guesser, f"wrong words number {'abcde'[number]}")
    assert "tried too often" in await come_back(guesser, words)
    assert await owner(house, guesser) == "bot"
    house.clock.pass_(hours=2)
    assert "Welcome back" in await come_back(guesser, words)


async def test_who_left_can_be_read_again_only_by_coming_back(house: TestHouse) -> None:
    """Leaving ends the consent to talk; typing the four words gives it anew, and sharing stays withdrawn."""
    person, words = await open_case(house)
    counsellor = await house.staff()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    await person.write("/leave")
    await come_back(person, words)
    await person.write("I am back")
    assert await house.talks.claim_next(counsellor) == case_id
    assert await thread(house, counsellor, case_id) == ["I am back"]


async def test_a_case_of_its_own_is_not_mixed_up(house: TestHouse) -> None:
    """Whoever waits with a case of their own does not lose it by writing four words that belong to another."""
    _, words = await open_case(house)
    other, _ = await open_case(house)
    before = await owner(house, other)
    await other.press("passphrase.ask")
    await other.write(words)
    assert await owner(house, other) == before == "queue"


async def test_nobody_comes_back_to_what_was_erased(house: TestHouse) -> None:
    """After an erasure the four words belong to nothing."""
    person, words = await open_case(house)
    await person.write("/erase")
    await person.press("erase.ask.yes")
    assert "do not know these four words" in await come_back(house.person(), words)

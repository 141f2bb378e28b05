"""Writing first: only who agreed, only at their hours, once, and never while a counsellor has them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.conversation.steps.passphrase import words_of
from bot.hotline import access
from bot.hotline.staff import Staff
from bot.jobs.tasks.follow_up import follow_up
from bot.jobs.tasks.purge import KEEP_STATE
from bot.messages import CaseId, Outgoing
from bot.store import contacts
from bot.store.follow_ups import HOURS, ZONE, is_hour, next_time
from bot.store.tables import FollowUpRow, RatingRow
from tests.support.search import find_in_database
from tests.support.world import Person, TestHouse


async def agreed(house: TestHouse, pace: str = "d7") -> Person:
    """Return a person who wants to be written to."""
    person = house.person()
    await person.press("follow_up.ask")
    await person.press(f"follow_up.ask.{pace}")
    return person


async def viewed(house: TestHouse, staff: Staff, case_id: CaseId) -> access.CaseView:
    """Return a case as `staff` may see it."""
    async with house.db.transaction() as conn:
        return await access.access_case(conn, house.people, staff, case_id)


async def run(house: TestHouse) -> None:
    """Let the chore run once."""
    await follow_up(house.db, house.conversations, house.clock)


def new(person: Person, before: int) -> list[str]:
    """Return the words that came since there were `before` messages."""
    return [message.text for message in person.inbox()[before:]]


def pass_days(house: TestHouse, days: float) -> None:
    """Let days go by."""
    house.clock.pass_(seconds=timedelta(days=days).total_seconds())


async def test_who_agreed_is_greeted_once_when_it_is_time(house: TestHouse) -> None:
    """Not before; and the chore that runs twice greets once."""
    person = await agreed(house)
    heard = len(person.inbox())
    pass_days(house, 6)
    await run(house)
    assert new(person, heard) == []
    pass_days(house, 1.1)
    await run(house)
    await run(house)
    (hello,) = new(person, heard)
    assert "Suar" in hello


async def test_slower_pause_and_stop_are_one_press(house: TestHouse) -> None:
    """Half as often, a month later, or no more at all."""
    person = await agreed(house)
    await person.press("follow_up.hello.slower")
    heard = len(person.inbox())
    pass_days(house, 12)
    await run(house)
    assert new(person, heard) == []
    pass_days(house, 3)
    await run(house)
    assert len(new(person, heard)) == 1
    await person.press("follow_up.hello.stop")
    heard = len(person.inbox())
    pass_days(house, 60)
    await run(house)
    assert new(person, heard) == []


@pytest.mark.parametrize("way", ["follow_up.ask.no", "privacy.show.stop"])
async def test_a_consent_taken_back_holds_at_once(house: TestHouse, way: str) -> None:
    """Who said no, or wants no messages at all, is not greeted though it is time."""
    person = await agreed(house)
    pass_days(house, 8)
    await person.press(way)
    heard = len(person.inbox())
    await run(house)
    assert new(person, heard) == []


async def test_nobody_is_greeted_while_waiting_for_a_counsellor(house: TestHouse) -> None:
    """The bot keeps quiet from the hand-over on; the greeting comes when the talk is over."""
    person = await agreed(house)
    await person.press("consent.ask")
    await person.press("consent.ask.talk")
    heard = len(person.inbox())
    pass_days(house, 8)
    await run(house)
    assert new(person, heard) == []
    await person.press("consent.waiting.leave")
    heard = len(person.inbox())
    await run(house)
    assert len(new(person, heard)) == 1


async def test_who_agrees_again_after_a_stop_is_greeted(house: TestHouse) -> None:
    """A stop ends plan and consent; a later yes is a new wish."""
    person = await agreed(house)
    await person.press("privacy.show.stop")
    await person.press("follow_up.ask")
    await person.press("follow_up.ask.d3")
    heard = len(person.inbox())
    pass_days(house, 3)
    await run(house)
    assert len(new(person, heard)) == 1


async def test_who_comes_back_from_another_phone_is_asked_anew(house: TestHouse) -> None:
    """The first phone may be in other hands: neither it nor the new one is greeted until somebody agrees there."""
    first = await agreed(house)
    told = [message.text for message in await ask_and_wait(first)]
    words = next(line for text in told for line in text.splitlines() if is_passphrase(line))
    again = await agreed(house)
    await again.press("passphrase.ask")
    await again.write(words)
    await again.press("consent.waiting.leave")
    heard = len(first.inbox()), len(again.inbox())
    pass_days(house, 8)
    await run(house)
    assert (len(first.inbox()), len(again.inbox())) == heard


async def test_greetings_that_nobody_answers_keep_nothing_alive(house: TestHouse) -> None:
    """Where a conversation stood is forgotten after a month without a word of the person, greeted or not."""
    person = await agreed(house)
    for _ in range(5):
        pass_days(house, 7)
        await run(house)
    async with house.db.transaction() as conn:
        assert await contacts.forget_states(conn, before=house.clock.now() - KEEP_STATE) == 1
    assert len(person.inbox()) > 5


async def ask_and_wait(person: Person) -> list[Outgoing]:
    """Let a person ask for a counsellor; return what they are told."""
    await person.press("consent.ask")
    return await person.press("consent.ask.talk")


def is_passphrase(line: str) -> bool:
    """Tell whether a line is four words and nothing else."""
    return words_of(line) is not None


async def test_who_was_erased_is_not_greeted(house: TestHouse) -> None:
    """The plan goes with the person."""
    person = await agreed(house)
    await person.press("erase.ask")
    await person.press("erase.ask.yes")
    heard = len(person.inbox())
    pass_days(house, 8)
    await run(house)
    assert new(person, heard) == []
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(func.count()).select_from(FollowUpRow)) == 0


async def test_what_people_say_of_suar_is_kept_without_who_said_it(house: TestHouse) -> None:
    """A day and a word."""
    person = house.person()
    await person.press("feedback.suar")
    await person.press("feedback.suar.some")
    async with house.db.transaction() as conn:
        (row,) = await conn.execute(select(RatingRow.rating, RatingRow.day))
    assert row == ("some", house.clock.now().date())


async def test_a_safe_word_is_nowhere_in_the_open(house: TestHouse) -> None:
    """It lives in the sealed state only; the buffer does not keep it either."""
    person = house.person()
    await person.press("watched.ask.word")
    await person.write("mangga7")
    await person.write("mangga7")
    await person.write("mangga7")
    preview = await person.press("consent.ask")
    assert not any("mangga7" in message.text for message in preview)
    assert await find_in_database(house.db, ["mangga7"]) == []


async def test_an_unmet_wish_is_said_at_once(house: TestHouse) -> None:
    """Who asked for a woman and gets somebody who has not said that she is one, and who asked for a language that nobody speaks, are told."""
    woman, burmese = "wishes.counsellor.woman", "wishes.language.my"
    for presses, told in (
        ((woman, "wishes.language.en"), "Nobody like the person you asked for is here"),
        (("wishes.counsellor.any", burmese), "Nobody who speaks your language is here"),
    ):
        person, counsellor = house.person(), await house.staff()
        await person.press("wishes.counsellor")
        for pressed in (*presses, "consent.ask.talk"):
            await person.press(pressed)
        assert not any(told in message.text for message in person.inbox())
        assert await house.talks.claim_next(counsellor)
        assert told in person.inbox()[-1].text
        assert counsellor.name in person.inbox()[-1].text


async def test_wishes_reach_the_counsellor_with_the_consent_and_go_with_it(
    house: TestHouse,
) -> None:
    """Sealed in the database, shown to the counsellor who has the case, gone when the person leaves."""
    person, counsellor = house.person(), await house.staff()
    await person.press("wishes.name")
    await person.write("Kak Ray")
    await person.press("wishes.counsellor.woman")
    await person.press("wishes.language.id")
    await person.press("consent.ask.talk")
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    view = await viewed(house, counsellor, case_id)
    assert view.wishes == {"name": "Kak Ray", "counsellor": "woman", "language": "id"}
    assert await find_in_database(house.db, ["Kak Ray"]) == []
    await person.write("/leave")
    assert (await viewed(house, counsellor, case_id)).wishes == {}


moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # made aware


@given(moments, st.sampled_from(list(HOURS)))
def test_the_next_time_is_a_safe_one_and_soon(moment: datetime, hours: str | None) -> None:
    """Never earlier than planned, never outside the hours, never more than a day later."""
    found = next_time(moment, hours)
    assert moment <= found <= moment + timedelta(days=1)
    assert is_hour(found, hours)
    assert found.astimezone(ZONE).tzinfo is ZONE

"""Cases come back by themselves from counsellors who stay silent."""

from datetime import timedelta

from bot.hotline.silence import ALARM, REMIND, TAKE_BACK
from bot.hotline.staff import Staff
from bot.jobs.tasks.silence import silence
from bot.understanding.model import Risk, RiskLevel
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.house import House

LEVEL = RiskLevel.HIGH
HARM = Risk(LEVEL, ())


async def after(house: House, span: timedelta) -> None:
    """Let time pass, and the chore run."""
    house.clock.ahead += span
    await silence(house.db, house.people, house.clock)


async def owner_of(house: House, case_id: object) -> str:
    """Return who owns the conversation of a case."""
    async with house.db.transaction() as conn:
        return (await house.party_of(conn, case_id)).owner  # type: ignore[arg-type]


def test_reminders_come_first_and_danger_comes_back_within_five_minutes() -> None:
    """For every level the reminder is before the end of the counsellor's time, and danger now is never left longer than five minutes."""
    assert all(REMIND[level] < TAKE_BACK[level] for level in RiskLevel)
    assert TAKE_BACK[RiskLevel.IMMEDIATE] < timedelta(minutes=5)
    assert sorted(TAKE_BACK, key=lambda level: TAKE_BACK[level]) == sorted(RiskLevel, reverse=True)


async def test_a_silent_counsellor_is_reminded_then_the_person_comes_back_at_the_top(
    desk: Browser, supervisor_desk: Browser, house: House, counsellor: Staff
) -> None:
    """A word is waited for, reminded of, and then the person is first for a colleague; if nobody takes them, supervisors are told."""
    case_id = await house.add_case(risk=HARM, locale="en")
    await house.talks.claim_next(counsellor)
    await after(house, REMIND[LEVEL] - timedelta(seconds=30))
    assert "waits for a word" not in words_of(await desk.open("/desk/"))
    await after(house, timedelta(minutes=1))
    assert "waits for a word" in words_of(await desk.open("/desk/"))
    await after(house, TAKE_BACK[LEVEL] - REMIND[LEVEL])
    assert await owner_of(house, case_id) == "queue"
    await house.add_case(risk=HARM, locale="en", waited=timedelta(hours=2))
    page = words_of(await supervisor_desk.open("/desk/"))
    assert "came back without a word" in page
    assert "Please see to it." not in page
    await after(house, ALARM[LEVEL])
    assert "Please see to it." in words_of(await supervisor_desk.open("/desk/"))
    assert "Please see to it." not in words_of(await desk.open("/desk/"))
    assert await desk.take_next() == f"/desk/cases/{case_id}"
    assert "Please see to it." not in words_of(await supervisor_desk.open("/desk/"))


async def test_who_waits_for_the_person_is_not_silent(house: House, counsellor: Staff) -> None:
    """After a reply the turn is the person's, for however long; once they write, the time begins."""
    case_id = await house.add_case(risk=HARM, locale="en")
    await house.talks.claim_next(counsellor)
    await house.talks.reply(counsellor, case_id, "I am here", token="t" * 16)
    await after(house, timedelta(days=1))
    assert await owner_of(house, case_id) == "staff"
    await house.person_writes(case_id, "are you there")
    await after(house, REMIND[LEVEL])
    assert await owner_of(house, case_id) == "staff"
    await after(house, TAKE_BACK[LEVEL] - REMIND[LEVEL])
    assert await owner_of(house, case_id) == "queue"


async def test_what_the_desk_says_by_itself_is_no_word_of_hers(
    desk: Browser, house: House, counsellor: Staff
) -> None:
    """Who got somebody else than they asked for is told so at once; the counsellor is still reminded to write, and loses them."""
    case_id = await house.add_case(risk=HARM, locale="en", wishes={"counsellor": "man"})
    page = words_of(await desk.open(await desk.take_next()))
    assert "Said by itself" in page
    assert "They were told so, and asked whether" in page
    await after(house, REMIND[LEVEL])
    assert "waits for a word" in words_of(await desk.open("/desk/"))
    await after(house, TAKE_BACK[LEVEL] - REMIND[LEVEL])
    assert await owner_of(house, case_id) == "queue"


async def test_a_word_ends_the_reminder(desk: Browser, house: House, counsellor: Staff) -> None:
    """Who has been reminded and writes keeps the person, and the note goes."""
    case_id = await house.add_case(risk=HARM, locale="en")
    await house.talks.claim_next(counsellor)
    await after(house, REMIND[LEVEL])
    await house.talks.reply(counsellor, case_id, "I am here", token="t" * 16)
    await after(house, TAKE_BACK[LEVEL])
    assert await owner_of(house, case_id) == "staff"
    assert "waits for a word" not in words_of(await desk.open("/desk/"))


async def test_while_somebody_watches_silence_is_right(house: House, counsellor: Staff) -> None:
    """After the safe word nobody is pressed to write; once the person has help back, the time counts again."""
    case_id = await house.add_case(risk=HARM, locale="en")
    await house.talks.claim_next(counsellor)
    await house.person_uses_safe_word(case_id, watched=True)
    await after(house, TAKE_BACK[LEVEL] * 2)
    assert await owner_of(house, case_id) == "staff"
    await house.person_uses_safe_word(case_id, watched=False)
    await after(house, timedelta())
    await after(house, TAKE_BACK[LEVEL] - REMIND[LEVEL])
    assert await owner_of(house, case_id) == "queue"

"""The study of learning in the whole bot: kept only with consent, asked again once, and gone with the person or their yes."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from bot.campaigns.learning.probes import Probe
from bot.campaigns.learning.reading import read_due, read_report
from bot.content.quizzes import Question
from bot.conversation.studying import ask_again
from bot.hotline import consent
from bot.jobs.tasks.purge import KEEP_STATE, purge
from bot.jobs.tasks.study import study
from bot.store import belongings
from bot.store.tables import ConsentRow, StudyAnswerRow, StudyMemberRow
from tests.integration.campaigns.test_out_of_reach import contact_of
from tests.support.world import Person, TestHouse

QUIZ, FACT = "warning_signs", "passport_withheld"
HOME = "Asia/Jakarta"


def buttons(person: Person) -> list[str]:
    """Return the ids under the last message."""
    return [button.id for button in person.inbox()[-1].buttons]


def pass_days(house: TestHouse, days: float) -> None:
    house.clock.pass_(seconds=timedelta(days=days).total_seconds())


async def rows(house: TestHouse) -> dict[str, tuple[int, bool | None]]:
    """Return what is kept of everybody: the number of possible answers and whether it was right, by phase."""
    async with house.db.transaction() as conn:
        found = await conn.execute(
            select(StudyAnswerRow.phase, StudyAnswerRow.choices, StudyAnswerRow.right)
        )
        return {row.phase: (row.choices, row.right) for row in found}


async def due(house: TestHouse) -> list[Probe]:
    async with house.db.transaction() as conn:
        return await read_due(conn, now=house.clock.now())


async def answer(house: TestHouse, person: Person, step: str) -> None:
    """Answer the question on the screen rightly."""
    name = buttons(person)[0].removeprefix(f"{step}.").partition("-")[0]
    question = house.content.quizzes[QUIZ].question(name)
    assert isinstance(question, Question)
    before = len(person.inbox())
    for choice in question.correct:
        await person.press(f"{step}.{name}-{choice}")
        if question.kind != "several" and f"{step}.{name}" not in " ".join(buttons(person)):
            break
    if question.kind == "several":
        await person.press(f"{step}.{name}.done")
    assert len(person.inbox()) > before


async def agreed(house: TestHouse) -> Person:
    """Return somebody who has agreed and has the first question before them."""
    person = house.person()
    await person.start(f"quiz_{QUIZ}")
    await person.press("quiz.play.begin")
    await person.press("study.ask.yes")
    return person


async def taught(house: TestHouse) -> Person:
    """Return somebody who has answered before a quiz and after it."""
    person = await agreed(house)
    await answer(house, person, "study.probe")
    for _ in range(house.content.quizzes[QUIZ].round):
        await answer(house, person, "quiz.play")
        if buttons(person)[0] == "quiz.play.next":
            await person.press("quiz.play.next")
    await answer(house, person, "study.probe")
    return person


async def test_a_quiz_is_measured_from_before_to_four_weeks_later(house: TestHouse) -> None:
    """Asked before and after, found due in the second and in the fifth week, asked once each, and all four answers are kept."""
    person = await taught(house)
    assert set(await rows(house)) == {"before", "after"}
    assert await due(house) == []
    for days, phase in ((7.25, "week1"), (21.75, "week4")):
        pass_days(house, days)
        [probe] = await due(house)
        assert (probe.quiz, probe.fact, probe.phase) == (QUIZ, FACT, phase)
        heard = len(person.inbox())
        assert await ask_again(house.conversations, probe, home=HOME)
        assert not await ask_again(house.conversations, probe, home=HOME)
        assert await due(house) == []
        [hello] = person.inbox()[heard:]
        assert "study.later.go" in buttons(person)
        assert "passport" not in hello.text.casefold()
        assert (await rows(house))[phase] == (0, None)
        await person.press("study.later.go")
        await answer(house, person, "study.probe")
    kept = await rows(house)
    assert set(kept) == {"before", "after", "week1", "week4"}
    assert all(choices >= 2 and right for choices, right in kept.values())
    async with house.db.transaction() as conn:
        report = await read_report(conn, now=house.clock.now())
    assert [fact.fact for fact in report.facts] == [FACT]
    assert not report.facts[0].is_told


async def test_an_answer_counts_after_the_conversation_was_forgotten(house: TestHouse) -> None:
    """The state of a conversation goes after thirty days; the question that was asked is still open."""
    person = await taught(house)
    pass_days(house, 28.25)
    [probe] = await due(house)
    assert await ask_again(house.conversations, probe, home=HOME)
    pass_days(house, KEEP_STATE.days - 20)
    await purge(house.db, house.clock, keep_words=timedelta(hours=24))
    await person.press("study.later.go")
    await answer(house, person, "study.probe")
    assert (await rows(house))["week4"][0] >= 2


async def test_without_a_yes_nothing_is_kept(house: TestHouse) -> None:
    """Who says no plays the quiz, and no row is theirs."""
    person = house.person()
    await person.start(f"quiz_{QUIZ}")
    await person.press("quiz.play.begin")
    await person.press("study.ask.no")
    for _ in range(house.content.quizzes[QUIZ].round):
        await answer(house, person, "quiz.play")
        if buttons(person)[0] == "quiz.play.next":
            await person.press("quiz.play.next")
    assert await rows(house) == {}
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(func.count()).select_from(StudyMemberRow)) == 0


@pytest.mark.parametrize("way", ["study.ask.no", "study.later.stop", "privacy.show.stop"])
async def test_a_yes_taken_back_takes_the_answers_with_it(house: TestHouse, way: str) -> None:
    """Under my privacy, at the question weeks later, or by stopping all messages: nothing is left and nothing is due."""
    person = await taught(house)
    pass_days(house, 8)
    [probe] = await due(house)
    await person.press(way)
    assert await rows(house) == {}
    assert await due(house) == []
    assert not await ask_again(house.conversations, probe, home=HOME)
    async with house.db.transaction() as conn:
        held = select(func.count()).where(
            ConsentRow.scope == consent.STUDY,
            ConsentRow.granted,
            ConsentRow.withdrawn_at.is_(None),
        )
        assert await conn.scalar(held) == 0
        assert await conn.scalar(select(func.count()).select_from(StudyMemberRow)) == 0


async def test_who_is_erased_is_forgotten(house: TestHouse) -> None:
    """Answers and membership go with the person."""
    person = await taught(house)
    contact = await contact_of(house, person)
    async with house.db.transaction() as conn:
        await belongings.erase(conn, contact, house.clock.now())
    assert await rows(house) == {}
    assert await due(house) == []


async def test_nobody_is_interrupted_by_it(house: TestHouse) -> None:
    """Who has just written something else is asked ten minutes later."""
    person = await taught(house)
    pass_days(house, 7.25)
    await person.write("halo")
    heard = len(person.inbox())
    for minutes, asked in ((9, 0), (2, 1)):
        house.clock.pass_(seconds=60 * minutes)
        await study(house.db, house.conversations, house.clock, home=HOME)
        assert len(person.inbox()) - heard == asked


async def test_nobody_is_woken_for_it(house: TestHouse) -> None:
    """The chore that asks leaves people alone in their night, by their own clock or the house's, and finds them in the morning."""
    person = await taught(house)
    pass_days(house, 7.25)
    night = house.clock.now().astimezone(ZoneInfo(HOME)).replace(hour=22)
    heard = len(person.inbox())
    for hours, asked in ((0, 0), (9, 0), (10, 1), (11, 1)):
        house.clock.at = night.astimezone(UTC) + timedelta(hours=hours)
        await study(house.db, house.conversations, house.clock, home=HOME)
        assert len(person.inbox()) - heard == asked


async def test_nobody_with_a_counsellor_is_asked(house: TestHouse) -> None:
    """Not while they wait for one, nor in the two weeks after."""
    person = await taught(house)
    pass_days(house, 7.25)
    [probe] = await due(house)
    await person.press("consent.ask")
    await person.press("consent.ask.talk")
    assert await due(house) == []
    assert not await ask_again(house.conversations, probe, home=HOME)
    await person.press("consent.waiting.leave")
    assert await due(house) == []
    assert (await rows(house)).keys() == {"before", "after"}


async def test_the_second_quiz_does_not_measure_the_same_fact_again(house: TestHouse) -> None:
    """Whoever agreed is not asked for their yes again, and whoever was measured plays at once."""
    person = await taught(house)
    await person.press("quiz.play.again")
    assert buttons(person)[0].startswith("quiz.play.")
    assert len(await rows(house)) == 2


async def test_old_answers_are_deleted(house: TestHouse) -> None:
    """After four hundred days nothing of them is left."""
    await taught(house)
    pass_days(house, 399)
    await purge(house.db, house.clock, keep_words=timedelta(hours=24))
    assert len(await rows(house)) == 2
    pass_days(house, 3)
    await purge(house.db, house.clock, keep_words=timedelta(hours=24))
    assert await rows(house) == {}

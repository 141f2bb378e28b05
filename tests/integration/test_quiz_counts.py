"""What quizzes leave behind: numbers a day, and nothing of who played."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.messages import IncomingKind, Outgoing
from bot.store import contacts, inbox, quiz_counts
from bot.store.counts import Tally
from bot.store.tables import QuizCountRow
from bot.understanding.model import Understanding
from tests.support.world import Person, TestHouse

QUESTION = {
    "quiz": "warning_signs",
    "question": "dm_offer",
    "fact": "hurry_is_a_sign",
    "kind": "single",
    "phase": "round",
}


async def rows(house: TestHouse) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Return what was counted by phase, question and language: shown, right."""
    async with house.db.transaction() as conn:
        found = await conn.execute(select(QuizCountRow.__table__))
        return {(row.phase, row.question, row.locale): (row.shown, row.right) for row in found}


async def play(person: Person, *, questions: int) -> None:
    """Begin the quiz on warning signs and answer so many questions, each by its first button."""
    await person.press("quiz.list.warning_signs")
    await person.press("quiz.play.begin")
    [_, asked] = await person.press("study.ask.no")
    for _ in range(questions):
        told = await answer(person, asked.buttons[0].id)
        if told[-1].buttons[0].id == "quiz.play.next":
            [asked] = await person.press("quiz.play.next")


async def answer(person: Person, button: str) -> list[Outgoing]:
    """Press a choice, and whatever more the question needs."""
    told = await person.press(button)
    while told[-1].buttons[0].id not in {"quiz.play.next", "quiz.play.again"}:
        ids = [each.id for each in told[-1].buttons]
        done = [each for each in ids if each.endswith(".done")]
        told = await person.press((done or ids)[0])
    return told


async def test_a_round_is_counted_by_question_and_once_as_a_whole(house: TestHouse) -> None:
    """Eight questions and one round, in the language in which they were asked."""
    person = house.person()
    await person.press("language.choose.en")
    await play(person, questions=8)
    found = await rows(house)
    finished = found.pop(("finished", "", "en"))
    assert {locale for _, _, locale in found} == {"en"}
    assert [shown for shown, _ in found.values()] == [1] * 8
    assert finished == (1, sum(right for _, right in found.values()))


async def test_two_who_answer_at_once_are_both_counted(house: TestHouse) -> None:
    """The count is one row: whoever comes second waits, and adds to it."""

    async def count(right: bool) -> None:
        async with house.db.transaction() as conn:
            tally, day = Tally(), house.clock.now().date()
            quiz_counts.add_answer(tally, QUESTION, locale="id", day=day, right=right)
            await tally.write(conn)
            await asyncio.sleep(0.01)

    await asyncio.gather(*(count(at % 3 == 0) for at in range(9)))
    assert await rows(house) == {("round", "dm_offer", "id"): (9, 3)}


async def test_the_same_two_questions_the_other_way_round_hold_nobody_up(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two who were away answer two questions each, in opposite order, at one moment: both are counted, and neither waits for ever."""
    asked = ("dm_offer", "cousin_offer")
    people = [await at_questions(house, asked), await at_questions(house, asked[::-1])]
    meeting, read = asyncio.Barrier(2), house.conversations.reader.read
    reading: list[object] = []

    async def read_together(*args: Any, **more: Any) -> Understanding:  # as the reader
        reading.append(asyncio.current_task())
        if reading.count(asyncio.current_task()) == len(asked):
            # Both have the first of their answers behind them, and the second before them.
            await asyncio.wait_for(meeting.wait(), 5)
        return await read(*args, **more)

    monkeypatch.setattr(house.conversations.reader, "read", read_together)
    await asyncio.wait_for(
        asyncio.gather(*(house.conversations.recover(person) for person in people)), 20
    )
    found = await rows(house)
    assert {found["round", name, "id"][0] for name in asked} == {2}


async def at_questions(house: TestHouse, asked: tuple[str, ...]) -> UUID:
    """Let somebody stand at the first of some questions, with an answer to each still to be read."""
    person = house.person()
    await person.press("language.choose.id")
    async with house.db.batch() as batch:
        party = await house.people.find(batch.conn, person.address)
        assert party is not None
        state = house.conversations.state_of(party)
        state = replace(state, at="quiz.play").remembering(
            "quiz", quiz="warning_signs", round=list(asked), at=0, right=0, open=True,
            since=house.clock.now().isoformat(),
        )  # fmt: skip
        contacts.save_state(batch, party, state.to_json(), locale="id", at=None)
        for name in asked:
            question = house.content.quizzes["warning_signs"].question(name)
            assert question is not None
            words = house.content.words.say(question.choices[0].text, "id")
            inbox.store(batch, party, person.event(IncomingKind.TEXT, words))
            inbox.store(batch, party, person.event(IncomingKind.BUTTON, "quiz.play.next"))
    return party.conversation_id


async def test_days_and_languages_are_counted_apart(house: TestHouse) -> None:
    """What changes from day to day, and between languages, can be seen."""
    for locale, days in (("id", 0), ("en", 0), ("id", 1)):
        day = (house.clock.now() + timedelta(days=days)).date()
        tally = Tally()
        quiz_counts.add_round(tally, "warning_signs", locale=locale, day=day, right=5)
        async with house.db.transaction() as conn:
            await tally.write(conn)
    async with house.db.transaction() as conn:
        found = list(await conn.execute(select(QuizCountRow.shown, QuizCountRow.right)))
    assert [tuple(row) for row in found] == [(1, 5)] * 3


async def test_under_the_cover_nothing_is_counted(house: TestHouse) -> None:
    """Whoever else may be looking plays a quiz that leaves no trace."""
    person = house.person()
    await person.press("watched.ask.word")
    await person.write("mangga77")
    [_, asked] = await person.write("mangga77")
    await answer(person, asked.buttons[0].id)
    assert await rows(house) == {}


async def test_who_played_cannot_be_told(house: TestHouse) -> None:
    """A row holds a day, the question and two numbers; erasing the person leaves it as it is."""
    person = house.person()
    await play(person, questions=2)
    before = await rows(house)
    assert len(before) == 2
    assert not {"contact_id", "conversation_id"} & set(QuizCountRow.__table__.columns.keys())
    await person.write("/erase")
    await person.press("erase.ask.yes")
    assert await rows(house) == before

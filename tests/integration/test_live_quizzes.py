"""A published quiz reaches people without a restart, and whoever is in the middle of it is never left alone."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.content.edits import Fate, Overlaid
from bot.editing import quiz_publish, quiz_work
from bot.editing.export import export
from bot.editing.live import LiveContent
from bot.editing.quiz_draft import Body
from bot.errors import Conflict, NotFound
from bot.hotline.staff import Role, Staff
from bot.store import quiz_edits
from tests.integration.test_live_content import following, live, root, second, until, writer
from tests.support.world import TestHouse

__all__ = ["live", "root", "second", "writer"]
NAME = "job_offers"
BEGIN, NEXT = "quiz.play.begin", "quiz.play.next"


async def write(live: LiveContent, staff: Staff, **changed: Any) -> UUID:
    """Write an edit of a quiz and send it for review."""

    def change(body: Body) -> Body:
        return {**body, "quiz": {**body["quiz"], **changed}}

    async with live.db.transaction() as conn:
        edit_id = await quiz_work.begin_edit(conn, live, staff, NAME)
        seen = (await quiz_edits.get(conn, edit_id)).version
        await quiz_work.write(conn, live, staff, edit_id, change, seen=seen)
        assert await quiz_work.send(conn, live, staff, edit_id) == []
    return edit_id


async def publish(live: LiveContent, staff: Staff, edit_id: UUID) -> None:
    """Publish it."""
    async with live.db.transaction() as conn:
        assert await quiz_publish.publish(conn, live, staff, edit_id) == []


async def test_an_edit_reaches_a_round_that_is_open(
    house: TestHouse, live: LiveContent, writer: Staff, second: Staff
) -> None:
    """In another process a quiz is changed, then retired: the person goes on with what is left of their questions."""
    person = house.person()
    desk = LiveContent(house.db, house.clock, house.content, live.root)
    async with following(live):
        await person.press(f"quiz.list.{NAME}")
        await person.press(BEGIN)
        first = (await person.press("study.ask.no"))[-1]
        quiz = house.content.quizzes[NAME]
        asked = first.buttons[0].id.removeprefix("quiz.play.").partition("-")[0]
        kept = [each for each in quiz.questions if each.id != asked]
        questions = [each.model_dump(mode="json") for each in kept]
        edit_id = await write(desk, writer, questions=questions)
        await publish(desk, second, edit_id)
        await until(lambda: live.content.quizzes[NAME].question(asked) is None)
        stale = await person.press(first.buttons[0].id)
        assert NEXT in [button.id for button in stale[-1].buttons]
        assert (await person.press(NEXT))[-1].text
        async with desk.db.transaction() as conn:
            await quiz_publish.retire(conn, desk, writer, NAME)
        await until(lambda: live.content.quizzes[NAME].retired)
        assert (await person.press(NEXT))[-1].text


async def test_the_files_catch_up(
    live: LiveContent, root: Path, writer: Staff, second: Staff
) -> None:
    """Once git says the same, the edit is done with; before that, a change in git is a conflict and the files speak."""
    edit_id = await write(live, writer, topic="Only jobs.")
    await publish(live, second, edit_id)
    await live.look()
    assert live.content.quizzes[NAME].topic == "Only jobs."
    path = root / f"flows/quizzes/{NAME}.yml"
    good = path.read_text()
    path.write_text(good.replace("seconds: 60", "seconds: 45"))
    await live.look(files=True)
    assert live.quizzes.fates[edit_id] is Fate.CONFLICT
    assert live.content.quizzes[NAME].seconds == 45
    path.write_text(good)
    await live.look(files=True)
    assert live.quizzes.fates[edit_id] is Fate.LIVE
    export(live.files, Overlaid(live.content), root=root, out=root)
    await live.look(files=True)
    assert live.files.quizzes[NAME].topic == "Only jobs."
    async with live.db.transaction() as conn:
        assert (await quiz_edits.get(conn, edit_id)).retired_at is not None


async def test_a_retired_quiz_is_not_brought_back_unnoticed(
    live: LiveContent, writer: Staff, second: Staff
) -> None:
    """A draft that was begun before does not offer it again: whoever goes on with it keeps it retired."""
    async with live.db.transaction() as conn:
        edit_id = await quiz_work.begin_edit(conn, live, writer, NAME)
        await quiz_publish.retire(conn, live, second, NAME)
    async with live.db.transaction() as conn:
        with pytest.raises(Conflict):
            await quiz_work.send(conn, live, writer, edit_id)
    async with live.db.transaction() as conn:
        await quiz_work.rebase(conn, live, writer, edit_id)
        assert (await quiz_edits.get(conn, edit_id)).body["quiz"]["retired"]


async def test_only_who_makes_campaigns_may(
    live: LiveContent, house: TestHouse, writer: Staff
) -> None:
    """A counsellor finds nothing, whatever they ask for."""
    other = await house.staff(Role.COUNSELLOR)
    edit_id = await write(live, writer, topic="Only jobs.")
    acts: tuple[Callable[..., Any], ...] = (
        quiz_publish.publish,
        quiz_publish.withdraw,
        quiz_publish.undo,
        quiz_work.send,
        quiz_work.rebase,
    )
    for act in acts:
        async with live.db.transaction() as conn:
            with pytest.raises(NotFound):
                await act(conn, live, other, edit_id)
    for act in (quiz_publish.retire, quiz_publish.restore, quiz_publish.say_still_right):
        async with live.db.transaction() as conn:
            with pytest.raises(NotFound):
                await act(conn, live, other, NAME)


async def test_history_is_never_rewritten(live: LiveContent, writer: Staff, second: Staff) -> None:
    """The database refuses to delete an edit, to change what was reviewed, and that one person does both."""
    edit_id = await write(live, writer, topic="Only jobs.")
    for change in (
        "DELETE FROM quiz_edits",
        "UPDATE quiz_edits SET body = '{}'",
        f"UPDATE quiz_edits SET author_id = '{second.id}'",
        f"UPDATE quiz_edits SET state = 'published', reviewer_id = '{writer.id}'",
        "UPDATE quiz_edits SET state = 'published'",
    ):
        with pytest.raises(DBAPIError, match="quiz_edits"):
            async with live.db.transaction() as conn:
                await conn.execute(text(change))
    async with live.db.transaction() as conn:
        await quiz_publish.refuse(conn, live, second, edit_id, verdict="no")
    with pytest.raises(DBAPIError, match="never changed"):
        async with live.db.transaction() as conn:
            await conn.execute(text("UPDATE quiz_edits SET state = 'in_review'"))


async def test_two_publish_at_once(live: LiveContent, house: TestHouse, writer: Staff) -> None:
    """Of two who press at the same moment, one publishes; the other hears that somebody was faster."""
    edit_id = await write(live, writer, topic="Only jobs.")
    several = [await house.staff(Role.SUPERVISOR) for _ in range(2)]
    done = await asyncio.gather(
        *(publish(live, each, edit_id) for each in several), return_exceptions=True
    )
    assert sorted(type(each) for each in done if each) == [Conflict]

"""What is published reaches people without a restart, and a mistake takes nothing away from them."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette

from bot.content.edits import fields_of, fingerprint
from bot.content.load import ROOT, load_content
from bot.conversation.asked import Asked
from bot.editing import work
from bot.editing.drafts import find_edits, take_in
from bot.editing.export import export
from bot.editing.live import LiveContent
from bot.editing.rules import Desired
from bot.errors import Conflict, ContentError, NotFound
from bot.gateway.health import Health
from bot.hotline.staff import Role, Staff
from bot.store import content_edits, notices
from bot.store.engine import Database
from bot.store.notices import CONTENT, Ear
from tests.integration.test_asked import Comparing
from tests.support.nlu import ToldNlu
from tests.support.world import TestHouse

NAME = "what_is_trafficking"
BUTTON = f"answer.give.{NAME}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the files, to change them under a running bot."""
    for folder in ("flows", "locales"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


@pytest.fixture
def live(house: TestHouse, root: Path) -> LiveContent:
    """The content of a running bot."""
    made = LiveContent(house.db, house.clock, house.content, root)
    made.feed(house.conversations)
    return made


@pytest.fixture
async def writer(house: TestHouse) -> Staff:
    """Who writes."""
    return await house.staff(Role.CAMPAIGNER)


@pytest.fixture
async def second(house: TestHouse) -> Staff:
    """Who publishes."""
    return await house.staff(Role.SUPERVISOR)


async def write(
    live: LiveContent, staff: Staff, locale: str | None = None, **changed: Any
) -> UUID:
    """Write an edit and send it for review."""
    async with live.db.transaction() as conn:
        sheet = await work.get_sheet(conn, await work.get_now(conn, live), NAME, locale)
        desired = Desired(NAME, locale, {**sheet.former, **changed}, sheet.seen)
        edit_id = await work.save_draft(conn, live, staff, desired)
        await work.send(conn, live, staff, edit_id)
    return edit_id


async def publish(live: LiveContent, staff: Staff, edit_id: UUID) -> None:
    """Publish it."""
    async with live.db.transaction() as conn:
        await work.publish(conn, live, staff, edit_id)


async def put(live: LiveContent, staff: Staff, **changed: Any) -> UUID:
    """Put an edit behind the desk's back among what is published, fitting or not."""
    said, edit_id = fields_of(live.content, NAME), live.clock.new_id()
    at = live.clock.now() + timedelta(seconds=1)
    async with live.db.transaction() as conn:
        await content_edits.add(
            conn, id=edit_id, answer=NAME, fields={**said, **changed}, former=said,
            base=fingerprint(fields_of(live.files, NAME)), state="published", kind="undo",
            author_id=staff.id, decided_at=at,
        )  # fmt: skip
    return edit_id


@asynccontextmanager
async def following(live: LiveContent) -> AsyncIterator[None]:
    """Let a process follow the notices, as it does while it runs."""
    ear, hears = Ear(live.db.dsn), asyncio.Event()
    tasks = [asyncio.create_task(ear.run()), asyncio.create_task(live.run(ear))]
    try:
        async with ear.listening(CONTENT, lambda _: hears.set()):
            await asyncio.wait_for(hears.wait(), 20)
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(said: Any) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(20):
        while not said():
            await asyncio.sleep(0.02)


async def ready(live: LiveContent) -> dict[str, Any]:
    """Ask `/readyz`."""
    health = Health(live.db, ToldNlu(), telegram=None, live=live)
    transport = httpx.ASGITransport(Starlette(routes=list(health.routes())))
    async with httpx.AsyncClient(transport=transport, base_url="http://suar") as http:
        answer = await http.get("/readyz")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_an_edit_reaches_a_running_conversation(
    house: TestHouse, live: LiveContent, writer: Staff, second: Staff
) -> None:
    """In another process, the next press of the same person gets the new words; a draft changes nothing."""
    person = house.person()
    desk = LiveContent(house.db, house.clock, house.content, live.root)
    async with following(live):
        before = (await person.press(BUTTON))[0].text
        edit_id = await write(desk, writer, text="People are traded.")
        assert (await person.press(BUTTON))[0].text == before
        await publish(desk, second, edit_id)
        await until(lambda: live.content.answers[NAME].text == "People are traded.")
        assert (await person.press(BUTTON))[0].text.startswith("People are traded.")


async def test_new_words_are_learned_as_ways_of_asking(
    house: TestHouse, live: LiveContent, writer: Staff, second: Staff
) -> None:
    """What was published is compared with what people write; what is known already is not asked again."""
    nlu = Comparing()
    asked = Asked(house.db, nlu, house.conversations.reader, house.content)
    live.feed(asked)
    while not await asked.learn():
        pass
    nlu.asked.clear()
    await publish(live, second, await write(live, writer, question="How are people traded?"))
    await live.look()
    while not await asked.learn():
        pass
    assert nlu.asked == ["How are people traded?"]


async def test_the_files_are_read_anew(house: TestHouse, live: LiveContent, root: Path) -> None:
    """A changed file is said once somebody asks for it, without a restart, and by a process that missed the notice, too."""
    deaf = LiveContent(house.db, house.clock, house.content, root)
    await deaf.look()
    await live.look()
    path = root / "flows/answers/everyone.yml"
    path.write_text(path.read_text().replace("title: What is trafficking?", "title: From git"))
    async with following(live):
        async with house.db.transaction() as conn:
            await content_edits.ask_for_reload(conn)
            await notices.to_content(conn)
        await until(lambda: live.content.answers[NAME].title == "From git")
    assert house.conversations.content is live.content
    assert live.trouble == ()
    await deaf.look()
    assert deaf.content.answers[NAME].title == "From git"


async def test_a_broken_file_leaves_the_last_good_content_live(
    house: TestHouse, live: LiveContent, root: Path, writer: Staff, second: Staff
) -> None:
    """People go on being answered; `/readyz` names file, line, key and the mend; edits go on, and mending it ends it."""
    path = root / "flows/answers/everyone.yml"
    good = path.read_text()
    path.write_text(good.replace("title: What is trafficking?", "titel: Slip"))
    await live.look(files=True)
    assert (await house.person().press(BUTTON))[0].text
    told = await ready(live)
    assert told["content"] == "degraded"
    [problem] = told["content_problems"]
    assert problem["key"].startswith("answers.")
    assert problem["where"].startswith("flows/answers/everyone.yml:")
    assert problem["mend"] in {
        "add `title:`",
        "take it out, or correct its name; did you mean `title`?",
    }
    await publish(live, second, await write(live, writer, title="Still works"))
    await live.look()
    assert house.conversations.content.answers[NAME].title == "Still works"
    assert live.trouble
    path.write_text(good)
    await live.look(files=True)
    assert live.trouble == ()
    assert await ready(live) | {"nlu": ""} == {
        "database": "ok", "nlu": "", "telegram": "off", "whatsapp": "off", "content": "ok",
        "traffic": "ok",
    }  # fmt: skip


async def test_a_broken_overlay_leaves_the_last_good_words(
    house: TestHouse, live: LiveContent, writer: Staff, second: Staff
) -> None:
    """An edit that does not fit is told and not said; the one before it stays live, also in a fresh process."""
    await publish(live, second, await write(live, writer, title="Good"))
    await live.look()
    await put(live, writer, sources=["nobody_knows"], title="Bad")
    for process in (live, LiveContent(house.db, house.clock, house.content, live.root)):
        await process.look()
        assert process.content.answers[NAME].title == "Good"
        assert [each.key for each in process.trouble] == [f"{NAME}.sources"]
    assert (await ready(live))["content"] == "degraded"


async def test_an_unforeseen_fault_changes_nothing(
    house: TestHouse, live: LiveContent, writer: Staff
) -> None:
    """Fields of another shape than ever meant do not end the process that looks at them, and later notices are heard."""
    async with following(live):
        bad = await put(live, writer, action={"not": "a list"}, asked=7)
        live.wake()
        await until(lambda: bad in live.overlaid.fates)
        assert live.content.answers == house.content.answers


async def test_git_changes_an_answer_under_an_edit(
    live: LiveContent, root: Path, writer: Staff, second: Staff
) -> None:
    """The files speak, nothing is overwritten; taking the edit back or up again solves it."""
    edit_id = await write(live, writer, title="Desk title")
    await publish(live, second, edit_id)
    path = root / "flows/answers/everyone.yml"
    path.write_text(path.read_text().replace("title: What is trafficking?", "title: Git title"))
    await live.look(files=True)
    assert live.content.answers[NAME].title == "Git title"
    async with live.db.transaction() as conn:
        now = await work.get_now(conn, live)
        assert [each.id for each in await work.unsolved(conn, now, NAME)] == [edit_id]
        sheet = await work.get_sheet(conn, now, NAME, None)
        with pytest.raises(Conflict):
            await work.say_still_right(conn, live, writer, NAME, seen=sheet.seen)
        await work.withdraw(conn, live, writer, edit_id)
        assert await work.unsolved(conn, await work.get_now(conn, live), NAME) == []


async def test_an_edit_whose_file_changed_is_not_published(
    live: LiveContent, root: Path, writer: Staff, second: Staff
) -> None:
    """What was reviewed against other words goes back to its author instead of over them."""
    edit_id = await write(live, writer, title="Desk title")
    path = root / "flows/answers/everyone.yml"
    path.write_text(path.read_text().replace("title: What is trafficking?", "title: Git title"))
    await live.look(files=True)
    with pytest.raises(Conflict):
        await publish(live, second, edit_id)


async def test_what_is_exported_is_retired(
    live: LiveContent, root: Path, writer: Staff, second: Staff
) -> None:
    """Once the files say the same, the edit is done: a later change in git is nobody's conflict."""
    edit_id = await write(live, writer, title="Desk title")
    await publish(live, second, edit_id)
    await live.look()
    export(live.files, live.overlaid, root=root, out=root)
    await live.look(files=True)
    async with live.db.transaction() as conn:
        assert (await content_edits.get(conn, edit_id)).retired_at is not None
    path = root / "flows/answers/everyone.yml"
    path.write_text(path.read_text().replace("title: Desk title", "title: Git title"))
    await live.look(files=True)
    assert live.content.answers[NAME].title == "Git title"
    assert live.overlaid.fates == {}


async def test_an_edited_copy_comes_in_as_drafts(
    live: LiveContent, root: Path, writer: Staff, second: Staff
) -> None:
    """A tree of files that somebody edited elsewhere goes through the same review, source and translation apart."""
    await publish(live, second, await write(live, writer, title="Desk title"))
    await publish(live, second, await write(live, writer, "id", title="Judul meja"))
    await live.look()
    export(live.files, live.overlaid, root=ROOT, out=root)
    copy = load_content(root)
    plain = LiveContent(live.db, live.clock, live.files)
    async with live.db.transaction() as conn:
        await conn.execute(text("UPDATE content_edits SET retired_at = now()"))
        now = await work.get_now(conn, plain)
        wanted = list(find_edits(copy, now))
        assert [(each.answer, each.locale) for each in wanted] == [(NAME, None), (NAME, "id")]
        taken = [await take_in(conn, plain, writer, each, note="elsewhere") for each in wanted]
        again = [await take_in(conn, plain, second, each, note="") for each in wanted]
        drafts = [each for each in await content_edits.list_current(conn) if each.is_open]
    assert taken == ["taken", "taken"]
    assert again == ["busy", "busy"]
    assert [each.fields["title"] for each in drafts] == ["Desk title", "Judul meja"]
    assert list(find_edits(load_content(ROOT), now)) == []


async def test_what_the_prover_would_refuse_is_neither_sent_nor_published(
    live: LiveContent, writer: Staff, second: Staff
) -> None:
    """A button that doubles another is refused at sending, and at publishing when the other came later."""
    with pytest.raises(ContentError) as caught:
        await write(live, writer, title="Menu")
    assert caught.value.key == "title"
    beside = live.files.answers[NAME].next[0]
    waits = await write(live, writer, title="Trade in people?")
    async with live.db.transaction() as conn:
        at, said = live.clock.now(), fields_of(live.content, beside)
        await content_edits.add(
            conn, id=live.clock.new_id(), answer=beside,
            fields={**said, "title": "Trade in people?"}, former=said, base=fingerprint(said),
            state="published", kind="undo", author_id=writer.id, decided_at=at,
        )  # fmt: skip
    # Both stand under whatever answer leads to both, or on the same page of questions.
    with pytest.raises(ContentError) as caught:
        await publish(live, second, waits)
    assert caught.value.key == "title"
    assert caught.value.mend


async def test_two_persons_are_needed(live: LiveContent, writer: Staff, second: Staff) -> None:
    """The author cannot publish or refuse, in no role; the database would not take it either."""
    edit_id = await write(live, writer, title="Mine")
    async with live.db.transaction() as conn:
        with pytest.raises(Conflict):
            await work.publish(conn, live, writer, edit_id)
        with pytest.raises(Conflict):
            await work.refuse(conn, live, writer, edit_id, verdict="no")
    for change in (
        f"state = 'published', reviewer_id = '{writer.id}'",
        "state = 'published'",
    ):
        with pytest.raises(DBAPIError):
            await _run(live.db, f"UPDATE content_edits SET {change}")


async def test_others_may_not_write(house: TestHouse, live: LiveContent, writer: Staff) -> None:
    """Counsellors and auditors find no edit and make none."""
    edit_id = await write(live, writer, title="Mine")
    for role in (Role.COUNSELLOR, Role.AUDITOR):
        other = await house.staff(role)
        async with live.db.transaction() as conn:
            for act in (work.publish, work.send, work.withdraw, work.undo):
                with pytest.raises(NotFound):
                    await act(conn, live, other, edit_id)
            with pytest.raises(NotFound):
                await work.save_draft(conn, live, other, Desired(NAME, None, {}, ""))


async def test_history_is_never_rewritten(live: LiveContent, writer: Staff, second: Staff) -> None:
    """The database refuses to delete an edit, to change what was reviewed, and to bring back what was refused."""
    edit_id = await write(live, writer, title="Mine")
    for change in (
        "DELETE FROM content_edits",
        "UPDATE content_edits SET fields = '{}'",
        f"UPDATE content_edits SET author_id = '{second.id}'",
    ):
        with pytest.raises(DBAPIError, match="content_edits"):
            await _run(live.db, change)
    async with live.db.transaction() as conn:
        await work.refuse(conn, live, second, edit_id, verdict="no")
    with pytest.raises(DBAPIError, match="never changed"):
        await _run(live.db, "UPDATE content_edits SET state = 'in_review'")


async def test_two_publish_at_once(live: LiveContent, house: TestHouse, writer: Staff) -> None:
    """Of two who press at the same moment, one publishes; the other hears that somebody was faster."""
    edit_id = await write(live, writer, title="Mine")
    several = [await house.staff(Role.SUPERVISOR) for _ in range(2)]
    done = await asyncio.gather(
        *(publish(live, each, edit_id) for each in several), return_exceptions=True
    )
    assert sorted(type(each) for each in done if each) == [Conflict]


async def test_what_does_not_fit_is_not_sent(live: LiveContent, writer: Staff) -> None:
    """A draft may be anything, a review sees only what could be published."""
    with pytest.raises(ContentError) as caught:
        await write(live, writer, title="x" * 21)
    assert caught.value.key == "title"


async def _run(db: Database, statement: str) -> None:
    async with db.transaction() as conn:
        await conn.execute(text(statement))

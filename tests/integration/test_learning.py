"""From a miss to a training row: nothing is copied, read or exported without the consent to learn, and nothing afterwards."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from bot.errors import Conflict, NotFound
from bot.hotline import access, consent, marks, review
from bot.hotline.export import HISTORY, export, files_of
from bot.hotline.review import Item, Labels
from bot.hotline.staff import Role, Staff
from bot.jobs.tasks.purge import KEEP_UNREVIEWED, purge
from bot.messages import CaseId
from bot.store.tables import CaseEventRow, ReviewEventRow, ReviewRow
from bot.understanding.model import Guess, Parse, Risk, RiskLevel
from tests.support.search import find_in_database
from tests.support.training import load_training_rows
from tests.support.world import TEST_KEY, Person, TestHouse

TOLD = "my boss keeps my passport, call 0812-3456-7890 or @rinawati in Kuching"
REDACTED = "my boss keeps my passport, call [number] or [handle] in [name]"
SAID = Labels("disclose", "high", ("document_confiscation",), "self", "en")
Do = Callable[[TestHouse, Person], Awaitable[object]]


async def in_talk(house: TestHouse) -> tuple[Person, Staff, CaseId]:
    """Return a person who has shared what they wrote, with the counsellor who has them."""
    person, counsellor = house.person(), await house.staff()
    house.nlu.table[TOLD] = Parse((Guess("menu", 0.41),), Risk(RiskLevel.CONCERN), 0.5)
    await person.write(TOLD)
    await person.press("consent.ask")
    await person.press("consent.ask.share")
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    return person, counsellor, case_id


async def line_of(house: TestHouse, staff: Staff, case_id: CaseId) -> int:
    """Return the number of the first line that the counsellor sees."""
    async with house.db.transaction() as conn:
        view = await access.access_case(conn, house.people, staff, case_id)
    return view.lines[0].id


async def mark(house: TestHouse, staff: Staff, case_id: CaseId, line_id: int) -> None:
    """Mark a line as not understood."""
    async with house.db.transaction() as conn:
        await marks.mark(
            conn, house.people, staff, case_id, line_id, "not_understood", clock=house.clock
        )


async def agree(person: Person) -> None:
    """Find the question under "My privacy" and say yes."""
    await person.press("privacy.show.learn")
    await person.press("learn.ask.yes")


async def marked(house: TestHouse) -> tuple[Person, Staff, CaseId]:
    """Return a person one of whose messages is marked, after the talk."""
    person, counsellor, case_id = await in_talk(house)
    await mark(house, counsellor, case_id, await line_of(house, counsellor, case_id))
    await house.talks.close(counsellor, case_id, "helped")
    return person, counsellor, case_id


async def items(house: TestHouse, staff: Staff, state: str = "waiting") -> list[Item]:
    """Read the list as the desk does."""
    async with house.db.transaction() as conn:
        return await review.list_items(conn, house.people, staff, state)


async def save(house: TestHouse, staff: Staff, item: Item, *blackened: int) -> None:
    """Label a message as the desk does."""
    async with house.db.transaction() as conn:
        await review.save(
            conn, house.people, staff, item.id, SAID,
            blackened=blackened, seen=item.version, now=house.clock.now(),
        )  # fmt: skip


async def exported(house: TestHouse) -> dict[str, str]:
    """Export as the command line does."""
    async with house.db.transaction() as conn:
        return files_of(await export(conn, house.people, None, now=house.clock.now()))


async def count(house: TestHouse, table: type) -> int:
    """Return how many rows a table has."""
    async with house.db.transaction() as conn:
        return await conn.scalar(select(func.count()).select_from(table)) or 0


async def test_the_question_comes_after_the_talk_and_a_yes_makes_the_copy(
    house: TestHouse,
) -> None:
    """A mark is a bare reference until the person says yes; then there is a redacted copy with what Suar had read."""
    person, counsellor, _ = await marked(house)
    assert await items(house, counsellor) == []
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(ReviewRow.text_sealed)) is None
    [_, question] = await person.press("feedback.ask.good")
    assert question.text.startswith("A question")
    await person.press("learn.ask.yes")
    [item] = await items(house, counsellor)
    assert item.text == REDACTED
    assert item.reading is not None
    assert (item.reading["intent"], item.reading["confidence"]) == ("menu", 0.41)
    assert item.mark == "not_understood"


async def test_the_question_says_how_things_stand(house: TestHouse) -> None:
    """Under "My privacy" whoever has agreed reads so, and one press takes it back."""
    person = house.person()
    await agree(person)
    [question] = await person.press("privacy.show.learn")
    assert question.text.startswith("You have said yes")
    await person.press("learn.ask.no")
    [question] = await person.press("privacy.show.learn")
    assert question.text.startswith("A question")


async def test_in_immediate_danger_nobody_is_asked(house: TestHouse) -> None:
    """When the talk was about danger now, the bot asks how it was and nothing more."""
    person, counsellor, case_id = await in_talk(house)
    await person.write("he has a knife and wants to kill me now")
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE cases SET level = 'immediate'"))
    await house.talks.close(counsellor, case_id, "helped")
    [_, menu] = await person.press("feedback.ask.good")
    assert "menu.main.questions" in {button.id for button in menu.buttons}


async def test_a_mark_with_consent_is_copied_at_once(house: TestHouse) -> None:
    """Whoever has agreed before is copied when the counsellor marks; what was relayed keeps its reading too."""
    person = house.person()
    await agree(person)
    await person.write("help")
    await person.ask_for_a_person()
    counsellor = await house.staff()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    await person.write("dia pukul aku 2x")
    async with house.db.transaction() as conn:
        view = await access.access_case(conn, house.people, counsellor, case_id)
    await mark(house, counsellor, case_id, view.lines[-1].id)
    [item] = await items(house, counsellor)
    assert item.text == "dia pukul aku 2x"
    assert item.reading is not None
    async with house.db.transaction() as conn:
        view = await access.access_case(conn, house.people, counsellor, case_id)
    assert [mark.has_copy for mark in view.marks.values()] == [True]
    assert ("learn", True) in [(line.scope, line.granted) for line in view.consents]


async def test_from_the_mark_to_the_training_row(house: TestHouse) -> None:
    """A campaigner blackens and labels, a second export holds the same; the history tells every step and no name."""
    person, counsellor, case_id = await marked(house)
    await agree(person)
    campaigner = await house.staff(Role.CAMPAIGNER)
    [item] = await items(house, campaigner)
    await save(house, campaigner, item, 6)
    files = await exported(house)
    assert (
        "my boss keeps my passport, call [number] [private] [handle] in [name]"
        in files["en/reviewed.yml"]
    )
    assert [each.state for each in await items(house, counsellor, "exported")] == ["exported"]
    assert (await exported(house)).keys() == files.keys()
    history = files[HISTORY]
    for step in ("marked", "copied", "reviewed", "exported"):
        assert f'"step": "{step}"' in history
    assert str(campaigner.id) in history
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
    assert party is not None
    for hidden in (case_id, party.contact_id, party.conversation_id, campaigner.name):
        assert str(hidden) not in history


async def test_the_command_line_exports_into_a_folder(house: TestHouse, tmp_path: Path) -> None:
    """`suar nlu export-reviewed` writes files that the loader reads, and takes away what a withdrawn consent leaves behind."""
    person, counsellor, _ = await marked(house)
    await agree(person)
    [item] = await items(house, counsellor)
    await save(house, counsellor, item)
    assert "Rows exported: 1." in await _command(house, tmp_path)
    [row] = load_training_rows(tmp_path)
    assert (row["text"], row["intent"], row["language"]) == (REDACTED, "disclose", "en")
    await takes_back(house, person)
    assert "Rows exported: 0. Files of earlier exports taken away: 2." in await _command(
        house, tmp_path
    )
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def _command(house: TestHouse, out: Path) -> str:
    settings = {"SUAR_DATABASE_URL": house.db.dsn, "SUAR_SECRET_KEYS": TEST_KEY}
    run = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "nlu", "export-reviewed", "--out", str(out),
        env={**os.environ, **settings}, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await run.communicate()
    assert run.returncode == 0, said
    return said.decode()


async def test_every_step_is_a_line_that_nobody_changes(house: TestHouse) -> None:
    """Save, undo and not usable stand in the history with what was before; the database refuses to change a line."""
    person, counsellor, _ = await marked(house)
    await agree(person)
    [item] = await items(house, counsellor)
    await save(house, counsellor, item)
    [saved] = await items(house, counsellor, "reviewed")
    now = house.clock.now()
    async with house.db.transaction() as conn:
        await review.undo(conn, house.people, counsellor, item.id, seen=saved.version, now=now)
    [again] = await items(house, counsellor)
    assert again.labels == SAID
    async with house.db.transaction() as conn:
        await review.set_unusable(
            conn, house.people, counsellor, item.id, "several", seen=again.version, now=now
        )
        _, steps = await review.access_item(conn, house.people, counsellor, item.id)
    assert [step.kind for step in steps] == ["marked", "copied", "reviewed", "undone", "unusable"]
    assert steps[2].before["intent"] == "menu"
    assert steps[2].after["intent"] == "disclose"
    assert steps[3].before == {"state": "reviewed"}
    assert steps[4].after["reason"] == "several"
    with pytest.raises(DBAPIError, match="never changed"):
        async with house.db.transaction() as conn:
            await conn.execute(text("UPDATE review_events SET kind = 'marked'"))


async def test_of_two_reviewers_one_is_first(house: TestHouse) -> None:
    """Who had an older state before them is told so, and nothing is written twice."""
    person, counsellor, _ = await marked(house)
    await agree(person)
    [item] = await items(house, counsellor)
    await save(house, counsellor, item)
    with pytest.raises(Conflict):
        await save(house, counsellor, item)


async def takes_back(house: TestHouse, person: Person) -> None:
    """Say no under "My privacy"."""
    await person.press("privacy.show.learn")
    await person.press("learn.ask.no")


async def is_erased(house: TestHouse, person: Person) -> None:
    """Have everything erased."""
    await person.press("erase.ask")
    await person.press("erase.ask.yes")


async def ledger_ends(house: TestHouse, person: Person) -> None:
    """Let the consent end in the ledger alone, as if the copies had been forgotten."""
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
        assert party is not None
        await consent.withdraw(
            conn, party.contact_id, at=house.clock.now(), case_id=None, scope=consent.LEARN
        )


@pytest.mark.parametrize("how", [takes_back, is_erased, ledger_ends])
@pytest.mark.parametrize("step", ["waiting", "reviewed", "exported"])
async def test_without_consent_nothing_is_read_or_exported(
    house: TestHouse, how: Do, step: str
) -> None:
    """At whatever step the consent ends, nobody can read, label, undo or export the message any more."""
    person, counsellor, _ = await marked(house)
    await agree(person)
    [item] = await items(house, counsellor)
    if step != "waiting":
        await save(house, counsellor, item)
    if step == "exported":
        assert await exported(house)
    await how(house, person)
    for state in review.STATES:
        assert await items(house, counsellor, state) == []
    assert await exported(house) == {}
    async with house.db.transaction() as conn:
        assert set((await review.count_items(conn, counsellor)).values()) == {0}
    for doing in (_look, save, _undo):
        with pytest.raises(NotFound):
            await doing(house, counsellor, item)
    await purge(house.db, house.clock, keep_words=timedelta(hours=24))
    async with house.db.transaction() as conn:
        rows = (await conn.execute(select(ReviewRow.text_sealed, ReviewRow.labels_sealed))).all()
    assert [tuple(row) for row in rows] == ([] if how is is_erased else [(None, None)])
    assert await count(house, ReviewEventRow) == 0


async def _look(house: TestHouse, staff: Staff, item: Item) -> None:
    async with house.db.transaction() as conn:
        await review.access_item(conn, house.people, staff, item.id)


async def _undo(house: TestHouse, staff: Staff, item: Item) -> None:
    async with house.db.transaction() as conn:
        await review.undo(
            conn, house.people, staff, item.id, seen=item.version, now=house.clock.now()
        )


async def test_a_yes_after_a_no_begins_anew(house: TestHouse) -> None:
    """Who agrees again is copied again, from the words themselves, without the labels of before."""
    person, counsellor, _ = await marked(house)
    await agree(person)
    [item] = await items(house, counsellor)
    await save(house, counsellor, item)
    await takes_back(house, person)
    await agree(person)
    [again] = await items(house, counsellor)
    assert (again.text, again.labels) == (REDACTED, None)


async def test_coming_back_as_another_contact_asks_anew(house: TestHouse) -> None:
    """When two contacts become one, the copies are gone and neither's yes holds for both."""
    person, counsellor, case_id = await marked(house)
    await agree(person)
    other = house.person()
    await agree(other)
    await other.press("menu.more.back")
    await other.write(_passphrase(person))
    async with house.db.transaction() as conn:
        both = [await house.people.find(conn, each.address) for each in (person, other)]
    assert len({party.contact_id for party in both if party}) == 1
    assert await items(house, counsellor) == []
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, other.address)
        assert party is not None
        assert not await consent.learns(conn, party.contact_id)
        view = await access.access_case(conn, house.people, counsellor, case_id)
    assert view.lines


def _passphrase(person: Person) -> str:
    told = next(m.text for m in person.inbox() if "four words" in m.text)
    return told.splitlines()[-1]


async def test_what_is_no_longer_shown_is_not_copied(house: TestHouse) -> None:
    """Who has left the talk, and agrees to learning only then, gives nothing of that talk away."""
    person, counsellor, case_id = await in_talk(house)
    await mark(house, counsellor, case_id, await line_of(house, counsellor, case_id))
    await person.write("/leave")
    await agree(person)
    assert await items(house, counsellor) == []
    assert await count(house, ReviewRow) == 1


async def test_leaving_a_talk_does_not_end_the_consent_to_learn(house: TestHouse) -> None:
    """It belongs to no case: what was copied before stays until the person takes that consent back."""
    person = house.person()
    await agree(person)
    await person.write("help me")
    await person.ask_for_a_person()
    await person.write("/leave")
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
        assert party is not None
        assert await consent.learns(conn, party.contact_id)


async def test_only_whoever_has_the_case_marks(house: TestHouse) -> None:
    """Other counsellors, campaigners and auditors find nothing; a supervisor may; a line of the staff is none of the person's."""
    _, counsellor, case_id = await in_talk(house)
    await house.talks.reply(counsellor, case_id, "I am here", token="1")
    line_id = await line_of(house, counsellor, case_id)
    for role in (Role.COUNSELLOR, Role.CAMPAIGNER, Role.AUDITOR):
        with pytest.raises(NotFound):
            await mark(house, await house.staff(role), case_id, line_id)
    for wrong in (line_id + 1, 10**12):
        with pytest.raises(NotFound):
            await mark(house, counsellor, case_id, wrong)
    await mark(house, await house.staff(Role.SUPERVISOR), case_id, line_id)
    with pytest.raises(Conflict):
        await mark(house, counsellor, case_id, line_id)


async def test_a_mark_is_noted_and_can_be_taken_back_until_it_is_reviewed(
    house: TestHouse,
) -> None:
    """Both leave a line with the case, without a word of the message; a reviewed message keeps its mark."""
    person, counsellor, case_id = await marked(house)
    line_id = await line_of(house, counsellor, case_id)
    async with house.db.transaction() as conn:
        await marks.unmark(conn, house.people, counsellor, case_id, line_id)
        await marks.unmark(conn, house.people, counsellor, case_id, line_id)
    assert await count(house, ReviewRow) == 0
    await mark(house, counsellor, case_id, line_id)
    await agree(person)
    [item] = await items(house, counsellor)
    await save(house, counsellor, item)
    with pytest.raises(Conflict):
        async with house.db.transaction() as conn:
            await marks.unmark(conn, house.people, counsellor, case_id, line_id)
    async with house.db.transaction() as conn:
        kinds = select(CaseEventRow.kind, CaseEventRow.staff_id, CaseEventRow.data)
        noted = [row for row in await conn.execute(kinds) if "marked" in row.kind]
    assert [row.kind for row in noted] == [
        "message_marked", "message_unmarked", "message_marked",
    ]  # fmt: skip
    assert {row.staff_id for row in noted} == {counsellor.id}
    assert noted[0].data == {"line": line_id, "mark": "not_understood"}


async def test_auditors_see_no_reviews_and_counsellors_export_none(house: TestHouse) -> None:
    """The list is for those who talk and for campaigners; the export for those who oversee."""
    person, counsellor, _ = await marked(house)
    await agree(person)
    auditor, campaigner = await house.staff(Role.AUDITOR), await house.staff(Role.CAMPAIGNER)
    assert len(await items(house, campaigner)) == 1
    assert await items(house, auditor) == []
    async with house.db.transaction() as conn:
        assert await review.count_items(conn, auditor) == {}
        for staff in (counsellor, campaigner, auditor):
            with pytest.raises(NotFound):
                await export(conn, house.people, staff, now=house.clock.now())


async def test_what_nobody_reviews_is_forgotten(house: TestHouse) -> None:
    """After sixty days a mark goes, with its copy if there is one; what was reviewed stays."""
    person, counsellor, case_id = await marked(house)
    await agree(person)
    [item] = await items(house, counsellor)
    await save(house, counsellor, item)
    other, _, _ = await marked(house)
    await agree(other)
    await marked(house)
    house.clock.at += KEEP_UNREVIEWED - timedelta(minutes=1)
    await purge(house.db, house.clock, keep_words=timedelta(hours=24))
    assert await count(house, ReviewRow) == 3
    house.clock.at += timedelta(minutes=2)
    await purge(house.db, house.clock, keep_words=timedelta(hours=24))
    async with house.db.transaction() as conn:
        assert list(await conn.scalars(select(ReviewRow.state))) == ["reviewed"]
    assert isinstance(item.id, UUID)
    assert case_id


async def test_no_column_holds_a_reviewed_word_in_clear(house: TestHouse) -> None:
    """Texts, readings, labels and history of a review are sealed with the person's own key."""
    person, counsellor, _ = await marked(house)
    await agree(person)
    [item] = await items(house, counsellor)
    await save(house, counsellor, item)
    needles = ("my boss keeps", "kuching", "disclose", "document_confiscation")
    assert await find_in_database(house.db, needles) == []

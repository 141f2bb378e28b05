"""Questions that met no answer: numbers of everybody, words only while the person lets Suar learn, and what staff decide."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from bot.editing import unmet as editing
from bot.editing.live import LiveContent
from bot.editing.unmet import BELONGS, DONE, WANTED, Group
from bot.errors import Conflict, NotFound
from bot.hotline import consent
from bot.hotline.staff import Role, Staff
from bot.jobs.tasks.purge import purge
from bot.store import content_edits, unmet
from bot.store.tables import (
    ConsentRow,
    UnmetCountRow,
    UnmetDecisionRow,
    UnmetQuestionRow,
)
from bot.understanding.model import Parse
from tests.support.nlu import ToldNlu
from tests.support.search import find_in_database
from tests.support.world import Person, TestHouse

ASKED = "can Rinawati take her cat Kuching with her, call 0812-3456-7890"
REDACTED = "can [name] take her cat [name] with her, call [number]"
NEEDLES = ("rinawati", "kuching", "3456", "take her cat", "[name]")
DAY = date(2026, 11, 22)
Do = Callable[[TestHouse, Person], Awaitable[object]]


@dataclass
class Comparing(ToldNlu):
    """A language model whose vectors are alike where texts have the same letters."""

    async def parse(self, text: str) -> Parse:
        """See `Nlu.parse`."""
        letters = [0] * 26
        for char in text.casefold():
            if "a" <= char <= "z":
                letters[ord(char) - ord("a")] += 1
        return replace(await super().parse(text), meaning=bytes(min(n, 127) for n in letters))


@pytest.fixture(autouse=True)
def comparing(house: TestHouse) -> Comparing:
    """The bot with a language model that compares."""
    nlu = Comparing()
    house.conversations.reader.nlu = nlu
    return nlu


@pytest.fixture
async def writer(house: TestHouse) -> Staff:
    """Who writes answers."""
    return await house.staff(Role.CAMPAIGNER)


async def agree(house: TestHouse) -> Person:
    """Return somebody who has been here before and lets Suar learn."""
    person = house.person()
    await person.start()
    await person.press("privacy.show.learn")
    await person.press("learn.ask.yes")
    return person


async def disagree(house: TestHouse) -> Person:
    """Return somebody who has been here before and was never asked."""
    person = house.person()
    await person.start()
    await person.press("menu.main")
    return person


async def groups(house: TestHouse, staff: Staff) -> list[Group]:
    """Read the groups as the desk does."""
    async with house.db.transaction() as conn:
        today = house.clock.now().date()
        return await editing.list_groups(conn, house.people, staff, today=today)


async def rows(house: TestHouse) -> int:
    """Return how many questions are kept in words."""
    async with house.db.transaction() as conn:
        return await conn.scalar(select(func.count()).select_from(UnmetQuestionRow)) or 0


async def counted(house: TestHouse) -> list[tuple[str, str, str | None, int]]:
    """Return the numbers: locale, kind, answer, how many."""
    async with house.db.transaction() as conn:
        found = await conn.execute(
            select(
                UnmetCountRow.locale,
                UnmetCountRow.kind,
                UnmetCountRow.answer,
                func.sum(UnmetCountRow.number),
            )
            .group_by(UnmetCountRow.locale, UnmetCountRow.kind, UnmetCountRow.answer)
            .order_by(UnmetCountRow.kind)
        )
        return [tuple(row) for row in found]


async def decide(house: TestHouse, staff: Staff, group: Group, kind: str, note: str = "") -> None:
    """Decide about a group as the desk does."""
    async with house.db.transaction() as conn:
        ids = [each.id for each in group.questions]
        await editing.decide(
            conn, house.people, staff, ids, kind, clock=house.clock, note=note,
            answer="keep_your_papers" if kind == BELONGS else None,
        )  # fmt: skip


async def test_without_consent_there_is_a_number_and_nothing_else(
    house: TestHouse, writer: Staff
) -> None:
    """A day, a language, a kind and a count; the raw tables hold neither words nor a vector nor who it was."""
    person = await disagree(house)
    await person.write(ASKED)
    assert await counted(house) == [("en", "not_understood", None, 1)]
    assert await rows(house) == 0
    assert await groups(house, writer) == []
    async with house.db.transaction() as conn:
        [row] = (await conn.execute(select(*UnmetCountRow.__table__.columns))).all()
        party = await house.people.find(conn, person.address)
    assert party is not None
    assert row.day == DAY
    assert {type(value) for value in row} <= {int, str, date, bool, type(None)}
    told = " ".join(map(str, row))
    assert str(party.contact_id) not in told
    assert str(party.conversation_id) not in told


async def test_with_consent_the_redacted_words_are_kept_sealed(
    house: TestHouse, writer: Staff
) -> None:
    """Who writes answers reads the words without names and numbers; whoever steals the database reads nothing."""
    person = await agree(house)
    await person.write(ASKED)
    [group] = await groups(house, writer)
    [kept] = group.questions
    assert (kept.question.text, kept.kind, kept.day) == (REDACTED, "not_understood", DAY)
    assert kept.question.language == "en"
    assert kept.question.meaning is not None
    assert await counted(house) == [("en", "not_understood", None, 1)]
    found = await find_in_database(house.db, (*NEEDLES, kept.question.meaning.hex()))
    assert [each for each in found if each.startswith("unmet")] == []


async def test_a_no_to_what_was_offered_keeps_the_question_before(
    house: TestHouse, writer: Staff, comparing: Comparing
) -> None:
    """Not the no is kept but the question, read again for its vector, with the answers that were offered."""
    comparing.tell(ASKED, "what_is_trafficking", 0.4)
    comparing.tell("no", "deny")
    person = await agree(house)
    await person.write("something else")
    house.clock.pass_(minutes=1)
    await person.write(ASKED)
    house.clock.pass_(minutes=1)
    await person.write("no")
    found = {q.kind: q for group in await groups(house, writer) for q in group.questions}
    assert set(found) == {"not_understood", "none_fits"}
    kept = found["none_fits"].question
    assert kept.text == REDACTED
    assert kept.meaning == (await comparing.parse(ASKED)).meaning
    assert kept.near
    assert ("en", "none_fits", kept.near[0], 1) in await counted(house)


async def test_a_no_a_day_later_keeps_no_words(house: TestHouse, comparing: Comparing) -> None:
    """What the buffer has forgotten is not kept anywhere else; it is still counted."""
    comparing.tell(ASKED, "what_is_trafficking", 0.4)
    person = await agree(house)
    await person.write(ASKED)
    house.clock.pass_(hours=25)
    await person.press("answer.give.no")
    assert await rows(house) == 0
    assert [row[1] for row in await counted(house)] == ["none_fits"]


async def test_that_suar_did_not_help_is_only_counted(
    house: TestHouse, comparing: Comparing
) -> None:
    """Also with consent: the question was answered, and its words are nobody's business."""
    comparing.tell(ASKED, "what_is_trafficking")
    person = await agree(house)
    await person.write(ASKED)
    await person.press("feedback.suar")
    await person.press("feedback.suar.none")
    assert await rows(house) == 0
    assert [row[1] for row in await counted(house)] == ["no_help"]


async def test_danger_leaves_neither_words_nor_a_number(house: TestHouse) -> None:
    """A disclosure of somebody who agrees, and what they write after it, is no matter of content."""
    person = await agree(house)
    await person.write("my boss keeps my passport and the door is locked")
    await person.write("and the cat too")
    assert (await rows(house), await counted(house)) == (0, [])


async def takes_back(house: TestHouse, person: Person) -> None:
    """Say no under "My privacy"."""
    await person.press("privacy.show.learn")
    await person.press("learn.ask.no")


async def is_erased(house: TestHouse, person: Person) -> None:
    """Have everything erased."""
    await person.press("erase.ask")
    await person.press("erase.ask.yes")


@pytest.mark.parametrize("how", [takes_back, is_erased])
@pytest.mark.parametrize("kind", [None, BELONGS, WANTED, DONE])
async def test_when_the_consent_ends_the_words_are_gone(
    house: TestHouse, writer: Staff, how: Do, kind: str | None
) -> None:
    """Whatever was decided about them, they are deleted at once; the number, which is nobody's, stays."""
    person, other = await agree(house), await agree(house)
    await person.write(ASKED)
    [group] = await groups(house, writer)
    await other.write("xyzzy quux")
    if kind:
        await decide(house, writer, group, kind, "cats")
    await how(house, person)
    assert await rows(house) == 1
    [left] = await groups(house, writer)
    assert left.questions[0].question.text == "xyzzy quux"
    async with house.db.transaction() as conn:
        with pytest.raises(NotFound):
            await editing.access_group(conn, house.people, writer, group.id, today=DAY)
    with pytest.raises(Conflict):
        await decide(house, writer, group, DONE)
    assert await counted(house) == [("en", "not_understood", None, 2)]


async def test_the_consent_is_checked_when_somebody_reads(house: TestHouse, writer: Staff) -> None:
    """Even if the words had been forgotten in the table, nobody reads or decides about them; the next purge deletes them."""
    person = await agree(house)
    await person.write(ASKED)
    [group] = await groups(house, writer)
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
        assert party is not None
        now = house.clock.now()
        await consent.withdraw(conn, party.contact_id, at=now, case_id=None, scope=consent.LEARN)
    assert await rows(house) == 1
    assert await groups(house, writer) == []
    with pytest.raises(Conflict):
        await decide(house, writer, group, DONE)
    await purge(house.db, house.clock, keep_words=timedelta(hours=24))
    assert await rows(house) == 0


async def test_nothing_is_kept_of_the_time_before_or_after_the_consent(
    house: TestHouse,
) -> None:
    """Words count from the yes on, and not after the no."""
    person = await disagree(house)
    await person.write(ASKED)
    await person.press("privacy.show.learn")
    await person.press("learn.ask.yes")
    assert await rows(house) == 0
    await person.write(ASKED)
    assert await rows(house) == 1
    await takes_back(house, person)
    await person.write(ASKED)
    assert await rows(house) == 0
    assert await counted(house) == [("en", "not_understood", None, 3)]


async def test_two_contacts_that_become_one_keep_no_words(house: TestHouse) -> None:
    """Who comes back with their four words is asked anew, and what was kept on either yes is gone."""
    person, other = await agree(house), await agree(house)
    for each in (person, other):
        await each.write(ASKED)
    assert await rows(house) == 2
    await person.ask_for_a_person()
    told = next(m.text for m in person.inbox()[::-1] if "These four words" in m.text)
    await other.press("menu.more.back")
    await other.write(told.splitlines()[-1])
    assert await rows(house) == 0
    async with house.db.transaction() as conn:
        holding = select(ConsentRow.scope).where(ConsentRow.withdrawn_at.is_(None))
        assert "learn" not in list(await conn.scalars(holding))


async def test_words_go_after_thirty_days_and_numbers_after_four_hundred(
    house: TestHouse, writer: Staff
) -> None:
    """Words are unreadable from their last day on, also before they are purged."""
    person = await agree(house)
    await person.write(ASKED)
    house.clock.pass_(hours=24 * (unmet.KEEP_DAYS - 1))
    await purge(house.db, house.clock, keep_words=timedelta(hours=24))
    assert len(await groups(house, writer)) == 1
    house.clock.pass_(hours=24)
    assert await groups(house, writer) == []
    await purge(house.db, house.clock, keep_words=timedelta(hours=24))
    assert await rows(house) == 0
    house.clock.pass_(hours=24 * (unmet.COUNT_DAYS - unmet.KEEP_DAYS))
    await purge(house.db, house.clock, keep_words=timedelta(hours=24))
    assert len(await counted(house)) == 1
    house.clock.pass_(hours=24)
    await purge(house.db, house.clock, keep_words=timedelta(hours=24))
    assert await counted(house) == []


async def test_numbers_of_a_day_that_is_over_become_one(house: TestHouse, writer: Staff) -> None:
    """Afterwards not even the order in which people asked can be told; purging again changes nothing."""
    person = await disagree(house)
    for _ in range(3):
        await person.write(ASKED)
    for hours, left in ((1, 3), (24, 1), (24, 1)):
        house.clock.pass_(hours=hours)
        await purge(house.db, house.clock, keep_words=timedelta(hours=24))
        async with house.db.transaction() as conn:
            numbers = list(await conn.scalars(select(UnmetCountRow.number)))
        assert (len(numbers), sum(numbers)) == (left, 3)
    async with house.db.transaction() as conn:
        weeks = await editing.list_weeks(conn, writer, today=house.clock.now().date())
    assert [each.numbers for each in weeks[:3]] == [{}, {"not_understood": 3}, {}]


async def test_alike_questions_are_one_group(house: TestHouse, writer: Staff) -> None:
    """The largest comes first; how many, since when, in which languages."""
    person = await agree(house)
    await person.write("xyzzy quux")
    await person.write("may my cat come along")
    house.clock.pass_(hours=24)
    await person.write("can my cat come along")
    first, second = await groups(house, writer)
    assert [len(first.questions), len(second.questions)] == [2, 1]
    assert first.since == DAY
    assert first.questions[0].day == DAY + timedelta(days=1)
    assert first.kinds == ["not_understood"]
    assert first.languages == ["en"]


async def test_a_decision_takes_a_group_off_and_undoing_brings_it_back(
    house: TestHouse, writer: Staff
) -> None:
    """What is wanted stays listed when the words are long gone; its note lies sealed."""
    person = await agree(house)
    await person.write(ASKED)
    [group] = await groups(house, writer)
    with pytest.raises(ValueError, match="note"):
        await decide(house, writer, group, WANTED, "  ")
    await decide(house, writer, group, WANTED, "taking xylophones along")
    assert await groups(house, writer) == []
    assert await find_in_database(house.db, ["xylophones"]) == []
    house.clock.pass_(hours=24 * 40)
    await purge(house.db, house.clock, keep_words=timedelta(hours=24))
    now = house.clock.now()
    async with house.db.transaction() as conn:
        [wanted] = await editing.list_decisions(conn, house.people, writer, now=now)
    assert (wanted.kind, wanted.note, wanted.number) == (WANTED, "taking xylophones along", 1)
    await person.write(ASKED)
    [again] = await groups(house, writer)
    await decide(house, writer, again, DONE)
    async with house.db.transaction() as conn:
        done = (await editing.list_decisions(conn, house.people, writer, now=now))[0]
        await editing.undo(conn, writer, done.id, at=now)
        with pytest.raises(Conflict):
            await editing.undo(conn, writer, done.id, at=now)
        await editing.undo(conn, writer, wanted.id, at=now)
        assert await editing.list_decisions(conn, house.people, writer, now=now) == []
        assert await conn.scalar(select(func.count()).select_from(UnmetDecisionRow)) == 2
    assert len(await groups(house, writer)) == 1


async def test_only_who_writes_answers_reads_and_decides(house: TestHouse) -> None:
    """Counsellors and auditors find nothing here."""
    person = await agree(house)
    await person.write(ASKED)
    live = LiveContent(house.db, house.clock, house.content)
    for role in (Role.COUNSELLOR, Role.AUDITOR):
        staff, now = await house.staff(role), house.clock.now()
        async with house.db.transaction() as conn:
            for doing in (
                editing.list_groups(conn, house.people, staff, today=DAY),
                editing.list_decisions(conn, house.people, staff, now=now),
                editing.list_weeks(conn, staff, today=DAY),
                editing.decide(conn, house.people, staff, [], DONE, clock=house.clock),
                editing.undo(conn, staff, house.clock.new_id(), at=now),
                editing.draft_ways(conn, live, staff, "keep_your_papers", []),
            ):
                with pytest.raises(NotFound):
                    await doing


async def test_ways_of_asking_go_into_ones_own_draft(house: TestHouse, writer: Staff) -> None:
    """A draft that is under way keeps what it has; somebody else's is left alone; a placeholder is no way of asking."""
    live, name = LiveContent(house.db, house.clock, house.content), "keep_your_papers"

    async def draft(staff: Staff, *ways: tuple[str, str]) -> dict[str, list[str]]:
        async with house.db.transaction() as conn:
            number = await editing.draft_ways(conn, live, staff, name, ways)
            return dict((await content_edits.get(conn, number)).fields["asked"])

    before = json.loads(json.dumps(house.content.answers[name].model_dump(mode="json")["asked"]))
    first = await draft(writer, ("en", "  may my  cat keep it "), ("nowhere", "in the source"))
    assert first["en"] == [*before["en"], "may my cat keep it", "in the source"]
    assert {code: ways for code, ways in first.items() if code != "en"} == {
        code: ways for code, ways in before.items() if code != "en"
    }
    second = await draft(writer, ("id", "kucing saya"), ("en", "may my cat keep it"))
    assert second["en"] == first["en"]
    assert second["id"][-1] == "kucing saya"
    for words, problem in (("call [number]", "gap"),):
        with pytest.raises(ValueError, match=problem):
            await draft(writer, ("en", words))
    with pytest.raises(Conflict):
        await draft(await house.staff(Role.SUPERVISOR), ("en", "mine"))

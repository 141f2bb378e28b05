"""The audit log on a real database: lines that hold together, refuse to be changed, and tell where they were."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from bot.commands.doctor import Look, examine_audit
from bot.errors import NotFound, SetupError
from bot.hotline import access
from bot.hotline.audit import PAGE, Wish, list_entries
from bot.hotline.export import export
from bot.hotline.permissions import Role
from bot.hotline.staff import Staff
from bot.messages import CaseId
from bot.settings import read_settings
from bot.store import audit, belongings
from bot.store.audit import Head, Kind, Report
from bot.store.tables import AuditRow
from tests.support.world import TEST_KEY, Person, TestHouse

TAMPER = "ALTER TABLE audit_log DISABLE TRIGGER USER"
GUARD = "ALTER TABLE audit_log ENABLE TRIGGER USER"


async def log(house: TestHouse, count: int, staff: Staff | None = None) -> None:
    """Write some lines."""
    for number in range(count):
        async with house.db.transaction() as conn:
            await audit.append(
                conn,
                house.people.lookup,
                Kind.CASE_READ,
                at=house.clock.now() + timedelta(seconds=number),
                staff_id=staff.id if staff else None,
                subject_id=uuid4(),
                why="own",
            )


async def tamper(house: TestHouse, statement: str) -> None:
    """Do what only whoever owns the database can, and put the guard back."""
    async with house.db.transaction() as conn:
        for each in (TAMPER, statement, GUARD):
            await conn.execute(text(each))


async def report(house: TestHouse, noted: Head | None = None) -> Report:
    """Walk along the chain."""
    async with house.db.transaction() as conn:
        return await audit.verify(conn, house.people.lookup, noted=noted)


async def lines(house: TestHouse) -> list[tuple[str, UUID | None, UUID | None, str | None]]:
    """Return every line as kind, who, whom and why."""
    async with house.db.transaction() as conn:
        rows = await conn.execute(select(AuditRow).order_by(AuditRow.number))
        return [(row.kind, row.staff_id, row.subject_id, row.why) for row in rows]


async def in_talk(house: TestHouse) -> tuple[Person, Staff, CaseId]:
    """Return somebody with their counsellor."""
    person, counsellor = house.person(), await house.staff()
    await person.ask_for_a_person()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    return person, counsellor, case_id


async def view(
    house: TestHouse, staff: Staff, case_id: UUID, seen: str = ""
) -> access.CaseView | None:
    """Read a case as an open page does."""
    async with house.db.batch() as batch:
        return await access.access_changes(batch, house.people, staff, case_id, seen=seen)


async def test_an_untouched_log_holds(house: TestHouse) -> None:
    """An empty log and one with more lines than are read at once are whole, and the head is the last line."""
    assert await report(house) == Report(0, None)
    await log(house, 5)
    found = await report(house)
    assert (found.lines, found.broken_at) == (5, None)
    async with house.db.transaction() as conn:
        assert await audit.get_head(conn) == found.head


async def test_a_long_log_is_read_in_parts(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one part ends and the next begins, nothing is lost and nothing is read twice."""
    monkeypatch.setattr(audit, "_AT_ONCE", 2)
    for _ in range(5):
        assert (await report(house)).broken_at is None
        await log(house, 1)
    assert (await report(house)).lines == 5


@pytest.mark.parametrize(
    ("statement", "broken_at", "problem"),
    [
        ("UPDATE audit_log SET why = 'oversight' WHERE number = 3", 3, "changed"),
        ("UPDATE audit_log SET staff_id = NULL, subject_id = NULL WHERE number = 1", 1, "changed"),
        ("UPDATE audit_log SET at = at + interval '1 microsecond' WHERE number = 5", 5, "changed"),
        ("UPDATE audit_log SET link = sha256('x') WHERE number = 2", 2, "changed"),
        ("DELETE FROM audit_log WHERE number = 4", 4, "missing"),
        ("DELETE FROM audit_log WHERE number = 1", 1, "missing"),
        ("UPDATE audit_log SET number = number + 10 WHERE number = 5", 5, "missing"),
        (
            "INSERT INTO audit_log (number, at, kind, link) VALUES (6, now(), 'case_read', sha256('x'))",
            6,
            "changed",
        ),
        (
            "INSERT INTO audit_log (number, at, kind, link) VALUES (-1, now(), 'case_read', sha256('x'))",
            1,
            "missing",
        ),
    ],
)
async def test_a_change_is_found_at_its_line(
    house: TestHouse, statement: str, broken_at: int, problem: str
) -> None:
    """Whoever changes, takes out, moves or adds a line behind the guard's back is found, at the first line that does not hold."""
    await log(house, 5, await house.staff())
    await tamper(house, statement)
    found = await report(house)
    assert (found.broken_at, found.problem, found.lines) == (broken_at, problem, broken_at - 1)


async def test_a_log_cut_off_at_its_end_is_found_by_a_noted_head(house: TestHouse) -> None:
    """What is left holds together; only the head that was written down elsewhere tells. One that is still there is fine."""
    await log(house, 3)
    early = (await report(house)).head
    await log(house, 2)
    late = (await report(house)).head
    assert early is not None
    assert late is not None
    assert (await report(house, early)).broken_at is None
    await tamper(house, "DELETE FROM audit_log WHERE number > 3")
    assert (await report(house)).broken_at is None
    assert (await report(house, early)).broken_at is None
    found = await report(house, late)
    assert (found.broken_at, found.problem) == (4, "cut")
    await log(house, 4)
    found = await report(house, late)
    assert (found.broken_at, found.problem) == (5, "other")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET why = 'x'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
        "TRUNCATE audit_log CASCADE",
    ],
)
async def test_the_database_refuses_a_change(house: TestHouse, statement: str) -> None:
    """Lines are added and nothing else, whoever asks by a plain statement."""
    await log(house, 2)
    with pytest.raises(DBAPIError, match="never changed"):
        async with house.db.transaction() as conn:
            await conn.execute(text(statement))
    assert (await report(house)).lines == 2


async def test_many_at_once_make_one_chain(house: TestHouse) -> None:
    """Lines that are added at the same moment come one after the other, without a gap and without a fork."""
    await asyncio.gather(*(log(house, 3) for _ in range(8)))
    found = await report(house)
    assert (found.lines, found.broken_at) == (24, None)


async def test_what_did_not_happen_leaves_no_line_and_no_gap(house: TestHouse) -> None:
    """A transaction that fails takes its line with it, and the next line has its number."""

    async def fails() -> None:
        async with house.db.transaction() as conn:
            await audit.append(conn, house.people.lookup, Kind.CASE_READ, at=house.clock.now())
            raise NotFound

    await log(house, 1)
    with pytest.raises(NotFound):
        await fails()
    await log(house, 1)
    assert (await report(house)).lines == 2


async def test_every_read_says_who_what_and_why(house: TestHouse) -> None:
    """A counsellor reads as the one who has the case, a supervisor as one who oversees; a refused one has seen nothing."""
    _, counsellor, case_id = await in_talk(house)
    supervisor, other = await house.staff(Role.SUPERVISOR), await house.staff()
    await view(house, counsellor, case_id)
    await view(house, supervisor, case_id)
    with pytest.raises(NotFound):
        await view(house, other, case_id)
    assert await lines(house) == [
        ("case_read", counsellor.id, case_id, "own"),
        ("case_read", supervisor.id, case_id, "oversight"),
    ]


async def test_looking_again_at_the_same_is_no_new_read(house: TestHouse) -> None:
    """An open page asks again and again; a line is added when there is something that it had not shown."""
    person, counsellor, case_id = await in_talk(house)
    first = await view(house, counsellor, case_id)
    assert first is not None
    assert await view(house, counsellor, case_id, first.version) is None
    assert len(await lines(house)) == 1
    await person.write("are you there?")
    assert await view(house, counsellor, case_id, first.version) is not None
    assert len(await lines(house)) == 2


async def test_what_leads_to_a_person_shows_for_a_while_and_for_a_reason(house: TestHouse) -> None:
    """Hidden, shown to whoever said why and to nobody else, hidden again half an hour later."""
    person, counsellor, case_id = await in_talk(house)
    supervisor = await house.staff(Role.SUPERVISOR)
    await person.write("call me: 0812-3456-7890")

    async def shown(staff: Staff) -> str:
        seen = await view(house, staff, case_id)
        assert seen is not None
        assert seen.hides is not seen.unmasked
        return seen.lines[-1].text

    assert await shown(counsellor) == "call me: [number]"
    for reason in ("", "curious"):
        with pytest.raises(ValueError, match="reason"):
            async with house.db.transaction() as conn:
                await access.unmask(conn, house.people, counsellor, case_id, reason)
    async with house.db.transaction() as conn:
        await access.unmask(conn, house.people, counsellor, case_id, "danger")
    assert await shown(counsellor) == "call me: 0812-3456-7890"
    assert await shown(supervisor) == "call me: [number]"
    house.clock.pass_(minutes=31)
    assert await shown(counsellor) == "call me: [number]"
    assert ("case_unmasked", counsellor.id, case_id, "danger") in await lines(house)


async def test_nobody_looks_at_what_is_hidden_in_a_case_that_is_not_theirs(
    house: TestHouse,
) -> None:
    """Not theirs, not there, not for this role: refused in the same words, and no line opens anything."""
    _, _, case_id = await in_talk(house)
    refusals = set()
    for role in (Role.COUNSELLOR, Role.CAMPAIGNER, Role.AUDITOR):
        stranger = await house.staff(role)
        for wanted in (case_id, uuid4()):
            with pytest.raises(NotFound) as refused:
                async with house.db.transaction() as conn:
                    await access.unmask(conn, house.people, stranger, wanted, "danger")
            refusals.add(repr(refused.value))
    assert len(refusals) == 1
    assert await lines(house) == []


async def test_an_export_is_a_line_with_its_number(house: TestHouse) -> None:
    """Who took how many messages out is written down, also when there were none, and on the command line."""
    supervisor = await house.staff(Role.SUPERVISOR)
    for staff in (supervisor, None):
        async with house.db.transaction() as conn:
            await export(conn, house.people, staff, now=house.clock.now())
    found = await lines(house)
    assert [line[:2] for line in found] == [
        ("reviewed_exported", supervisor.id),
        ("reviewed_exported", None),
    ]


async def test_lines_stay_when_a_person_is_erased_and_lead_nowhere(house: TestHouse) -> None:
    """The chain holds after an erasure; the auditor sees that somebody read a case that is not there any more."""
    person, counsellor, case_id = await in_talk(house)
    await view(house, counsellor, case_id)
    auditor = await house.staff(Role.AUDITOR)
    async with house.db.transaction() as conn:
        [before] = (await list_entries(conn, auditor, Wish()))[0]
        party = await house.people.find(conn, person.address)
        assert party is not None
        await belongings.erase(conn, party.contact_id, house.clock.now())
    async with house.db.transaction() as conn:
        [after] = (await list_entries(conn, auditor, Wish()))[0]
    assert before.reference is not None
    assert (after.reference, after.has_subject, after.number) == (None, True, before.number)
    assert (await report(house)).broken_at is None


async def test_the_log_is_read_page_by_page_and_narrowed(house: TestHouse) -> None:
    """Every line is on exactly one page, the newest first; who, what, which case and when narrow it."""
    _, counsellor, case_id = await in_talk(house)
    auditor = await house.staff(Role.AUDITOR)
    await log(house, PAGE + 3)
    await view(house, counsellor, case_id)

    async def numbers(**wish: object) -> tuple[list[int], bool]:
        async with house.db.transaction() as conn:
            entries, more = await list_entries(conn, auditor, Wish(**wish))  # type: ignore[arg-type]
        return [entry.number for entry in entries], more

    first, more = await numbers()
    assert more
    rest, more = await numbers(before=first[-1])
    assert not more
    assert first + rest == list(range(PAGE + 4, 0, -1))
    async with house.db.transaction() as conn:
        [mine] = (await list_entries(conn, auditor, Wish(staff_id=counsellor.id)))[0]
        assert mine.reference is not None
        assert (await list_entries(conn, auditor, Wish(reference=mine.reference)))[0] == [mine]
        assert mine.staff_name == counsellor.name
    assert await numbers(kind="code_wrong") == ([], False)
    assert (await numbers(since=house.clock.now() + timedelta(seconds=PAGE + 1)))[0] == [
        PAGE + 3,
        PAGE + 2,
    ]
    assert (await numbers(until=house.clock.now() + timedelta(seconds=1)))[0] == [PAGE + 4, 1]


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.SUPERVISOR, Role.CAMPAIGNER])
async def test_the_log_is_for_auditors(house: TestHouse, role: Role) -> None:
    """Others find nothing."""
    staff = await house.staff(role)
    with pytest.raises(NotFound):
        async with house.db.transaction() as conn:
            await list_entries(conn, staff, Wish())


async def looks(house: TestHouse, head: str | None = None) -> list[Look]:
    """Ask the doctor about the audit log."""
    settings = read_settings(database_url=house.db.dsn, secret_keys=TEST_KEY)
    return [look async for look in examine_audit(settings, head)]


async def test_the_doctor_names_the_first_line_that_does_not_hold(house: TestHouse) -> None:
    """Well while nothing was changed; then which line, what became of it, and what to do."""
    await log(house, 4)
    [chain, guard] = await looks(house)
    assert (chain.well, guard.well) == (True, True)
    head = chain.found.partition("head ")[2]
    assert (await looks(house, head))[0].well
    await tamper(house, "UPDATE audit_log SET why = 'oversight' WHERE number = 2")
    [chain, guard] = await looks(house)
    assert (chain.well, guard.well) == (False, True)
    assert chain.found.startswith("line 2 was changed")
    assert "backup" in chain.mend


async def test_the_doctor_sees_that_the_guard_is_gone(house: TestHouse) -> None:
    """Triggers that are switched off are found before anything is changed behind them."""
    async with house.db.transaction() as conn:
        await conn.execute(text("ALTER TABLE audit_log DISABLE TRIGGER audit_log_stays"))
    try:
        [chain, guard] = await looks(house)
        assert (chain.well, guard.well) == (True, False)
    finally:
        async with house.db.transaction() as conn:
            await conn.execute(text(GUARD))


async def test_the_doctor_refuses_half_a_head(house: TestHouse) -> None:
    """A head that was copied by halves is said to be none."""
    with pytest.raises(SetupError, match="NUMBER:LETTERS"):
        await looks(house, "12")

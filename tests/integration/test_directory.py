"""The directory with its checks in the database: a good one lights an entry in the chat, and time darkens it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.content.directory import Light, Standing, is_due, light_of
from bot.content.load import Content
from bot.content.model import Service
from bot.errors import Conflict, NotFound
from bot.hotline import checks
from bot.hotline.checks import Findings
from bot.hotline.staff import Role, Staff
from bot.store.checks import get_standings
from bot.store.tables import ServiceCheckRow
from tests.support.search import find_in_database
from tests.support.world import Person, TestHouse

SERVICE = "sapa-129"
LIST = "services.ask.violence-ID"


async def record(
    house: TestHouse, staff: Staff, result: str = "ok", note: str = "", name: str = SERVICE
) -> None:
    """Let somebody record a check of today."""
    service = house.content.services[name]
    findings = Findings(house.clock.now().date(), "call", result, "yes", "yes", note)
    async with house.db.transaction() as conn:
        await checks.record(
            conn, house.people.keyring, staff, service, findings, now=house.clock.now()
        )


async def names_it(person: Person) -> bool:
    """Tell whether the person is told of the service."""
    [message] = await person.press(LIST)
    return "SAPA 129 (KemenPPPA)\n" in message.text


async def due(house: TestHouse) -> tuple[Light, bool]:
    """Return the entry's light, and whether it is on the list of those to check again."""
    today = house.clock.now().date()
    service = house.content.services[SERVICE]
    async with house.db.transaction() as conn:
        standing = (await get_standings(conn, today, ever=True)).get(SERVICE, Standing())
    return light_of(service, standing, today), is_due(service, standing, today)


async def test_a_good_check_makes_an_entry_appear_for_ninety_days(house: TestHouse) -> None:
    """Before it there is nothing; after it the entry; from the 76th day it is due; 91 days later it is gone by itself."""
    person, supervisor = house.person(), await house.staff(Role.SUPERVISOR)
    [before] = await person.press(LIST)
    assert "Nobody of our team has checked" in before.text
    assert "129" in before.text
    await record(house, supervisor)
    assert await names_it(person)
    assert await due(house) == (Light.SHOWN, False)
    house.clock.pass_(days=76)
    assert await due(house) == (Light.SHOWN, True)
    house.clock.pass_(days=14)
    assert await names_it(person)
    house.clock.pass_(days=1)
    assert not await names_it(person)
    assert await due(house) == (Light.TOO_OLD, True)


async def test_what_is_found_wrong_goes_dark_at_once(house: TestHouse) -> None:
    """The next turn of anybody does not name it any more; a later good check does."""
    person, supervisor = house.person(), await house.staff(Role.SUPERVISOR)
    await record(house, supervisor)
    await record(house, supervisor, "wrong", "the number is somebody's home")
    assert not await names_it(person)
    assert await due(house) == (Light.WRONG, True)
    await record(house, supervisor)
    assert await names_it(person)


async def test_the_third_call_in_vain_darkens(house: TestHouse) -> None:
    """Twice nobody answered: still shown. A third time: dark."""
    person, supervisor = house.person(), await house.staff(Role.SUPERVISOR)
    await record(house, supervisor)
    for shown in (True, True, False):
        house.clock.pass_(hours=20)
        await record(house, supervisor, "no_answer")
        assert await names_it(person) is shown


async def test_a_check_is_taken_back_by_whoever_made_it(house: TestHouse) -> None:
    """Only the last one, and only by the same person; it stays in the history and counts no more."""
    person = house.person()
    one, other = await house.staff(Role.SUPERVISOR), await house.staff(Role.ADMIN)
    await record(house, one)
    await record(house, one, "wrong", "mistaken")
    async with house.db.transaction() as conn:
        made = await checks.list_made(conn, house.people.keyring, SERVICE)
    last, first = made
    assert checks.undoable(made, one) == last.id
    assert checks.undoable(made, other) is None
    for staff, check in ((other, last), (one, first)):
        with pytest.raises(Conflict):
            await undo(house, staff, check.id)
    await undo(house, one, last.id)
    assert await names_it(person)
    async with house.db.transaction() as conn:
        again = await checks.list_made(conn, house.people.keyring, SERVICE)
    assert [(each.note, each.undone_at is None) for each in again] == [
        ("mistaken", False),
        ("", True),
    ]
    with pytest.raises(Conflict):
        await undo(house, one, last.id)


async def undo(house: TestHouse, staff: Staff, check_id: int) -> None:
    """Let somebody take a check back."""
    async with house.db.transaction() as conn:
        await checks.undo(conn, staff, SERVICE, check_id, now=house.clock.now())


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.CAMPAIGNER, Role.AUDITOR])
async def test_others_record_nothing(house: TestHouse, role: Role) -> None:
    """Whoever may not record a check is refused below the desk too, and may not take one back."""
    supervisor, other = await house.staff(Role.SUPERVISOR), await house.staff(role)
    await record(house, supervisor)
    with pytest.raises(NotFound):
        await record(house, other)
    with pytest.raises(NotFound):
        await undo(house, other, 1)


async def test_a_note_is_sealed(house: TestHouse) -> None:
    """Whoever steals the database does not read what the staff noted."""
    await record(house, await house.staff(Role.ADMIN), "wrong", "ask for Ibu Kartini at noon")
    assert await find_in_database(house.db, ["kartini"]) == []
    async with house.db.transaction() as conn:
        [made] = await checks.list_made(conn, house.people.keyring, SERVICE)
        assert await conn.scalar(select(ServiceCheckRow.note_sealed)) is not None
    assert made.note == "ask for Ibu Kartini at noon"


async def test_the_staffs_own_entries_stay_with_the_staff(house: TestHouse) -> None:
    """A good check of an entry for the staff shows it to nobody in the chat."""
    hidden: list[Service] = [
        each for each in house.content.services.values() if each.surface == "staff_only"
    ]
    supervisor, person = await house.staff(Role.SUPERVISOR), house.person()
    for service in hidden:
        await record(house, supervisor, name=service.id)
    for need in {need for service in hidden for need in service.needs}:
        [message] = await person.press(f"services.ask.{need}-ID")
        assert "Nobody of our team has checked" in message.text


GOOD = {"tried": "call", "result": "ok", "hours": "yes", "scope": "yes"}


@pytest.mark.parametrize(
    ("name", "changed", "problem"),
    [
        (SERVICE, {}, ""),
        (SERVICE, {"hours": "unknown"}, ""),
        ("kpai", {"hours": "unknown"}, "not_ok_yet"),
        ("kpai", {}, ""),
        (SERVICE, {"hours": "no"}, "not_ok"),
        (SERVICE, {"scope": "unknown"}, "not_ok"),
        (SERVICE, {"result": "wrong"}, "why"),
        (SERVICE, {"result": "wrong", "note": "moved"}, ""),
        (SERVICE, {"result": "no_answer", "hours": "", "scope": ""}, ""),
        (SERVICE, {"hours": ""}, "hours"),
        (SERVICE, {"scope": "maybe"}, "scope"),
        (SERVICE, {"tried": "pigeon"}, "tried"),
        (SERVICE, {"result": "fine"}, "result"),
        (SERVICE, {"note": "x" * 501}, "note"),
    ],
)
def test_a_check_is_good_only_when_nothing_was_wrong(
    content: Content, name: str, changed: dict[str, str], problem: str
) -> None:
    """An entry that is to be tested first needs its hours confirmed; what is wrong needs words."""
    today = house_day()
    findings = Findings(on=today, **{**GOOD, **changed})
    assert findings.problem(content.services[name], today) == problem


def test_a_check_is_of_a_day_that_has_been(content: Content) -> None:
    """Not of tomorrow, and not of a day so long ago that it would say nothing."""
    today = house_day()
    service = content.services[SERVICE]
    for days, problem in {-1: "day", 0: "", 90: "", 91: "day"}.items():
        findings = Findings(on=today - timedelta(days=days), **GOOD)
        assert findings.problem(service, today) == problem
    assert Findings(on=None, **GOOD).problem(service, today) == "day"


def house_day() -> date:
    """Return the day of these tests."""
    return date(2026, 11, 22)

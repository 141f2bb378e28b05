"""“Next person” with the real database: who fits, who carries how much, and two who press at once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.hotline import claiming, consent
from bot.hotline.staff import Role, Staff
from bot.hotline.weight import LIMIT
from bot.understanding.model import Risk, RiskLevel
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House

CALM = Risk(RiskLevel.NONE, ())
DANGER = Risk(RiskLevel.IMMEDIATE, ("confinement",))
ROUNDS = 40


async def has(house: House, staff: Staff) -> int:
    """Return how many people a counsellor has."""
    async with house.db.transaction() as conn:
        counted = text(
            "SELECT count(*) FROM cases WHERE claimed_by = :staff AND state = 'claimed'"
        )
        return int(await conn.scalar(counted, {"staff": staff.id}) or 0)


async def test_two_who_press_at_once_never_get_the_same_person(house: House) -> None:
    """Again and again two counsellors press at the same moment, and each person is with one of them."""
    staff = [
        await house.add_staff(name, languages=("id",), carries=20) for name in ("Dewi", "Budi")
    ]
    await house.open_desk(*staff)
    for _ in range(ROUNDS):
        cases = {await house.add_case(risk=CALM) for _ in range(2)}
        given = await asyncio.gather(*map(house.talks.claim_next, staff))
        assert set(given) == cases
        for who, case_id in zip(staff, given, strict=True):
            assert case_id is not None
            await house.talks.close(who, case_id, "helped")


async def test_who_presses_twice_at_once_is_not_given_more_than_she_carries(house: House) -> None:
    """Several browsers of one counsellor at the same moment stop at her limit like one."""
    dewi = await house.add_staff(languages=("id",))
    for _ in range(5):
        await house.add_case(risk=Risk(RiskLevel.HIGH, ()))
    await asyncio.gather(*(house.talks.claim_next(dewi) for _ in range(5)))
    assert await has(house, dewi) == LIMIT // 3


async def test_above_her_limit_only_danger_reaches_a_counsellor(
    desk: Browser, house: House
) -> None:
    """Whoever carries enough is told so kindly, and somebody in danger now is still given to her."""
    for _ in range(3):
        await house.add_case(risk=Risk(RiskLevel.HIGH, ()))
    await desk.take_next()
    await desk.take_next()
    assert await desk.take_next() == "/desk/?said=nobody_full"
    page = await desk.open("/desk/?said=nobody_full")
    assert "You carry as much as one can do well." in words_of(page)
    danger = await house.add_case(risk=DANGER)
    assert await desk.take_next() == f"/desk/cases/{danger}"


async def test_whoever_asked_for_a_woman_is_kept_for_her_while_she_is_there(
    desk: Browser, house: House
) -> None:
    """A wish is kept for a colleague at the desk; when she is not there the counsellor is told to say so."""
    her = await house.add_staff("Rani", languages=("id", "en"), gender="woman")
    await house.open_desk(her)
    case_id = await house.add_case(wishes={"counsellor": "woman", "language": "en"})
    assert await desk.take_next() == "/desk/?said=nobody_kept"
    assert await house.talks.claim_next(her) == case_id
    await house.talks.release(her, case_id)
    house.clock.ahead += timedelta(minutes=5)
    assert await desk.take_next() == f"/desk/cases/{case_id}"
    page = await desk.open(f"/desk/cases/{case_id}")
    assert "Nobody who is free is what they asked for." in words_of(page)


async def test_without_the_language_the_counsellor_is_told(desk: Browser, house: House) -> None:
    """Where nobody speaks the language somebody is given all the same, and the page says what is missing."""
    case_id = await house.add_case(locale="fa")
    assert await desk.take_next() == f"/desk/cases/{case_id}"
    page = await desk.open(f"/desk/cases/{case_id}")
    assert "Nobody who is free speaks their language." in words_of(page)


async def test_a_third_heavy_one_goes_to_a_colleague(desk: Browser, house: House) -> None:
    """After two heavy talks in a shift the next heavy one is a free colleague's; the breather is offered after each."""
    colleague = await house.add_staff("Budi", languages=("en",))
    await house.open_desk(colleague)
    for _ in range(2):
        case_id = await house.add_case(locale="en")
        await desk.take_next()
        await desk.open(f"/desk/cases/{case_id}")
        answer = await desk.send(f"/desk/cases/{case_id}/close", outcome="helped")
        assert answer.headers["location"] == "/desk/?said=closed_heavy"
    third = await house.add_case(locale="en")
    assert await desk.take_next() == "/desk/?said=nobody_relieved"
    assert await house.talks.claim_next(colleague) == third


async def test_a_breather_is_taken_and_ended(
    desk: Browser, house: House, counsellor: Staff
) -> None:
    """Who takes ten minutes has nobody kept for them; “I am back” and “next person” end it."""
    await desk.open("/desk/")
    assert (await desk.send("/desk/rest")).headers["location"] == "/desk/?said=resting"
    assert "You take a breather" in words_of(await desk.open("/desk/"))
    await desk.send("/desk/rest/end")
    assert "Take ten minutes" in words_of(await desk.open("/desk/"))
    await desk.send("/desk/rest")
    await house.add_case()
    await desk.take_next()
    assert "Take ten minutes" in words_of(await desk.open("/desk/"))


@pytest.mark.parametrize("level", [RiskLevel.HIGH, RiskLevel.IMMEDIATE])
async def test_outside_the_safe_hours_only_danger_is_offered(
    desk: Browser, house: House, level: RiskLevel
) -> None:
    """Who named another time of day is in the list with a word, and not given before it, unless in danger now."""
    case_id = await house.add_case(risk=Risk(level, ()), locale="en")
    hour = (house.clock.now() + timedelta(hours=7)).hour
    away = "morning" if 11 <= hour < 23 else "afternoon"
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        await consent.record(
            conn,
            party,
            consent.CONTACT_LATER,
            granted=True,
            text_version="v1",
            locale="en",
            at=house.clock.now(),
            case_id=case_id,
            detail=away,
        )
    given = await desk.take_next()
    if level is RiskLevel.IMMEDIATE:
        assert given == f"/desk/cases/{case_id}"
    else:
        assert given == "/desk/?said=nobody_waits"
        assert "not a safe hour now" in words_of(await desk.open("/desk/"))


async def test_who_is_under_18_stands_before_a_grown_up_who_came_before(
    desk: Browser, house: House
) -> None:
    """What makes somebody due sooner is read from what the case keeps sealed."""
    await house.add_case(risk=Risk(RiskLevel.CONCERN, ()), waited=timedelta(hours=1), locale="en")
    child = await house.add_case(risk=Risk(RiskLevel.CONCERN, ("child_at_risk",)), locale="en")
    assert await desk.take_next() == f"/desk/cases/{child}"


async def test_staff_say_what_they_bring_and_a_supervisor_confirms(
    desk: Browser, supervisor_desk: Browser, house: House, counsellor: Staff
) -> None:
    """Own words come first; only who oversees confirms, and what is taken back is no longer confirmed."""
    await desk.open("/desk/settings")
    forged = {"csrf": "forged", "skill": "men"}
    assert (await desk.client.post("/desk/settings/profile", data=forged)).status_code == 403
    said = {"language": "id", "gender": "woman", "skill": "children"}
    assert (await desk.send("/desk/settings/profile", **said)).status_code == 303
    await supervisor_desk.open("/desk/staff")
    sent = {"skill": "children", "carries": "9"}
    answer = await supervisor_desk.send(f"/desk/staff/{counsellor.id}", **sent)
    assert answer.headers["location"] == "/desk/staff?said=saved"
    async with house.db.transaction() as conn:
        shown = await claiming.look(conn, house.people, counsellor, now=house.clock.now())
        row = (await conn.execute(text("SELECT * FROM staff WHERE name = 'Dewi'"))).one()
    assert shown.given == ()
    assert (row.languages, row.gender, row.carries) == (["id"], "woman", 9)
    assert row.skills == row.confirmed_skills == ["children"]
    await desk.open("/desk/settings")
    await desk.send("/desk/settings/profile", language="id", skill="labour")
    async with house.db.transaction() as conn:
        row = (await conn.execute(text("SELECT * FROM staff WHERE name = 'Dewi'"))).one()
    assert (row.skills, row.confirmed_skills, row.gender) == (["labour"], [], None)


async def test_what_a_form_may_not_say_changes_nothing(
    supervisor_desk: Browser, desk: Browser, house: House, counsellor: Staff
) -> None:
    """A counsellor finds no list of colleagues; unknown skills, no number and nobody's id are refused."""
    assert (await desk.open("/desk/staff")).status_code == 404
    await desk.open("/desk/")
    confirmed = await desk.send(f"/desk/staff/{counsellor.id}", skill="children", carries="20")
    assert confirmed.status_code == 404
    await supervisor_desk.open("/desk/staff")
    wrong = await supervisor_desk.send(f"/desk/staff/{counsellor.id}", carries="many")
    assert wrong.headers["location"] == "/desk/staff?said=choose_carries"
    assert (
        await supervisor_desk.send(f"/desk/staff/{house.clock.new_id()}", carries="5")
    ).status_code == 404
    await desk.open("/desk/settings")
    await desk.send("/desk/settings/profile", language="xx", gender="<b>", skill="everything")
    async with house.db.transaction() as conn:
        row = (await conn.execute(text("SELECT * FROM staff WHERE name = 'Dewi'"))).one()
    assert (row.languages, row.gender, row.skills, row.carries) == (["id", "en"], None, [], LIMIT)


async def test_a_campaigner_has_no_part_in_it(house: House) -> None:
    """Who does not talk with people can neither rest from it nor say what they bring to it."""
    staff = await house.add_staff("Citra", Role.CAMPAIGNER)
    async with open_browser(house) as browser:
        await browser.sign_in(staff.email)
        page = await browser.open("/desk/settings")
        assert "What you bring" not in words_of(page)
        for path in ("rest", "rest/end", "settings/profile", f"staff/{staff.id}"):
            assert (await browser.send(f"/desk/{path}")).status_code == 404


async def test_one_damaged_case_keeps_nobody_else_waiting(house: House) -> None:
    """Where what a case keeps sealed cannot be opened, the queue goes on with what is known without it."""
    damaged = await house.add_case(waited=timedelta(minutes=5))
    async with house.db.transaction() as conn:
        await conn.execute(
            text("UPDATE cases SET details_sealed = 'no such bytes' WHERE id = :id"),
            {"id": damaged},
        )
    whole = await house.add_case()
    dewi = await house.add_staff(languages=("id",))
    assert [await house.talks.claim_next(dewi) for _ in range(2)] == [damaged, whole]

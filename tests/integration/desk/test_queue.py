"""The queue: its order, taking the next person, and who sees what."""

import asyncio
import re
from datetime import timedelta

from bot.hotline.staff import Role
from bot.understanding.model import Risk, RiskLevel
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House

IMMEDIATE = Risk(RiskLevel.IMMEDIATE, ("confinement",), "self")
CONCERN = Risk(RiskLevel.CONCERN)


async def test_danger_comes_first_then_waiting_time(desk: Browser, house: House) -> None:
    """The list shows people in the order in which they are to be taken."""
    await house.add_case(risk=CONCERN, waited=timedelta(hours=1))
    await house.add_case(waited=timedelta(minutes=1))
    await house.add_case(waited=timedelta(minutes=5))
    await house.add_case(risk=IMMEDIATE)
    shown = re.findall(r'class="reference">([^<]+)', (await desk.open("/desk/")).text)
    assert shown == ["S-1004", "S-1003", "S-1002", "S-1001"]


async def test_level_is_said_in_words_and_waiting_time_counts(desk: Browser, house: House) -> None:
    """Level, language, channel and waiting time stand in each row; what was written does not."""
    await house.add_case(
        "my passport is gone",
        locale="en",
        channel="telegram",
        risk=IMMEDIATE,
        waited=timedelta(minutes=4),
    )
    page = await desk.open("/desk/")
    assert "Danger now S-1001 English Telegram Waiting time: 4:0" in words_of(page)
    assert "later than promised" in words_of(page)
    assert "wait is-late" in page.text
    assert "passport" not in page.text


async def test_next_person_opens_the_conversation(desk: Browser, house: House) -> None:
    """Pressing the button claims whoever is first and opens the page."""
    case_id = await house.add_case()
    assert await desk.take_next() == f"/desk/cases/{case_id}"
    assert "Next person" in words_of(await desk.open("/desk/"))
    assert "My conversations 1" in words_of(desk.page)


async def test_two_counsellors_never_get_the_same_person(
    desk: Browser, other_desk: Browser, house: House
) -> None:
    """Two presses at the same moment take two people."""
    cases = {f"/desk/cases/{await house.add_case()}" for _ in range(2)}
    assert set(await asyncio.gather(desk.take_next(), other_desk.take_next())) == cases


async def test_empty_queue_says_so_kindly(desk: Browser) -> None:
    """Pressing the button with nobody waiting leads back to the queue with a line."""
    assert await desk.take_next() == "/desk/?said=nobody_waits"
    assert "Nobody is waiting right now." in words_of(await desk.open("/desk/?said=nobody_waits"))


async def test_unchanged_queue_answers_nothing(desk: Browser, house: House) -> None:
    """A page that shows the queue as it is, is left in peace; after a change it gets the new list."""
    page = await desk.open("/desk/")
    [seen] = re.findall(r'name="seen" value="([^"]+)"', page.text)
    assert (await desk.part(f"/desk/parts/queue?seen={seen}")).status_code == 204
    await house.add_case()
    changed = await desk.part(f"/desk/parts/queue?seen={seen}")
    assert "S-1001" in changed.text


async def test_supervisor_gives_back_what_a_counsellor_left(
    desk: Browser, supervisor_desk: Browser, house: House
) -> None:
    """A supervisor who opens a conversation of somebody who has gone can put the person back, and not write."""
    case_id = await house.add_case()
    await desk.take_next()
    page = words_of(await supervisor_desk.open(f"/desk/cases/{case_id}"))
    assert "Give back" in page
    assert "Close…" not in page
    answer = await supervisor_desk.send(f"/desk/cases/{case_id}/release")
    assert answer.headers["location"] == "/desk/?said=released"
    async with house.db.transaction() as conn:
        assert (await house.party_of(conn, case_id)).owner == "queue"


async def test_supervisor_sees_conversations_of_others(
    desk: Browser, supervisor_desk: Browser, house: House
) -> None:
    """Whoever oversees finds every conversation under way and with whom, and can read along only."""
    case_id = await house.add_case("they took my passport")
    await desk.take_next()
    assert "with Dewi" in words_of(await supervisor_desk.open("/desk/"))
    page = await supervisor_desk.open(f"/desk/cases/{case_id}")
    assert "Dewi has this conversation; you are reading along." in words_of(page)
    assert "reply-form" not in page.text


async def test_campaigner_and_auditor_see_no_people(house: House) -> None:
    """Roles that do not talk with people get a kind page, and every hotline address is nothing to them."""
    case_id = await house.add_case("they took my passport")
    for name, role in (("Citra", Role.CAMPAIGNER), ("Adi", Role.AUDITOR)):
        staff = await house.add_staff(name, role)
        async with open_browser(house) as browser:
            await browser.sign_in(staff.email)
            page = await browser.open("/desk/")
            assert f"Good to have you here, {name}." in words_of(page)
            assert "S-1001" not in page.text
            for path in ("parts/queue", "parts/waiting", f"cases/{case_id}", "undelivered"):
                assert (await browser.open(f"/desk/{path}")).status_code == 404
            await browser.open("/desk/")
            assert (await browser.send("/desk/next")).status_code == 404

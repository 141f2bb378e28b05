"""The desk's page of WhatsApp's templates, and the window on a counsellor's page, without a script."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from starlette.responses import JSONResponse

from bot.hotline.staff import Role
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House
from tests.integration.desk.whatsapp_house import OnWhatsApp, on_whatsapp

PAGE = "/desk/whatsapp"


@pytest.fixture
async def whatsapp(house: House) -> AsyncIterator[OnWhatsApp]:
    """A desk with WhatsApp."""
    async with on_whatsapp(house) as made:
        yield made


@pytest.fixture
async def supervisor(whatsapp: OnWhatsApp) -> AsyncIterator[Browser]:
    """A supervisor's browser, signed in."""
    staff = await whatsapp.house.add_staff("Rani", Role.SUPERVISOR)
    async with open_browser(whatsapp.house) as browser:
        await browser.sign_in(staff.email)
        yield browser


async def test_where_whatsapp_is_off_the_page_says_how_to_set_it_up(
    supervisor_desk: Browser,
) -> None:
    """Without WhatsApp there is nothing to submit, and the page tells what is missing."""
    assert "WhatsApp is not set up." in words_of(await supervisor_desk.open(PAGE))
    assert (await supervisor_desk.send("/desk/whatsapp/submit")).status_code == 404
    assert (await supervisor_desk.part("/desk/parts/whatsapp")).status_code == 404


async def test_who_does_not_write_what_suar_says_has_no_such_page(desk: Browser) -> None:
    """A counsellor does not see it, in the menu or by its address."""
    assert PAGE not in (await desk.open("/desk/")).text
    assert (await desk.open(PAGE)).status_code == 404


async def test_from_not_submitted_to_approved(whatsapp: OnWhatsApp, supervisor: Browser) -> None:
    """One press submits what is missing; while the worker asks the page says so and looks again by itself, and then shows each state."""
    assert "Not submitted yet" in words_of(await supervisor.open(PAGE))
    await supervisor.send("/desk/whatsapp/submit")
    busy = await supervisor.open(PAGE)
    assert "Is being submitted" in words_of(busy)
    assert 'hx-trigger="every 2s"' in busy.text
    await whatsapp.templates.sync()
    assert "WhatsApp is reading it" in words_of(await supervisor.open(PAGE))
    for key in whatsapp.graph.templates.listed:
        whatsapp.graph.templates.set(*key, status="APPROVED")
    whatsapp.house.clock.ahead += timedelta(minutes=5)
    await supervisor.send("/desk/whatsapp/sync")
    await whatsapp.templates.sync()
    done = await supervisor.open(PAGE)
    assert "Approved" in words_of(done)
    assert "Not submitted yet" not in words_of(done)
    assert 'hx-trigger="every 2s"' not in done.text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"status": "REJECTED", "rejected_reason": "PROMOTIONAL"}, "takes it for advertising"),
        ({"status": "REJECTED", "rejected_reason": "NEW_REASON"}, "WhatsApp says: NEW_REASON"),
        ({"status": "PAUSED"}, "It comes back by itself after hours"),
        ({"status": "DISABLED"}, "does not come back"),
        ({"status": "APPROVED", "category": "MARKETING"}, "into another category"),
        ({"status": "APPROVED", "quality_score": {"score": "RED"}}, "Many people have blocked"),
        ({"status": "IN_LIMBO"}, "IN_LIMBO"),
    ],
)
async def test_each_state_says_what_can_be_done(
    whatsapp: OnWhatsApp, supervisor: Browser, state: dict[str, object], words: str
) -> None:
    """Rejected, paused, disliked, moved into another category, or something that we do not know yet."""
    await whatsapp.approve()
    key = next(iter(whatsapp.graph.templates.listed))
    whatsapp.graph.templates.set(*key, **state)
    whatsapp.house.clock.ahead += timedelta(minutes=5)
    await whatsapp.templates.sync()
    assert words in words_of(await supervisor.open(PAGE))


async def test_faults_of_meta_are_said(whatsapp: OnWhatsApp, supervisor: Browser) -> None:
    """A token without the right is told in words, and how to mend it."""
    error = {"error": {"code": 200, "message": "M", "type": "OAuthException"}}
    whatsapp.graph.templates.fault = lambda: JSONResponse(error, 403)
    await whatsapp.templates.sync()
    assert "whatsapp_business_management" in words_of(await supervisor.open(PAGE))


async def test_the_question_on_a_counsellors_page(whatsapp: OnWhatsApp, desk: Browser) -> None:
    """Shut: the page says why and offers the question; asked, it says when, and offers it no more."""
    await whatsapp.approve()
    case_id = await whatsapp.add_case(silent=timedelta(hours=1))
    path = await desk.take_next()
    assert "WhatsApp takes no reply now" not in words_of(await desk.open(path))
    await whatsapp.heard(case_id, timedelta(hours=22))
    assert "WhatsApp lets us write until" in words_of(await desk.open(path))
    await whatsapp.heard(case_id, timedelta(hours=25))
    assert "WhatsApp takes no reply now" in words_of(await desk.open(path))
    await desk.send(f"{path}/reply", text="here is what I found", token="t" * 20)
    await desk.send(f"{path}/go-on")
    said = words_of(await desk.open(path))
    assert "Waits until the person writes or says yes" in said
    assert "It can be asked once in 24 hours." in said
    assert f"{path}/go-on" not in (await desk.open(path)).text
    again = await desk.send(f"{path}/go-on")
    assert "go_on_asked_already" in again.headers["location"]
    shown = await desk.send(f"{path}/go-on", htmx=True)
    assert "Not asked: they were asked within the last 24 hours." in words_of(shown)


async def test_without_approved_words_there_is_no_button(
    whatsapp: OnWhatsApp, desk: Browser
) -> None:
    """Where Meta has approved nothing for this person, the page says who can mend that."""
    await whatsapp.add_case(silent=timedelta(hours=25))
    path = await desk.take_next()
    page = await desk.open(path)
    assert f"{path}/go-on" not in page.text
    assert "A supervisor can submit it" in words_of(page)
    answer = await desk.send(f"{path}/go-on")
    assert "go_on_no_template" in answer.headers["location"]

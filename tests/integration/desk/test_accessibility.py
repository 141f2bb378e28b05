"""Every page of the desk, looked at by axe in Chromium: light, dark and narrow, and from right to left; none is wider than its screen.

With `SUAR_PICTURES` set to a folder a picture of each page in each look is kept there; those of `docs/images/desk` were chosen from them.
"""

import os
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from playwright.async_api import Page
from sqlalchemy import text
from starlette.routing import Mount, Route

from bot.campaigns.audience import read_rule
from bot.campaigns.schedule import Local, Recurring
from bot.campaigns.segments import Segments
from bot.content.catalogue import LocaleInfo, Words
from bot.content.load import Content
from bot.desk.web.app import desk_routes
from bot.hotline import unusual
from bot.hotline.referrals import receivers
from bot.hotline.staff import Role, Staff
from bot.practice import room
from bot.store.engine import Database
from tests.integration.desk.browser import Browser
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import LOCALES, PASSWORD, House
from tests.integration.desk.studio import furnish
from tests.integration.desk.studio_house import make_studio
from tests.integration.desk.test_answers import edit
from tests.integration.desk.test_attachments import line_path, send_file
from tests.integration.desk.test_events_studio import make
from tests.integration.desk.test_learning import put
from tests.integration.desk.test_quizzes_studio import (
    begin as begin_quiz,
)
from tests.integration.desk.test_quizzes_studio import (
    change_title,
    desk_of,
    submit,
)
from tests.integration.desk.test_quizzes_studio import (
    edit as edit_quiz,
)
from tests.integration.desk.test_quizzes_studio import (
    send as send_quiz,
)
from tests.integration.desk.test_results import run_campaign
from tests.integration.desk.test_traffic import DANGER, LINK, SPAM, crowd
from tests.integration.desk.test_unmet import CATS, asks
from tests.integration.desk.test_voices import bring
from tests.support.accessibility import faults_of
from tests.support.desk_page import open_chromium, sign_in
from tests.support.files import PDF, picture, voice
from tests.support.players import Study, play_study
from tests.support.sounds import opus

DOOR = ("/sign-in", "/setup")
"""What somebody sees who is not signed in."""
NO_PAGES = (
    "/parts/",
    "/static",
    "{referral_id:uuid}/file",
    "/attachments/",
    "/pictures/",
    "/voices/sound/",
    "/qr.",
    "/table/file",
)
"""Parts of an open page, its live connection, its files."""
LIVE = "/events"
DESKTOP, PHONE = {"width": 1280, "height": 720}, {"width": 360, "height": 740}
ARABIC = LocaleInfo(name="العربية", dir="rtl", state="released", chain=("en",))

PICTURES = Path(os.environ["SUAR_PICTURES"]) if "SUAR_PICTURES" in os.environ else None

QUIZ_EDIT = "/campaigns/quizzes/edits/{edit_id:uuid}"
_MINUTES = timedelta(minutes=20)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass(frozen=True)
class Look:
    """One way to look at the desk."""

    colours: str
    locale: str
    size: Mapping[str, int]


LOOKS = {
    "light": Look("light", "en", DESKTOP),
    "dark, on a phone": Look("dark", "id", PHONE),
    "from right to left": Look("light", "ar", DESKTOP),
}


@pytest.fixture
async def house(db: Database, content: Content) -> AsyncIterator[House]:
    """A house whose desk also speaks Arabic, as far as its catalogue goes."""
    words = Words("en", {**LOCALES, "ar": ARABIC}, content.words.catalogues)
    made = House(db, content, words=words)
    yield made
    await made.close()


@pytest.fixture
async def pages(house: House) -> dict[str, str]:
    """Something of every kind; the address of each page that needs an id, by its route."""
    admin = await house.add_staff("Rani", Role.ADMIN)
    async with open_browser(house) as desk:
        await desk.sign_in(admin.email)
        return await _furnish(house, desk, admin)


@pytest.fixture
async def page(house: House, pages: dict[str, str], address: str) -> AsyncIterator[Page]:
    """Chromium, with anything on the console failing the test."""
    assert pages
    async with open_chromium(address) as page:
        yield page


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
async def test_no_page_has_a_grave_fault(
    page: Page, house: House, pages: dict[str, str], look: Look
) -> None:
    """Whoever uses a keyboard, a screen reader, large letters or the dark finds no serious or critical fault, on any page."""
    await page.set_viewport_size({"width": look.size["width"], "height": look.size["height"]})
    await page.emulate_media(color_scheme="dark" if look.colours == "dark" else "light")
    found: dict[str, list[str]] = {}
    for path in (f"/desk{door}?lang={look.locale}" for door in DOOR):
        found[path] = await _look_at(page, path, look)
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE staff SET locale = :locale"), {"locale": look.locale})
    await sign_in(page, "rani@example.org", PASSWORD, house.codes["rani@example.org"].pop())
    for path in addresses(house, pages):
        found[path] = await _look_at(page, path, look)
    grave = [f"{path}: {fault}" for path, faults in found.items() for fault in faults]
    assert not grave, "\n".join(grave)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
async def test_an_alarm_has_no_grave_fault(house: House, address: str, look: Look) -> None:
    """Many people in the same danger, the banner that says so, and what is slowed down, are looked at like every page."""
    rani = await house.add_staff("Rani", Role.SUPERVISOR, look.locale)
    for words, people in ((DANGER, 4), (SPAM, 12), (LINK, 15)):
        await crowd(house, words, people)
    async with house.db.transaction() as conn:
        groups = (await unusual.look_at_groups(conn, now=house.clock.now()))[2]
        for group, verdict in zip(groups, ("slow", "harmless"), strict=True):
            await unusual.rule(
                conn, rani, group.shape, verdict,
                ruling_id=house.clock.new_id(), now=house.clock.now(),
            )  # fmt: skip
    async with open_chromium(address) as page:
        await page.set_viewport_size({"width": look.size["width"], "height": look.size["height"]})
        await page.emulate_media(color_scheme="dark" if look.colours == "dark" else "light")
        await sign_in(page, "rani@example.org", PASSWORD, house.codes["rani@example.org"].pop())
        await page.locator("#health .strip-bad").wait_for()
        assert await _look_at(page, "/desk/traffic", look) == []


def addresses(house: House, pages: Mapping[str, str]) -> list[str]:
    """Return the address of every page that a GET route of the desk shows.

    Raises:
        AssertionError: A route needs an id, and nobody has said here what it can be tried with.
    """
    [mount] = desk_routes(house.services)
    assert isinstance(mount, Mount)
    found = []
    for route in mount.routes:
        if not isinstance(route, Route) or "GET" not in (route.methods or ()):
            continue
        if route.path in {*DOOR, LIVE} or any(part in route.path for part in NO_PAGES):
            continue
        assert "{" not in route.path or route.path in pages, (
            f"{route.path}: give it an id in _furnish"
        )
        found.append("/desk" + pages.get(route.path, route.path))
    more = [address for name, address in pages.items() if name.startswith("also ")]
    return found + [f"/desk{address}" for address in more]


async def _look_at(page: Page, path: str, look: Look) -> list[str]:
    answer = await page.goto(path)
    assert answer is not None
    known = 404 if path.startswith("/desk/setup") else 200
    assert answer.status in {200, known}, f"{path}: {answer.status}"
    assert await page.locator("html").get_attribute("lang") == look.locale
    assert await page.locator("html").get_attribute("data-bs-theme") == look.colours
    faults = await faults_of(page)
    wide = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    await _keep_picture(page, path, look)
    return [*faults, f"{wide} px wider than the screen"] if wide > 0 else faults


async def _keep_picture(page: Page, path: str, look: Look) -> None:
    if PICTURES is None:
        return
    called = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "x", path.partition("?")[0]).strip("/")
    name = f"{called.replace('/', '-')}-{look.locale}-{look.colours}-{look.size['width']}.png"
    await page.screenshot(path=PICTURES / name, full_page=True)


async def _furnish(house: House, desk: Browser, admin: Staff) -> dict[str, str]:
    """Put something of every kind into the house."""
    case_id = await house.add_case("paspor ditahan bos", waited=_MINUTES)
    await desk.take_next()
    await desk.open(f"/desk/cases/{case_id}")
    await desk.send(f"/desk/cases/{case_id}/reply", text="Halo, saya Rani", token="t" * 20)
    await house.person_writes(case_id, "halo kak")
    for data in (picture(), voice(), PDF):
        await send_file(house, case_id, data)
    await house.person_writes(case_id, "dia masuk kamar saya")
    await desk.send(f"{await line_path(house, case_id)}/veil", veiled="yes")
    await _mark(house, desk, case_id)
    for _ in range(2):
        await house.add_case()
    await _lose_a_message(house)
    question = await asks(house, "may my cat come", CATS)
    edited = await edit(desk, title="Another title")
    listed = await desk.open("/desk/review")
    [review] = set(re.findall(r'href="/desk(/review/[0-9a-f-]{36})"', listed.text))
    talk, ended = await _practise(house, admin)
    await put(house, play_study(Study(), 60, np.random.default_rng(6)))
    event = (await make(house, desk)).removeprefix("/desk")
    flow = next(iter(house.content.flows))
    await bring(desk, opus(), "/desk/voices/ar/menu.main.text")
    referral = await _refer(house, desk, admin, case_id)
    campaign = await run_campaign(house)
    written, read, asked = await _quizzes(house, desk)
    studio = await furnish(house, desk)
    message, recurs, segment = await _plan(house)
    return {
        "/campaigns/segments/{segment_id:uuid}": segment,
        "/cases/{case_id:uuid}": f"/cases/{case_id}",
        "/cases/{case_id:uuid}/file": f"/cases/{case_id}/file",
        "/cases/{case_id:uuid}/referrals/new": f"/cases/{case_id}/referrals/new",
        "/referrals/{referral_id:uuid}": referral.removeprefix("/desk"),
        "/review/{review_id:uuid}": review,
        "/directory/{service_id:str}": f"/directory/{quote(next(iter(house.content.services)))}",
        "/answers/{answer:str}": "/answers/what_is_trafficking",
        "/answers/{answer:str}/edit": "/answers/keep_your_papers/edit",
        "/voices/{locale:str}/{place:str}": "/voices/en/welcome.hello.text",
        "also a recording that waits, from right to left": "/voices/ar/menu.main.text",
        "/edits/{edit_id:uuid}": edited.removeprefix("/desk"),
        "/campaigns/events/{event_id:uuid}": event,
        "/campaigns/events/{event_id:uuid}/edit": f"{event}/edit",
        "also an event in a third language": f"{event}/edit?locale=ar",
        "/unmet/{question_id:uuid}": f"/unmet/{question}",
        "/flows/{flow}": f"/flows/{flow}",
        "/practice/{talk_id:uuid}": f"/practice/{talk}",
        "/campaigns/leaders/{code:str}/sheet": "/campaigns/leaders/c0/sheet",
        "/campaigns/{campaign_id:uuid}/report": f"/campaigns/{campaign}/report",
        "/campaigns/{campaign_id:uuid}/results": f"/campaigns/{campaign}/results",
        "/campaigns/messages/{broadcast_id:uuid}/whom": f"{message}/whom",
        "/campaigns/messages/{broadcast_id:uuid}/when": f"{message}/when",
        "/campaigns/messages/{broadcast_id:uuid}/move": f"{message}/move",
        "also when it recurs": f"{recurs}/when",
        "also a week": "/campaigns/calendar?view=week",
        "also ended": f"/practice/{ended}",
        "/campaigns/quizzes/{quiz:str}": "/campaigns/quizzes/men_too",
        QUIZ_EDIT: f"{written}?check=1",
        f"{QUIZ_EDIT}/questions/{{question:str}}": f"{asked}?check=1",
        f"{QUIZ_EDIT}/try": f"{read}/try",
        f"{QUIZ_EDIT}/table": f"{written}/table",
        "also a quiz that somebody else has sent": read,
        **studio,
    }


async def _quizzes(house: House, desk: Browser) -> tuple[str, str, str]:
    """Leave a draft with things to mend, one that somebody else has sent, and a new question with a picture; return their paths."""
    async with desk_of(house, "Tari") as other:
        read = await edit_quiz(other)
        await change_title(other, read)
        await send_quiz(other, read)
    written = await begin_quiz(desk)
    page = await desk.open(written)
    asked = await submit(desk, page, f"{written}/questions", kind="flag")
    question = asked.headers["location"].partition("?")[0]
    return tuple(path.removeprefix("/desk") for path in (written, read, question))  # type: ignore[return-value]  # three


async def _plan(house: House) -> tuple[str, str, str]:
    """Write a message to some people on a day, and one that recurs, and keep an audience; return their paths."""
    studio = await make_studio(house)
    await studio.people(7, city="kupang", zone="Asia/Makassar")
    await studio.people(6, city="medan", channel="webchat", zone="Europe/London")
    here = {"all": [
        {"field": "city", "in": ["kupang", "medan"]},
        {"any": [{"field": "interest", "in": ["events"]}, {"field": "link", "in": ["k7m2"]}]},
        {"none": [{"field": "last_seen", "op": "longer_ago", "days": 180}]},
    ]}  # fmt: skip
    day = house.clock.now().date() + timedelta(days=2)
    segments = Segments(house.services.studio.db, house.clock)
    kept = await segments.save("Kupang and Medan", read_rule(here), by=studio.writer.id)
    schedule = Local(on=day, time=time(20))
    message = await studio.write(audience=read_rule(here), schedule=schedule)
    every_day = Recurring(weekdays=("mon", "wed", "fri"), time=time(9))
    recurs = await studio.write("Every other day", schedule=every_day)
    soon = await studio.write("The day after", schedule=Local(on=day + timedelta(1), time=time(9)))
    await studio.write("Also then", schedule=Local(on=day + timedelta(1), time=time(12)))
    await studio.approve(soon)
    return (
        f"/campaigns/messages/{message}",
        f"/campaigns/messages/{recurs}",
        f"/campaigns/segments/{kept}",
    )


async def _mark(house: House, desk: Browser, case_id: object) -> None:
    """Have a message wait for review."""
    shown = await desk.open(f"/desk/cases/{case_id}")
    line = re.findall(rf'action="(/desk/cases/{case_id}/lines/\d+)/mark"', shown.text)[0]
    await desk.send(f"{line}/mark", mark="not_understood")
    await house.person_answers(case_id, learn=True)  # type: ignore[arg-type]


async def _refer(house: House, desk: Browser, admin: Staff, case_id: object) -> str:
    """Draft a referral; return its path."""
    async with house.db.transaction() as conn:
        receiver = await receivers.add_receiver(
            conn, admin, name="UPTD PPA", role="women_and_children", region="national",
            recipient="", clock=house.clock,
        )  # fmt: skip
    new = f"/desk/cases/{case_id}/referrals/new"
    await desk.open(new)
    fields = {"field_name": "Rinawati", "field_safe_time": "after nine"}
    answer = await desk.send(new, receiver=str(receiver), purpose="A safe place", **fields)
    return answer.headers["location"].partition("?")[0]


async def _lose_a_message(house: House) -> None:
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE outbox SET status = 'dead', error = 'contact_stopped'"))


async def _practise(house: House, admin: Staff) -> tuple[object, object]:
    """Keep a practice talk that goes on, and one that has ended."""
    keyring, clock = house.people.keyring, house.clock
    async with house.db.transaction() as conn:
        ids = [
            await room.begin(conn, keyring, admin.id, "maid_abroad", "en", clock=clock)
            for _ in range(2)
        ]
        for talk_id in ids:
            lines = ("Is it safe to write?", "Why did you go?")
            await room.keep_lines(conn, keyring, talk_id, lines, at=clock.now())
        await room.end(conn, ids[1], at=clock.now())
    return ids[0], ids[1]

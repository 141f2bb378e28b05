"""The practice room on the desk: a talk from its beginning to the rubric, and nothing of it anywhere else."""

from collections.abc import AsyncIterator

import pytest
from jinja2 import Environment
from playwright.async_api import Page, expect
from sqlalchemy import text

from bot.content.practice import CRITERIA
from bot.desk.web.pages import Pages
from bot.desk.web.practice import OWN_ANSWERS
from bot.hotline.staff import Role, Staff
from bot.practice.rubric import Seen
from bot.store.tables import Base, PracticeTalkRow
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import LOCALES, PASSWORD, House, Words
from tests.support.desk_page import open_chromium, sign_in

MARK = "Everybody here is made up."
HELLO = "Hello, my name is Dewi. Is it safe to write now?"


async def begin(browser: Browser, persona: str = "maid_abroad", language: str = "en") -> str:
    """Begin a talk; return its path."""
    await browser.open("/desk/practice")
    answer = await browser.send("/desk/practice", persona=persona, language=language)
    assert answer.status_code == 303
    path = answer.headers["location"]
    await browser.open(path)
    return path


async def say(browser: Browser, path: str, line: str, seen: int) -> int:
    """Say a line as a page without scripts does; return the status."""
    answer = await browser.send(f"{path}/say", text=line, seen=str(seen))
    return answer.status_code


async def test_a_talk_from_the_first_line_to_the_rubric(desk: Browser, house: House) -> None:
    """Begin, talk, take a line back, go on later, end, and read what was seen; every page says that it is practice."""
    assert MARK in words_of(await desk.open("/desk/practice"))
    path = await begin(desk)
    assert await say(desk, path, HELLO, 0) == 303
    assert await say(desk, path, "Why did you go?", 1) == 303
    page = await desk.open(path)
    assert MARK in words_of(page)
    assert "I don't know why." in words_of(page)
    assert "<title>Practice:" in page.text
    taken = await desk.send(f"{path}/undo", seen="2")
    assert "Why did you go?</textarea>" in taken.text
    assert "I don't know why." not in words_of(await desk.open(path))
    assert "Go on with" in words_of(await desk.open("/desk/practice"))
    await desk.send(f"{path}/end")
    page = await desk.open(path)
    assert "What was seen" in words_of(page)
    assert "Line 1 Hello, my name is Dewi." in words_of(page)
    assert await say(desk, path, "One more", 1) == 409
    answer = await desk.send(f"{path}/own", **{"own-safety": "yes", "note": "ask one thing"})
    assert answer.headers["location"] == f"{path}?said=saved"
    page = await desk.open(path)
    assert '<option value="yes" selected>' in page.text
    assert "ask one thing</textarea>" in page.text


async def test_a_line_that_is_sent_twice_is_heard_once(desk: Browser) -> None:
    """A second press, or a page that is behind, adds nothing and takes nothing back."""
    path = await begin(desk)
    await say(desk, path, HELLO, 0)
    await say(desk, path, HELLO, 0)
    await desk.send(f"{path}/undo", seen="7")
    page = words_of(await desk.open(path))
    assert "Line 1" in page
    assert "Line 2" not in page


async def test_real_words_are_refused_and_stay_in_the_box(desk: Browser) -> None:
    """What looks real is not kept, the page says why, and nothing typed is lost; an open page is told the same."""
    path = await begin(desk)
    answer = await desk.send(f"{path}/say", text="call her, 0812 3456 7890", seen="0")
    assert answer.status_code == 422
    assert "Nothing real belongs here" in words_of(answer)
    assert "0812 3456 7890</textarea>" in answer.text
    part = await desk.send(f"{path}/say", text="[1/2/26, 10:00] Ani: kak", seen="0", htmx=True)
    assert part.status_code == 200
    assert "Never bring real words here" in words_of(part)
    assert "Line 1" not in words_of(await desk.open(path))


async def test_a_talk_is_its_trainees_until_they_share_it(
    desk: Browser, other_desk: Browser, supervisor_desk: Browser
) -> None:
    """Colleagues and supervisors find nothing; what is shared a supervisor reads and cannot change, until it is taken back."""
    path = await begin(desk)
    await say(desk, path, HELLO, 0)
    early = await desk.send(f"{path}/share", share="yes")
    assert early.status_code == 409
    await desk.send(f"{path}/end")
    for browser in (other_desk, supervisor_desk):
        assert (await browser.open(path)).status_code == 404
    await desk.open(path)
    await desk.send(f"{path}/share", share="yes")
    assert (await other_desk.open(path)).status_code == 404
    assert "Dewi" in words_of(await supervisor_desk.open("/desk/practice"))
    page = await supervisor_desk.open(path)
    assert "Practised by Dewi" in words_of(page)
    for act in ("say", "undo", "end", "own", "share", "forget"):
        answer = await supervisor_desk.send(f"{path}/{act}", text="x", seen="1", share="no")
        assert answer.status_code == 404, act
    await desk.open(path)
    await desk.send(f"{path}/share", share="no")
    assert (await supervisor_desk.open(path)).status_code == 404


async def test_a_campaigner_finds_no_practice_room(house: House) -> None:
    """Who will not talk with people has no part in it; unknown people and languages do not exist."""
    staff = await house.add_staff("Citra", Role.CAMPAIGNER)
    async with open_browser(house) as browser:
        await browser.sign_in(staff.email)
        assert (await browser.open("/desk/practice")).status_code == 404


async def test_what_a_form_may_not_say_changes_nothing(desk: Browser, house: House) -> None:
    """A forged token, an unknown person or language, and a number that is none are refused or have no effect."""
    path = await begin(desk)
    forged = await desk.client.post(f"{path}/say", data={"csrf": "x", "text": "hi", "seen": "0"})
    assert forged.status_code == 403
    for persona, language in (("nobody", "en"), ("maid_abroad", "xx")):
        answer = await desk.send("/desk/practice", persona=persona, language=language)
        assert answer.status_code == 404
    await desk.send(f"{path}/say", text="<script>alert(1)</script>", seen="0")
    await desk.send(f"{path}/say", text="hi", seen="-1")
    page = await desk.open(path)
    assert "&lt;script&gt;" in page.text
    assert "Line 2" not in words_of(page)
    await desk.send(f"{path}/forget")
    assert (await desk.open(path)).status_code == 404
    async with house.db.transaction() as conn:
        assert await conn.scalar(text("SELECT count(*) FROM practice_talks")) == 0


async def test_nothing_of_it_is_kept_readable_or_anywhere_else(
    desk: Browser, house: House
) -> None:
    """The words are sealed, no case, message or person comes of a talk, and the queue does not know of it."""
    path = await begin(desk)
    await say(desk, path, "a line about rambutan", 0)
    async with house.db.transaction() as conn:
        row = (await conn.execute(text("SELECT * FROM practice_talks"))).one()
        for table in ("cases", "contacts", "conversations", "transcript", "outbox", "inbox"):
            assert await conn.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table
    assert b"rambutan" not in bytes(row.lines_sealed)
    assert "Nobody is waiting." in words_of(await desk.open("/desk/"))


def test_its_table_leads_to_staff_and_to_nobody_else() -> None:
    """No key leads from the practice room to a person or a case, nor from them to it."""
    mine = PracticeTalkRow.__tablename__
    reaches = {key.column.table.name for key in Base.metadata.tables[mine].foreign_keys}
    assert reaches == {"staff"}
    for table in Base.metadata.tables.values():
        assert mine not in {key.column.table.name for key in table.foreign_keys}


def test_every_id_has_words() -> None:
    """Each criterion, what can be seen of it, and what a trainee may say of it is named."""
    environment: Environment = Pages(Words("en", LOCALES, {}))._environments["en"]
    words = environment.get_template("practice_words.html").module
    for name, ids in {
        "CRITERIA": CRITERIA,
        "SEEN": [seen.value for seen in Seen],
        "SEEN_ICONS": [seen.value for seen in Seen],
        "OWN": OWN_ANSWERS,
        "PRACTICE_PROBLEMS": ("empty", "too_long", "copied", "real"),
    }.items():
        assert set(getattr(words, name)) == set(ids), name


@pytest.fixture
async def page(house: House, counsellor: Staff, address: str) -> AsyncIterator[Page]:
    """The desk in Chromium, signed in; anything on the console fails the test."""
    async with open_chromium(address) as page:
        await sign_in(page, counsellor.email, PASSWORD, house.codes[counsellor.email].pop())
        yield page


@pytest.mark.browser
async def test_a_talk_by_keyboard_on_a_phone(page: Page) -> None:
    """Without a mouse and on a narrow screen: begin, say lines, hear the answers, take one back, end, and nothing is too wide."""
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto("/desk/practice")
    assert await fits(page)
    await page.get_by_role("button", name="Practise in Indonesian").first.focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/desk/practice/*")
    await expect(page).to_have_title("Practice: Says yes, then thinks again · Suar")
    box = page.locator("#practice-text")
    await expect(box).to_be_focused()
    await page.keyboard.type("Halo, nama saya Dewi. Apakah kamu aman?")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#practice-heard")).to_contain_text("Sekarang iya.")
    await expect(box).to_be_focused()
    await expect(box).to_have_value("")
    await page.keyboard.type("Kenapa kamu diam?")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".practice-number")).to_have_count(2)
    assert await fits(page)
    await page.get_by_role("button", name="Take my last line back").press("Enter")
    await expect(page.locator(".practice-number")).to_have_count(1)
    await expect(box).to_have_value("Kenapa kamu diam?")
    await page.get_by_role("button", name="End, and see").press("Enter")
    await expect(page.get_by_role("heading", name="What was seen")).to_be_visible()
    await page.get_by_label("What do you think yourself?").first.select_option("partly")
    await page.get_by_role("button", name="Save what I think").press("Enter")
    await expect(page.locator("#own-safety")).to_have_value("partly")
    assert await fits(page)


async def fits(page: Page) -> bool:
    """Tell whether nothing on the page is wider than the window."""
    return bool(await page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth"))

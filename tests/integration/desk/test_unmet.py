"""Unmet questions on the desk: what writers see, what they can do about it, and what nobody sees."""

import re
from collections.abc import AsyncIterator
from html import escape
from uuid import UUID, uuid4

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import text

from bot.hotline import consent
from bot.hotline.staff import Role
from bot.messages import Address
from bot.store import content_edits, unmet
from bot.store.unmet import Question
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House
from tests.integration.desk.test_browser import page

__all__ = ["page"]
LIST = "/desk/unmet"
CATS = bytes([100, 0])
PRAYER = bytes([0, 100])
NEAR = ("keep_your_papers",)


async def asks(
    house: House, words: str, meaning: bytes, *, language: str = "en", learns: bool = True
) -> UUID:
    """Let somebody ask what meets no answer; return the question's id."""
    question = Question(words, language, NEAR, meaning)
    async with house.db.transaction() as conn:
        party = await house.people.find_or_make(conn, Address("webchat", "suar", uuid4().hex))
        now, question_id = house.clock.now(), house.clock.new_id()
        await consent.record(
            conn, party, consent.LEARN,
            granted=learns, text_version="v1", locale="en", at=now,
        )  # fmt: skip
        await unmet.keep(conn, party, question_id, question, kind="not_understood", now=now)
        await unmet.count(conn, day=now.date(), locale="en", kind="not_understood", answer=NEAR[0])
    return question_id


@pytest.fixture
async def writer(house: House) -> AsyncIterator[Browser]:
    """A campaigner's browser, signed in."""
    staff = await house.add_staff("Tari", Role.CAMPAIGNER)
    async with open_browser(house) as browser:
        await browser.sign_in(staff.email)
        yield browser


async def group_of(writer: Browser) -> str:
    """Open the first group of the list; return its path."""
    listed = await writer.open(LIST)
    path = re.findall(rf'href="({LIST}/[0-9a-f-]+)"', listed.text)[0]
    assert (await writer.open(path)).status_code == 200
    return path


async def send(writer: Browser, path: str, verb: str, **fields: str) -> tuple[int, str]:
    """Send a form of a group's page with the questions it shows; return the status, and where it leads or what it says."""
    assert writer.page is not None
    ids = re.findall(r'name="question" value="([0-9a-f-]+)"', writer.page.text)
    csrf = re.findall(r'name="csrf" value="([^"]*)"', writer.page.text)[0]
    data = {"csrf": csrf, "question": list(dict.fromkeys(ids)), **fields}
    answer = await writer.client.post(f"{path}/{verb}", data=data)
    return answer.status_code, answer.headers.get("location") or words_of(answer)


async def test_groups_stand_largest_first_with_what_is_known_of_them(
    writer: Browser, house: House
) -> None:
    """How many, which languages, since when, the nearest answer, and an example with its gaps; nothing of the person."""
    await asks(house, "may i pray <b>there</b>", PRAYER)
    await asks(house, "may my cat [name] come", CATS)
    await asks(house, "kucing saya [name] boleh ikut", CATS, language="id")
    listed = await writer.open(LIST)
    shown = words_of(listed)
    assert shown.index("Questions: 2") < shown.index("Questions: 1")
    for words in ("Indonesian", "English", "since ", "nearest: ", "Not understood"):
        assert words in shown
    assert escape("<b>there</b>") in listed.text
    assert '<span class="gap">' in listed.text
    assert 'dir="auto"' in listed.text
    assert "webchat" not in listed.text
    assert f'href="{LIST}"' in (await writer.open("/desk/answers")).text


async def test_without_consent_only_numbers_are_shown(writer: Browser, house: House) -> None:
    """The page says why there may be nothing to read, and how many there were all the same."""
    assert "No question to read." in words_of(await writer.open(LIST))
    question = await asks(house, "may my cat come", CATS, learns=False)
    shown = await writer.open(LIST)
    assert "nobody who asked lets Suar learn" in words_of(shown)
    assert "may my cat come" not in shown.text
    week = shown.text[shown.text.index("<tbody>") :].split("</tr>")[0]
    assert re.findall(r"<td>(\d+)</td>", week) == ["1", "0", "0", "0", "0", "1"]
    assert (await writer.open(f"{LIST}/{question}")).status_code == 404


async def test_chosen_ways_of_asking_become_a_draft(writer: Browser, house: House) -> None:
    """Only what was chosen, in the words as they were rewritten; it is published by a second person like every edit."""
    mine, other = (
        await asks(house, "may my cat [name] come", CATS),
        await asks(house, "is a cat allowed", CATS),
    )
    path = await group_of(writer)
    fields = {
        f"way-{mine}": "may my cat come with me", f"in-{mine}": "en",
        f"way-{other}": "is a cat allowed", f"in-{other}": "en",
    }  # fmt: skip
    status, to = await send(
        writer, path, "belongs", answer=NEAR[0], use=str(mine), confirmed="yes", **fields
    )
    assert (status, to.partition("?")[2]) == (303, "said=ways_drafted")
    async with house.db.transaction() as conn:
        record = await content_edits.find_open(conn, NEAR[0], None)
    assert record is not None
    assert record.state == "draft"
    before = house.content.answers[NEAR[0]].asked.get("en", ())
    assert record.fields["asked"]["en"] == [*before, "may my cat come with me"]
    assert "may my cat come with me" in words_of(await writer.open(to)).partition("added:")[2]
    listed = words_of(await writer.open(LIST))
    assert "No question to read." in listed
    assert "Belongs to an answer" in listed


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"answer": "nothing"}, "Choose the answer that they belong to."),
        ({"confirmed": ""}, "Confirm that nobody can be recognised"),
        ({"way": "my cat [name]"}, "Some words stand in for what was taken out"),
    ],
)
async def test_what_keeps_a_draft_from_being_made_is_said(
    writer: Browser, house: House, fields: dict[str, str], said: str
) -> None:
    """What was typed stays in the form, nothing is drafted, and the questions stay open."""
    mine = await asks(house, "may my cat [name] come", CATS)
    path = await group_of(writer)
    asked = {"answer": NEAR[0], "confirmed": "yes", "way": "may my cat come", **fields}
    way = asked.pop("way")
    typed = {f"way-{mine}": way, f"in-{mine}": "id", "use": str(mine), **asked}
    status, shown = await send(writer, path, "belongs", **typed)
    assert status == 422
    assert said in shown
    async with house.db.transaction() as conn:
        assert await content_edits.list_current(conn) == []
    await group_of(writer)


async def test_what_was_typed_stays(writer: Browser, house: House) -> None:
    """After a refusal the form holds the choice, the rewritten words and their language."""
    mine = await asks(house, "may my cat come", CATS)
    path = await group_of(writer)
    assert writer.page is not None
    csrf = re.findall(r'name="csrf" value="([^"]*)"', writer.page.text)[0]
    data = {
        "csrf": csrf, "question": str(mine), "use": str(mine), "answer": NEAR[0],
        f"way-{mine}": "my own words", f"in-{mine}": "id",
    }  # fmt: skip
    page_again = (await writer.client.post(f"{path}/belongs", data=data)).text
    assert 'value="my own words"' in page_again
    assert '<option value="id" selected>' in page_again
    assert f'<option value="{NEAR[0]}" selected>' in page_again
    assert re.search(rf'name="use" value="{mine}"[^>]* checked', page_again)


async def test_somebody_elses_draft_is_left_alone(
    writer: Browser, supervisor_desk: Browser, house: House
) -> None:
    """While somebody else edits the answer, the page says so and decides nothing."""
    mine = await asks(house, "may my cat come", CATS)
    path = await group_of(writer)
    fields = {f"way-{mine}": "a cat", f"in-{mine}": "en", "use": str(mine), "confirmed": "yes"}
    assert (await send(writer, path, "belongs", answer=NEAR[0], **fields))[0] == 303
    again = await asks(house, "my cat too", CATS)
    path = await group_of(supervisor_desk)
    fields = {f"way-{again}": "a cat too", f"in-{again}": "en", "use": str(again)}
    status, shown = await send(
        supervisor_desk, path, "belongs", answer=NEAR[0], confirmed="yes", **fields
    )
    assert (status, "Somebody else edits this answer" in shown) == (422, True)
    await group_of(supervisor_desk)


async def test_wanted_and_done_are_listed_and_undone(writer: Browser, house: House) -> None:
    """What is wanted stands with its note; one press brings the questions back."""
    await asks(house, "may my cat come", CATS)
    path = await group_of(writer)
    assert (await send(writer, path, "wanted", note=" "))[0] == 422
    assert await send(writer, path, "wanted", note="Taking <pets> along") == (
        303, f"{LIST}?said=unmet_wanted",
    )  # fmt: skip
    listed = await writer.open(LIST)
    assert "Wanted: new answers" in words_of(listed)
    assert escape("Taking <pets> along") in listed.text
    [undo] = re.findall(rf'action="({LIST}/decisions/[0-9a-f-]+/undo)"', listed.text)
    assert (await writer.send(undo)).status_code == 303
    assert (await writer.send(undo)).status_code == 409
    path = await group_of(writer)
    assert (await send(writer, path, "done"))[0] == 303
    assert "Not for us, or done" in words_of(await writer.open(LIST))


async def test_an_old_page_decides_only_what_it_showed(writer: Browser, house: House) -> None:
    """Who decides about a group that another has decided about already is told; a newer question stays open."""
    await asks(house, "may my cat come", CATS)
    path = await group_of(writer)
    old = writer.page
    await asks(house, "my cat too", CATS)
    assert (await send(writer, path, "done"))[0] == 303
    assert "my cat too" in (await writer.open(LIST)).text
    writer.page = old
    assert (await send(writer, path, "done"))[0] == 409
    assert (await writer.send(f"{path}/done", question="1; DROP")).status_code == 404


async def test_others_find_nothing(desk: Browser, stranger: Browser, house: House) -> None:
    """A counsellor does not write answers, and a stranger is sent to the door."""
    question = await asks(house, "may my cat come", CATS)
    for path in (LIST, f"{LIST}/{question}"):
        assert (await desk.open(path)).status_code == 404
        assert (await stranger.open(path)).status_code == 303
    await desk.open("/desk/")
    for verb in ("belongs", "wanted", "done"):
        answer = await desk.send(f"{LIST}/{question}/{verb}", question=str(question), note="x")
        assert answer.status_code == 404


@pytest.mark.browser
async def test_by_keyboard_on_a_phone_from_right_to_left(page: Page, house: House) -> None:
    """The pages fit a phone in either direction, and a draft is made without a mouse."""
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE staff SET role = 'campaigner'"))
    await asks(house, "هل يمكنني أخذ قطتي", CATS, language="ar")
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.goto("/desk/answers")
    await page.get_by_role("link", name="Unmet questions").press("Enter")
    fits = "document.documentElement.scrollWidth <= window.innerWidth"
    for way in ("ltr", "rtl"):
        await page.evaluate(f"document.documentElement.dir = '{way}'")
        assert await page.evaluate(fits), way
    await page.get_by_role("link", name="قطتي").press("Enter")
    for way in ("rtl", "ltr"):
        await page.evaluate(f"document.documentElement.dir = '{way}'")
        assert await page.evaluate(fits), way
    await page.get_by_label("Which answer?").select_option(NEAR[0])
    await page.get_by_label("Use it like this:").press("Space")
    await page.get_by_label("Way of asking").fill("أخذ قطتي معي")
    await page.get_by_label("I have read what I use").press("Space")
    await page.get_by_role("button", name="They belong to this answer").press("Enter")
    await page.wait_for_url("**/desk/edits/*?said=ways_drafted")
    await expect(page.locator(".changes ins").first).to_contain_text("أخذ قطتي معي")

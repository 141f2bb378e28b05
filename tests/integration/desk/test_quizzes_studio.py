"""Quizzes on the desk: made, written, translated, tried, sent, published by somebody else, undone and retired."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape

import httpx
import pytest

from bot.content.edits import Fate
from bot.desk.web.pages import Pages
from bot.desk.web.studio.quiz_form import KINDS
from bot.desk.web.studio.quizzes import STATES
from bot.editing.quiz_mistakes import CODES
from bot.hotline.permissions import Role
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import LOCALES, House, Words

LIST = "/desk/campaigns/quizzes"
SHIPPED = f"{LIST}/job_offers"
QUESTION = re.compile(r'data-question="(\w+)"')
INPUT = re.compile(r'<input [^>]*name="([^"]+)"[^>]*>')
AREA = re.compile(r'<textarea [^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', re.DOTALL)
SELECT = re.compile(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)
CHOSEN = re.compile(r'value="([^"]*)"[^>]* selected')


@pytest.fixture
async def writer(house: House) -> AsyncIterator[Browser]:
    """A campaigner's browser, signed in."""
    async with desk_of(house, "Tari") as browser:
        yield browser


@pytest.fixture
async def second(house: House) -> AsyncIterator[Browser]:
    """Another campaigner's browser, signed in."""
    async with desk_of(house, "Rina") as browser:
        yield browser


@asynccontextmanager
async def desk_of(house: House, name: str) -> AsyncIterator[Browser]:
    """Sign somebody in who makes campaigns."""
    staff = await house.add_staff(name, Role.CAMPAIGNER)
    async with open_browser(house) as browser:
        await browser.sign_in(staff.email)
        yield browser


def form_of(page: httpx.Response, action: str) -> dict[str, list[str]]:
    """Return what a browser would send of the form with this action, were nothing changed."""
    found = re.search(rf'action="{re.escape(action)}"[^>]*>(.*?)</form>', page.text, re.DOTALL)
    assert found is not None, f"no form for {action}"
    html, fields = found[1], dict[str, list[str]]()
    for tag in INPUT.finditer(html):
        kind = re.search(r'type="(\w+)"', tag[0])
        is_box = kind is not None and kind[1] in {"checkbox", "radio"}
        value = re.search(r' value="([^"]*)"', tag[0])
        if " disabled" not in tag[0] and (not is_box or " checked" in tag[0]):
            fields.setdefault(tag[1], []).append(unescape(value[1]) if value else "")
    for name, text in AREA.findall(html):
        fields.setdefault(name, []).append(unescape(text))
    for name, options in SELECT.findall(html):
        chosen = CHOSEN.search(options) or re.search(r'value="([^"]*)"', options)
        fields.setdefault(name, []).append(unescape(chosen[1]) if chosen else "")
    return fields


async def submit(
    browser: Browser, page: httpx.Response, action: str, **changed: str | list[str]
) -> httpx.Response:
    """Change some fields of a form and send it."""
    fields = form_of(page, action)
    for name, value in changed.items():
        fields[name] = value if isinstance(value, list) else [value]
    return await browser.client.post(action, data=fields)


async def follow(browser: Browser, answer: httpx.Response) -> httpx.Response:
    """Open the page that an answer leads to."""
    assert answer.status_code == 303, words_of(answer)
    return await browser.open(answer.headers["location"])


async def begin(browser: Browser, **fields: str) -> str:
    """Begin a new quiz; return the path of its draft."""
    page = await browser.open(LIST)
    answer = await submit(browser, page, LIST, **{"title": "At the harbour", **fields})
    return answer.headers["location"].partition("?")[0]


async def edit(browser: Browser) -> str:
    """Begin to edit a quiz of the files; return the path of the draft."""
    page = await browser.open(SHIPPED)
    answer = await submit(browser, page, f"{SHIPPED}/edit")
    return answer.headers["location"].partition("?")[0]


async def change_title(browser: Browser, draft: str, title: str = "Real or fake?") -> None:
    """Change the title in a draft, and its translation."""
    page = await browser.open(draft)
    sent = {"title": title, "said.title": "Asli atau palsu?"}
    answer = await submit(browser, page, f"{draft}/save", **sent)
    assert answer.status_code == 303, words_of(answer)


async def send(browser: Browser, draft: str) -> httpx.Response:
    """Send a draft for review."""
    return await submit(browser, await browser.open(draft), f"{draft}/send", note="Please look")


async def publish(browser: Browser, draft: str) -> httpx.Response:
    """Publish what somebody else has sent."""
    return await submit(browser, await browser.open(draft), f"{draft}/publish")


async def test_every_page_opens(house: House, writer: Browser) -> None:
    """The list, a quiz, its draft, each of its questions, and the round to try are there."""
    assert "job_offers" in (await writer.open(LIST)).text
    draft = await edit(writer)
    page = await writer.open(draft)
    assert page.status_code == 200
    names = QUESTION.findall(page.text)
    assert len(names) == len(house.content.quizzes["job_offers"].questions)
    for name in names:
        shown = await writer.open(f"{draft}/questions/{name}?check=1")
        assert shown.status_code == 200
        assert "preview-telegram" in shown.text, words_of(shown)
    assert "Nothing to mend" in words_of(page)
    tried = await writer.open(f"{draft}/try")
    assert tried.status_code == 200
    assert "quiz.play.begin" in tried.text

"""The chat's page in languages in the making: Arabic from right to left, and a pseudo language that shows what is not translated."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.content.load import Content
from bot.understanding.model import RiskLevel
from tests.channels.test_webchat_page import Server
from tests.support.chromium import running_chromium
from tests.support.languages import PSEUDO, drafts, pseudo_words, speaking
from tests.support.served_page import served_page
from tests.unit.conversation.talk import Talk, meaning

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTH = 390
ACCENTED = re.compile(r"[àçéïñôûÿÀÇÉÏÑÔÛŸ~]")
RIGHT_EDGE = """(element) => {
  const range = document.createRange();
  const text = element.firstChild;
  range.setStart(text, 0);
  range.setEnd(text, 1);
  const letter = range.getBoundingClientRect();
  const box = element.getBoundingClientRect();
  return box.right - letter.right < letter.left - box.left;
}"""


@pytest.fixture(scope="module")
def many(content: Content) -> Content:
    """Arabic with a few drafts, and a pseudo language with every word."""
    return speaking(speaking(content, "ar", drafts("ar")), PSEUDO, pseudo_words(content))


@pytest.fixture(scope="module")
def url(many: Content) -> Iterator[str]:
    """Where the page is served."""
    with served_page(many) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    with running_chromium() as running:
        yield running


@contextmanager
def open_page(browser: Browser, url: str, server: Server, locale: str) -> Iterator[Page]:
    """Open the chat on a phone in a language, one text written."""
    context = browser.new_context(viewport={"width": WIDTH, "height": 780}, locale=locale)
    page = context.new_page()
    server.serve(page)
    page.goto(f"{url}/?locale={locale}")
    page.fill("textarea", "…")
    page.keyboard.press("Enter")
    yield page
    context.close()


def told_of_danger(content: Content, locale: str) -> Talk:
    """Return the talk in which somebody has just told of danger."""
    return Talk.greeted(content, locale).write("…", meaning(risk=RiskLevel.IMMEDIATE))


def test_arabic_runs_from_right_to_left_and_its_original_does_not(
    browser: Browser, url: str, many: Content
) -> None:
    """The page, the message and its buttons turn around; the English beneath and every number read as they should."""
    server, talk = Server(), told_of_danger(many, "ar")
    with open_page(browser, url, server, "ar") as page:
        server.message(talk.words, *talk.titles)
        expect(page.get_by_role("button", name=talk.titles[0])).to_be_visible()
        assert page.locator("html").get_attribute("dir") == "rtl"
        text = page.locator(".bot .text").last
        assert text.evaluate(RIGHT_EDGE)
        assert text.evaluate("e => getComputedStyle(e).unicodeBidi") == "plaintext"
        number = text.get_by_role("link", name="+6281290070027").first
        assert number.get_attribute("href") == "tel:+6281290070027"
        assert number.get_attribute("dir") == "ltr"
        english = _first_box(page, "Thank you for telling me.")
        assert english["x"] < WIDTH / 3
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH


def _first_box(page: Page, words: str) -> dict[str, float]:
    """Return where `words` begin on the page."""
    found: dict[str, float] = page.locator(".bot .text").last.evaluate(
        """(element, words) => {
          const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.indexOf(words);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            const box = range.getBoundingClientRect();
            return { x: box.left, y: box.top };
          }
          return null;
        }""",
        words,
    )
    return found


def test_the_page_says_that_its_words_are_not_checked(browser: Browser, url: str) -> None:
    """Whom to call is there in Arabic and in English; in a released language nothing is said."""
    with open_page(browser, url, Server(), "ar") as page:
        card = page.locator(".card")
        expect(card).to_contain_text("هل أنت في خطر الآن؟")
        expect(card).to_contain_text("In danger right now? Call:")
        expect(page.locator(".unchecked")).to_contain_text("لم يراجع")
    with open_page(browser, url, Server(), "en") as page:
        expect(page.locator(".unchecked")).to_be_hidden()


def test_everything_on_the_page_comes_from_a_catalogue(browser: Browser, url: str) -> None:
    """In the pseudo language every word of the page is accented, and nothing grows out of a phone."""
    server = Server()
    with open_page(browser, url, server, PSEUDO) as page:
        told = page.evaluate(
            """() => [...document.querySelectorAll('[data-w]')].flatMap((e) => [
              e.getAttribute('aria-label'), e.getAttribute('placeholder'),
              e.matches('[data-w=card], [data-w=first-number]') ? '' : e.textContent,
            ]).filter((text) => text && text.trim())"""
        )
        assert told
        assert [text for text in told if not ACCENTED.search(text)] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH


@pytest.mark.parametrize("press", ["menu.main", "consent.ask", "language.choose"])
def test_long_titles_stay_on_the_phone(
    browser: Browser, url: str, many: Content, press: str
) -> None:
    """A third longer than English, every button is still whole and inside."""
    server, talk = Server(), Talk.greeted(many, PSEUDO).press(press)
    with open_page(browser, url, server, PSEUDO) as page:
        for message in talk.messages:
            server.message(message.text, *(button.title for button in message.buttons))
        for title in talk.titles:
            button = page.get_by_role("button", name=title, exact=True).last
            expect(button).to_be_visible()
            box = button.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= WIDTH

"""What tells much about a person in the web chat: not kept by the browser, and gone from the page when they want it gone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.content.load import Content
from tests.channels.test_webchat_page import Server
from tests.support.chromium import running_chromium
from tests.support.served_page import served_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WORDS = "pisang payung sungai lampu"
KEPT = "JSON.stringify(Object.entries(sessionStorage))"


@pytest.fixture(scope="module")
def url(content: Content) -> Iterator[str]:
    """Where the page is served."""
    with served_page(content) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    with running_chromium() as running:
        yield running


@pytest.fixture
def server() -> Server:
    """A server for one page."""
    return Server()


@pytest.fixture
def page(browser: Browser, url: str, server: Server) -> Iterator[Page]:
    """The chat open on a phone whose clock the test holds."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.clock.install()
    server.serve(page)
    page.goto(f"{url}/?locale=en")
    page.fill("textarea", "hello")
    page.keyboard.press("Enter")
    yield page
    context.close()


def say(server: Server, text: str, **about: object) -> None:
    """Send a message of the bot with one button."""
    server.sent += 1
    buttons = [{"id": "b", "title": "Talk to a person"}]
    common = {"id": f"m{server.sent}", "text": text, "buttons": buttons, "media": []}
    server.say(type="message", **{"from": "bot"}, **common, **about)


def test_the_browser_does_not_keep_it(page: Page, server: Server) -> None:
    """It stands on the page; after the page was loaded again its place says why it is empty, and its buttons work."""
    say(
        server,
        "Anything else",
    )
    say(server, WORDS, sensitive=True)
    expect(page.get_by_text(WORDS)).to_be_visible()
    kept = page.evaluate(KEPT)
    assert "pisang" not in kept
    assert "Anything else" in kept
    page.reload()
    expect(page.get_by_text("This message was not kept on this device.")).to_be_visible()
    expect(page.get_by_text("Anything else")).to_be_visible()
    page.get_by_role("button", name="Talk to a person").last.click()
    server.expect_pressed("b")


def test_it_goes_from_the_page_when_its_time_has_come(page: Page, server: Server) -> None:
    """After an hour it is gone from the screen and from what the tab remembers; the rest stays."""
    say(server, "Anything else")
    say(server, WORDS, sensitive=True, vanish_s=3600)
    expect(page.get_by_text(WORDS)).to_be_visible()
    page.clock.fast_forward("59:00")
    expect(page.get_by_text(WORDS)).to_be_visible()
    page.clock.fast_forward("01:05")
    expect(page.get_by_text(WORDS)).to_have_count(0)
    expect(page.get_by_text("Anything else")).to_be_visible()
    entries = page.evaluate("JSON.parse(sessionStorage.getItem('t')).map((entry) => entry.id)")
    assert "m1" in entries
    assert "m2" not in entries


def test_a_page_that_was_closed_meanwhile_shows_it_no_more(page: Page, server: Server) -> None:
    """Loaded again after its time, its place is gone too."""
    say(server, WORDS, sensitive=True, vanish_s=3600)
    expect(page.get_by_text(WORDS)).to_be_visible()
    page.clock.fast_forward("02:00:00")
    page.reload()
    expect(page.get_by_text("hello", exact=True)).to_be_visible()
    expect(page.get_by_text("This message was not kept on this device.")).to_have_count(0)


def test_an_answer_shows_the_words_that_it_answers(page: Page, server: Server) -> None:
    """Their first 80 characters stand above it, from what the page itself has; of words that are not there nothing is quoted."""
    long = "they took my passport " * 6
    page.fill("textarea", long)
    page.keyboard.press("Enter")
    mine = page.evaluate(
        "JSON.parse(sessionStorage.getItem('t')).filter((each) => each.from === 'you').pop().id"
    )
    say(server, "Who took it?", quote=mine)
    say(server, "And when?", quote="nobody-s")
    expect(page.locator(".quote")).to_have_count(1)
    expect(page.locator(".message", has_text="Who took it?").locator(".quote")).to_have_text(
        f"You: {long[:80]}\u2026"
    )
    assert "they took" not in page.evaluate(
        "JSON.stringify(JSON.parse(sessionStorage.getItem('t')).filter((each) => each.from !== 'you'))"
    )
    page.reload()
    expect(page.locator(".quote")).to_have_count(1)

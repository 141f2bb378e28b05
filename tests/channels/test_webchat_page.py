"""The chat's page in a real browser, with a server that says what the test tells it: no press is ever lost."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

from bot.content.load import Content
from tests.support.chromium import running_chromium
from tests.support.served_page import served_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG = "Kamu tidak sendirian. " * 30


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


TRIES, TRY_MS = 500, 20
"""So often, and so far apart, it is looked whether a page has come."""


@dataclass
class Server:
    """What the page talks to: it takes everything, and says what it is told to."""

    page: Page | None = None
    line: WebSocketRoute | None = None
    heard: list[dict[str, Any]] = field(default_factory=list)
    sent: int = 0

    def serve(self, page: Page) -> None:
        """Be what a page talks to."""
        self.page = page
        page.route_web_socket("**/chat/ws", self.listen)

    def listen(self, line: WebSocketRoute) -> None:
        """Greet a page."""
        self.line = line
        line.on_message(self._hear)

    def _hear(self, data: str | bytes) -> None:
        frame = json.loads(data)
        self.heard.append(frame)
        if frame["type"] == "hello":
            self.say(type="session", session="one")
        elif "id" in frame and frame["type"] != "seen":
            self.say(type="ack", id=frame["id"])

    def say(self, **frame: Any) -> None:
        """Send a frame to the page, once it has come."""
        for _ in range(TRIES):
            if self.line is not None:
                break
            assert self.page is not None
            self.page.wait_for_timeout(TRY_MS)
        assert self.line is not None
        self.line.send(json.dumps(frame))

    def message(self, text: str, *titles: str) -> None:
        """Send a message of the bot with its buttons."""
        self.sent += 1
        buttons = [{"id": f"b:{title}", "title": title} for title in titles]
        self.say(
            type="message",
            id=f"m{self.sent}",
            text=text,
            buttons=buttons,
            media=[],
            **{"from": "bot"},
        )

    def pressed(self) -> list[str]:
        """Return which buttons the page has told of."""
        return [frame["button"] for frame in self.heard if frame["type"] == "button"]

    def expect_pressed(self, *buttons: str) -> None:
        """Wait until the page has told of these buttons, and of no others: a press may wait for the line."""
        assert self.page is not None
        for _ in range(TRIES):
            if self.pressed() == [*buttons]:
                return
            self.page.wait_for_timeout(TRY_MS)
        assert self.pressed() == [*buttons]


@pytest.fixture
def server() -> Server:
    """A server for one page."""
    return Server()


@pytest.fixture
def page(browser: Browser, url: str, server: Server) -> Iterator[Page]:
    """The chat open on a phone, one text written, so that the page follows the conversation."""
    context = browser.new_context(viewport={"width": 390, "height": 780}, locale="id-ID")
    page = context.new_page()
    server.serve(page)
    page.goto(url)
    page.fill("textarea", "halo")
    page.keyboard.press("Enter")
    server.message(LONG)
    server.message("Apa yang kamu mau?", "Bicara dengan orang", "Main kuis")
    expect(page.get_by_role("button", name="Bicara dengan orang")).to_be_visible()
    yield page
    context.close()


def finger_down(page: Page, title: str) -> None:
    """Put a finger on a button and leave it there."""
    button = page.get_by_role("button", name=title)
    button.evaluate("button => button.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(50)
    box = button.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()


def test_a_press_counts_when_a_message_comes_under_the_finger(page: Page, server: Server) -> None:
    """A message that comes between finger down and finger up moves nothing, and is shown right after."""
    finger_down(page, "Bicara dengan orang")
    server.message(LONG + "Nomor darurat: 112.", "Lanjut")
    page.wait_for_timeout(300)
    page.mouse.up()
    expect(page.locator(".message.you")).to_have_count(2)
    expect(page.get_by_role("button", name="Lanjut")).to_be_visible()
    server.expect_pressed("b:Bicara dengan orang")


def test_a_press_counts_when_the_language_changes_under_the_finger(
    page: Page, server: Server
) -> None:
    """New words for the page, which draw the whole conversation anew, wait for the finger."""
    finger_down(page, "Bicara dengan orang")
    server.say(type="locale", locale="en", dir="ltr")
    page.wait_for_timeout(500)
    page.mouse.up()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#send")).to_have_text("Send")
    server.expect_pressed("b:Bicara dengan orang")


def test_a_press_counts_when_the_line_breaks_under_the_finger(page: Page, server: Server) -> None:
    """The words about a broken line, which may make the bar below higher, wait for the finger; the press is told with the next line."""
    finger_down(page, "Main kuis")
    assert server.line is not None
    server.line.close(code=1012)
    page.wait_for_timeout(300)
    assert page.locator("#state").get_attribute("data-state") == "connected"
    page.mouse.up()
    expect(page.locator("#state")).to_have_attribute("data-state", "connected")
    expect(page.locator(".message.you")).to_have_count(2)
    expect(page.locator(".mark").last).to_have_text("Terkirim", timeout=20_000)
    server.expect_pressed("b:Main kuis")


def test_a_press_counts_when_the_end_comes_in_sight_under_the_finger(
    page: Page, server: Server
) -> None:
    """That the way down to new messages is not needed any more is shown once the finger is up."""
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    finger_down(page, "Main kuis")
    page.evaluate("document.getElementById('jump').hidden = false")
    page.evaluate("window.dispatchEvent(new Event('scroll'))")
    page.wait_for_timeout(100)
    expect(page.locator("#jump")).to_be_visible()
    page.mouse.up()
    expect(page.locator("#jump")).to_be_hidden()
    server.expect_pressed("b:Main kuis")


def test_nothing_waits_for_ever_for_a_finger_that_stays(page: Page, server: Server) -> None:
    """Who holds a finger down for long, to mark words say, gets the messages all the same."""
    page.mouse.move(200, 300)
    page.mouse.down()
    server.message("Masih di sini.")
    expect(page.get_by_text("Masih di sini.")).to_be_visible()
    page.mouse.up()


def test_two_quick_presses_are_two_answers_and_a_double_tap_is_one(
    page: Page, server: Server
) -> None:
    """Another button at once is another answer; the same one twice is a trembling finger, and a second later an answer again."""
    quick = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    page.clock.set_fixed_time(quick)
    page.get_by_role("button", name="Bicara dengan orang").click()
    page.get_by_role("button", name="Main kuis").click()
    page.get_by_role("button", name="Main kuis").dblclick()
    page.clock.set_fixed_time(quick + timedelta(seconds=1))
    page.get_by_role("button", name="Main kuis").click()
    page.wait_for_timeout(200)
    server.expect_pressed("b:Bicara dengan orang", "b:Main kuis", "b:Main kuis")


def test_what_the_keyboard_reaches_is_not_hidden_under_the_bars(page: Page) -> None:
    """A button that is reached with the tab key can be seen whole, also on a low screen."""
    page.set_viewport_size({"width": 390, "height": 420})
    button = page.get_by_role("button", name="Main kuis")
    button.evaluate("button => button.scrollIntoView(false)")
    under_the_bar = (
        "button => scrollBy(0, button.getBoundingClientRect().bottom + 4 - innerHeight)"
    )
    button.evaluate(under_the_bar)
    page.get_by_role("button", name="Bicara dengan orang").evaluate(
        "button => button.focus({preventScroll: true})"
    )
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    hit = button.evaluate(
        """button => {
            const box = button.getBoundingClientRect();
            return document.elementFromPoint(box.x + box.width / 2, box.bottom - 2) === button;
        }"""
    )
    assert hit


def test_the_numbers_of_a_service_can_be_tapped(page: Page, server: Server) -> None:
    """However short a number of the directory is, it calls; the address of a chat opens that chat."""
    server.message(
        "LPSK\nTelepon: 148\nTelepon: +622129681560\nWhatsApp: https://wa.me/6285770010048"
    )
    expect(page.locator('a[href="tel:148"]')).to_be_visible()
    expect(page.locator('a[href="tel:+622129681560"]')).to_be_visible()
    expect(page.locator('a[href="https://wa.me/6285770010048"]')).to_be_visible()


def attach(page: Page, server: Server, content: bytes, answer: dict[str, str]) -> list[str]:
    """Choose a file on the page; return the sessions with which it was sent."""
    sent: list[str] = []

    def take(route: Route) -> None:
        sent.append(route.request.headers["x-chat-session"])
        status = 200 if "kind" in answer else 415
        route.fulfill(status=status, json=answer)

    page.route("**/chat/files", take)
    server.say(type="files", open=True)
    button = page.locator("#attach")
    expect(button).to_be_visible()
    expect(button).to_have_accessible_name(re.compile(r"\w"))
    # The browser's own dialog is no part of the page: that it is asked for is enough.
    page.evaluate(
        "document.getElementById('file').addEventListener("
        "'click', (event) => { event.preventDefault(); window.asked = true; })"
    )
    button.press("Enter")
    page.wait_for_function("window.asked")
    page.set_input_files(
        "#file", {"name": "Rina di Kuching.jpg", "mimeType": "image/jpeg", "buffer": content}
    )
    return sent


def said(content: Content, key: str) -> str:
    """Return words about files as the page says them."""
    return content.words.say(content.pages["attachments"][key], "id")


def test_a_file_is_sent_by_keyboard(page: Page, server: Server, content: Content) -> None:
    """The button is there once a counsellor will look at files; what was sent stands in the talk by its kind, not by its name."""
    expect(page.locator("#attach")).to_be_hidden()
    sent = attach(page, server, b"jpeg", {"kind": "picture"})
    expect(page.locator(".message.you")).to_have_count(2)
    expect(page.locator(".message.you .text").last).to_have_text(said(content, "web_picture"))
    assert sent == ["one"]
    assert "Rina" not in page.content()
    server.say(type="files", open=False)
    expect(page.locator("#attach")).to_be_hidden()


def test_a_file_that_is_too_large_never_leaves(page: Page, server: Server) -> None:
    """Ten megabytes are refused on the page itself, in words that say what works."""
    sent = attach(page, server, bytes(10 * 1024 * 1024), {"kind": "picture"})
    expect(page.locator(".note")).to_contain_text("8 MB")
    assert sent == []


def test_a_refused_file_is_told_in_words(page: Page, server: Server, content: Content) -> None:
    """What the server does not take is told in the talk, and the button works again."""
    attach(page, server, b"MZ", {"why": "not_taken"})
    expect(page.locator(".note")).to_have_text(said(content, "not_taken"))
    expect(page.locator("#attach")).to_have_attribute("aria-disabled", "false")


def test_the_link_of_a_campaign_is_followed_once(page: Page, server: Server, url: str) -> None:
    """What it carries goes to the server, and out of the address; another word in its place goes nowhere."""
    for payload, told in (("c_k7m2", ["c_k7m2"]), ("quiz_men_too", ["quiz_men_too"]), ("x'y", [])):
        server.heard.clear()
        page.goto(f"{url}/?locale=en&start={payload}")
        page.wait_for_function("!location.search.includes('start')")
        page.wait_for_timeout(300)
        started = [frame["payload"] for frame in server.heard if frame["type"] == "start"]
        assert started == told
        server.heard.clear()
        page.reload()
        page.wait_for_timeout(300)
        assert not [frame for frame in server.heard if frame["type"] == "start"]


def test_a_code_behind_the_hash_is_followed_once(page: Page, server: Server, url: str) -> None:
    """It goes over the socket alone, and out of the address; also where the page is open already."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address in (f"{url}/?locale=en#j=KXWQMPDT", f"{url}/?locale=en#j=BBBBDDDD"):
        server.heard.clear()
        page.goto(address)
        page.wait_for_function("!location.hash.includes('j=')")
        page.wait_for_timeout(300)
        started = [frame["payload"] for frame in server.heard if frame["type"] == "start"]
        assert started == [f"j_{address[-8:]}"]
    assert not [each for each in asked if "KXWQMPDT" in each.partition("#")[0]]
    server.heard.clear()
    page.reload()
    page.wait_for_timeout(300)
    assert not [frame for frame in server.heard if frame["type"] == "start"]

"""The chat in somebody else's page, on another origin and under a strict policy of theirs, in Chromium."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from bot.content.load import Content
from tests.channels.test_webchat_page import Server
from tests.support.accessibility import AXE, GRAVE, RUN
from tests.support.chromium import running_chromium
from tests.support.served_page import address_of, served_page, served_site
from tests.support.telegram_fake.runner import listening_socket

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SITE = """<!DOCTYPE html><html lang="{lang}" dir="{dir}"><head><meta charset="utf-8"><title>Harbour</title></head>
<body><main><h1>Harbour</h1><p><a id="before" href="#x">Our work</a></p></main>
<script src="{chat}/widget.js" async {data}></script></body></html>"""


@pytest.fixture(scope="module")
def port() -> Iterator[socket]:
    """Where the site that may embed the chat is served; held, so that nobody else gets it in between."""
    with listening_socket("127.0.0.1", 0) as bound:
        yield bound


@pytest.fixture(scope="module")
def chat(content: Content, port: socket) -> Iterator[str]:
    """Where the chat is served; only the one site may embed it."""
    with served_page(content, (address_of(port),)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    with running_chromium() as running:
        yield running


@contextmanager
def open_site(
    browser: Browser,
    chat: str,
    port: socket | None,
    *,
    data: str = "",
    lang: str = "en",
    turned: str = "ltr",
    width: int = 1280,
) -> Iterator[tuple[Page, Server, list[str]]]:
    """Open a page that embeds the chat with one line, under a policy that allows what docs/webchat.md names and nothing else."""
    policy = f"default-src 'none'; script-src {chat}; frame-src {chat}"
    html = SITE.format(chat=chat, data=data, lang=lang, dir=turned)
    server, complaints = Server(), list[str]()
    with served_site(html, {"Content-Security-Policy": policy}, port) as address:
        context = browser.new_context(viewport={"width": width, "height": 740}, locale="en")
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        server.serve(page)
        page.add_init_script(
            "window.namesBefore = []; window.namesBefore.push(...Object.keys(window))"
        )
        page.goto(address)
        yield page, server, complaints
        context.close()


def opener(page: Page) -> str:
    """Return where the button that opens the chat is."""
    expect(page.locator("[data-chat-widget] .opener")).to_be_visible()
    return "[data-chat-widget] .opener"


def opened(page: Page) -> FrameLocator:
    """Open the chat; return its frame, once it listens: a key before that only writes into the box."""
    page.click(opener(page))
    return listening(page)


def listening(page: Page) -> FrameLocator:
    """Return the chat's frame once its script has come alive."""
    frame = page.frame_locator("[data-chat-widget] iframe")
    expect(frame.locator("html.live")).to_be_attached(timeout=20_000)
    return frame


def test_somebody_writes_from_another_site(browser: Browser, chat: str, port: socket) -> None:
    """One line in a page of another origin is a chat, under a strict policy, without a complaint."""
    with open_site(browser, chat, port) as (page, server, complaints):
        frame = opened(page)
        frame.locator("textarea").fill("hello")
        frame.locator("textarea").press("Enter")
        server.message("Good morning", "Talk to a person")
        frame.get_by_role("button", name="Talk to a person").click()
        expect(frame.locator(".message.you")).to_have_count(2)
        server.expect_pressed("b:Talk to a person")
        assert complaints == []


def test_the_site_is_left_as_it_was(browser: Browser, chat: str, port: socket) -> None:
    """No name of ours stands among its names, nothing in its storage, and no cookie anywhere."""
    with open_site(browser, chat, None) as (page, _, _):
        page.wait_for_selector("[data-chat-widget]", state="attached")
        assert page.evaluate("Object.keys(window)") == page.evaluate("window.namesBefore")
        assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [
            0,
            0,
            "",
        ]
        assert page.context.cookies() == []
    with open_site(browser, chat, port) as (page, _, _):
        expect(opened(page).locator("textarea")).to_be_visible()
        assert page.context.cookies() == []
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_a_site_that_is_not_named_shows_no_chat(browser: Browser, chat: str) -> None:
    """The browser refuses the frame of whoever is not in SUAR_CHAT_SITES, and says why."""
    with open_site(browser, chat, None) as (page, server, complaints):
        page.click(opener(page))
        page.wait_for_timeout(500)
        assert server.heard == []
        assert any("frame-ancestors" in said for said in complaints)


def test_the_keyboard_comes_in_and_out_again(browser: Browser, chat: str, port: socket) -> None:
    """Tab leads on from the chat instead of holding whoever is in it; Esc closes it, and the focus is where it was."""
    with open_site(browser, chat, port) as (page, server, _):
        page.focus("#before")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        frame = listening(page)
        # Beyond the last thing in the chat comes the browser's own bar, and then the site again.
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "before":
                break
        assert page.evaluate("document.activeElement.id") == "before"
        frame.locator("textarea").focus()
        page.keyboard.press("Escape")
        expect(page.locator("[data-chat-widget] .panel")).to_be_hidden()
        assert (
            page.evaluate(
                "document.querySelector('[data-chat-widget]').shadowRoot.activeElement.className"
            )
            == "opener"
        )
        assert server.heard


def test_escape_twice_leaves_the_site(browser: Browser, chat: str, port: socket) -> None:
    """The page around the chat goes as well, and what the tab remembered is gone."""
    with open_site(browser, chat, port) as (page, _, _):
        page.route("https://www.bmkg.go.id/", lambda route: route.fulfill(body="weather"))
        frame = opened(page)
        frame.locator("textarea").fill("hello")
        # "Twice" is within a second by the site's clock, which stands still: a busy machine takes longer between two keys.
        page.clock.set_fixed_time("2027-01-01")
        frame.locator("textarea").press("Escape")
        page.keyboard.press("Escape")
        page.wait_for_url("https://www.bmkg.go.id/")
        expect(page.get_by_text("weather")).to_be_visible()


def test_a_message_of_a_stranger_moves_nothing(browser: Browser, chat: str, port: socket) -> None:
    """Only the chat's own frame, from the chat's own origin, can close it or leave the page."""
    with open_site(browser, chat, port) as (page, _, _):
        expect(opened(page).locator("textarea")).to_be_visible()
        page.evaluate(
            "window.postMessage({chat: 'exit'}, '*'), window.postMessage({chat: 'escape'}, '*')"
        )
        page.wait_for_timeout(500)
        expect(page.locator("[data-chat-widget] .panel")).to_be_visible()
        expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize(
    ("wish", "ground", "ink"),
    [
        ("#ffdd00", "rgb(255, 221, 0)", "rgb(0, 0, 0)"),
        ("#a26", "rgb(170, 34, 102)", "rgb(255, 255, 255)"),
        ("#777777", "rgb(119, 119, 119)", "rgb(0, 0, 0)"),
        ("red; } body { display: none", "rgb(15, 107, 102)", "rgb(255, 255, 255)"),
        ("", "rgb(15, 107, 102)", "rgb(255, 255, 255)"),
    ],
)
def test_its_colour_can_be_chosen_and_its_letters_read(
    browser: Browser, chat: str, wish: str, ground: str, ink: str
) -> None:
    """White letters, or black ones where white would have less than 4.5 to 1; what is no colour is none."""
    data = f'data-colour="{wish}" data-label="Write to us" data-side="start"'
    with open_site(browser, chat, None, data=data) as (page, _, _):
        button = page.locator(opener(page))
        expect(button).to_have_text("Write to us")
        style = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
        assert button.evaluate(style) == [ground, ink]
        box = button.bounding_box()
        assert box is not None
        assert box["x"] < 100


def test_from_right_to_left_and_on_a_small_phone(
    browser: Browser, chat: str, port: socket
) -> None:
    """In an Arabic page the button stands on the left and speaks Arabic; opened on a phone the chat has the whole screen."""
    with open_site(browser, chat, port, lang="ar", turned="rtl", width=360) as (page, _, _):
        button = page.locator(opener(page))
        expect(button).to_have_text(re.compile("[؀-ۿ]"))
        box = button.bounding_box()
        assert box is not None
        assert box["x"] < 40
        assert box["height"] >= 44
        frame = opened(page)
        expect(frame.locator("html")).to_have_attribute("dir", "rtl")
        panel = page.locator("[data-chat-widget] .panel").bounding_box()
        assert panel == {"x": 0, "y": 0, "width": 360, "height": 740}
        assert frame.locator("html").evaluate("e => e.scrollWidth") <= 360


def test_the_line_twice_is_one_chat(browser: Browser, chat: str, port: socket) -> None:
    """A site that has the line in its head and in its footer shows one button."""
    with open_site(browser, chat, port) as (page, _, _):
        page.wait_for_selector(opener(page))
        page.evaluate(
            """(address) => new Promise((done) => {
              const script = document.createElement('script');
              script.src = address;
              script.onload = done;
              document.body.appendChild(script);
            })""",
            f"{chat}/widget.js",
        )
        assert page.locator("[data-chat-widget]").count() == 1


def test_axe_finds_nothing_grave_around_it(browser: Browser, chat: str, port: socket) -> None:
    """Closed and open, with the frame looked into."""
    context = browser.new_context(bypass_csp=True, locale="en")
    page = context.new_page()
    server = Server()
    server.serve(page)
    html = SITE.format(chat=chat, data="", lang="en", dir="ltr")
    with served_site(html, {}, port) as address:
        page.goto(address)
        for act in (opener, opened):
            act(page)
            page.wait_for_timeout(300)
            for frame in page.frames:
                frame.evaluate(f"() => {{ {AXE} }}")
                found = [each for each in frame.evaluate(RUN) if each["impact"] in GRAVE]
                assert found == [], found
    context.close()

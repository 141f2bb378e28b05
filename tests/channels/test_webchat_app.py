"""The chat's page as an app in Chromium: what it keeps, what it offers, how it waits for a line, and how it leaves."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.content.load import Content
from tests.channels.test_webchat_door import nonce_for
from tests.channels.test_webchat_page import Server
from tests.support.accessibility import AXE, GRAVE, RUN
from tests.support.chromium import running_chromium
from tests.support.served_page import served_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOOKS = {
    "light": {"locale": "en", "color_scheme": "light", "viewport": {"width": 1280, "height": 740}},
    "dark, on a phone": {
        "locale": "id",
        "color_scheme": "dark",
        "viewport": {"width": 360, "height": 740},
    },
    "from right to left, in the system's colours": {
        "locale": "ar",
        "forced_colors": "active",
        "viewport": {"width": 360, "height": 740},
    },
}
KEPT = """async () => ({
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  caches: await caches.keys(),
  local: localStorage.length,
  session: Object.keys(sessionStorage),
  cookie: document.cookie,
})"""


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
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody's phone."""
    opened = browser.new_context(viewport={"width": 390, "height": 780}, locale="en")
    yield opened
    opened.close()


class Line(Server):
    """A server whose line can be cut: whoever tries then gets nothing."""

    is_cut = False

    def listen(self, line: Any) -> None:
        """Greet a page, or hang up on it."""
        if self.is_cut:
            line.close()
        else:
            super().listen(line)

    def cut(self) -> None:
        """Cut the line."""
        self.is_cut = True
        assert self.line is not None
        self.line.close()


@pytest.fixture
def server() -> Line:
    """A server for one page."""
    return Line()


@pytest.fixture
def page(context: BrowserContext, url: str, server: Line) -> Page:
    """The chat, open and connected."""
    return opened(context, f"{url}/?locale=en", server)


def opened(context: BrowserContext, address: str, server: Server) -> Page:
    """Open the chat, and wait until it is connected."""
    page = context.new_page()
    server.serve(page)
    page.goto(address)
    expect(page.locator("#state[data-state=connected]")).to_be_visible()
    return page


def write(page: Page, text: str) -> None:
    """Write something."""
    page.fill("textarea", text)
    page.keyboard.press("Enter")


def texts(server: Server) -> list[str]:
    """Return what the server was told, in the order it was."""
    return [frame["text"] for frame in server.heard if frame["type"] == "text"]


def test_a_visit_leaves_nothing_beyond_its_tab(page: Page, server: Line) -> None:
    """No cookie, no worker, nothing that outlives the tab; the tab itself remembers under names that say nothing."""
    write(page, "hello")
    server.message("Good morning")
    expect(page.get_by_text("Good morning")).to_be_visible()
    kept = page.evaluate(KEPT)
    assert all(len(name) == 1 for name in kept.pop("session"))
    assert kept == {"workers": 0, "caches": [], "local": 0, "cookie": ""}
    assert page.context.cookies() == []


def test_what_is_written_without_a_line_waits_and_is_sent_once(page: Page, server: Line) -> None:
    """Three texts and a reload later they are still there, shown as waiting, with whom to call; back on the line each arrives once, in order."""
    server.cut()
    for text in ("one", "two", "three"):
        write(page, text)
    expect(page.locator("#state[data-state=offline]")).to_be_visible()
    expect(page.locator(".mark[data-state=waiting]")).to_have_count(3)
    page.get_by_role("link", name="In danger right now?").click()
    expect(page.locator(".card .number").first).to_be_focused()
    expect(page.locator(".card .number").first).to_be_in_viewport()
    assert texts(server) == []
    page.reload()
    expect(page.locator(".mark[data-state=waiting]")).to_have_count(3)
    server.is_cut = False
    expect(page.locator(".mark[data-state=sent]")).to_have_count(3, timeout=20_000)
    assert texts(server) == ["one", "two", "three"]
    ids = [frame["id"] for frame in server.heard if frame["type"] == "text"]
    assert len(set(ids)) == 3
    expect(page.locator("#to-numbers")).to_be_hidden()


def test_the_quick_exit_wipes_what_waits_and_ends_the_session(
    page: Page, server: Line, url: str
) -> None:
    """Nothing of the talk stays in the tab, and the server is told which session is over, also while the socket is down."""
    ended: list[str] = []
    page.context.route("https://www.bmkg.go.id/", lambda route: route.fulfill(body="weather"))
    page.route(
        "**/chat/leave",
        lambda route: (ended.append(route.request.post_data or ""), route.fulfill(status=204)),
    )
    write(page, "hello")
    server.cut()
    write(page, "they are coming")
    page.locator("#exit").click()
    page.wait_for_url("https://www.bmkg.go.id/")
    assert ended == ["one"]
    server.is_cut = False
    page.goto(url)
    expect(page.locator("#state[data-state=connected]")).to_be_visible()
    expect(page.locator(".message")).to_have_count(0)
    assert "coming" not in page.evaluate("JSON.stringify({...sessionStorage})")
    assert texts(server) == ["hello"]


def test_an_installed_chat_opens_without_a_line(
    context: BrowserContext, content: Content, server: Line
) -> None:
    """Started from its icon while the server cannot be reached, it shows whom to call, takes words, and sends them later.
    Nothing that was written is in what it keeps."""
    with served_page(content) as url:
        page = opened(context, f"{url}/?app=1&locale=en", server)
        write(page, "a secret of mine")
        server.message("Answer number 7713")
        page.wait_for_function("caches.match('/').then(Boolean)")
    server.is_cut = True
    page.close()
    page = context.new_page()
    server.serve(page)
    page.goto(f"{url}/?app=1&locale=en")
    expect(page.locator("#state[data-state=offline]")).to_be_visible()
    expect(page.locator(".card .number")).to_have_count(len(content.emergency))
    write(page, "are you there?")
    expect(page.locator(".mark[data-state=waiting]")).to_have_count(1)
    bodies = page.evaluate(
        """async () => {
          const texts = [];
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const key of await cache.keys()) texts.push(key.url, await (await cache.match(key)).text());
          }
          return texts.join();
        }"""
    )
    assert "data-page" in bodies
    assert "secret" not in bodies
    assert "7713" not in bodies
    server.is_cut = False
    expect(page.locator(".mark[data-state=sent]")).to_have_count(1, timeout=20_000)


def test_the_network_comes_first(context: BrowserContext, url: str, server: Line) -> None:
    """Also an installed chat shows the server's page of now, whatever is kept; and what is kept is only the page."""
    page = opened(context, f"{url}/?app=1&locale=en", server)
    page.wait_for_function("caches.match('/').then(Boolean)")
    page.evaluate(
        "caches.keys().then(async ([name]) => (await caches.open(name)).put('/', new Response('old page')))"
    )
    page.reload()
    expect(page.locator("#state[data-state=connected]")).to_be_visible()
    assert "old page" not in page.content()
    addresses = page.evaluate(
        "caches.keys().then(async ([name]) => (await (await caches.open(name)).keys()).map((key) => new URL(key.url).pathname))"
    )
    assert sorted(addresses) == [
        "/",
        "/chat/chat.js",
        "/chat/static/chat.css",
        "/chat/static/icon.svg",
        "/chat/theme.css",
    ]


def test_an_older_page_makes_way_once_and_never_under_the_fingers(
    page: Page, server: Line
) -> None:
    """Told that the server has another page, it loads anew with all that it keeps; not while somebody writes, and not to and fro."""
    write(page, "hello")
    expect(page.locator(".mark[data-state=sent]")).to_have_count(1)
    page.fill("textarea", "half a sentence")
    page.evaluate("window.isOld = true")
    server.say(type="update", page="newer")
    page.wait_for_timeout(300)
    assert page.evaluate("window.isOld")
    page.fill("textarea", "")
    server.say(type="update", page="newer")
    page.wait_for_function("!window.isOld")
    expect(page.locator(".message.you")).to_have_count(1)
    expect(page.locator("#state[data-state=connected]")).to_be_visible()
    page.evaluate("window.isOld = true")
    server.say(type="update", page="newer")
    page.wait_for_timeout(300)
    assert page.evaluate("window.isOld")
    assert all(frame["page"] for frame in server.heard if frame["type"] == "hello")


def offer(page: Page) -> None:
    """Have the browser say that the page can be installed."""
    page.evaluate(
        """() => {
          const event = new Event('beforeinstallprompt', { cancelable: true });
          event.prompt = () => { window.asked = true; };
          window.dispatchEvent(event);
          window.held = event.defaultPrevented;
        }"""
    )


def test_the_icon_is_offered_quietly(page: Page) -> None:
    """Nothing of it is seen until the browser can do it; then it is a closed line, which says that the icon stays on the phone."""
    expect(page.locator("#keep")).to_be_hidden()
    offer(page)
    assert page.evaluate("window.held")
    expect(page.locator("#keep summary")).to_be_visible()
    expect(page.locator("#keep-do")).to_be_hidden()
    page.locator("#keep summary").click()
    expect(page.locator("#keep")).to_contain_text("whoever uses this phone can see it")
    page.locator("#keep-do").click()
    assert page.evaluate("window.asked")
    expect(page.locator("#keep")).to_be_hidden()


def test_the_page_does_the_work_and_says_so(page: Page, server: Line) -> None:
    """Asked for work, it does it beside the page, says honestly why its message waits, and stops saying so when it is let in."""
    write(page, "hello")
    server.say(type="proof", salt="salt", bits=12)
    expect(page.locator("#state[data-state=busy]")).to_contain_text("Very many people")
    page.wait_for_function("true")
    for _ in range(100):
        if any(frame["type"] == "proof" for frame in server.heard):
            break
        page.wait_for_timeout(100)
    [proof] = [frame for frame in server.heard if frame["type"] == "proof"]
    assert proof["nonce"] == nonce_for("salt", 12)
    server.say(type="proof", salt="", bits=0)
    expect(page.locator("#state[data-state=connected]")).to_be_visible()


def test_nothing_moves_for_who_wants_no_motion(browser: Browser, url: str, server: Line) -> None:
    """While an answer is being prepared, nothing on the page is animated; without that wish something is."""
    for wish, moving in (("reduce", 0), ("no-preference", 1)):
        context = browser.new_context(reduced_motion=wish, locale="en")
        page = opened(context, url, server)
        server.say(type="typing")
        expect(page.locator("#typing.on")).to_be_visible()
        assert (
            len(page.evaluate("document.getAnimations().map((each) => each.playState)")) == moving
        )
        context.close()


def test_all_of_it_by_keyboard_alone(page: Page, server: Line) -> None:
    """From the top: whom to call, the way out, the language, each number, the box; write, choose, and leave, without a mouse."""
    page.context.route("https://www.bmkg.go.id/", lambda route: route.fulfill(body="weather"))
    page.keyboard.press("Tab")
    reached = [
        page.evaluate(
            "document.activeElement.id || document.activeElement.className || document.activeElement.href"
        )
    ]
    while reached[-1] != "text" and len(reached) < 40:
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.id || document.activeElement.className")
        )
    assert reached[0].startswith("tel:")
    assert reached[1:3] == ["exit", "language"]
    assert set(reached[3:-1]) == {"number"}
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    server.message("What would you like?", "Talk to a person", "Play")
    expect(page.get_by_role("button", name="Talk to a person")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Talk to a person")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".message.you")).to_have_count(2)
    server.expect_pressed("b:Talk to a person")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url("https://www.bmkg.go.id/")


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_axe_finds_nothing_grave_in_any_state(
    browser: Browser, url: str, content: Content, look: dict[str, Any]
) -> None:
    """At the start, with the icon offered, in the menu and in a quiz, with a counsellor, while it waits at the door and while there is no line."""
    context = browser.new_context(**look, bypass_csp=True)
    server = Line()
    page = opened(context, f"{url}/?locale={look['locale']}", server)
    page.evaluate(f"() => {{ {AXE} }}")
    faults: dict[str, Any] = {}

    def examine(state: str) -> None:
        page.wait_for_timeout(200)
        grave = [each for each in page.evaluate(RUN) if each["impact"] in GRAVE]
        if grave:
            faults[state] = grave
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= look["viewport"]["width"], state

    examine("start")
    offer(page)
    page.locator("#keep summary").click()
    examine("icon offered")
    write(page, "halo")
    server.message("Apa yang kamu mau?", "Bicara dengan orang", "Main kuis", "Nomor darurat")
    examine("menu")
    media = [
        {
            "kind": "image",
            "url": "/chat/static/icon-512.png",
            "alt": "A question",
            "width": 512,
            "height": 512,
        }
    ]
    choices = [{"id": f"q{n}", "title": f"Jawaban {n} " * 6} for n in range(4)]
    server.say(type="message", id="q", text="1/8", buttons=choices, media=media, **{"from": "bot"})
    examine("quiz")
    server.say(type="proof", salt="x", bits=30)
    examine("at the door")
    server.say(type="proof", salt="", bits=0)
    server.say(type="files", open=True)
    server.say(type="typing")
    server.say(
        type="message", id="s", text="Halo, saya Sari", buttons=[], media=[], **{"from": "staff"}
    )
    examine("with a counsellor")
    server.cut()
    write(page, "masih di sini")
    expect(page.locator("#state[data-state=offline]")).to_be_visible()
    examine("without a line")
    context.close()
    assert not faults, faults

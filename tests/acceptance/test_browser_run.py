"""`suar run` as its users meet it: in a real browser, on the real language model, from the first link to Ctrl-C."""

import os
import re
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from bot.conversation.holding import UNDO
from tests.support.chromium import running_chromium
from tests.support.processes import REPOSITORY
from tests.support.second_step import code_on
from tests.support.whole import Whole, running_whole

UNDO_MS = UNDO.total_seconds() * 1000

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.slow, pytest.mark.timeout(900)]

IMAGES = REPOSITORY / "docs" / "images"
PASSWORD = "seven quiet lamps by the sea"
DANGER = {
    "en": "they locked me in and took my passport",
    "id": "paspor saya ditahan majikan dan saya dikunci di kamar",
    "ar": "الباب مقفل علينا وأخذوا جوازي",
    "fa": "ما را در خانه قفل کرده‌اند و پاسپورتم را گرفته‌اند",
    "my": "အခန်းထဲ သော့ခတ်ထားတယ် ပတ်စပို့လည်း ယူထားတယ်",
    "so": "albaabka waa nagu xireen baasaboorkaygiina way qaateen",
}
"""The same in six languages."""


@pytest.fixture(scope="module")
def whole() -> Iterator[Whole]:
    """Everything, on a fresh data folder."""
    with tempfile.TemporaryDirectory(prefix="suar-whole-") as folder:
        Path(folder).chmod(0o711)
        with running_whole(Path(folder)) as running:
            yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    with running_chromium() as running:
        yield running


@pytest.fixture(scope="module")
def desk(browser: Browser, whole: Whole) -> Iterator[Page]:
    """The first admin's open desk, made with the one-time link."""
    context = browser.new_context(viewport={"width": 1280, "height": 820}, locale="en-US")
    page = context.new_page()
    page.goto(whole.setup_link())
    page.fill("[name=email]", "sari@example.org")
    page.fill("[name=name]", "Sari")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator(".secret")).to_have_count(1)
    page.fill("#code", code_on(page.content()))
    page.click("button:has-text('Set it up')")
    expect(page.locator(".recovery li")).to_have_count(10)
    page.click("a:has-text('I have kept them')")
    expect(page).to_have_url(re.compile(r"/desk/$"))
    expect(page.locator("[data-beat], body")).not_to_have_count(0)
    yield page
    context.close()


def open_chat(browser: Browser, whole: Whole, *, width: int = 390, path: str = "/") -> Page:
    """Open the web chat on a phone."""
    context = browser.new_context(viewport={"width": width, "height": 780}, locale="id-ID")
    page = context.new_page()
    page.goto(whole.url + path)
    return page


def say(page: Page, text: str) -> None:
    """Type and send."""
    page.fill("textarea", text)
    page.keyboard.press("Enter")


def picture(page: Page, name: str) -> None:
    """Keep a screenshot for the README."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(400)
    page.screenshot(path=IMAGES / f"{name}.png")


def test_a_person_in_danger_reaches_a_counsellor(
    browser: Browser, whole: Whole, desk: Page
) -> None:
    """Somebody discloses in the chat, consents, a counsellor takes them, both talk, the case closes, the bot is back."""
    chat = open_chat(browser, whole)
    say(chat, "paspor saya ditahan majikan dan saya dikunci di kamar")
    expect(chat.get_by_text("Saya percaya kamu")).to_be_visible(timeout=15_000)
    picture(chat, "chat-support")

    chat.get_by_role("button", name="Bicara dengan orang").last.click()
    share = chat.get_by_role("button", name="Ya, tunjukkan ini")
    expect(share).to_be_visible()
    picture(chat, "chat-consent")
    share.click()
    expect(desk.get_by_text("Danger now").first).to_be_visible()
    picture(desk, "desk-queue")

    desk.keyboard.press("n")
    expect(desk).to_have_url(re.compile(r"/desk/cases/"))
    expect(
        desk.get_by_text("paspor saya ditahan majikan dan saya dikunci di kamar")
    ).to_be_visible()
    desk.fill("textarea", "Halo, saya Sari. Apakah aman untuk mengetik sekarang?")
    desk.keyboard.press("Control+Enter")
    # A counsellor can take a line back for so long, and only then it leaves.
    expect(chat.get_by_text("Halo, saya Sari.")).to_be_visible(timeout=UNDO_MS + 5_000)
    say(chat, "iya, pelan-pelan")
    expect(desk.get_by_text("iya, pelan-pelan", exact=True)).to_be_visible()
    picture(desk, "desk-conversation")
    picture(chat, "chat-counsellor")

    desk.get_by_role("button", name=re.compile("Close")).first.click()
    dialog = desk.locator("dialog[open]")
    dialog.get_by_role("radio").first.check()
    dialog.locator("button[type=submit]").last.click()
    expect(
        chat.get_by_text("apakah obrolan tadi", exact=False).or_(
            chat.get_by_role("button", name="Membantu")
        )
    ).not_to_have_count(0, timeout=10_000)
    say(chat, "menu")
    expect(chat.get_by_role("button", name="Main kuis")).to_be_visible()


@pytest.mark.parametrize("locale", DANGER)
def test_danger_is_heard_in_six_languages(browser: Browser, whole: Whole, locale: str) -> None:
    """Whoever writes of danger in their language gets belief, numbers to tap and a person, and an unchecked text with its original."""
    chat = open_chat(browser, whole, path=f"/?locale={locale}")
    say(chat, DANGER[locale])
    log = chat.get_by_role("log")
    expect(log.locator("a[href='tel:110']").first).to_be_visible(timeout=20_000)
    direction = "rtl" if locale in {"ar", "fa"} else "ltr"
    expect(chat.locator("html")).to_have_attribute("dir", direction)
    believed = "Saya percaya kamu" if locale == "id" else "I believe you"
    expect(log.get_by_text(believed)).to_have_count(1)
    expect(log.get_by_role("button")).not_to_have_count(0)
    log.locator("a[href='tel:110']").first.scroll_into_view_if_needed()
    picture(chat, f"chat-danger-{locale}")
    chat.context.close()


def test_the_chat_loses_nothing_over_a_broken_line(browser: Browser, whole: Whole) -> None:
    """What is written offline waits in the page and is answered once when the line is back."""
    chat = open_chat(browser, whole)
    say(chat, "halo")
    expect(chat.get_by_role("button", name="English").first).to_be_visible(timeout=15_000)
    chat.context.set_offline(True)
    say(chat, "apa itu perdagangan orang?")
    chat.wait_for_timeout(1500)
    chat.context.set_offline(False)
    chat.wait_for_timeout(6000)
    mine = chat.get_by_text("apa itu perdagangan orang?", exact=True)
    expect(mine).to_have_count(1)
    expect(chat.get_by_role("button", name="Sumber").first).to_be_visible(timeout=15_000)


def test_quick_exit_leaves_nothing(browser: Browser, whole: Whole) -> None:
    """Escape twice leaves the page at once, and the way back shows no conversation."""
    chat = open_chat(browser, whole, width=360)
    exit_page = "**/www.bmkg.go.id/**"
    chat.route(exit_page, lambda route: route.fulfill(body="<title>weather</title>"))
    say(chat, "halo")
    expect(chat.get_by_role("button", name="English").first).to_be_visible(timeout=15_000)
    chat.keyboard.press("Escape")
    chat.keyboard.press("Escape")
    chat.wait_for_url("**bmkg.go.id/**")
    chat.goto(whole.url + "/")
    expect(chat.get_by_text("halo", exact=True)).to_have_count(0)
    assert chat.evaluate("sessionStorage.length") <= 2


def test_the_page_is_small_and_asks_nobody_else(browser: Browser, whole: Whole) -> None:
    """The whole page is under 50 KB over the wire and makes no request to another host."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    hosts, sizes = set(), []
    page.on("request", lambda request: hosts.add(httpx.URL(request.url).host))
    page.on(
        "requestfinished",
        lambda request: sizes.append(
            sum(request.sizes()[k] for k in ("responseBodySize", "responseHeadersSize"))
        ),
    )
    page.goto(whole.url + "/?locale=en", wait_until="networkidle")
    assert hosts == {"127.0.0.1"}
    assert 0 < sum(sizes) < 50_000
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    picture(page, "chat-first")
    context.close()


def test_the_real_model_hears_disclosures_and_lets_harmless_words_be(
    whole: Whole, browser: Browser
) -> None:
    """In Indonesian and English a disclosure is answered with belief; a figure of speech is not taken for one."""
    for locale, text, belief in (
        ("id", "gaji gue ga dibayar 5 bulan trus paspor dipegang agen", "percaya kamu"),
        ("en", "my sister is forced to work and they took her passport", "I believe you"),
    ):
        page = open_chat(browser, whole, path=f"/?locale={locale}")
        say(page, text)
        expect(page.get_by_text(belief)).to_be_visible(timeout=15_000)
        page.context.close()
    page = open_chat(browser, whole, path="/?locale=en")
    say(page, "my boss tortures me with deadlines lol")
    expect(page.get_by_text("Suar, automatic answer").first).to_be_visible(timeout=15_000)
    expect(page.get_by_text("I believe you")).to_have_count(0)
    page.context.close()


def test_without_the_language_model_danger_is_still_heard(whole: Whole, browser: Browser) -> None:
    """With Rasa killed the lexicon hears the disclosure; the group starts Rasa again."""
    rasa = [
        pid
        for pid in whole.processes()
        if b"suar_nlu.serve" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    assert rasa
    for pid in rasa:
        os.kill(pid, signal.SIGKILL)
    page = open_chat(browser, whole, path="/?locale=en")
    say(page, "they locked me in and took my passport")
    expect(page.get_by_text("I believe you")).to_be_visible(timeout=20_000)
    deadline = time.monotonic() + 120
    while httpx.get(whole.url + "/readyz", timeout=10).json()["nlu"] != "ok":
        assert time.monotonic() < deadline
        time.sleep(1)


def test_a_second_group_on_the_same_data_is_refused_in_one_line(whole: Whole) -> None:
    """Starting twice says why it cannot, in one line, and hurts nothing."""
    second = Whole(whole.data_dir)
    with pytest.raises(TimeoutError, match="runs already on the data folder"):
        second.start()
    assert httpx.get(whole.url + "/readyz", timeout=10).status_code == 200


def test_ctrl_c_stops_everything_and_a_restart_keeps_the_data(whole: Whole) -> None:
    """Ctrl-C ends every process of the group with code 0; the next start knows its staff."""
    assert whole.stop() == 0
    deadline = time.monotonic() + 15
    while left := whole.processes():
        assert time.monotonic() < deadline, left
        time.sleep(0.2)
    links = whole.log.count("/desk/setup?token=")
    whole.start()
    assert whole.log.count("/desk/setup?token=") == links
    assert (
        httpx.get(whole.url + "/desk/sign-in", timeout=10, follow_redirects=True).status_code
        == 200
    )

"""The web chat shows the server's pictures: known by what they show, of a known size, and never louder than asked for."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.sync_api import Browser, Page, expect

from bot.content.load import Content
from bot.messages import Address, Media, Outgoing
from bot.pictures.making import ServerPictures
from bot.store import notices, outbox
from tests.channels import test_webchat_page
from tests.channels.test_webchat_page import Server
from tests.support.chat_page import ChatPage, open_page, web_process
from tests.support.flags import QUIZ, drawing
from tests.support.world import TestHouse
from tests.unit.pictures.pixels import opened

browser = test_webchat_page.browser
url = test_webchat_page.url
server = test_webchat_page.server
page = test_webchat_page.page

SHOWN = Media("quiz", f"quiz:{QUIZ}/seen@en", "A. Hi!")
GONE = Media("quiz", f"quiz:{QUIZ}/gone@en", "A. Hi!")
NAMED = Media("certificate", f"certificate:{QUIZ}/7/8/2026-07-30/Sari@en", "For you")


@pytest.fixture
def pictures(content: Content) -> ServerPictures:
    """What the house can draw."""
    return drawing(content)


@pytest_asyncio.fixture
async def chat(house: TestHouse, pictures: ServerPictures) -> AsyncIterator[str]:
    """Where the chat's socket of a running web process is."""
    async with web_process(house, pictures) as address:
        yield address


async def told(house: TestHouse, page: ChatPage, *media: Media) -> dict[str, Any]:
    """Let the bot say something with media; return the frame that the page gets."""
    await page.text("hello")
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, Address("web", "web", page.session or ""))
        assert party is not None
        said = Outgoing("Which?", media=media)
        await outbox.put(conn, party, [said], clock=house.clock, epoch=party.epoch)
        await notices.to_outbox(conn, party.conversation_id)
    return await page.next("message")


async def fetched(chat: str, path: str, **headers: str) -> httpx.Response:
    """Return what is at an address of the house."""
    root = chat.replace("ws://", "http://").removesuffix("/chat/ws")
    async with httpx.AsyncClient() as client:
        return await client.get(root + path, headers=headers)


async def test_a_picture_is_where_the_page_is_told(house: TestHouse, chat: str) -> None:
    """The page learns address, size and words; the address has the picture, which a browser that has it need not load again."""
    async with open_page(chat) as page:
        [media] = (await told(house, page, SHOWN))["media"]
    assert (media["kind"], media["alt"]) == ("image", "A. Hi!")
    answer = await fetched(chat, media["url"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert opened(answer.content).size == (media["width"], media["height"])
    again = await fetched(chat, media["url"], **{"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_what_cannot_be_drawn_is_left_out(house: TestHouse, chat: str) -> None:
    """The words come without it."""
    async with open_page(chat) as page:
        frame = await told(house, page, GONE)
    assert (frame["text"], frame["media"]) == ("Which?", [])


async def test_a_certificate_stays_on_no_shared_phone(house: TestHouse, chat: str) -> None:
    """Its address tells no name, and no browser may keep it."""
    async with open_page(chat) as page:
        [media] = (await told(house, page, NAMED))["media"]
    assert "Sari" not in media["url"]
    answer = await fetched(chat, media["url"])
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert "etag" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/x.png",
        "/%00.png",
        f"/quiz:{QUIZ}/gone@en.png",
        f"/quiz:{QUIZ}/seen@xx.png",
        f"/card:{QUIZ}/9/8@en.png",
        f"/certificate:{QUIZ}/7/8/2026-07-30/Sari@en.png",
        "/quiz:" + "x" * 2000 + "@en.png",
        "/../../etc/passwd",
    ],
)
async def test_nothing_else_is_there(chat: str, path: str) -> None:
    """Addresses of chance, and those of certificates that somebody else wrote, are not found."""
    answer = await fetched(chat, f"/chat/picture{path}")
    assert answer.status_code == 404


def show(page: Page, server: Server, png: bytes, *, hold: bool = False) -> list[Any]:
    """Let the page show a picture; return the requests for it, unanswered where they are held."""
    asked: list[Any] = []

    def answer(route: Any) -> None:
        asked.append(route)
        if not hold:
            route.fulfill(body=png, content_type="image/png")

    page.route("**/chat/picture/**", answer)
    size = opened(png).size
    media = {"kind": "image", "url": "/chat/picture/quiz:a/b@id.png", "alt": "A. Halo!"}
    media |= {"width": size[0], "height": size[1]}
    server.say(type="message", id="p1", text="Mana?", buttons=[], media=[media], **{"from": "bot"})
    expect(page.get_by_text("Mana?")).to_be_visible()
    return asked


@pytest.fixture
def png() -> bytes:
    """A picture of ours."""
    return (Path("docs/images/pictures") / "chat-id.png").read_bytes()


@pytest.mark.browser
@pytest.mark.slow
def test_nothing_moves_when_a_picture_comes(page: Page, server: Server, png: bytes) -> None:
    """Its place is kept until it is loaded, in its own shape and inside the page, and it has its words."""
    asked = show(page, server, png, hold=True)
    picture = page.get_by_alt_text("A. Halo!")
    picture.scroll_into_view_if_needed()
    before = picture.bounding_box()
    page.wait_for_timeout(100)
    assert before is not None
    for route in asked:
        route.fulfill(body=png, content_type="image/png")
    expect(picture).to_have_js_property("complete", value=True)
    page.wait_for_function("document.querySelector('.message img').naturalWidth > 0")
    after = picture.bounding_box()
    assert after is not None
    assert (after["width"], after["height"]) == (before["width"], before["height"])
    width, height = opened(png).size
    assert after["height"] / after["width"] == pytest.approx(height / width, rel=0.02)
    assert 200 < after["width"] <= 390


@pytest.mark.browser
@pytest.mark.slow
def test_who_saves_data_asks_for_the_picture(
    browser: Browser, page: Page, server: Server, png: bytes
) -> None:
    """With the browser set to save data nothing is loaded before the button is pressed; then the picture stands there."""
    page.evaluate(
        "Object.defineProperty(navigator, 'connection', {value: {saveData: true}, configurable: true})"
    )
    asked = show(page, server, png)
    button = page.get_by_role("button", name="Gambar")
    expect(button).to_be_visible()
    assert asked == []
    button.click()
    expect(page.get_by_alt_text("A. Halo!")).to_be_visible()
    page.wait_for_function("document.querySelector('.message img').naturalWidth > 0")
    assert len(asked) == 1
    assert server.pressed() == []
    server.say(type="session", session="two")
    server.say(type="locale", locale="en")
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    expect(page.get_by_alt_text("A. Halo!")).to_be_visible()

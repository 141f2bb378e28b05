"""Recordings on the desk: taken in by their bytes, listened to by somebody else, undone, retired, deleted, and out of date."""

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest

from bot.desk.web.upload import MAX_DRAINED_BYTES
from bot.hotline.staff import Role
from tests.integration.desk.browser import HIDDEN, Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House
from tests.integration.desk.test_answers import desk_of
from tests.integration.desk.test_answers import edit as edit_answer
from tests.support.files import PDF
from tests.support.sounds import m4a, mp3, opus, webm

PLACE = "/desk/voices/en/answers.what_is_trafficking"
SEEN = re.compile(r'name="seen" value="([^"]*)"')
WAITING = re.compile(r'action="/desk/recordings/([0-9a-f-]{36})/publish"')


@pytest.fixture
async def writer(house: House) -> AsyncIterator[Browser]:
    """A campaigner's browser, signed in."""
    async with desk_of(house, "Tari", Role.CAMPAIGNER) as browser:
        yield browser


@pytest.fixture
async def second(house: House) -> AsyncIterator[Browser]:
    """A supervisor's browser, signed in."""
    async with desk_of(house, "Rani", Role.SUPERVISOR) as browser:
        yield browser


async def bring(desk: Browser, data: bytes, path: str = PLACE, **fields: str) -> httpx.Response:
    """Send a recording with the form."""
    page = await desk.open(path)
    assert page.status_code == 200
    [seen] = SEEN.findall(page.text)
    sent = {**dict(HIDDEN.findall(page.text)), "seen": unescape(seen), "agrees": "yes", **fields}
    files = {"file": ("Siti's voice.exe", data, "text/html")}
    return await desk.client.post(path, data=sent, files=files)


async def act(desk: Browser, path: str, **fields: str) -> httpx.Response:
    """Press a button of the page."""
    await desk.open(PLACE)
    return await desk.send(path, **fields)


async def published(writer: Browser, second: Browser) -> str:
    """Bring a recording and let the other one publish it; return its number."""
    assert (await bring(writer, webm())).status_code == 303
    [number] = WAITING.findall((await second.open(PLACE)).text)
    answer = await act(second, f"/desk/recordings/{number}/publish")
    assert answer.headers["location"].endswith("?said=published")
    return str(number)


@pytest.mark.parametrize("make", [opus, webm, m4a, mp3])
async def test_what_is_taken_waits_for_somebody_else(
    house: House, writer: Browser, second: Browser, make: object
) -> None:
    """Each form is taken, its author cannot publish it, and the other one finds it in the list."""
    assert callable(make)
    answer = await bring(writer, make(2))
    assert answer.headers["location"] == f"{PLACE}?said=sent_to_review"
    own = await writer.open(PLACE)
    assert "Somebody else has to listen and publish it." in words_of(own)
    assert not WAITING.findall(own.text)
    assert "For you to listen to" not in words_of(await writer.open("/desk/voices?locale=en"))
    assert "For you to listen to" in words_of(await second.open("/desk/voices?locale=id"))
    assert not house.live.content.voices.speaks_in("en")


async def test_published_and_heard(house: House, writer: Browser, second: Browser) -> None:
    """After the second person it is live in this process at once; its sound is given out as what it is, in parts too."""
    number = await published(writer, second)
    [voice] = house.live.content.voices.by_locale["en"]
    assert str(voice.id) == number
    assert "People can hear it" in words_of(await writer.open(PLACE))
    sound = await writer.open(f"/desk/voices/sound/{number}")
    assert sound.headers["content-type"] == "audio/ogg"
    part = await writer.open(f"/desk/voices/sound/{number}", range="bytes=0-3")
    assert (part.status_code, part.content) == (206, b"OggS")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "There is no recording yet"),
        (bytes(1024 * 1024 + 1), "larger than 1 MB"),
        (PDF, "no recording that all channels can play"),
        (opus(121), "longer than 2 minutes"),
        (opus(channels=2), "more than one channel"),
        (opus()[:-9], "damaged or incomplete"),
    ],
)
async def test_what_is_not_taken_is_said(writer: Browser, data: bytes, says: str) -> None:
    """With the reason and how to mend it; the words beside it stay in the form."""
    answer = await bring(writer, data, note="by the river")
    assert answer.status_code == 422
    assert says in words_of(answer)
    assert 'value="by the river"' in answer.text
    assert "checked" in answer.text


async def test_without_the_speakers_yes(writer: Browser) -> None:
    """Nothing is taken in before somebody has said that the speaker agrees."""
    answer = await bring(writer, opus(), agrees="")
    assert (answer.status_code, "Tick that the speaker agrees" in words_of(answer)) == (422, True)


async def test_fifty_megabytes(writer: Browser) -> None:
    """A file that is far too large is read to its end and thrown away, and said to be too large."""
    assert MAX_DRAINED_BYTES > 50 * 1024 * 1024
    answer = await bring(writer, bytes(50 * 1024 * 1024))
    assert (answer.status_code, "too large" in words_of(answer)) == (413, True)


async def test_changed_words(writer: Browser, second: Browser) -> None:
    """A form for words that have changed since is not taken; a recording of them stands as out of date, with what it speaks."""
    await published(writer, second)
    moved = await bring(writer, opus(), seen="Other words.")
    assert (moved.status_code, "People read other words by now" in words_of(moved)) == (409, True)
    path = await edit_answer(writer, text="Other words. They are plain.")
    await second.open(path)
    await second.send(f"{path}/publish")
    page = words_of(await writer.open(PLACE))
    assert "The words have changed since they were spoken" in page
    assert "Human trafficking has three parts" in page
    assert "Out of date" in words_of(await writer.open("/desk/voices?locale=en&show=outdated"))


async def test_sent_back_and_withdrawn(writer: Browser, second: Browser) -> None:
    """To send one back takes a word; its author brings another one, and may take that back."""
    await bring(writer, opus())
    [number] = WAITING.findall((await second.open(PLACE)).text)
    wordless = await act(second, f"/desk/recordings/{number}/refuse", verdict=" ")
    assert wordless.status_code == 422
    await act(second, f"/desk/recordings/{number}/refuse", verdict="the number is wrong")
    assert "the number is wrong" in words_of(await writer.open(PLACE))
    await bring(writer, mp3())
    [number] = WAITING.findall((await second.open(PLACE)).text)
    await act(writer, f"/desk/recordings/{number}/withdraw")
    assert "Taken back before it was heard" in words_of(await writer.open(PLACE))


async def test_undo_retire_delete(house: House, writer: Browser, second: Browser) -> None:
    """Undo, silence and deletion are live at once; a deleted sound is not given out any more."""
    one = await published(writer, second)
    two = await published(writer, second)
    await act(writer, f"/desk/recordings/{two}/take-back")
    [voice] = house.live.content.voices.by_locale["en"]
    assert str(voice.id) == one
    await act(writer, f"{PLACE}/retire")
    assert not house.live.content.voices.speaks_in("en")
    await act(writer, f"/desk/recordings/{one}/delete")
    assert (await writer.open(f"/desk/voices/sound/{one}")).status_code == 404
    assert "Recording deleted" in words_of(await writer.open(PLACE))


async def test_what_there_is_not(house: House, desk: Browser, writer: Browser) -> None:
    """Other places and languages are not there, and those who do not edit answers find none of it."""
    for path in ("en/menu.more.text", "xx/welcome.hello.text", "en/answers.nothing"):
        assert (await writer.open(f"/desk/voices/{path}")).status_code == 404
    for path in ("/desk/voices", PLACE):
        assert (await desk.open(path)).status_code in {403, 404}
    async with open_browser(house) as nobody:
        assert (await nobody.open(PLACE)).status_code == 303

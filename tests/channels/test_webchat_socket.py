"""The web chat's protocol over a real socket: once, in order, and clear about whatever does not fit."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import websockets
from sqlalchemy import func, select

from bot.gateway.webchat.frames import MAX_FRAME_CHARS
from bot.messages import MAX_BUTTON_ID_BYTES
from bot.store.tables import ContactRow, OutboxRow, TranscriptRow
from tests.support.chat_page import open_page, web_process, words
from tests.support.hostile import BUTTONS, TEXTS
from tests.support.world import TestHouse


@pytest_asyncio.fixture
async def url(house: TestHouse) -> AsyncIterator[str]:
    """Where the chat's socket of a running web process is."""
    async with web_process(house) as address:
        yield address


async def count(house: TestHouse, table: type) -> int:
    """Return how many rows a table has."""
    async with house.db.transaction() as conn:
        return await conn.scalar(select(func.count()).select_from(table)) or 0


async def test_a_first_talk(url: str) -> None:
    """A stranger gets a session, an acknowledgement for each event, and the answer with its buttons."""
    async with open_page(url) as page:
        assert page.session
        assert page.missed == []
        frames = await page.text("hello", "mine-1")
        assert {"type": "ack", "id": "mine-1"} in frames
        [message] = [frame for frame in frames if frame["type"] == "message"]
        assert message["from"] == "bot"
        assert message["id"]
        assert {"id", "title"} == set(message["buttons"][0])
        assert message["media"] == []


async def test_a_link_leads_to_its_quiz(url: str) -> None:
    """What a deep link carries is answered as on Telegram."""
    async with open_page(url) as page:
        await page.send(type="start", id="mine-1", payload="quiz_warning_signs")
        frames = await page.settled()
    [message] = [frame for frame in frames if frame["type"] == "message"]
    assert message["buttons"][0]["id"] == "quiz.play.begin"


async def test_opening_the_page_alone_makes_nobody(house: TestHouse, url: str) -> None:
    """Whoever only opens the page and writes nothing is kept nowhere."""
    async with open_page(url):
        pass
    assert await count(house, ContactRow) == 0


async def test_coming_back_brings_what_was_missed_once(house: TestHouse, url: str) -> None:
    """A page that reconnects with its session gets what came meanwhile, once, in order; a third time nothing."""
    counsellor = await house.staff()
    async with open_page(url) as page:
        await page.press("consent.ask")
        await page.press("consent.ask.talk")
        session = page.session
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    for number in range(3):
        await house.talks.reply(counsellor, case_id, f"words {number}", token=str(number))
    async with open_page(url, session) as page:
        assert page.session == session
        assert words(page.missed) == ["words 0", "words 1", "words 2"]
        assert {frame["from"] for frame in page.missed if frame["type"] == "message"} == {"staff"}
    async with open_page(url, session) as page:
        assert words(page.missed) == []


async def test_a_counsellor_s_words_come_by_themselves(house: TestHouse, url: str) -> None:
    """While the page is open, a counsellor's words appear without being asked for."""
    counsellor = await house.staff()
    async with open_page(url) as page:
        await page.press("consent.ask")
        await page.press("consent.ask.talk")
        case_id = await house.talks.claim_next(counsellor)
        assert case_id is not None
        await house.talks.reply(counsellor, case_id, "I am here", token="1")
        message = await page.next("message")
        assert (message["text"], message["from"]) == ("I am here", "staff")


async def test_what_the_page_has_not_seen_comes_again(house: TestHouse, url: str) -> None:
    """A page that says what it has seen gets again, with the same id, only what it had not."""
    async with open_page(url, acks=True) as page:
        await page.press("welcome.hello")
        session = page.session
    async with open_page(url, session, acks=True) as page:
        again = [frame for frame in page.missed if frame["type"] == "message"]
        assert len(again) >= 2
        await page.send(type="seen", id=again[0]["id"])
        await page.settled()
    async with open_page(url, session, acks=True) as page:
        ids = [frame["id"] for frame in page.missed if frame["type"] == "message"]
        assert ids == [frame["id"] for frame in again[1:]]
        for uid in ids:
            await page.send(type="seen", id=uid)
        await page.settled()
    async with house.db.transaction() as conn:
        assert set(await conn.scalars(select(OutboxRow.status))) == {"sent"}


async def test_a_page_that_vanishes_loses_nothing(house: TestHouse, url: str) -> None:
    """When the line breaks without a goodbye, right after the text was sent, the answer waits for the next page."""
    async with open_page(url, acks=True) as page:
        session = page.session
        await page.text("hello", "one")
        await page.send(type="text", id="two", text="and another thing")
        await asyncio.sleep(0.1)
        page.connection.transport.abort()
    await asyncio.sleep(0.3)
    async with open_page(url, session, acks=True) as page:
        await page.text("and another thing", "two")
        await page.settled()
    assert await count(house, TranscriptRow) == 2
    async with house.db.transaction() as conn:
        answers = list(await conn.scalars(select(OutboxRow.id)))
    assert len(answers) == 2


async def test_one_client_id_has_one_effect(house: TestHouse, url: str) -> None:
    """A text that the page sends again with its id is acknowledged each time, and answered once."""
    async with open_page(url) as page:
        frames = [frame for _ in range(3) for frame in await page.text("hello", "same")]
    assert frames.count({"type": "ack", "id": "same"}) == 3
    assert len(words(frames)) == 1
    assert await count(house, TranscriptRow) == 1


async def test_the_same_client_id_of_another_page_is_another_event(
    house: TestHouse, url: str
) -> None:
    """Two people whose pages number their texts alike are both answered."""
    for _ in range(2):
        async with open_page(url) as page:
            assert words(await page.text("hello", "c1"))
    assert await count(house, ContactRow) == 2


async def test_two_pages_of_one_person(url: str) -> None:
    """Of two open pages with one session, the one that was used last shows the answer, and only that one."""
    async with open_page(url) as first:
        await first.text("hello")
        async with open_page(url, first.session) as second:
            shown = words(await second.press("menu.main"))
            assert shown
            assert words(await first.settled()) == []
            assert words(await first.press("menu.main"))
            assert words(await second.settled()) == []


async def test_a_burst_is_answered_in_order(url: str) -> None:
    """Texts and buttons that the page sends without waiting are acknowledged and answered in order."""
    async with open_page(url) as page:
        for number in range(6):
            if number % 2:
                await page.send(type="button", id=str(number), button="emergency.show")
            else:
                await page.send(type="text", id=str(number), text=f"word {number}")
        frames = await page.settled()
    acks = [frame["id"] for frame in frames if frame["type"] == "ack"]
    assert acks == [str(number) for number in range(6)]
    assert len(words(frames)) == 6
    numbers = words(frames)[1]
    assert words(frames)[3] == words(frames)[5] == numbers


MALFORMED: list[str | bytes] = [
    "",
    "hello",
    "[]",
    "null",
    "{}",
    '{"type": "nothing"}',
    '{"type": 7}',
    '{"type": "text"}',
    '{"type": "text", "id": "1"}',
    '{"type": "text", "id": 1, "text": "x"}',
    '{"type": "text", "id": "1", "text": {"a": 1}}',
    '{"type": "text", "id": "%s", "text": "x"}' % ("x" * 65),
    '{"type": "text", "id": "a\\u0000", "text": "x"}',
    '{"type": "text", "id": "\\ud800", "text": "x"}',
    '{"type": "seen", "id": "\\u0000"}',
    '{"type": "button", "id": "1", "button": null}',
    '{"type": "button", "id": "1", "button": "%s"}' % ("x" * (MAX_BUTTON_ID_BYTES + 1)),
    '{"type": "hello", "session": "\\ud800", "locale": "en"}',
    '{"type": "hello", "session": "a\\u0000b", "locale": "en"}',
    '{"type": "hello", "session": null, "locale": "\\udfff"}',
    '{"type": "hello", "session": 7}',
    "[" * 10_000,
    "1" * 5_000,
    "x" * 70_000,
    b"\x00\xff bytes",
    b'{"type": "bye"}',
]


async def test_what_is_not_of_the_protocol_is_refused(url: str) -> None:
    """A malformed frame is answered with an error that says why, and the talk goes on."""
    async with open_page(url) as page:
        for frame in MALFORMED:
            await page.send_raw(frame)
            answered = await page.next()
            assert answered["type"] == "error", (frame[:50], answered)
            assert answered["reason"]
        assert words(await page.text("hello"))


async def test_the_first_word_must_be_hello(url: str) -> None:
    """Before a hello nothing is taken."""
    async with websockets.connect(url) as connection:
        await connection.send(json.dumps({"type": "text", "id": "1", "text": "hello"}))
        assert json.loads(await connection.recv()) == {"type": "error", "reason": "hello first"}


async def test_a_frame_too_large_ends_only_its_own_line(url: str) -> None:
    """A flood of bytes is cut off, and the next page works."""
    async with open_page(url) as page:
        await page.send_raw("x" * 600_000)
        with pytest.raises(websockets.ConnectionClosedError):
            await page.next()
    async with open_page(url) as page:
        assert words(await page.text("hello"))


async def test_any_text_is_acknowledged_and_answered(url: str) -> None:
    """Whatever can be written in JSON within the limit is taken and answered; more is refused, and said so."""
    async with open_page(url) as page:
        for name, text in TEXTS.items():
            frames = await page.text(text)
            if len(json.dumps({"text": text})) > MAX_FRAME_CHARS:
                assert frames == [{"type": "error", "reason": "too large"}], name
            else:
                # A word that the text before it has brought late may come first.
                assert "ack" in {frame["type"] for frame in frames}, name
                assert words(frames), name


async def test_any_button_is_acknowledged_and_answered(url: str) -> None:
    """A button that nobody offered, or an old one, gets a clear answer."""
    async with open_page(url) as page:
        for name, button in BUTTONS.items():
            await page.press("menu.main")
            frames = await page.press(button)
            if len(button) > MAX_BUTTON_ID_BYTES:
                assert frames[0]["type"] == "error", name
            else:
                assert frames[0]["type"] == "ack", name
                assert words(frames), name


async def test_a_session_that_is_over_is_replaced(house: TestHouse, url: str) -> None:
    """With an unknown session the page is told so, gets a new one, and can write."""
    async with open_page(url, "no-such-session") as page:
        assert page.missed == [{"type": "expired"}]
        assert page.session != "no-such-session"
        assert words(await page.text("hello"))


async def test_a_page_hears_when_another_one_fits_the_server(house: TestHouse) -> None:
    """An old page is told of the new one; the right one, and a script that says nothing of its page, are told nothing."""
    async with web_process(house, stamp="new") as url, open_page(url) as page:
        assert page.missed == []
        assert {"type": "update", "page": "new"} in await page.hello(page="old")
        assert {"type": "update", "page": "new"} not in await page.hello(page="new")
        assert words(await page.text("hello"))


async def test_after_an_erasure_the_session_is_over(house: TestHouse, url: str) -> None:
    """The receipt is shown on the open page; coming back with the old session is a stranger's hello."""
    async with open_page(url) as page:
        await page.text("hello")
        await page.press("erase.ask")
        frames = await page.press("erase.ask.yes")
        assert any("erased" in text for text in words(frames))
        session = page.session
    async with open_page(url, session) as page:
        assert {"type": "expired"} in page.missed
    async with house.db.transaction() as conn:
        assert set(await conn.scalars(select(ContactRow.wrapped_key))) == {None}


async def test_the_page_s_language_is_followed(url: str) -> None:
    """The page chooses the language, and a change in the talk is told to the page."""
    async with open_page(url, locale="id") as page:
        await page.press("menu.main")
        frames: list[dict[str, Any]] = await page.press("language.choose.en")
        assert {"type": "locale", "locale": "en", "dir": "ltr"} in frames


async def test_goodbye_closes_the_line(url: str) -> None:
    """A page that says goodbye is let go."""
    async with open_page(url) as page:
        await page.send(type="bye")
        with pytest.raises(websockets.ConnectionClosedOK):
            await page.next()


async def test_a_line_that_breaks_leaves_no_trace_of_trouble(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A page that goes in the middle of an answer is nothing to report."""
    for _ in range(3):
        async with open_page(url) as page:
            await page.send(type="text", id="1", text="hello")
            page.connection.transport.abort()
    await asyncio.sleep(0.5)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []

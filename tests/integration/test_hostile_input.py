"""Whatever comes in, the person gets a clear answer, nothing is lost, and the next message works."""

import json

import pytest
import structlog
from sqlalchemy import select

from bot.errors import Refused
from bot.hotline import access
from bot.messages import MAX_TEXT_CHARS, IncomingKind
from bot.store.tables import InboxRow
from tests.support.hostile import BUTTONS, TEXTS
from tests.support.world import Person, TestHouse


async def answer(person: Person, kind: IncomingKind, text: str) -> list[str]:
    """Send something, and return the words that come back; a trace in the log is a failure."""
    before = len(person.inbox())
    with structlog.testing.capture_logs() as logs:
        await person.house.conversations.receive(person.event(kind, text))
    assert [entry for entry in logs if entry["log_level"] in {"error", "critical"}] == []
    return [message.text for message in person.inbox()[before:]]


async def unanswered(house: TestHouse) -> int:
    """Return how many events wait for an answer."""
    async with house.db.transaction() as conn:
        waiting = await conn.scalars(select(InboxRow.id).where(InboxRow.processed_at.is_(None)))
        return len(list(waiting))


@pytest.mark.parametrize("name", TEXTS)
async def test_any_text_is_answered(house: TestHouse, name: str) -> None:
    """The bot answers any text with words, and goes on as if nothing had been."""
    person = house.person()
    answered = await answer(person, IncomingKind.TEXT, TEXTS[name])
    assert answered
    assert all(text.strip() for text in answered)
    assert await unanswered(house) == 0
    assert (await person.press("menu.main"))[-1].buttons


@pytest.mark.parametrize("name", BUTTONS)
async def test_any_button_is_answered(house: TestHouse, name: str) -> None:
    """A button that nobody offered gets a clear answer, opens nothing, and breaks nothing."""
    person = house.person()
    await person.start()
    assert await answer(person, IncomingKind.BUTTON, BUTTONS[name])
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
    assert party is not None
    assert party.owner == "bot"
    assert await person.press("menu.main")


@pytest.mark.parametrize("kind", [IncomingKind.START, IncomingKind.UNREADABLE])
async def test_any_payload_is_answered(house: TestHouse, kind: IncomingKind) -> None:
    """A link with any payload, or a medium of any kind, is answered."""
    person = house.person()
    for text in TEXTS.values():
        assert await answer(person, kind, text)


async def test_any_text_reaches_the_counsellor_whole(house: TestHouse) -> None:
    """In a talk every text stands in the thread as it was written, but for what cannot be stored at all."""
    person, counsellor = house.person(), await house.staff()
    await person.ask_for_a_person()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    for text in TEXTS.values():
        assert await answer(person, IncomingKind.TEXT, text) == []
    for button in BUTTONS.values():
        assert await answer(person, IncomingKind.BUTTON, button) == []
    async with house.db.transaction() as conn:
        await access.unmask(conn, house.people, counsellor, case_id, "asked")
        view = await access.access_case(conn, house.people, counsellor, case_id)
    kept = [line.text for line in view.lines]
    stored = [
        text.encode("utf-8", "replace").decode().replace("\x00", "") for text in TEXTS.values()
    ]
    assert kept[: len(stored)] == [text[:MAX_TEXT_CHARS] for text in stored]


@pytest.mark.parametrize("name", TEXTS)
async def test_any_words_of_a_counsellor_are_sent_or_refused(house: TestHouse, name: str) -> None:
    """What a counsellor writes arrives whole, or is refused because there is nothing in it."""
    person, counsellor = house.person(), await house.staff()
    await person.ask_for_a_person()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    before = len(person.inbox())
    text = TEXTS[name]
    meant = text.encode("utf-8", "replace").decode().replace("\x00", "")[:MAX_TEXT_CHARS].strip()
    if not meant:
        with pytest.raises(Refused):
            await house.talks.reply(counsellor, case_id, text, token="1")
        return
    await house.talks.reply(counsellor, case_id, text, token="1")
    arrived = [message.text for message in person.inbox()[before:]]
    assert "".join("".join(arrived).split()) == "".join(meant.split())


async def test_any_text_can_be_shared(house: TestHouse) -> None:
    """Words with markup, format signs or other scripts are shown before they are shared exactly as they were written."""
    person = house.person()
    for name in ("markup", "format", "SQL", "JSON", "right to left"):
        await person.write(TEXTS[name])
    _, preview = await person.press("consent.ask")
    for name in ("markup", "format", "SQL", "JSON", "right to left"):
        assert TEXTS[name] in preview.text


async def test_any_language_of_an_app_is_taken(house: TestHouse) -> None:
    """A language that does not exist, or no language at all, is spoken to in the house's own."""
    for language in ("xx", "", "a" * 5_000, "\x00", "../en", None):
        person = house.person()
        event = person.event(IncomingKind.START, "")
        strange = type(event)(event.address, event.event_id, event.kind, "", language)
        await house.conversations.receive(strange)
        assert person.inbox()
        json.dumps(person.inbox()[-1].to_json())

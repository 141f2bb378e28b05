"""What is more than words: a place, an answer to a certain message, a smile, somebody else's number, an order."""

import pytest
from sqlalchemy import select

from bot.hotline import access
from bot.store.tables import InboxRow
from tests.integration.test_whatsapp import Meta, counsellor_of
from tests.support.search import find_in_database
from tests.support.whatsapp_fake.graph import choices_of, words_of
from tests.support.whatsapp_fake.meta import message, text

PLACE = {"latitude": 1.553712, "longitude": 110.359311, "name": "Kos Melati", "address": "Jl. A 1"}


async def test_a_place_reaches_the_counsellor(meta: Meta) -> None:
    """A place that somebody shares in a talk stands in it, sealed like every line, and its coordinates for whoever said why they need them."""
    counsellor, case_id = await counsellor_of(meta)
    assert await meta.says(message(meta.next_id(), "location", PLACE)) == []
    async with meta.house.db.transaction() as conn:
        seen = await access.access_case(conn, meta.house.people, counsellor, case_id)
        assert seen.lines[-1].text == "[location] [number]"
        await access.unmask(conn, meta.house.people, counsellor, case_id, "danger")
        seen = await access.access_case(conn, meta.house.people, counsellor, case_id)
    assert seen.lines[-1].text == "[location] 1.55371, 110.35931"
    assert await find_in_database(meta.house.db, ("1.5537", "110.359", "melati", "Melati")) == []


async def test_nobody_keeps_a_place_that_nobody_sees(meta: Meta) -> None:
    """Without a counsellor a place is politely not understood, and nothing of it stays."""
    await meta.writes("halo")
    said = await meta.says(message(meta.next_id(), "location", PLACE))
    assert choices_of(said[-1])
    async with meta.house.db.transaction() as conn:
        kept = (await conn.scalars(select(InboxRow.event_sealed))).all()
    assert set(kept) == {None}


@pytest.mark.parametrize("odd", [{"latitude": "x"}, {"latitude": 91.0}, {"longitude": None}, {}])
async def test_what_is_no_place_is_none(meta: Meta, odd: dict[str, object]) -> None:
    """A place without sensible coordinates is told to the counsellor as one, and the person what works instead."""
    counsellor, case_id = await counsellor_of(meta)
    place = {**PLACE, **odd} if odd else {}
    assert await meta.says(message(meta.next_id(), "location", place))
    async with meta.house.db.transaction() as conn:
        seen = await access.access_case(conn, meta.house.people, counsellor, case_id)
    assert "[location]" in [line.text for line in seen.lines]


async def test_an_answer_to_a_certain_message_is_read(meta: Meta) -> None:
    """Words that quote a message of ours, or of somebody else's, are read like any words; what was quoted is neither kept nor looked up."""
    await meta.writes("halo")
    quoting = text(meta.next_id(), "menu") | {
        "context": {"from": "628119999999", "id": "wamid.quoted-secret"}
    }
    said = await meta.says(quoting)
    assert words_of(said[-1])
    needles = ("quoted-secret", "628119999999")
    assert await find_in_database(meta.house.db, needles) == []


async def test_gestures_are_left_alone(meta: Meta) -> None:
    """A smile, a contact card and a message taken back bring no answer, and of a card nothing is kept, in a talk with a counsellor neither."""
    counsellor, case_id = await counsellor_of(meta)
    card = [{"name": {"formatted_name": "Budi Asli"}, "phones": [{"phone": "+62 811 999"}]}]
    for sent in (
        message(meta.next_id(), "reaction", {"message_id": "wamid.x", "emoji": "\U0001f62e"}),
        message(meta.next_id(), "contacts", None, contacts=card),
        message(meta.next_id(), "revoke", {"original_message_id": "wamid.x"}),
    ):
        assert await meta.says(sent) == []
    async with meta.house.db.transaction() as conn:
        seen = await access.access_case(conn, meta.house.people, counsellor, case_id)
    assert "Budi" not in " ".join(line.text for line in seen.lines)
    assert await find_in_database(meta.house.db, ("Budi Asli", "62 811 999")) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("order", {"catalog_id": "1", "product_items": [{"product_retailer_id": "x"}]}),
        ("unsupported", {"type": "poll"}),
        ("hologram", {"id": "1"}),
    ],
)
async def test_what_cannot_be_read_is_said(meta: Meta, kind: str, body: dict[str, object]) -> None:
    """An order, a poll, and whatever Meta thinks of next are politely not understood, with a way on."""
    await meta.writes("halo")
    said = await meta.says(message(meta.next_id(), kind, body))
    assert choices_of(said[-1])

"""Broadcasts to people on WhatsApp: after a day of silence only by exactly the words that Meta has approved."""

from collections.abc import AsyncIterator
from copy import deepcopy
from datetime import timedelta

import pytest_asyncio
from sqlalchemy import select

from bot.conversation.broadcast_templates import unapproved, wanted_of
from bot.messages import Address
from bot.store.tables import BroadcastRunRow
from tests.integration.campaigns.test_sending import send_all, sending, until
from tests.integration.test_whatsapp import Meta
from tests.support.broadcasts import Reader, agree, body, ends, run_state, start_run
from tests.support.whatsapp_fake.meta import PHONE_ID
from tests.support.whatsapp_fake.templates import payloads_of
from tests.support.whatsapp_talk import on_meta, template_desk
from tests.support.world import TestHouse

DAY = timedelta(hours=24)


@pytest_asyncio.fixture
async def meta(house: TestHouse) -> AsyncIterator[Meta]:
    """Suar on WhatsApp."""
    async with on_meta(house) as made:
        yield made


async def readers_of(meta: Meta, count: int, *, silent: bool) -> list[Reader]:
    """Let people on WhatsApp agree to hear of campaigns, an hour ago or longer than a day ago."""
    name = "SILENT" if silent else "AWAKE"
    addresses = [Address("whatsapp", PHONE_ID, f"ID.{name}{number}") for number in range(count)]
    house = meta.house
    at = house.clock.now() - (DAY if silent else timedelta())
    return await agree(house.db, house.people, addresses, at=at)


async def approve(meta: Meta, content: dict[str, object]) -> None:
    """Let Meta approve what a broadcast says."""
    desk = template_desk(meta)
    meta.graph.templates.approves = True
    await desk.want([each for each in wanted_of(meta.house.content, content).values() if each])
    await desk.sync()


async def test_without_approval_only_who_wrote_today_gets_it(meta: Meta) -> None:
    """Whoever has been silent for a day is left out, with a reason of its own; who wrote today gets free words, and needs none."""
    readers = [*await readers_of(meta, 3, silent=True), *await readers_of(meta, 2, silent=False)]
    run = await start_run(meta.house.db, readers, due_at=meta.house.clock.now())
    await send_all(meta.house, run)
    assert await ends(meta.house.db, run) == {("left_out", "no_template"): 3, ("sent", None): 2}
    assert {each["type"] for each in meta.graph.sent} == {"interactive"}


async def test_approved_words_reach_everybody(meta: Meta) -> None:
    """With the approval all get it: by the template outside the window, with the button that ends these messages, by free words inside."""
    content = body()
    await approve(meta, content)
    silent = await readers_of(meta, 3, silent=True)
    readers = [*silent, *await readers_of(meta, 2, silent=False)]
    run = await start_run(meta.house.db, readers, due_at=meta.house.clock.now(), content=content)
    await send_all(meta.house, run)
    assert await ends(meta.house.db, run) == {("sent", None): 5}
    kinds = [each["type"] for each in meta.graph.sent]
    assert (kinds.count("template"), kinds.count("interactive")) == (3, 2)
    sent = next(each for each in meta.graph.sent if each["type"] == "template")
    assert payloads_of(sent) == ["broadcast.open.quiz-warning_signs", "broadcast.open.stop"]
    said = meta.graph.texts()
    assert len(set(said)) == 1


async def test_another_letter_is_not_approved(meta: Meta) -> None:
    """The words must be the very ones that were approved, and in that language."""
    content = body()
    await approve(meta, content)
    other = deepcopy(content)
    other["variants"][0]["words"]["id"]["text"] += "!"
    async with meta.house.db.transaction() as conn:
        assert await unapproved(conn, meta.house.content, content) == frozenset()
        assert await unapproved(conn, meta.house.content, other) == {("a", "id")}
    readers = await readers_of(meta, 2, silent=True)
    run = await start_run(meta.house.db, readers, due_at=meta.house.clock.now(), content=other)
    await send_all(meta.house, run)
    assert await ends(meta.house.db, run) == {("left_out", "no_template"): 2}


async def test_a_template_that_meta_pauses_meanwhile_stops_the_run(meta: Meta) -> None:
    """We believe it approved and Meta does not any more: after the first few the run stops, says why, and nobody counts as failed."""
    content = body()
    await approve(meta, content)
    for key in meta.graph.templates.listed:
        meta.graph.templates.set(*key, status="PAUSED")
    readers = await readers_of(meta, 40, silent=True)
    run = await start_run(meta.house.db, readers, due_at=meta.house.clock.now(), content=content)

    async def nobody_is_on_the_way() -> bool:
        there = await ends(meta.house.db, run)
        stopped = await run_state(meta.house.db, run) == "stopped"
        return stopped and there == {("waiting", None): 40}

    async with sending(meta.house):
        await until(nobody_is_on_the_way)
    assert meta.graph.sent == []
    async with meta.house.db.transaction() as conn:
        because = await conn.scalar(
            select(BroadcastRunRow.stopped_because).where(BroadcastRunRow.id == run)
        )
    assert because == "template_refused"


async def test_a_template_that_is_known_to_be_paused_stops_it_before_anything_leaves(
    meta: Meta,
) -> None:
    """What the webhook or the list has told already stops the run without asking Meta once."""
    content = body()
    await approve(meta, content)
    for key in meta.graph.templates.listed:
        meta.graph.templates.set(*key, status="DISABLED")
    meta.house.clock.pass_(minutes=5)
    await template_desk(meta).sync()
    readers = await readers_of(meta, 3, silent=True)
    run = await start_run(meta.house.db, readers, due_at=meta.house.clock.now(), content=content)
    await send_all(meta.house, run)
    assert await run_state(meta.house.db, run) == "stopped"
    async with meta.house.db.transaction() as conn:
        because = await conn.scalar(
            select(BroadcastRunRow.stopped_because).where(BroadcastRunRow.id == run)
        )
    assert because == "template_disabled"
    assert meta.graph.sent == []

"""What Meta tells of messages after it has taken them: in any order, repeated, late, and of a failure that nobody expected."""

import itertools
from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from bot.conversation.keeping import statuses as noted
from bot.errors import StoreUnavailable
from bot.hotline import access
from bot.messages import Address
from bot.store.tables import InboxRow, OutboxRow
from tests.integration.campaigns.test_sending import send_all
from tests.integration.test_whatsapp import Meta, blocked, counsellor_of, outbox_of
from tests.support.broadcasts import agree, ends, start_run
from tests.support.whatsapp_fake.graph import words_of
from tests.support.whatsapp_fake.meta import (
    PHONE_ID,
    Json,
    messages,
    status,
    statuses,
    text,
    webhook,
)


def told(sent: Json, was: str, code: int | None = None) -> Json:
    """Return what Meta tells of a message that the fake has taken."""
    return status(sent["id"], was, sent["biz_opaque_callback_data"], code)


async def tell(meta: Meta, *said: Json) -> None:
    """Let Meta tell it in one call."""
    assert await meta.post(webhook(statuses(*said))) == 200


async def drain(meta: Meta) -> None:
    """Send what waits."""
    for conversation_id in {row.conversation_id for row in await outbox_of(meta.house)}:
        await meta.house.delivery.drain(conversation_id)


async def reply(meta: Meta, words: str) -> tuple[Any, Any, Json]:
    """Let a counsellor write; return the counsellor, their case, and what Sari was sent."""
    counsellor, case_id = await counsellor_of(meta)
    await meta.house.talks.reply(counsellor, case_id, words, token="1")
    await meta.settle()
    return counsellor, case_id, meta.graph.sent[-1]


async def test_what_passes_is_tried_once_more(meta: Meta) -> None:
    """A message that Meta could not deliver for a reason that passes goes out once more, and only once, however often Meta repeats itself."""
    [*_, sent] = await meta.writes("halo")
    before = len(meta.graph.sent)
    failed = told(sent, "failed", 131016)
    await tell(meta, failed, failed)
    await tell(meta, failed)
    await drain(meta)
    assert len(meta.graph.sent) == before, "it waits a little"
    meta.house.clock.pass_(seconds=16)
    await drain(meta)
    assert [words_of(each) for each in meta.graph.sent[before:]] == [words_of(sent)]
    again = meta.graph.sent[-1]
    await tell(meta, failed, told(again, "sent"))
    assert (await outbox_of(meta.house))[-1].status == "sent"
    await tell(meta, told(again, "failed", 131016))
    meta.house.clock.pass_(minutes=5)
    await drain(meta)
    assert len(meta.graph.sent) == before + 1
    last = (await outbox_of(meta.house))[-1]
    assert (last.status, last.error) == ("dead", "temporarily_down")


async def test_what_arrived_after_all_is_not_sent_again(meta: Meta) -> None:
    """A message that waits to be tried again and is then told to have arrived is left alone."""
    [*_, sent] = await meta.writes("halo")
    before = len(meta.graph.sent)
    await tell(meta, told(sent, "failed", 131000))
    await tell(meta, told(sent, "delivered"))
    meta.house.clock.pass_(minutes=5)
    await drain(meta)
    assert len(meta.graph.sent) == before
    assert (await outbox_of(meta.house))[-1].status == "sent"


async def test_what_failed_long_after_is_not_said_again(meta: Meta) -> None:
    """A quarter of an hour later the talk has gone on: the message is shown as not delivered instead of being said into another one."""
    [*_, sent] = await meta.writes("halo")
    meta.house.clock.pass_(minutes=16)
    await tell(meta, told(sent, "failed", 131016))
    assert (await outbox_of(meta.house))[-1].status == "dead"


@pytest.mark.parametrize(
    ("code", "error"),
    [(131047, "window_closed"), (131026, "contact_stopped"), (131049, "rejected")],
)
async def test_a_counsellor_sees_that_it_did_not_arrive(meta: Meta, code: int, error: str) -> None:
    """A counsellor's words that fail after Meta took them are marked in the talk, and stand in the list of what was not delivered."""
    counsellor, case_id, sent = await reply(meta, "I am here.")
    await tell(meta, told(sent, "failed", code))
    async with meta.house.db.transaction() as conn:
        seen = await access.access_case(conn, meta.house.people, counsellor, case_id)
    line = next(line for line in seen.lines if line.text == "I am here.")
    assert (line.status, line.error) == ("dead", error)


async def test_a_failure_is_heard_before_our_own_mark(meta: Meta) -> None:
    """Meta may tell of a failure before we have noted that the message left; the note then changes nothing."""
    [*_, sent] = await meta.writes("halo")
    async with meta.house.db.transaction() as conn:
        await conn.execute(update(OutboxRow).values(status="sending", platform_id=None, holder=1))
    await tell(meta, told(sent, "failed", 131047))
    last = (await outbox_of(meta.house))[-1]
    await meta.house.delivery._mark_sent([(last.id, "x")])
    assert (await outbox_of(meta.house))[-1].status == "dead"


async def test_a_broadcast_counts_what_failed_later(meta: Meta) -> None:
    """What a broadcast counted as sent is counted as failed, with its reason; whom nothing reaches counts as gone."""
    meta.graph.faults.clear()
    addresses = [Address("whatsapp", PHONE_ID, f"ID.{number}") for number in range(5)]
    house = meta.house
    readers = await agree(house.db, house.people, addresses, at=house.clock.now())
    run = await start_run(house.db, readers, due_at=house.clock.now())
    await send_all(house, run)
    assert await ends(house.db, run) == {("sent", None): 5}
    window, gone, capped, passing, arrived = meta.graph.sent
    await tell(
        meta,
        told(window, "failed", 131047),
        told(gone, "failed", 131026),
        told(capped, "failed", 131049),
        told(passing, "failed", 131016),
        told(arrived, "delivered"),
        told(arrived, "failed", 131047),
    )
    assert await ends(house.db, run) == {
        ("failed", "window_closed"): 1,
        ("failed", "blocked"): 1,
        ("failed", "rejected"): 1,
        ("failed", "temporarily_down"): 1,
        ("sent", None): 1,
    }
    await tell(meta, told(window, "delivered"))
    assert (await ends(house.db, run))[("sent", None)] == 2
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, Address("whatsapp", PHONE_ID, gone["recipient"]))
    assert party is not None
    assert party.blocked


async def test_of_unknown_messages_nothing_is_noted(meta: Meta) -> None:
    """What Meta tells of messages that are gone, or never were ours, is taken and changes nothing."""
    [*_, sent] = await meta.writes("halo")
    async with meta.house.db.transaction() as conn:
        await conn.execute(OutboxRow.__table__.delete())  # type: ignore[attr-defined]
    await tell(meta, told(sent, "failed", 131026), status("wamid.x", "read", None))
    assert not await blocked(meta.house)


async def test_all_of_a_call_is_kept_or_nothing(meta: Meta) -> None:
    """Messages and receipts of one call are one transaction: where one cannot be kept, none is, and Meta brings all of it again."""
    [*_, sent] = await meta.writes("halo")

    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable

    async with meta.house.db.transaction() as conn:
        before = await conn.scalar(select(func.count()).select_from(InboxRow))
    data = webhook(messages(text("m1", "one"), text("m2", "two")), statuses(told(sent, "read")))
    with patch.object(noted, "note", away):
        assert await meta.post(data) == 503
    async with meta.house.db.transaction() as conn:
        assert await conn.scalar(select(func.count()).select_from(InboxRow)) == before
    assert (await outbox_of(meta.house))[-1].delivered_at is None
    assert await meta.post(data) == 200
    async with meta.house.db.transaction() as conn:
        after = await conn.scalar(select(func.count()).select_from(InboxRow))
    assert after == (before or 0) + 2


def final(seen: Sequence[str]) -> str:
    """Return what a message has come to once all of that was told: what arrived has arrived."""
    if {"delivered", "read"} & set(seen):
        return "sent"
    return "dead" if "failed" in seen else "sent"


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.sampled_from(["sent", "delivered", "read", "failed"]), min_size=1, max_size=6),
    st.lists(st.booleans(), min_size=6, max_size=6),
)
async def test_in_whatever_order_it_is_told(
    meta: Meta, seen: list[str], alone: list[bool]
) -> None:
    """However the statuses of a message are ordered, repeated and split over calls, it comes to the same end."""
    meta.house.clock.pass_(minutes=1)
    [*_, sent] = await meta.writes("halo")
    calls = itertools.groupby(
        zip(seen, itertools.accumulate(alone), strict=False), lambda each: each[1]
    )
    for _, together in calls:
        await tell(
            meta, *(told(sent, was, 131047 if was == "failed" else None) for was, _ in together)
        )
    last = (await outbox_of(meta.house))[-1]
    assert last.status == final(seen)
    assert (last.delivered_at is not None) == bool({"delivered", "read"} & set(seen))
    assert last.error == ("window_closed" if final(seen) == "dead" else None)

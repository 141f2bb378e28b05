"""Every shape that Meta and Telegram post: taken, handled once, repeated, batched and shuffled; and whatever they are bent into."""

import json
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from unittest.mock import patch

import httpx
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.routing import Route

from bot.errors import StoreUnavailable
from bot.gateway.telegram import SECRET_HEADER, TelegramGateway
from bot.gateway.whatsapp import PATH
from bot.store.tables import AddressRow, InboxRow
from tests.channels.test_contract import on_telegram
from tests.integration.test_whatsapp import Meta
from tests.support.shapes import Json, bent, shapes
from tests.support.telegram_fake.runner import running_fake
from tests.support.whatsapp_fake.meta import raw, sign
from tests.support.world import TestHouse

WHATSAPP, TELEGRAM = shapes("whatsapp"), shapes("telegram")
SILENT = frozenset({
    "account_update", "call_status", "call_terminate", "contacts", "echo",
    "errors_of_the_account", "identity", "in_a_group", "marketing_preferences", "new_number",
    "new_user_id", "quality_of_the_number", "reaction", "reaction_empty", "reaction_taken_back",
    "taken_back", "template_components", "template_quality", "template_status",
    "text_invalid_from", "text_no_from",
    *(name for name in WHATSAPP if name.startswith("status_")),
})  # fmt: skip
"""Nobody has said anything in these, or nobody whom we could answer."""
SILENT_ON_TELEGRAM = frozenset({
    "blocked", "unblocked", "channel_post", "in_a_group", "inline_query", "reaction",
    "unknown_update", "button_inline",
})  # fmt: skip
SECRET = "the-secret-of-a-test"
TAKEN = frozenset({200, 400})


async def stored(house: TestHouse) -> int:
    """Return how many events are in the inbox."""
    async with house.db.transaction() as conn:
        return await conn.scalar(select(func.count()).select_from(InboxRow)) or 0


async def unanswered(house: TestHouse) -> int:
    """Return how many events wait for an answer."""
    async with house.db.transaction() as conn:
        query = select(func.count()).select_from(InboxRow)
        return await conn.scalar(query.where(InboxRow.processed_at.is_(None))) or 0


async def test_each_is_handled_once(meta: Meta) -> None:
    """Each shape is taken with 200 and answered, or left alone on purpose; when Meta repeats it nothing happens."""
    for name, data in WHATSAPP.items():
        sent, kept = len(meta.graph.sent), await stored(meta.house)
        assert await meta.post(data) == 200, name
        assert (len(meta.graph.sent) > sent) == (name not in SILENT), name
        assert (await stored(meta.house) > kept) == (name not in SILENT), name
        sent, kept = len(meta.graph.sent), await stored(meta.house)
        assert await meta.post(data) == 200, name
        assert (len(meta.graph.sent), await stored(meta.house)) == (sent, kept), name
    assert await unanswered(meta.house) == 0


@pytest.mark.parametrize("seed", [1, 2])
async def test_all_at_once_in_any_order(meta: Meta, seed: int) -> None:
    """All shapes in one call, in any order and some of them twice, come to as many answered events as one by one."""
    entries = [entry for data in WHATSAPP.values() for entry in data["entry"]]
    mixed = [*entries, *entries[::3]]
    random.Random(seed).shuffle(mixed)  # an order, no secret
    assert await meta.post({"object": "whatsapp_business_account", "entry": mixed}) == 200
    assert await stored(meta.house) == len(WHATSAPP.keys() - SILENT)
    assert await unanswered(meta.house) == 0


async def test_without_the_store_it_is_wanted_again(meta: Meta) -> None:
    """While the database is away whatever has to be kept is refused with 503, and taken as soon as it is back; the rest is 200."""

    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable

    refused = 0
    with patch("bot.conversation.keeping._keep_once", away):
        for name, data in WHATSAPP.items():
            answer = await meta.post(data)
            assert answer == 503 or name in SILENT, name
            refused += answer == 503
    assert refused >= len(WHATSAPP.keys() - SILENT)
    assert await stored(meta.house) == 0
    for data in WHATSAPP.values():
        assert await meta.post(data) == 200
    assert await stored(meta.house) == len(WHATSAPP.keys() - SILENT)


async def test_nobody_else_is_heard(meta: Meta) -> None:
    """Each shape is refused unsigned with 401 and forged with 403, and nothing of it is stored."""
    for name, data in WHATSAPP.items():
        body = raw(data)
        unsigned = await meta.client.post(PATH, content=body)
        forged = await meta.client.post(PATH, content=body, headers=sign(body, "another"))
        other = await meta.client.post(PATH, content=body, headers=sign(body + b" "))
        codes = (unsigned.status_code, forged.status_code, other.status_code)
        assert codes == (401, 403, 403), name
    async with meta.house.db.transaction() as conn:
        assert await conn.scalar(select(func.count()).select_from(AddressRow)) == 0
    assert await stored(meta.house) == 0


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(sorted(WHATSAPP)).flatmap(lambda name: bent(WHATSAPP[name])))
async def test_bent_it_breaks_nothing(meta: Meta, data: Json) -> None:
    """Whatever a webhook of Meta's is bent into is taken with 200; a sound one beside it in the same call is answered all the same."""
    meta.house.clock.pass_(minutes=1)
    number = meta.next_id()
    sound = json.loads(json.dumps(WHATSAPP["text"]).replace("wamid.HBgN", f"wamid.{number}"))
    entries = data.get("entry")
    beside = entries if isinstance(entries, list) else [entries]
    before = await stored(meta.house)
    assert (
        await meta.post({"object": data.get("object"), "entry": [*beside, *sound["entry"]]}) == 200
    )
    assert await stored(meta.house) > before
    assert await unanswered(meta.house) == 0


@dataclass
class OnTelegram:
    """Telegram's side: posts updates."""

    house: TestHouse
    gateway: TelegramGateway
    client: httpx.AsyncClient

    async def post(self, data: object, secret: str = SECRET) -> int:
        """Post an update; return the status."""
        headers = {SECRET_HEADER: secret, "content-type": "application/json"}
        answer = await self.client.post("/telegram/webhook", content=raw(data), headers=headers)
        return answer.status_code


@pytest_asyncio.fixture
async def telegram(house: TestHouse) -> AsyncIterator[OnTelegram]:
    """Suar on Telegram."""
    async with AsyncExitStack() as stack:
        fake = await stack.enter_async_context(running_fake())
        channel = await stack.enter_async_context(on_telegram(fake))
        house.delivery.channels = {channel.name: channel}
        gateway = TelegramGateway(channel, house.conversations, SECRET, house.db.dsn)
        routes = [Route("/telegram/webhook", gateway.webhook, methods=["POST"])]
        transport = httpx.ASGITransport(Starlette(routes=routes))
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://suar")
        )
        yield OnTelegram(house, gateway, client)


async def test_each_update_is_handled_once(telegram: OnTelegram) -> None:
    """Each shape of Telegram's is taken with 200, kept once however often it is repeated, and what is none of ours is left alone."""
    house = telegram.house
    for name, data in TELEGRAM.items():
        kept = await stored(house)
        assert await telegram.post(data) == 200, name
        new = await stored(house) - kept
        assert new == (name not in SILENT_ON_TELEGRAM or name in {"blocked", "unblocked"}), name
        assert await telegram.post(data) == 200, name
        assert await stored(house) == kept + new, name
    assert await unanswered(house) == 0


async def test_no_update_of_somebody_else_is_heard(telegram: OnTelegram) -> None:
    """Without our secret each is refused with 403, and nothing of it is stored."""
    for name, data in TELEGRAM.items():
        assert await telegram.post(data, "another") == 403, name
        assert await telegram.post(data, "") == 403, name
    assert await stored(telegram.house) == 0


async def test_updates_wait_for_the_store(telegram: OnTelegram) -> None:
    """While the database is away, what has to be kept is refused with 503."""

    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable

    with patch.object(type(telegram.house.conversations), "receive", away):
        for name, data in TELEGRAM.items():
            is_ours = name not in SILENT_ON_TELEGRAM or name in {"blocked", "unblocked"}
            assert await telegram.post(data) == (503 if is_ours else 200), name


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(sorted(TELEGRAM)).flatmap(lambda name: bent(TELEGRAM[name])))
async def test_bent_updates_break_nothing(telegram: OnTelegram, data: Json) -> None:
    """Whatever an update of Telegram's is bent into is taken or refused as malformed, and leaves nothing unanswered."""
    telegram.house.clock.pass_(minutes=1)
    assert await telegram.post(data) in TAKEN
    assert await unanswered(telegram.house) == 0

"""Polling and the webhook: each takes over from the other while people write, and nobody's words are lost or heard twice."""

import asyncio
from collections.abc import AsyncIterator, Callable

import psycopg
import pytest_asyncio
from structlog.testing import capture_logs

from bot.gateway.telegram import TelegramGateway
from bot.gateway.telegram_examine import examine_bot
from bot.gateway.telegram_hook import Hook
from bot.gateway.telegram_ways import CHANGE, Way, changing, is_wanted, stand, ways_stood_for
from bot.store.engine import libpq_url
from tests.support.telegram_fake.client import TelegramFakeClient
from tests.support.telegram_fake.faults import Fault
from tests.support.telegram_fake.runner import DEFAULT_TOKEN, running_fake
from tests.support.telegram_line import SECRET, coming_in, gateway_of, served
from tests.support.world import TestHouse

EACH = 20
FIRST, LATER, LAST = 1_000, 2_000, 3_000
"""Seconds in which processes began."""


@pytest_asyncio.fixture
async def fake() -> AsyncIterator[TelegramFakeClient]:
    """A Telegram of one's own."""
    async with running_fake() as running:
        yield running


@pytest_asyncio.fixture
async def gateway(house: TestHouse, fake: TelegramFakeClient) -> AsyncIterator[TelegramGateway]:
    """The way in for updates."""
    async with gateway_of(house, fake) as made:
        yield made


def hook_of(gateway: TelegramGateway, url: str, since: int) -> Hook:
    """Return the webhook of a process that began then."""
    return Hook(gateway.channel.bot, gateway.dsn, url, SECRET, _since=since)


def poller_of(gateway: TelegramGateway, since: int) -> TelegramGateway:
    """Return the poller of a process that began then."""
    return TelegramGateway(
        gateway.channel, gateway.conversations, SECRET, gateway.dsn, _since=since
    )


async def write(fake: TelegramFakeClient, first: int) -> None:
    """Let many people write one after the other, while other things happen."""
    for person in range(first, first + EACH):
        await fake.write(person, "/numbers")
        await asyncio.sleep(0.01)


async def test_each_way_takes_over_from_the_other_while_people_write(
    gateway: TelegramGateway, fake: TelegramFakeClient
) -> None:
    """From polling to the webhook of a younger process and on to the poller of a still younger one: each word is answered once."""
    old, new = poller_of(gateway, FIRST), poller_of(gateway, LAST)
    async with served(gateway) as url, coming_in(old):
        await write(fake, 1_000)
        async with coming_in(hook_of(gateway, url, LATER)):
            await write(fake, 2_000)
            await fake.wait_for_deliveries(1)
            async with coming_in(new):
                await write(fake, 3_000)
                for first in (1_000, 2_000, 3_000):
                    for person in range(first, first + EACH):
                        await fake.wait_for_messages(person, 1)
        await gateway.conversations.delivery.db.ping()
    sent = [
        len(await fake.messages(n)) for f in (1, 2, 3) for n in range(f * 1000, f * 1000 + EACH)
    ]
    assert sent == [1] * (3 * EACH)
    told = [*await fake.calls("deleteWebhook"), *await fake.calls("setWebhook")]
    assert not any(call.params.get("drop_pending_updates") for call in told)


async def test_an_old_poller_stands_back_and_returns_when_the_young_process_dies(
    gateway: TelegramGateway, fake: TelegramFakeClient
) -> None:
    """While a younger process stands for the webhook the poller takes it back never; when that is gone, at once."""
    old = poller_of(gateway, FIRST)
    async with served(gateway) as url, coming_in(old):
        with capture_logs() as logs:
            async with coming_in(hook_of(gateway, url, LATER)):
                await fake.wait_for_calls("setWebhook")
                before = len(await fake.calls("deleteWebhook"))
                await eventually(lambda: old.trouble == "two_ways")
                await fake.write(5, "/numbers")
                await fake.wait_for_messages(5, 1)
                assert len(await fake.calls("deleteWebhook")) == before
        await fake.wait_for_calls("deleteWebhook", before + 1)
        await eventually(lambda: old.trouble is None)
        await fake.write(6, "/numbers")
        await fake.wait_for_messages(6, 1)
    assert any(line["event"] == "polling_stands_back" for line in logs)


async def test_an_old_webhook_leaves_it_to_the_young_poller(
    gateway: TelegramGateway, fake: TelegramFakeClient, dsn: str
) -> None:
    """A process that began earlier sets its webhook no more, and says that there are two ways."""
    hook = hook_of(gateway, "https://suar.example.org/telegram/webhook", FIRST)
    async with await psycopg.AsyncConnection.connect(libpq_url(dsn), autocommit=True) as conn:
        await stand(conn, Way.POLLING, LATER)
        await hook.look(conn)
    assert hook.trouble == "two_ways"
    assert await fake.calls("setWebhook") == []


async def test_a_webhook_that_somebody_took_away_is_set_again(
    gateway: TelegramGateway, fake: TelegramFakeClient, dsn: str
) -> None:
    """Another program with the same token may delete it; the next look puts it back."""
    hook = hook_of(gateway, "https://suar.example.org/telegram/webhook", FIRST)
    async with await psycopg.AsyncConnection.connect(libpq_url(dsn), autocommit=True) as conn:
        await stand(conn, Way.WEBHOOK, FIRST)
        await hook.look(conn)
        await hook.look(conn)
        assert len(await fake.calls("setWebhook")) == 1
        await gateway.channel.bot.delete_webhook()
        await hook.look(conn)
    assert len(await fake.calls("setWebhook")) == 2
    info = await gateway.channel.bot.get_webhook_info()
    assert info.url == hook.url


async def test_the_youngest_living_process_decides(dsn: str) -> None:
    """Of two that began together the webhook counts; who is gone counts no more."""
    connect = psycopg.AsyncConnection.connect
    async with await connect(libpq_url(dsn), autocommit=True) as asking:
        assert await is_wanted(asking, Way.POLLING)
        old, young = [await connect(libpq_url(dsn), autocommit=True) for _ in range(2)]
        await stand(old, Way.POLLING, LATER)
        await stand(young, Way.WEBHOOK, LATER)
        assert await ways_stood_for(asking) == [Way.WEBHOOK, Way.POLLING]
        await young.close()
        await eventually_stood(asking, [Way.POLLING])
        await old.close()


async def test_only_one_at_a_time_changes_the_way(dsn: str) -> None:
    """Nobody looks between another one's look and what that tells Telegram."""
    connect = psycopg.AsyncConnection.connect
    async with (
        await connect(libpq_url(dsn), autocommit=True) as one,
        await connect(libpq_url(dsn), autocommit=True) as two,
    ):
        async with changing(one):
            row = await (
                await two.execute("SELECT pg_try_advisory_lock(%s)", (CHANGE,))
            ).fetchone()
            assert row == (False,)
        async with changing(two):
            pass


async def test_doctor_tells_of_a_webhook_that_fails(
    gateway: TelegramGateway, fake: TelegramFakeClient, dsn: str
) -> None:
    """What Telegram says of its last try, and how much waits, is told with a way to mend it; and the health page is not well."""
    url = "http://127.0.0.1:9/telegram/webhook"
    hook = hook_of(gateway, url, FIRST)
    async with await psycopg.AsyncConnection.connect(libpq_url(dsn), autocommit=True) as conn:
        await stand(conn, Way.WEBHOOK, FIRST)
        await hook.look(conn)
        assert hook.trouble is None
        await fake.write(7, "hello")
        await fake.wait_for_deliveries(1)
        await hook.look(conn)
        assert hook.trouble == "failing"
        found = await examine_bot(DEFAULT_TOKEN, fake.base_url, "webhook", url, dsn)
        assert not found.well
        assert "cannot deliver" in found.words
        assert "1 wait" in found.words
        elsewhere = await examine_bot(
            DEFAULT_TOKEN, fake.base_url, "webhook", "https://other.example.org/x", dsn
        )
        assert not elsewhere.well


async def test_doctor_tells_of_two_ways(fake: TelegramFakeClient, dsn: str) -> None:
    """Processes with different settings are told of; one way alone is well."""
    connect = psycopg.AsyncConnection.connect
    async with await connect(libpq_url(dsn), autocommit=True) as one:
        await stand(one, Way.POLLING, FIRST)
        found = await examine_bot(DEFAULT_TOKEN, fake.base_url, "polling", "https://x.org", dsn)
        assert found.well
        async with await connect(libpq_url(dsn), autocommit=True) as two:
            await stand(two, Way.WEBHOOK, LATER)
            found = await examine_bot(DEFAULT_TOKEN, fake.base_url, "polling", "", dsn)
    assert not found.well
    assert "both ways" in found.words
    bad = await examine_bot("4300000000:unknown-to-telegram", fake.base_url, "polling", "", dsn)
    assert not bad.well


async def test_one_update_that_cannot_be_read_keeps_nobody_else_s_from_coming(
    gateway: TelegramGateway, fake: TelegramFakeClient
) -> None:
    """Polling goes on past it, and whoever wrote after it is answered."""
    chat = {"id": "odd", "type": "private"}
    async with coming_in(gateway):
        await fake.wait_for_calls("deleteWebhook")
        await fake.bring("message", {"message_id": 1, "date": "x", "chat": chat})
        await fake.write(8, "/numbers")
        await fake.wait_for_messages(8, 1)


async def test_a_poll_that_is_refused_is_tried_again(
    gateway: TelegramGateway, fake: TelegramFakeClient
) -> None:
    """Too many requests, or a broken answer: what was written meanwhile is answered afterwards."""
    await fake.fail_next("getUpdates", Fault("too_many_requests", retry_after_s=1))
    async with coming_in(gateway):
        await fake.write(9, "/numbers")
        await fake.wait_for_messages(9, 1, timeout_s=10)


async def eventually(is_so: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(10):
        while not is_so():
            await asyncio.sleep(0.02)


async def eventually_stood(conn: psycopg.AsyncConnection[object], ways: list[Way]) -> None:
    """Wait until the database has noticed who is gone."""
    async with asyncio.timeout(10):
        while await ways_stood_for(conn) != ways:
            await asyncio.sleep(0.02)

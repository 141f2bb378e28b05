"""Kill -9 of any process at any moment: each answer reaches the person, the case is in the queue once, nothing is lost."""

import asyncio
import itertools
import json
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from bot.content.load import Content
from bot.conversation.trouble import offline
from bot.faults import POINTS
from bot.local.postgres import LocalPostgres
from bot.store.migrate import migrate
from tests.support.counsellor import PASSWORD, Counsellor
from tests.support.nlu_server import NluServer
from tests.support.processes import (
    WEBHOOK_SECRET,
    Forkery,
    Stack,
    own_database,
    run_command,
    running_stack,
)
from tests.support.story import Play, Story, check, check_store, first_lines, people
from tests.support.telegram_fake.client import TelegramFakeClient
from tests.support.telegram_fake.faults import Fault
from tests.support.telegram_fake.runner import DEFAULT_TOKEN
from tests.support.telegram_person import DISCLOSURE, QUESTION

SEED = 20_240_730
MOMENTS = 50
TIMES = {"claim": (1, 2), "reply": (1, 2), "close": (1,), "turn": (1, 2, 3), "send": (1, 2, 3)}
"""How often each kind of point is passed before the process dies there."""
pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]


@contextmanager
def suar_on(
    dsn: str, mode: str, forkery: Forkery, nlu: NluServer, telegram_url: str
) -> Iterator[Stack]:
    """Run Suar on a database."""
    with running_stack(
        forkery,
        dsn,
        SUAR_NLU_URL=nlu.url,
        SUAR_TELEGRAM_TOKEN=DEFAULT_TOKEN,
        SUAR_TELEGRAM_API_URL=telegram_url,
        SUAR_TELEGRAM_MODE=mode,
        SUAR_TELEGRAM_WEBHOOK_SECRET=WEBHOOK_SECRET,
    ) as stack:
        yield stack


@pytest.fixture
def suar(
    request: pytest.FixtureRequest, forkery: Forkery, dsn: str, nlu: NluServer, telegram_url: str
) -> Iterator[Stack]:
    """Suar on Telegram by polling, or as the test's parameter says, on a new database."""
    mode = getattr(request, "param", "polling")
    with own_database(dsn) as own, suar_on(own, mode, forkery, nlu, telegram_url) as stack:
        yield stack


@pytest.fixture
async def play(telegram: TelegramFakeClient, suar: Stack, content: Content) -> Play:
    """The stage."""
    await telegram.set_times(webhook_retry_unit_s=0.05)
    return Play(suar, telegram, broken_words(content))


def broken_words(content: Content) -> frozenset[str]:
    """Return what a person hears while the database is away."""
    return frozenset({offline(content, "en").text})


@asynccontextmanager
async def counsellors(
    forkery: Forkery, suar: Stack, count: int
) -> AsyncIterator[list[Counsellor]]:
    """Hire counsellors and sign them in."""
    hired = [Counsellor(suar.url, f"counsellor-{number}@example.org") for number in range(count)]
    for one in hired:
        about = ("--email", one.email, "--name", "Rini", "--role", "counsellor")
        done = await asyncio.to_thread(
            run_command, forkery, "staff", "add", *about, "--language", "en", "--password-stdin",
            stdin=PASSWORD + "\n", SUAR_DATABASE_URL=suar.dsn,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        await one.sign_in()
    try:
        yield hired
    finally:
        for one in hired:
            await one.leave()


def every_fault() -> list[str]:
    """Return every point with how often it is passed first, in an order that mixes them."""
    kinds = {"inbox": "turn", "understanding": "turn", "mark": "send"}
    wanted: list[list[str]] = []
    for point in POINTS:
        kind = next((kind for kind in TIMES if kind in point), None)
        kind = kind or next(kinds[part] for part in kinds if part in point)
        wanted.append([f"{point}:{number}" for number in TIMES[kind]])
    rounds = itertools.zip_longest(*wanted)
    return [fault for each in rounds for fault in each if fault is not None]


async def test_a_death_at_every_point_of_a_conversation_loses_nothing(
    play: Play, forkery: Forkery
) -> None:
    """Killed at each fault point in turn, the web process comes back and each answer reaches the person once.

    Only the message that Telegram had taken when the process died, before it could be noted, may come twice.
    """
    suar, faults = play.suar, every_fault()
    assert {fault.partition(":")[0] for fault in faults} == set(POINTS)
    async with counsellors(forkery, suar, 1) as [counsellor]:
        expected = first_lines(await Story(play, counsellor).tell())
        assert len(expected) == 13
        suar.web.faults.extend(faults)
        await asyncio.to_thread(suar.web.restart)
        people, quiet = 1, 0
        while len(suar.web.deaths) < len(faults):
            before = len(suar.web.deaths)
            texts = await Story(play, counsellor).tell()
            await asyncio.to_thread(suar.wait_settled)
            died = faults[before : len(suar.web.deaths)]
            after_send = sum(fault.startswith("after_send") for fault in died)
            check(texts, expected, after_send)
            people += 1
            # On a slow machine several messages share one mark, and a count is reached a conversation later.
            quiet = 0 if died else quiet + 1
            assert quiet < 3, f"three conversations passed without {faults[before]} being reached"
    assert suar.web.deaths == [-9] * len(faults)
    assert suar.worker.deaths == []
    await asyncio.to_thread(check_store, suar, people)


async def test_a_death_of_the_worker_loses_nothing(play: Play) -> None:
    """Killed before a message, after it and after noting it, the worker comes back and the message arrives."""
    for number, fault in enumerate(("before_send:1", "after_send:1", "after_mark:1"), start=1):
        play.suar.worker.faults.append(fault)
        await asyncio.to_thread(play.suar.worker.restart)
        person = next(people)
        limit = Fault("too_many_requests", retry_after_s=1, chat_id=person)
        await play.telegram.fail_next("sendMessage", limit)
        await play.telegram.write(person, QUESTION)
        await play.telegram.wait_for_messages(person, 1, timeout_s=30)
        await deaths(play.suar, number)
        await asyncio.to_thread(play.suar.wait_settled)
        said = [message.text for message in await play.telegram.messages(person)]
        assert len(set(said)) == 1
        assert len(said) <= (2 if fault.startswith("after_send") else 1)


async def deaths(suar: Stack, count: int) -> None:
    """Wait until the worker has died so often."""
    async with asyncio.timeout(30):
        while len(suar.worker.deaths) < count:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("suar", ["webhook"], indirect=True)
async def test_an_event_that_no_platform_delivers_again_is_answered_by_the_worker(
    play: Play,
) -> None:
    """When the web process dies over an event and then the worker over it as well, it is still answered once."""
    suar, person = play.suar, next(people)
    await play.telegram.person(person, language_code="en")
    suar.web.faults.append("after_inbox:1")
    suar.worker.faults.extend(["before_turn_commit:1", "after_turn_commit:1"])
    await asyncio.to_thread(suar.web.restart)
    await asyncio.to_thread(suar.worker.restart)
    await asyncio.to_thread(suar.wait_ready)
    sender = {"id": person, "is_bot": False, "first_name": "Sari", "language_code": "en"}
    chat = {"id": person, "type": "private"}
    message = {"message_id": 1, "date": 1_700_000_000, "chat": chat, "from": sender}
    update = {"update_id": 500_000_000, "message": {**message, "text": DISCLOSURE}}
    async with httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(httpx.TransportError):
            await http.post(
                f"{suar.url}/telegram/webhook",
                content=json.dumps(update),
                headers={"X-Telegram-Bot-Api-Secret-Token": WEBHOOK_SECRET},
            )
    await play.telegram.wait_for_messages(person, 1, timeout_s=60)
    await asyncio.to_thread(suar.wait_settled)
    assert (suar.web.deaths, suar.worker.deaths) == ([-9], [-9, -9])
    assert len(await play.telegram.messages(person)) == 1


@pytest.mark.parametrize("suar", ["webhook"], indirect=True)
async def test_fifty_deaths_at_random_moments_lose_nothing(play: Play, forkery: Forkery) -> None:
    """While people talk with the bot and with counsellors, web or worker die fifty times; everybody gets everything."""
    suar, rng = play.suar, random.Random(SEED)
    stories: list[Story] = []
    over = asyncio.Event()
    heard: list[list[str]] = []

    async def one_after_the_other(counsellor: Counsellor) -> None:
        while not over.is_set():
            story = Story(play, counsellor)
            stories.append(story)
            heard.append(await story.tell())

    async with counsellors(forkery, suar, 3) as hired:
        expected = first_lines(await Story(play, hired[0]).tell())
        async with asyncio.TaskGroup() as group:
            for counsellor in hired:
                group.create_task(one_after_the_other(counsellor))
            await die(suar, rng, MOMENTS)
            over.set()
    assert len(suar.web.deaths) + len(suar.worker.deaths) == MOMENTS
    await asyncio.to_thread(check_store, suar, len(stories) + 1)
    for texts in heard:
        check(texts, expected, MOMENTS)
    doubled = sum(len(texts) - len(set(texts)) for texts in heard)
    assert doubled <= MOMENTS


async def die(suar: Stack, rng: random.Random, times: int) -> None:
    """Kill web or worker so often, at random moments at which both are up."""
    for _ in range(times):
        await asyncio.to_thread(suar.wait_ready)
        await asyncio.sleep(rng.uniform(0, 0.7))
        role = rng.choice((suar.web, suar.web, suar.worker))
        before = len(role.deaths)
        role.kill()
        while len(role.deaths) == before:
            await asyncio.sleep(0.01)


async def test_deaths_of_the_database_lose_nothing(
    forkery: Forkery,
    nlu: NluServer,
    telegram_url: str,
    telegram: TelegramFakeClient,
    content: Content,
) -> None:
    """PostgreSQL itself is killed three times in the middle of conversations; it recovers, and nobody misses anything."""
    rng = random.Random(SEED)
    with TemporaryDirectory(prefix="suar-crash-") as folder:
        Path(folder).chmod(0o711)
        server = LocalPostgres(Path(folder))
        await server.start()
        try:
            await asyncio.to_thread(migrate, server.dsn)
            with suar_on(server.dsn, "polling", forkery, nlu, telegram_url) as suar:
                play = Play(suar, telegram, broken_words(content))
                async with counsellors(forkery, suar, 2) as hired:
                    expected = first_lines(await Story(play, hired[0]).tell())
                    for _ in range(3):
                        telling = [asyncio.create_task(Story(play, one).tell()) for one in hired]
                        await asyncio.sleep(rng.uniform(0.1, 1.5))
                        await kill_database(server)
                        for texts in await asyncio.gather(*telling):
                            check(texts, expected, 1)
                await asyncio.to_thread(check_store, suar, 7)
                assert (suar.web.deaths, suar.worker.deaths) == ([], [])
        finally:
            await server.stop()


async def kill_database(server: LocalPostgres) -> None:
    """Kill -9 the server, and start it again as its supervisor does."""
    assert server.process is not None
    server.process.kill()
    await server.process.wait()
    await server.start()

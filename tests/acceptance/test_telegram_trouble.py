"""Telegram, the database or the language model fails, and the person still gets their answer, once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import make_url

from tests.support.nlu_server import NluServer
from tests.support.processes import (
    WEBHOOK_SECRET,
    Forkery,
    Stack,
    own_database,
    running_stack,
)
from tests.support.telegram_fake.faults import Fault, FaultKind
from tests.support.telegram_fake.runner import DEFAULT_TOKEN, running_fake
from tests.support.telegram_person import (
    ANSWER,
    DISCLOSURE,
    QUESTION,
    QUIET_S,
    SECRET_HEADER,
    Person,
    an_update,
    eventually,
    people,
    post,
)

pytestmark = pytest.mark.slow
webhook_only = pytest.mark.parametrize("telegram_suar", ["webhook"], indirect=True)


async def test_a_rate_limit_is_respected(person: Person) -> None:
    """After 429 the message goes out once, and not before the time that Telegram asked for."""
    await person.telegram.fail_next(
        "sendMessage", Fault("too_many_requests", retry_after_s=2, chat_id=person.id)
    )
    await person.telegram.write(person.id, QUESTION)
    await person.wait(1)
    refused, sent = await person.attempts()
    assert (refused.status, sent.status) == (429, 200)
    assert sent.at_s - refused.at_s >= 2
    await asyncio.sleep(QUIET_S)
    assert len(await person.inbox()) == 1


async def test_order_holds_through_a_rate_limit(person: Person) -> None:
    """What is said later waits behind what Telegram has put off."""
    await person.telegram.fail_next(
        "sendMessage", Fault("too_many_requests", retry_after_s=1, chat_id=person.id)
    )
    await person.telegram.write(person.id, QUESTION)
    await person.telegram.wait_for_calls("sendMessage")
    await eventually_async(person, lambda calls: len(calls) == 1)
    await person.telegram.write(person.id, "/numbers")
    first, second = await person.wait(2)
    assert first.text.startswith(ANSWER)
    assert second.text.startswith("These numbers can help now.")


@pytest.mark.parametrize("kind", ["internal_error", "bad_gateway"])
async def test_a_broken_platform_is_tried_again(person: Person, kind: FaultKind) -> None:
    """After 500 or 502 the message is sent again, and arrives once."""
    await person.telegram.fail_next("sendMessage", Fault(kind, chat_id=person.id))
    await person.telegram.write(person.id, QUESTION)
    [answer] = await person.wait(1)
    assert answer.text.startswith(ANSWER)
    await asyncio.sleep(QUIET_S)
    assert [call.status for call in await person.attempts()][1:] == [200]


async def test_forbidden_marks_the_person_as_having_blocked(
    person: Person, telegram_suar: Stack
) -> None:
    """After 403 nothing more is tried, and the person is noted as not reachable."""
    blocked = "SELECT count(*) FROM addresses WHERE blocked_at IS NOT NULL"
    [[before]] = telegram_suar.ask(blocked)
    await person.telegram.fail_next("sendMessage", Fault("forbidden", chat_id=person.id))
    await person.telegram.write(person.id, QUESTION)
    await eventually(lambda: telegram_suar.ask(blocked) == [(int(str(before)) + 1,)])
    await asyncio.sleep(QUIET_S)
    assert [call.status for call in await person.attempts()] == [403]


async def test_a_message_that_was_lost_on_the_way_is_sent_again(person: Person) -> None:
    """When the line breaks before Telegram took the message, it is sent again and arrives once."""
    await person.telegram.fail_next("sendMessage", Fault("hang_before", chat_id=person.id))
    await person.telegram.write(person.id, QUESTION)
    await person.wait(1)
    await asyncio.sleep(QUIET_S)
    assert len(await person.inbox()) == 1


async def test_an_answer_that_was_lost_may_double_a_message_once(person: Person) -> None:
    """When Telegram took the message and its answer got lost, the person has it once or twice, never not at all."""
    await person.telegram.fail_next("sendMessage", Fault("hang_after", chat_id=person.id))
    await person.telegram.write(person.id, QUESTION)
    await asyncio.sleep(2.5)
    texts = [message.text for message in await person.inbox()]
    assert 1 <= len(texts) <= 2
    assert len(set(texts)) == 1


async def test_a_silent_platform_holds_nobody_else_up(person: Person) -> None:
    """While one message hangs, other people are answered."""
    await person.telegram.fail_next(
        "sendMessage", Fault("hang_before", delay_s=4, chat_id=person.id)
    )
    await person.telegram.write(person.id, QUESTION)
    other = Person(person.telegram, next(people))
    [answer] = await asyncio.wait_for(other.write(QUESTION), 3)
    assert answer.text
    await person.wait(1)


async def eventually_async(person: Person, is_so: Any) -> None:
    """Wait until something holds of the attempts to send to this person."""
    async with asyncio.timeout(10):
        while not is_so(await person.attempts()):
            await asyncio.sleep(0.02)


@asynccontextmanager
async def database_away(telegram_suar: Stack) -> AsyncIterator[None]:
    """Throw everybody out of the database and let nobody in for as long as the block lasts."""
    url = make_url(telegram_suar.dsn)
    name = url.database
    beside = url.set(database="postgres").render_as_string(hide_password=False)
    kick = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    async with await psycopg.AsyncConnection.connect(beside, autocommit=True) as conn:
        await conn.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        await conn.execute(kick, (name,))
        try:
            yield
        finally:
            await conn.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())


async def test_without_the_database_the_person_hears_honest_words(
    person: Person, telegram_suar: Stack
) -> None:
    """While the database is away a person hears so, with the emergency numbers; then the event is answered once."""
    await person.write(QUESTION)
    async with database_away(telegram_suar):
        await person.telegram.write(person.id, DISCLOSURE)
        _, broken = await person.wait(2)
        assert "110" in broken.text
        assert "broken" in broken.text
        await asyncio.sleep(2)
        assert len(await person.inbox()) == 2, "the same words again and again help nobody"
        late = Person(person.telegram, next(people))
        [broken_too] = await late.write(QUESTION)
        assert "110" in broken_too.text
    *_, support = await person.wait(3, timeout_s=30)
    assert "I believe you" in support.text
    await late.wait(2, timeout_s=30)
    await asyncio.sleep(QUIET_S)
    assert (len(await person.inbox()), len(await late.inbox())) == (3, 2)


@webhook_only
async def test_without_the_database_the_webhook_says_503(
    person: Person, telegram_suar: Stack
) -> None:
    """Telegram hears 503 and delivers again; the readiness page tells; the process lives on."""
    async with database_away(telegram_suar):
        answer = await post(telegram_suar, an_update(person.id, QUESTION, 910_000))
        assert answer.status_code == 503
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.get(f"{telegram_suar.url}/readyz")).status_code == 503
            assert (await http.get(f"{telegram_suar.url}/healthz")).status_code == 200
    await eventually(lambda: _is_taken(telegram_suar, an_update(person.id, QUESTION, 910_000)))
    said = await person.wait(2)
    assert said[-1].text.startswith(ANSWER)
    assert telegram_suar.web.deaths == []
    assert telegram_suar.worker.deaths == []


def _is_taken(telegram_suar: Stack, body: bytes) -> bool:
    with httpx.Client(trust_env=False) as http:
        answer = http.post(
            f"{telegram_suar.url}/telegram/webhook",
            content=body,
            headers={SECRET_HEADER: WEBHOOK_SECRET},
        )
    return answer.status_code == 200


async def test_a_message_on_its_way_when_the_database_goes_arrives_once(
    person: Person, telegram_suar: Stack
) -> None:
    """When the database goes while Telegram is taking a message, it is noted as sent once the database is back."""
    await person.telegram.fail_next("sendMessage", Fault("slow", delay_s=1.0, chat_id=person.id))
    await person.telegram.write(person.id, QUESTION)
    await eventually(
        lambda: telegram_suar.ask("SELECT 1 FROM outbox WHERE status = 'sending'") != []
    )
    async with database_away(telegram_suar):
        await person.wait(1)
        await asyncio.sleep(0.5)
    await asyncio.to_thread(telegram_suar.wait_settled)
    assert [message.text[:20] for message in await person.inbox()] == [ANSWER[:20]]


async def test_without_the_language_model_danger_is_still_heard(
    person: Person, nlu: NluServer
) -> None:
    """While the language model is away the lexicon finds danger, the menus work, and free text gets honest words."""
    nlu.away = True
    try:
        [support] = await person.write(DISCLOSURE)
        assert "I believe you" in support.text
        [menu] = await person.write("/menu")
        assert menu.button_data(), menu.text
        [numbers] = await person.press("menu.main.numbers")
        [sorry] = await person.write("how much may an agent ask of me for a job in a factory?")
    finally:
        nlu.away = False
    assert "110" in numbers.text
    assert sorry.text.startswith("My understanding of free text is not working")
    [answer] = await person.write(QUESTION)
    assert answer.text.startswith(ANSWER)


async def test_a_slow_language_model_is_not_waited_for(person: Person, nlu: NluServer) -> None:
    """A language model slower than its deadline delays an answer by that deadline at most."""
    nlu.slow_s = 5
    try:
        [support] = await asyncio.wait_for(person.write(DISCLOSURE), 4.5)
    finally:
        nlu.slow_s = 0
    assert "I believe you" in support.text


@webhook_only
async def test_a_wrong_token_is_told_to_the_operator_and_stops_nothing_else(
    forkery: Forkery, dsn: str, nlu: NluServer, telegram_url: str, telegram_suar: Stack
) -> None:
    """With a token that Telegram refuses (401) the web process serves on, and its log names the trouble only."""
    with (
        own_database(dsn) as own,
        running_stack(
            forkery,
            own,
            SUAR_NLU_URL=nlu.url,
            SUAR_TELEGRAM_TOKEN="4300000000:a-token-that-telegram-does-not-know",
            SUAR_TELEGRAM_API_URL=telegram_url,
            SUAR_TELEGRAM_MODE="webhook",
            SUAR_TELEGRAM_WEBHOOK_SECRET=WEBHOOK_SECRET,
        ) as stack,
    ):
        answer = await post(stack, an_update(next(people), QUESTION))
        assert answer.status_code == 200
        waiting = stack.ask("SELECT status, error FROM outbox")
        await eventually(lambda: "telegram_not_introduced" in stack.web.log.read_text())
        log = stack.web.log.read_text()
    assert waiting == [("queued", "misconfigured")]
    assert "a-token-that" not in log


async def test_suar_starts_while_telegram_is_broken_and_introduces_itself_later(
    forkery: Forkery, dsn: str, nlu: NluServer
) -> None:
    """When Telegram hangs at the start, the web process serves at once and sets its webhook later."""
    async with running_fake() as telegram:
        await telegram.fail_next("setWebhook", Fault("hang_before", delay_s=3))
        with (
            own_database(dsn) as own,
            running_stack(
                forkery,
                own,
                SUAR_NLU_URL=nlu.url,
                SUAR_TELEGRAM_TOKEN=DEFAULT_TOKEN,
                SUAR_TELEGRAM_API_URL=telegram.base_url,
                SUAR_TELEGRAM_MODE="webhook",
                SUAR_TELEGRAM_WEBHOOK_SECRET=WEBHOOK_SECRET,
            ),
        ):
            person = Person(telegram, next(people))
            [answer] = await person.write(QUESTION)
    assert answer.text

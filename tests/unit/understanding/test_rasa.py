"""The client of the language model."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.errors import NluUnavailable
from bot.local.processes import free_port
from bot.understanding.model import Guess, Risk, RiskLevel
from bot.understanding.rasa import RasaClient, read_parse

ANSWER = {
    "intent_ranking": [
        {"name": "greet", "confidence": 0.8},
        {"name": "thanks", "confidence": 0.1},
    ],
    "risk": {"level": "high", "kinds": ["confinement"], "subject": "self"},
}
Answer = Callable[[web.Request], Awaitable[web.Response]]
Make = Callable[..., Awaitable[RasaClient]]


@pytest_asyncio.fixture
async def make() -> AsyncIterator[Make]:
    """A maker of clients, each with as many services of its own as the test has answers."""
    async with AsyncExitStack() as stack:

        async def build(*answers: Answer, token: str | None = None) -> RasaClient:
            urls = []
            for answer in answers:
                app = web.Application()
                app.router.add_route("*", "/{path:.*}", answer)
                server = await stack.enter_async_context(TestServer(app))
                urls.append(str(server.make_url("/")))
            client = RasaClient(urls, token=token, deadline_s=0.5)
            stack.push_async_callback(client.close)
            return client

        yield build


def says(status: int = 200, data: object = ANSWER) -> Answer:
    """Return a service that always answers alike."""

    async def answer(_: web.Request) -> web.Response:
        return web.json_response(data, status=status)

    return answer


def test_an_answer_is_read_in_the_taxonomys_ids() -> None:
    """Guesses keep their order, the risk its level, kinds and subject."""
    parse = read_parse(ANSWER)
    assert parse.guesses == (Guess("greet", 0.8), Guess("thanks", 0.1))
    assert parse.risk == Risk(RiskLevel.HIGH, ("confinement",), "self")


def test_whether_the_model_rules_a_danger_out_is_read() -> None:
    """The lexicon is weighed by it; a model that does not say so rules nothing out."""
    told = {"level": "none", "doubt": False}
    assert read_parse({"intent_ranking": [], "risk": told}).doubt is False
    assert read_parse(ANSWER).doubt is None


def test_the_likely_languages_are_read() -> None:
    """They come with their probabilities; an older model names none."""
    told = {"intent_ranking": [], "languages": {"ms": 0.7, "id": 0.25}}
    assert read_parse(told).languages == {"ms": 0.7, "id": 0.25}
    assert read_parse(ANSWER).languages == {}


def test_a_model_without_risk_sees_none() -> None:
    """A model of another kind still says what was meant; nameless guesses are left out."""
    parse = read_parse({"intent_ranking": [{"name": None, "confidence": 0.0}], "risk": None})
    assert parse.guesses == ()
    assert parse.risk == Risk()


def test_an_unknown_level_counts_as_concern() -> None:
    """A level that Suar does not know yet is rather too much than nothing."""
    assert (
        read_parse({"intent_ranking": [], "risk": {"level": "dire"}}).risk.level
        is RiskLevel.CONCERN
    )


def test_an_answer_without_guesses_is_no_answer() -> None:
    """Something else than a language model answered."""
    with pytest.raises(KeyError):
        read_parse({})


async def test_the_text_is_asked_about_in_its_readable_form(make: Make) -> None:
    """Invisible signs and the slash of Rasa's own commands never reach it."""
    asked: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append((request.path_qs, await request.json()))
        return web.json_response(ANSWER)

    await (await make(answer, token="t")).parse(" /restart\u200b  now ")
    assert asked == [("/model/parse?token=t", {"text": "restart now"})]


async def test_nothing_readable_is_not_asked_about(make: Make) -> None:
    """A message of slashes and blanks means nothing, and nobody is asked."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response(ANSWER)

    assert (await (await make(answer)).parse(" / ")).guesses == ()
    assert asked == []


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"null", b'{"intent_ranking": 1}', b'{"intent_ranking": ["greet"]}',
     b'{"intent_ranking": [{"name": "greet", "confidence": null}]}', b'{"intent_ranking": [], "risk": "high"}',
     b'{"intent_ranking": [], "risk": {"level": null}}'],
)  # fmt: skip
async def test_a_broken_answer_is_as_good_as_none(make: Make, body: bytes) -> None:
    """Whatever answers there, the conversation goes on without it."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body)

    client = await make(answer)
    with pytest.raises(NluUnavailable):
        await client.parse("hello")


async def test_a_service_that_is_away_or_slow_is_unavailable(make: Make) -> None:
    """Errors of the network are told in our words; so is a status that is no success."""

    async def slow(_: web.Request) -> web.Response:
        await asyncio.sleep(1)
        return web.json_response(ANSWER)

    async def hangs_up(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    for client in (
        await make(slow),
        await make(hangs_up),
        await make(says(500)),
        RasaClient((f"http://127.0.0.1:{free_port()}",)),
    ):
        with pytest.raises(NluUnavailable):
            await client.parse("hello")
        await client.close()


async def test_several_processes_take_turns(make: Make) -> None:
    """Messages go round among processes that are equally idle."""
    asked: list[int] = []

    def numbered(number: int) -> Answer:
        async def answer(_: web.Request) -> web.Response:
            asked.append(number)
            return web.json_response(ANSWER)

        return answer

    client = await make(numbered(1), numbered(2))
    for _ in range(4):
        await client.parse("hello")
    assert asked == [1, 2, 1, 2]


async def test_one_process_that_answers_is_ready(make: Make) -> None:
    """Ready means that a message would be understood now."""
    gone = RasaClient((f"http://127.0.0.1:{free_port()}",))
    assert not await gone.ready()
    await gone.close()
    assert await (await make(says(503), says(200))).ready()
    assert not await (await make(says(503))).ready()

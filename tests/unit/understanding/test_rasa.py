"""The client of the language model."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bot.errors import NluUnavailable
from bot.understanding.model import Guess, Risk, RiskLevel
from bot.understanding.rasa import RasaClient, read_parse

ANSWER = {
    "intent_ranking": [
        {"name": "greet", "confidence": 0.8},
        {"name": "thanks", "confidence": 0.1},
    ],
    "risk": {"level": "high", "kinds": ["confinement"], "subject": "self"},
}
Answer = Callable[[httpx.Request], httpx.Response]
Make = Callable[..., RasaClient]


@pytest_asyncio.fixture
async def make() -> AsyncIterator[Make]:
    """A maker of clients whose service answers as a test says."""
    made: list[RasaClient] = []

    def build(answer: Answer, *urls: str, token: str | None = None) -> RasaClient:
        client = RasaClient(
            urls or ("http://nlu",), token=token, transport=httpx.MockTransport(answer)
        )
        made.append(client)
        return client

    yield build
    for client in made:
        await client.close()


def test_an_answer_is_read_in_the_taxonomys_ids() -> None:
    """Guesses keep their order, the risk its level, kinds and subject."""
    parse = read_parse(ANSWER)
    assert parse.guesses == (Guess("greet", 0.8), Guess("thanks", 0.1))
    assert parse.risk == Risk(RiskLevel.HIGH, ("confinement",), "self")


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

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((str(request.url), json.loads(request.content)))
        return httpx.Response(200, json=ANSWER)

    await make(answer, "http://nlu/", token="t").parse(" /restart\u200b  now ")
    assert asked == [("http://nlu/model/parse?token=t", {"text": "restart now"})]


async def test_nothing_readable_is_not_asked_about(make: Make) -> None:
    """A message of slashes and blanks means nothing, and nobody is asked."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise AssertionError("asked")

    assert (await make(answer).parse(" / ")).guesses == ()


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"null", b'{"intent_ranking": 1}', b'{"intent_ranking": ["greet"]}',
     b'{"intent_ranking": [{"name": "greet", "confidence": null}]}', b'{"intent_ranking": [], "risk": "high"}',
     b'{"intent_ranking": [], "risk": {"level": null}}'],
)  # fmt: skip
async def test_a_broken_answer_is_as_good_as_none(make: Make, body: bytes) -> None:
    """Whatever answers there, the conversation goes on without it."""
    with pytest.raises(NluUnavailable):
        await make(lambda _: httpx.Response(200, content=body)).parse("hello")


@pytest.mark.parametrize("trouble", [httpx.ReadTimeout("slow"), httpx.ConnectError("away")])
async def test_a_service_that_is_away_or_slow_is_unavailable(
    make: Make, trouble: Exception
) -> None:
    """Errors of the network are told in our words; so is a status that is no success."""

    def answer(_: httpx.Request) -> httpx.Response:
        raise trouble

    with pytest.raises(NluUnavailable):
        await make(answer).parse("hello")
    with pytest.raises(NluUnavailable):
        await make(lambda _: httpx.Response(500, json=ANSWER)).parse("hello")


async def test_several_processes_take_turns(make: Make) -> None:
    """Messages go round among processes that are equally idle."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(200, json=ANSWER)

    client = make(answer, "http://one", "http://two")
    for _ in range(4):
        await client.parse("hello")
    assert asked == ["one", "two", "one", "two"]


async def test_one_process_that_answers_is_ready(make: Make) -> None:
    """Ready means that a message would be understood now."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "gone":
            raise httpx.ConnectError("away")
        return httpx.Response(200 if request.url.host == "up" else 503)

    assert await make(answer, "http://gone", "http://starting", "http://up").ready()
    assert not await make(answer, "http://gone", "http://starting").ready()

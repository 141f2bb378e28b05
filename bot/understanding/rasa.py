"""The client of the language model: Rasa's HTTP API, one or several processes of it."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.errors import NluUnavailable
from bot.understanding.cleaning import read_form
from bot.understanding.model import Guess, Nlu, Parse, Risk, RiskLevel


@dataclass
class _Endpoint:
    url: str
    busy: int = 0
    turn: int = -1


@dataclass
class RasaClient(Nlu):
    """Asks the least busy of several Rasa processes; each parses one message at a time."""

    urls: Sequence[str]
    token: str | None = None
    deadline_s: float = 2.5
    transport: httpx.AsyncBaseTransport | None = None
    _endpoints: list[_Endpoint] = field(init=False)
    _turns: Iterator[int] = field(default_factory=itertools.count, init=False)

    def __post_init__(self) -> None:
        self._endpoints = [_Endpoint(url.rstrip("/")) for url in self.urls]
        self._http = httpx.AsyncClient(
            timeout=self.deadline_s,
            transport=self.transport,
            params={"token": self.token} if self.token else None,
            limits=httpx.Limits(max_connections=100, keepalive_expiry=4),
            trust_env=False,
        )

    async def parse(self, text: str) -> Parse:
        """See `Nlu.parse`. A leading slash, Rasa's own command syntax, never reaches it."""
        readable = read_form(text).lstrip("/ ")
        if not readable:
            return Parse((), Risk())
        endpoint = min(self._endpoints, key=lambda each: (each.busy, each.turn))
        endpoint.busy += 1
        endpoint.turn = next(self._turns)
        try:
            answer = await self._http.post(f"{endpoint.url}/model/parse", json={"text": readable})
            answer.raise_for_status()
            return read_parse(answer.json())
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as exc:
            raise NluUnavailable from exc
        finally:
            endpoint.busy -= 1

    async def ready(self) -> bool:
        """See `Nlu.ready`."""
        for endpoint in self._endpoints:
            try:
                answer = await self._http.get(f"{endpoint.url}/status")
            except httpx.HTTPError:
                continue
            if answer.status_code == httpx.codes.OK:
                return True
        return False

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def read_parse(data: dict[str, Any]) -> Parse:
    """Turn the JSON of ``/model/parse`` into a `Parse`.

    Raises:
        KeyError: It has no intent ranking.
    """
    guesses = tuple(
        Guess(str(row["name"]), float(row["confidence"]))
        for row in data["intent_ranking"]
        if row.get("name")
    )
    risk = data.get("risk") or {}
    return Parse(
        guesses,
        Risk(
            RiskLevel.of(risk.get("level", "none")),
            tuple(risk.get("kinds", ())),
            risk.get("subject") or "unknown",
        ),
    )

"""The client of the language model: Rasa's HTTP API, one or several processes of it."""

import base64
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

from bot.errors import NluUnavailable
from bot.understanding.cleaning import read_form
from bot.understanding.model import Guess, Nlu, Parse, Risk, RiskLevel

_AWAY = (aiohttp.ClientError, TimeoutError, OSError)


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
    _endpoints: list[_Endpoint] = field(init=False)
    _turns: Iterator[int] = field(default_factory=itertools.count, init=False)
    _session: aiohttp.ClientSession | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._endpoints = [_Endpoint(url.rstrip("/")) for url in self.urls]
        self._params = {"token": self.token} if self.token else {}

    async def parse(self, text: str) -> Parse:
        """See `Nlu.parse`. A leading slash, Rasa's own command syntax, never reaches it."""
        readable = read_form(text).lstrip("/ ")
        if not readable:
            return Parse((), Risk())
        endpoint = min(self._endpoints, key=lambda each: (each.busy, each.turn))
        endpoint.busy += 1
        endpoint.turn = next(self._turns)
        try:
            async with self._http.post(
                f"{endpoint.url}/model/parse", json={"text": readable}, params=self._params
            ) as answer:
                answer.raise_for_status()
                return read_parse(json.loads(await answer.read()))
        except (*_AWAY, ValueError, KeyError, TypeError, AttributeError) as exc:
            raise NluUnavailable from exc
        finally:
            endpoint.busy -= 1

    async def ready(self) -> bool:
        """See `Nlu.ready`."""
        for endpoint in self._endpoints:
            try:
                async with self._http.get(f"{endpoint.url}/status", params=self._params) as answer:
                    if answer.status == HTTPStatus.OK:
                        return True
            except _AWAY:
                continue
        return False

    async def model(self) -> str | None:
        """See `Nlu.model`."""
        for endpoint in self._endpoints:
            try:
                async with self._http.get(f"{endpoint.url}/status", params=self._params) as answer:
                    if answer.status == HTTPStatus.OK:
                        return Path(str((await answer.json())["model_file"])).name
            except (*_AWAY, ValueError, KeyError):
                continue
        return None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    @property
    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self.deadline_s),
                # Rasa's server closes what is silent for five seconds.
                connector=aiohttp.TCPConnector(limit=100, keepalive_timeout=4),
            )
        return self._session


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
        risk.get("doubt"),
        {str(code): float(p) for code, p in (data.get("languages") or {}).items()},
        1.0 - float(scores["none"]) if (scores := risk.get("scores")) else None,
        base64.b64decode(data["meaning"]) if data.get("meaning") else None,
    )

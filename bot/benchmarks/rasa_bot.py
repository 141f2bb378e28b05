"""Rasa's own bot: our pipeline, one rule for each intent, its REST channel, its conversations in the same PostgreSQL.

It keeps a turn durable as we do, but has no Telegram to talk to: its answer is the response of the same request.
"""

import asyncio
import hashlib
import itertools
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import aiohttp
import yaml

from bot.benchmarks.places import started, until
from bot.content.load import Content
from bot.errors import SetupError
from bot.local import processes
from bot.local.nlu import LocalNlu
from bot.store.engine import libpq_url

SIDE = Path(__file__).with_name("rasa_side")
DATABASE = "rasa"
QUIET = {
    "LOG_LEVEL": "ERROR",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "PYTHONWARNINGS": "ignore",
    "RASA_MAX_CACHE_SIZE": "0",
    "SANIC_ACCESS_LOG": "false",
    "SANIC_WORKERS": "1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
READY_S = 240.0


def project(nlu: Path, content: Content, locale: str) -> dict[str, Any]:
    """Return the files of the bot's project: what Rasa is to learn, by file name."""
    config = yaml.safe_load((nlu / "config.yml").read_text())
    domain = yaml.safe_load((nlu / "domain.yml").read_text())
    config["importers"].append({"name": "RasaFileImporter"})
    config["pipeline"].insert(0, {"name": "written_only.WrittenOnly"})
    config["policies"] = [{"name": "RulePolicy"}]
    answers = list(content.answers.values())
    domain["responses"] = {}
    rules = []
    for number, intent in enumerate(domain["intents"]):
        fitting = content.by_intent.get(intent) or answers[number % len(answers) :]
        says = f"utter_{intent}"
        text = content.words.say(fitting[0].text, locale)
        domain["responses"][says] = [{"text": text}]
        rules.append({"rule": intent, "steps": [{"intent": intent}, {"action": says}]})
    return {
        "config.yml": config,
        "domain.yml": domain,
        "rules.yml": {"version": "3.1", "rules": rules},
    }


@dataclass
class RasaBot:
    """Trains and serves it, in as many processes as asked for."""

    nlu: LocalNlu
    models: Path
    count: int
    urls: list[str] = field(default_factory=list)

    async def train(self, files: Mapping[str, Any], nlu_model: Path) -> Path:
        """Return the model of `files`, learnt now unless it is there; `nlu_model` stands for the pipeline's content.

        Raises:
            SetupError: Rasa cannot learn it.
        """
        content = json.dumps([nlu_model.name, files], sort_keys=True)
        side = b"".join(path.read_bytes() for path in sorted(SIDE.glob("*.py")))
        name = f"bench-rasa-{hashlib.sha256(content.encode() + side).hexdigest()[:16]}.tar.gz"
        model = self.models / name
        if model.exists():
            return model
        self.nlu.say("Rasa's own bot learns, about two minutes, once")
        self.models.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.models) as folder:
            scratch = Path(folder)
            for file, data in files.items():
                (scratch / file).write_text(yaml.safe_dump(data, allow_unicode=True))
            arguments = ["--config", "config.yml", "--domain", "domain.yml", "--data", "rules.yml"]
            await self._run(
                "train", *arguments, "--out", ".", "--fixed-model-name", name, at=scratch
            )
            (scratch / name).rename(model)
        return model

    async def _run(self, *arguments: str, at: Path) -> None:
        log = at / "log"
        process = await processes.start(
            [str(self.nlu.python), "-m", "rasa", *arguments],
            env=self._environment(),
            cwd=at,
            log=log,
        )
        try:
            code = await process.wait()
        finally:
            await processes.stop(process)
        if code != 0:
            last = log.read_text(errors="replace").strip().splitlines()[-1:]
            raise SetupError(f"Rasa's own bot cannot be trained: {' '.join(last)}")

    async def start(
        self, model: Path, dsn: str, scratch: Path
    ) -> list[asyncio.subprocess.Process]:
        """Start every process; `ready` waits for them."""
        endpoints = scratch / "endpoints.yml"
        endpoints.write_text(yaml.safe_dump({"tracker_store": _tracker_store()}))
        credentials = scratch / "credentials.yml"
        credentials.write_text("rest:\n")
        environment = {**self._environment(), **_database(dsn)}
        running = []
        for number in range(self.count):
            port = processes.free_port()
            command = [
                str(self.nlu.python), "-m", "rasa", "run", "-m", str(model), "-i", "127.0.0.1",
                "-p", str(port), "--endpoints", str(endpoints), "--credentials", str(credentials),
            ]  # fmt: skip
            log = scratch / f"rasa-{number}.log"
            running.append(await started(command, environment, scratch, log))
            self.urls.append(f"http://127.0.0.1:{port}")
        return running

    async def ready(self) -> None:
        """Wait until every process answers."""
        for url in self.urls:
            await until(f"{url}/webhooks/rest/", READY_S)

    def _environment(self) -> dict[str, str]:
        own = self.nlu.serve_environment(self.count)
        path = os.pathsep.join((own["PYTHONPATH"], str(SIDE)))
        return {**own, **QUIET, "PYTHONPATH": path}


def _tracker_store() -> dict[str, Any]:
    return {
        "type": "SQL",
        "dialect": "postgresql",
        "db": DATABASE,
        "username": "${RASA_DB_USER}",
        "password": "${RASA_DB_PASSWORD}",
        "query": {"host": "${RASA_DB_HOST}", "port": "${RASA_DB_PORT}"},
    }


def _database(dsn: str) -> dict[str, str]:
    parts = urlsplit(libpq_url(dsn))
    query = parse_qs(parts.query)
    return {
        "RASA_DB_USER": unquote(parts.username or ""),
        "RASA_DB_PASSWORD": unquote(parts.password or ""),
        "RASA_DB_HOST": query["host"][0],
        "RASA_DB_PORT": query["port"][0],
    }


@dataclass
class Visitors:
    """The people who write to Rasa's own bot, each always to the same process."""

    urls: Sequence[str]
    texts: Sequence[str]
    http: aiohttp.ClientSession
    turns: dict[int, int] = field(default_factory=dict)
    unanswered: int = 0

    async def turn(self, person: int) -> float:
        """Write a text; return how long the answer took, in seconds."""
        number = self.turns.get(person, 0)
        self.turns[person] = number + 1
        said = {"sender": str(person), "message": self.texts[(person + number) % len(self.texts)]}
        url = f"{self.urls[person % len(self.urls)]}/webhooks/rest/webhook"
        began = time.perf_counter()
        async with self.http.post(url, json=said) as response:
            answers = await response.json()
        self.unanswered += not answers
        return time.perf_counter() - began


@dataclass
class Parses:
    """The language model alone, as Suar asks it: what a text turn is bound by on this machine."""

    urls: Sequence[str]
    token: str
    texts: Sequence[str]
    http: aiohttp.ClientSession
    _turns: Iterator[int] = field(default_factory=itertools.count)

    async def turn(self, person: int) -> float:
        """Have a text read; return how long it took, in seconds."""
        number = next(self._turns)
        url = f"{self.urls[number % len(self.urls)]}/model/parse"
        said = {"text": self.texts[(person + number) % len(self.texts)]}
        began = time.perf_counter()
        async with self.http.post(url, params={"token": self.token}, json=said) as response:
            response.raise_for_status()
            await response.read()
        return time.perf_counter() - began

"""Asks a trained model about many messages, through the whole reader: model, lexicon and language together."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bot.local import processes
from bot.local.nlu import LocalNlu, wait_ready
from bot.understanding.lexicon import load_lexicon
from bot.understanding.model import Risk, Understanding
from bot.understanding.rasa import RasaClient
from bot.understanding.service import Reader

SERVERS = 2
AT_ONCE = 8
DEADLINE_S = 60.0


@asynccontextmanager
async def serving_model(nlu: LocalNlu, model: Path) -> AsyncIterator[RasaClient]:
    """Yield a client of servers of their own for one model file, stopped afterwards."""
    running, argv_of = [], partial(nlu.serve_command, model)
    client: RasaClient | None = None
    with tempfile.TemporaryDirectory() as logs:
        try:
            urls = []
            for number in range(SERVERS):
                port = processes.free_port()
                running.append(
                    await processes.start(
                        argv_of(port),
                        env=nlu.serve_environment(SERVERS),
                        cwd=nlu.folder,
                        log=Path(logs) / f"{number}.log",
                    )
                )
                urls.append(f"http://127.0.0.1:{port}")
            await wait_ready(urls, nlu.token)
            client = RasaClient(urls, nlu.token, DEADLINE_S)
            yield client
        finally:
            if client is not None:
                await client.close()
            for process in running:
                with contextlib.suppress(ProcessLookupError):
                    await processes.stop(process)


async def read_all(
    client: RasaClient, texts: Sequence[str], say: Callable[[str], None]
) -> list[Understanding]:
    """Return what each text means, in their order; progress is told every few hundred."""
    reader, limit, done = Reader(client, load_lexicon()), asyncio.Semaphore(AT_ONCE), 0

    async def read(text: str) -> Understanding:
        nonlocal done
        async with limit:
            found = await reader.read(text)
        done += 1
        if done % 500 == 0:
            say(f"{done} of {len(texts)} messages")
        return found

    return list(await asyncio.gather(*map(read, texts)))


def as_answer(meaning: Understanding) -> dict[str, Any]:
    """Return a meaning in the form that the evaluation reads."""
    return {
        "ranking": [[guess.intent, guess.confidence] for guess in meaning.guesses],
        "any_risk": meaning.any_risk,
        "language": meaning.language,
        **as_risk(meaning.risk),
    }


def as_risk(risk: Risk) -> dict[str, Any]:
    """Return a risk in the taxonomy's ids."""
    return {"level": risk.level.label, "kinds": list(risk.kinds), "subject": risk.subject}

"""`suar understand`: what messages mean, one JSON object a line in and out."""

import asyncio
import json
import sys
from collections.abc import Iterator
from typing import Any

import click

from bot.commands.common import configured, running, tell
from bot.errors import SetupError
from bot.local.run import local_nlu
from bot.understanding.lexicon import load_lexicon
from bot.understanding.model import Understanding
from bot.understanding.rasa import RasaClient
from bot.understanding.service import Reader

AT_ONCE = 16
DEADLINE_S = 30.0


@click.command()
@click.option("--jsonl", is_flag=True, required=True, help="One JSON object a line, in and out.")
@running
async def understand(jsonl: bool) -> None:  # noqa: ARG001  # the only form there is
    """Read {"text": …, "id": …, "locale": …} a line; print what each means, in the same order."""
    settings = configured(log_level="warning")
    async with local_nlu(settings, tell) as (url, token):
        nlu = RasaClient(url.split(","), token, DEADLINE_S)
        reader = Reader(nlu, load_lexicon())
        limit = asyncio.Semaphore(AT_ONCE)
        waiting: list[asyncio.Task[str]] = []
        for number, data in read_lines():
            waiting.append(asyncio.create_task(_line(reader, limit, data, number)))
            await asyncio.sleep(0)
            while waiting and waiting[0].done():
                click.echo(waiting.pop(0).result())
        for task in waiting:
            click.echo(await task)
        await nlu.close()


def read_lines() -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the JSON objects of standard input with their line numbers.

    Raises:
        SetupError: A line is not a JSON object with a `text`.
    """
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except ValueError:
            raise SetupError(f"line {number} is not JSON") from None
        if not isinstance(data, dict):
            raise SetupError(f"line {number} is not a JSON object")
        yield number, data


async def _line(
    reader: Reader, limit: asyncio.Semaphore, data: dict[str, Any], number: int
) -> str:
    text = data.get("text")
    if not isinstance(text, str):
        raise SetupError(f'line {number} has no "text"')
    async with limit:
        meaning = await reader.read(text, prior=data.get("locale"))
    return json.dumps(as_json(meaning, data.get("id")), ensure_ascii=False)


def as_json(meaning: Understanding, number: object) -> dict[str, Any]:
    """Return the contract's form of a meaning."""
    return {
        "id": number,
        "language": meaning.language,
        "intent": meaning.intent,
        "confidence": round(meaning.confidence, 4),
        "risk": {
            "level": meaning.risk.level.label,
            "kinds": list(meaning.risk.kinds),
            "subject": meaning.risk.subject,
        },
    }

"""Who is measured: Suar as it runs in production, and bare aiogram."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.benchmarks.crowd import Act, Crowd, Town, presses, writes
from bot.benchmarks.load import Turn
from bot.benchmarks.places import python, until, until_webhook
from bot.content.load import Content
from bot.local import processes

PEOPLE = 50
SUAR_TOKEN = "4200000001:only-for-the-local-fake"  # noqa: S105  # opens nothing
ECHO_TOKEN = "4200000002:only-for-the-local-fake"  # noqa: S105  # opens nothing
SECRET = "only-for-the-local-fake"  # noqa: S105  # opens nothing
BUTTONS = (
    "menu.main",
    "menu.main.questions",
    "topics.pick.would_be_migrant",
    "menu.main.language",
)
"""Pressed in turn: the menu, a list of topics, a list of questions, the choice of language."""


def questions(content: Content) -> list[str]:
    """Return what people write: the question of every answer, in every language."""
    words = content.words
    return [
        words.say(answer.question, locale)
        for answer in content.answers.values()
        for locale in words.locales
    ]


def acts_of(content: Content) -> dict[str, Act]:
    """Return the two kinds of turn."""
    return {"button": presses(BUTTONS), "text": writes(questions(content))}


@dataclass
class Contestant:
    """A bot on Telegram, its people, and its processes."""

    town: Town
    crowd: Crowd
    acts: Mapping[str, Act]
    base_url: str
    running: list[asyncio.subprocess.Process] = field(default_factory=list)

    def turn(self, kind: str) -> Turn:
        """Return how one person has a turn of a kind; to be awaited in the fake's loop."""
        act = self.acts[kind]

        async def turn(person: int) -> float:
            return await self.crowd.turn(person, act)

        return turn


async def start_suar(
    town: Town,
    content: Content,
    scratch: Path,
    database: Mapping[str, str],
    *,
    web_processes: int,
) -> Contestant:
    """Start Suar's web processes, one a core as `suar run` does, and its worker.

    Args:
        town: Where Telegram is.
        content: What people ask about.
        scratch: For logs and the secret keys.
        database: Settings that name the database and the language model.
        web_processes: How many of them.
    """
    listening = processes.listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    # As many strangers beyond the people who take turns as are to be handed over to the desk.
    crowd = town.crowd(SUAR_TOKEN, range(1, 4 * PEOPLE + 1))
    suar = Contestant(town, crowd, acts_of(content), f"http://127.0.0.1:{port}")
    environment = {
        "SUAR_DATA_DIR": str(scratch / "suar"),
        "SUAR_PORT": str(port),
        "SUAR_LOG_LEVEL": "warning",
        # Nobody waits on purpose: what is measured is how fast everybody can be answered.
        "SUAR_PACE_BURST": "1000000",
        "SUAR_TELEGRAM_TOKEN": SUAR_TOKEN,
        "SUAR_TELEGRAM_API_URL": town.url,
        "SUAR_TELEGRAM_MODE": "webhook",
        "SUAR_TELEGRAM_WEBHOOK_SECRET": SECRET,
        **database,
    }
    web = ("web", "--fd", str(listening.fileno()))
    for number, command in enumerate((*[web] * web_processes, ("worker",))):
        suar.running.append(
            await python(
                "bot",
                *command,
                environment=environment,
                cwd=scratch,
                log=scratch / f"{command[0]}-{number}.log",
                listening=listening,
            )
        )
    await until(f"{suar.base_url}/readyz")
    await until_webhook(crowd)
    listening.close()
    return suar


async def start_echo(town: Town, content: Content, scratch: Path) -> Contestant:
    """Start the echo bot on bare aiogram."""
    port = processes.free_port()
    crowd = town.crowd(ECHO_TOKEN, range(1, PEOPLE + 1))
    echo = Contestant(town, crowd, acts_of(content), f"http://127.0.0.1:{port}")
    arguments = ("bot.benchmarks.echo_bot", town.url, ECHO_TOKEN, SECRET, str(port))
    log = scratch / "echo.log"
    echo.running.append(await python(*arguments, environment={}, cwd=scratch, log=log))
    await until_webhook(crowd)
    return echo

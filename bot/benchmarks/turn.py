"""`suar bench turn`: what a turn costs, beside bare aiogram (the limit) and Rasa's own bot (the peer).

Everything is measured in the same run, on the same fake of Telegram and by the same load, in rounds in which all take
turns, so that a busy moment of the machine hits all alike. The PostgreSQL is one of our own and durable.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from bot.benchmarks import Tell, machine
from bot.benchmarks.contestants import PEOPLE, Contestant
from bot.benchmarks.crowd import writes
from bot.benchmarks.figures import Sample, Series
from bot.benchmarks.hand_over import time_hand_overs
from bot.benchmarks.load import Turn, have_turns
from bot.benchmarks.open_desk import opened_desk
from bot.benchmarks.progress import Steps, showing_steps
from bot.benchmarks.report import Findings, Key, print_report
from bot.benchmarks.stage import PREPARATIONS, Stage, set_stage
from bot.settings import Settings

ROUNDS = 3
SECONDS = {1: 2.0, PEOPLE: 4.0}
"""How many are at it at once, and for how long."""
AT_MOST = 5_000
"""Turns of one run, however quick."""
EVERYBODY = range(1, PEOPLE + 1)
HAND_OVERS = 10
QUIETLY = range(PEOPLE + 1, PEOPLE + 1 + HAND_OVERS)
BUSILY = range(2 * PEOPLE + 1, 2 * PEOPLE + 1 + HAND_OVERS)
LATE = "trouble.slow"
"""Where the conversation goes when a text cannot be read."""


@dataclass(frozen=True)
class _Run:
    """One kind of turn of one bot, and the loop that it is to be had in (None: ours)."""

    who: str
    kind: str
    turn: Turn
    there: Contestant | None

    async def go(self, at_once: int, for_s: float) -> Sample:
        work = have_turns(self.turn, EVERYBODY, at_once=at_once, for_s=for_s, at_most=AT_MOST)
        return await (self.there.town.there(work) if self.there else work)


async def measure(settings: Settings, tell: Tell, *, quick: bool = False) -> str:  # noqa: ARG001  # the progress bar says it all
    """Run the benchmark; return its report. Quick is one round.

    Raises:
        SetupError: Something that is measured cannot be started.
    """
    load = machine.load_average()
    rounds = 1 if quick else ROUNDS
    total = PREPARATIONS + rounds * 6 * len(SECONDS) + 1
    with showing_steps(total) as steps:
        async with set_stage(settings, steps) as stage:
            series = await _in_rounds(stage, steps, rounds)
            steps.next("from consent to the desk")
            waits = await _hand_overs(stage)
            found = Findings(
                machine=await machine.look(stage.dsn, stage.scratch, load),
                series=series,
                desk_waits_s=waits,
                nlu_processes=stage.nlu_processes,
                late=_late(stage),
                unanswered=stage.rasa.unanswered,
                many=PEOPLE,
            )
    return print_report(found)


async def _in_rounds(stage: Stage, steps: Steps, rounds: int) -> Mapping[Key, Series]:
    runs = _runs(stage)
    steps.next("warming up")
    await _greet(stage)
    for run in runs:
        await run.go(PEOPLE, 1.0)
    series: dict[Key, Series] = {}
    for number, at_once in product(range(rounds), SECONDS):
        for run in runs:
            steps.next(f"round {number + 1}: {run.who}, {run.kind}, {at_once} at once")
            sample = await run.go(at_once, SECONDS[at_once])
            series.setdefault(Key(run.who, run.kind, at_once), Series()).samples.append(sample)
    return series


def _runs(stage: Stage) -> list[_Run]:
    on_telegram = {"Suar": stage.suar, "bare aiogram": stage.echo}
    runs = [
        _Run(who, kind, bot.turn(kind), bot)
        for kind in ("button", "text")
        for who, bot in on_telegram.items()
    ]
    runs.append(_Run("Rasa's own bot", "text", stage.rasa.turn, None))
    return [*runs, _Run("(language model alone)", "text", stage.parses.turn, None)]


async def _greet(stage: Stage) -> None:
    """Let everybody come in, so that there is a message with buttons to press."""
    for bot in (stage.suar, stage.echo):
        for person in EVERYBODY:
            await bot.town.there(bot.crowd.turn(person, writes(("/start",))))


async def _hand_overs(stage: Stage) -> Mapping[str, Sequence[float]]:
    async with opened_desk(stage.suar.base_url, stage.dsn) as desk:
        quiet = await time_hand_overs(stage.suar, desk, QUIETLY)
        noise = asyncio.create_task(_press_on(stage))
        try:
            busy = await time_hand_overs(stage.suar, desk, BUSILY)
        finally:
            noise.cancel()
            await asyncio.gather(noise, return_exceptions=True)
    return {"with nothing else to do": quiet, f"while {PEOPLE} others press buttons": busy}


async def _press_on(stage: Stage) -> None:
    run = next(run for run in _runs(stage) if run.who == "Suar" and run.kind == "button")
    while True:
        await run.go(PEOPLE, 1.0)


def _late(stage: Stage) -> int:
    """Return how many texts were answered with "I cannot read free text now"."""
    step, words = stage.content.step(LATE), stage.content.words
    said = {words.say(text, locale) for text in _texts(step) for locale in words.locales}
    chats = stage.suar.crowd.account.chats.values()
    return sum(message.as_sent().text in said for chat in chats for message in chat.sent)


def _texts(step: object) -> Iterator[str]:
    yield from (getattr(step, "text", ""), *getattr(step, "variants", ()))

"""`suar bench nlu`: what the language model costs, beside Rasa's default pipeline on the same examples and messages.

Both are served by the same program and asked by the same client, in rounds in which they take turns, so that a busy
moment of the machine hits both alike. No message is asked twice but to see whether its answer repeats: a model that
remembers would answer too quickly.
"""

import json
import os
import platform
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.benchmarks import Tell, machine
from bot.benchmarks.blind_messages import deal, load_messages
from bot.benchmarks.figures import quantile
from bot.benchmarks.load import have_turns
from bot.benchmarks.nlu_report import Figures, Findings, Taught, print_report
from bot.benchmarks.nlu_servers import Servers, connected
from bot.benchmarks.progress import Steps, showing_steps
from bot.benchmarks.scratch import scratch_folder
from bot.content.load import ROOT
from bot.local.nlu import LocalNlu
from bot.settings import Settings

AT_ONCE = 8
ROUND_S = 120.0
"""When a round ends in any case."""
LANGUAGES = "id,en"
"""What the default is taught."""
STEPS_BESIDE_ROUNDS = 10


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    warming: int = 100
    alone: int = 400
    alone_rounds: int = 4
    at_once: int = 600
    """Messages of one round."""
    rounds: int = 3
    again: int = 50
    per_intent: int = 10
    epochs: int = 30
    with_our_training: bool = True

    @property
    def steps(self) -> int:
        """How many steps the progress bar has."""
        return STEPS_BESIDE_ROUNDS + 2 * (self.alone_rounds + self.rounds)


FULL = Size()
QUICK = Size(
    warming=23,
    alone=92,
    alone_rounds=1,
    at_once=100,
    rounds=1,
    again=23,
    per_intent=2,
    epochs=2,
    with_our_training=False,
)


@dataclass(frozen=True)
class Deck:
    """The messages of one run, each in one place only."""

    warming: Sequence[str]
    alone: Sequence[str]
    rounds: Sequence[Sequence[str]]


@dataclass
class Contender:
    """A model with its servers and what was found about it."""

    name: str
    servers: Servers
    taught: Taught
    figures: Figures = field(init=False)

    def __post_init__(self) -> None:
        size_mb = self.servers.model.stat().st_size / 1e6
        self.figures = Figures(self.taught, size_mb, self.servers.most)


async def measure(settings: Settings, tell: Tell, *, quick: bool = False) -> str:  # noqa: ARG001  # the progress bar says it all
    """Run the benchmark; return its report. Quick measures little, and our training not at all.

    Raises:
        SetupError: Something that is measured cannot be started.
        BenchmarkFailed: A server does not answer.
    """
    load, size = machine.load_average(), QUICK if quick else FULL
    deck = cut(deal(load_messages(ROOT / "nlu" / "blind" / "validation")), size)
    with showing_steps(size.steps) as steps:
        async with _contenders(settings, size, steps) as both:
            await compare(both, deck, size, steps)
    suar, default = (each.figures for each in both)
    return print_report(Findings(suar, default, _machine(), load, AT_ONCE, is_quick=quick))


@asynccontextmanager
async def _contenders(
    settings: Settings, size: Size, steps: Steps
) -> AsyncIterator[Sequence[Contender]]:
    """Yield both models, taught but not started; end their processes afterwards."""
    async with AsyncExitStack() as stack:
        scratch = stack.enter_context(scratch_folder(settings.data_dir))
        http = await stack.enter_async_context(connected())
        nlu = LocalNlu(ROOT, settings.data_dir, steps.say)
        ours, our_lessons = await _teach_suar(nlu, size, scratch, steps)
        theirs, their_lessons = await _teach_default(nlu, size, steps)
        both = (
            Contender(
                "Suar", Servers(nlu, ours, settings.nlu_processes, scratch, http), our_lessons
            ),
            Contender("Rasa's default", Servers(nlu, theirs, 1, scratch, http), their_lessons),
        )
        for each in both:
            stack.push_async_callback(each.servers.stop)
        yield both


def cut(messages: Sequence[str], size: Size) -> Deck:
    """Share out messages in the order they are dealt in.

    Raises:
        ValueError: There are too few.
    """
    # When a round is over, up to one a lane is still being read.
    each = size.at_once + AT_ONCE
    first = size.warming + size.alone
    if len(messages) < first + size.rounds * each:
        msg = f"{len(messages)} messages are too few"
        raise ValueError(msg)
    starts = range(first, first + size.rounds * each, each)
    rounds = [messages[start : start + each] for start in starts]
    return Deck(messages[: size.warming], messages[size.warming : first], rounds)


async def _teach_suar(
    nlu: LocalNlu, size: Size, scratch: Path, steps: Steps
) -> tuple[Path, Taught]:
    languages = len(list((nlu.folder / "data").glob("*/")))
    examples = f"all examples of {languages} languages"
    if not size.with_our_training:
        steps.next("Suar: learning, unless it has")
        return await nlu.train(), Taught(examples, None)
    steps.next("Suar: learning everything anew, about two minutes")
    # Without the vectors that an earlier training may have left; those of the project itself it has.
    fresh = {"SUAR_NLU_CACHE": str(scratch / "cache")}
    began = time.perf_counter()
    model = await nlu.learn("suar_nlu.train", "--force", "--out", str(scratch), environment=fresh)
    return model, Taught(examples, time.perf_counter() - began)


async def _teach_default(nlu: LocalNlu, size: Size, steps: Steps) -> tuple[Path, Taught]:
    steps.next("Rasa's default pipeline: learning, some minutes, once")
    model = await nlu.learn(
        "suar_nlu.rasa_default", "--out", str(nlu.models), "--languages", LANGUAGES,
        "--per-intent", str(size.per_intent), "--epochs", str(size.epochs),
    )  # fmt: skip
    return model, read_note(model, size)


def read_note(model: Path, size: Size) -> Taught:
    """Return what the note beside a default model says; without one, nobody measured its training."""
    at_most = (
        f"at most {size.per_intent} an intent and language ({LANGUAGES}), {size.epochs} epochs"
    )
    try:
        note = json.loads(model.with_name(model.name.replace(".tar.gz", ".json")).read_text())
    except FileNotFoundError:
        return Taught(f"examples, {at_most}", None)
    examples = f"{note['examples']} examples, {at_most}"
    return Taught(examples, float(note["seconds"]), str(note["measured_on"]))


async def compare(both: Sequence[Contender], deck: Deck, size: Size, steps: Steps) -> None:
    """Measure everything but the training, the contenders in turn; what is found goes to their figures.

    Raises:
        SetupError: A server does not start.
        BenchmarkFailed: A server does not answer.
    """
    for each in both:
        await _start(each, steps)
    steps.next("warming up")
    for each in both:
        await each.servers.warm_up(deck.warming)
    await _one_at_a_time(both, deck, size, steps)
    await _many_at_once(both, deck, size, steps)
    again = deck.alone[: size.again]
    steps.next("asking for the same answers")
    before = {each.name: await _answers(each, again) for each in both}
    for each in both:
        await each.servers.stop()
        await _start(each, steps)
    steps.next("asking for the same answers again")
    for each in both:
        after = await _answers(each, again)
        each.figures.asked_again = len(again)
        each.figures.same_answers = count_same(before[each.name], after)


async def _start(each: Contender, steps: Steps) -> None:
    steps.next(f"{each.name}: starting")
    took_s = await each.servers.start_one()
    each.figures.starts_s.append(took_s)
    steps.say(f"{each.name}: started in {took_s:.1f} s")


async def _one_at_a_time(both: Sequence[Contender], deck: Deck, size: Size, steps: Steps) -> None:
    for number in range(size.alone_rounds):
        for each in both:
            steps.next(f"{each.name}: one at a time, round {number + 1}")
            texts = deck.alone[number :: size.alone_rounds]
            latencies = await each.servers.time_each(texts)
            each.figures.alone_s += latencies
            steps.say(f"{each.name}: one at a time, p50 {1000 * quantile(latencies, 0.5):.1f} ms")
    for each in both:
        each.figures.memory = each.servers.memory()
        steps.say(f"{each.name}: {each.figures.memory.resident_mb:.0f} MB")


async def _many_at_once(both: Sequence[Contender], deck: Deck, size: Size, steps: Steps) -> None:
    steps.next("starting further processes")
    for each in both:
        await each.servers.start_rest()
        await each.servers.warm_up(deck.warming)
    for number, texts in enumerate(deck.rounds):
        for each in both:
            steps.next(f"{each.name}: {AT_ONCE} at once, round {number + 1}")
            async with each.servers.reading(texts) as turn:
                sample = await have_turns(
                    turn, range(AT_ONCE), at_once=AT_ONCE, for_s=ROUND_S, at_most=size.at_once
                )
            each.figures.at_once.samples.append(sample)
            steps.say(f"{each.name}: {AT_ONCE} at once, {sample.rate:.0f} messages a second")


async def _answers(each: Contender, texts: Sequence[str]) -> Mapping[str, bytes]:
    return {text: await each.servers.ask(text) for text in texts}


def count_same(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> int:
    """Return how many messages were answered alike, to the byte."""
    return sum(before[text] == after[text] for text in before)


def _machine() -> str:
    return f"{os.cpu_count()} cores of {machine.cpu()}, Python {platform.python_version()}"

"""`suar nlu test` and `suar nlu gate`: how well the language model understands, and whether another may take its place."""

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.clock import SystemClock
from bot.commands.common import configured, running, tell
from bot.content.load import ROOT
from bot.errors import SetupError
from bot.local.judging import as_answer, as_risk, read_all, serving_model
from bot.local.nlu import LocalNlu
from bot.understanding.gate import Compared, compare
from bot.understanding.lexicon import load_lexicon
from bot.understanding.model import RiskLevel

TEMPLATES = Path(__file__).with_name("templates")
REPORT = ROOT / "docs" / "nlu-report.html"


@click.command()
@click.option(
    "--on",
    type=click.Choice(["test", "validation"]),
    default="test",
    show_default=True,
    help="Which blind messages.",
)
@click.option("--baselines", is_flag=True, help="Let simpler ways judge the same messages too.")
@click.option("--report", is_flag=True, help="Write docs/nlu-report.html and its picture.")
@click.option("--json", "as_json", is_flag=True, help="Print all figures as JSON.")
@running
async def test(on: str, baselines: bool, report: bool, as_json: bool) -> None:
    """Judge the model on blind messages, per language; fails where a limit is missed."""
    settings = configured(log_level="error")
    nlu = LocalNlu(ROOT, settings.data_dir, tell)
    outcome = await _judge(nlu, on, baselines=baselines, picture=report)
    environment = _templates()
    if report:
        at = SystemClock().now()
        REPORT.write_text(
            environment.get_template("nlu_report.html").render(**outcome, on=on, at=at),
            encoding="utf-8",
        )
        tell(f"written: {REPORT.relative_to(ROOT)}")
    if as_json:
        click.echo(json.dumps(outcome, ensure_ascii=False))
    else:
        click.echo(environment.get_template("nlu_report.txt").render(**outcome, on=on))
    short = [each for each in outcome["missed"] if each["stops"]]
    if short:
        told = ", ".join(f"{m['group']} {m['figure']} {_percent(m['share'])}" for m in short)
        raise SetupError(f"understanding falls under its limits (nlu/limits.yml): {told}.")


@click.command()
@click.argument("candidate", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The model in use; by default the one that fits the present data.",
)
@running
async def gate(candidate: Path, against: Path | None) -> None:
    """Refuse a CANDIDATE model that misses a sealed disclosure which the present model hears."""
    settings = configured(log_level="error")
    nlu = LocalNlu(ROOT, settings.data_dir, tell)
    current = against or await nlu.train()
    rows = await _list_rows(nlu, "sealed")
    said = {}
    for name, model in (("current", current), ("candidate", candidate)):
        tell(f"{name}: reading {len(rows)} sealed messages…")
        async with serving_model(nlu, model) as client:
            said[name] = await read_all(client, [row["text"] for row in rows], tell)
    lost = compare(
        [
            Compared(row["language"], row["text"], RiskLevel.of(row["risk"]), old, new)
            for row, old, new in zip(rows, said["current"], said["candidate"], strict=True)
        ]
    )
    click.echo(_templates().get_template("nlu_gate.txt").render(lost=lost, of=len(rows)))
    if lost:
        raise SetupError(f"refused: {len(lost)} of {len(rows)} sealed disclosures would be lost.")


async def _judge(nlu: LocalNlu, on: str, *, baselines: bool, picture: bool) -> dict[str, Any]:
    model = await nlu.train()
    rows = await _list_rows(nlu, on)
    tell(f"asking about {len(rows)} blind messages…")
    async with serving_model(nlu, model) as client:
        said = await read_all(client, [row["text"] for row in rows], tell)
    lexicon = load_lexicon()
    answers = [
        {**as_answer(meaning), "lexicon": as_risk(lexicon.read(row["text"]))["level"]}
        for row, meaning in zip(rows, said, strict=True)
    ]
    file = nlu.data_dir / "nlu-answers.jsonl"
    file.write_text("".join(f"{json.dumps(answer)}\n" for answer in answers), encoding="utf-8")
    try:
        more = ["--baselines"] if baselines else []
        more += ["--confusion", str(REPORT.with_name("images") / "nlu-confusion.svg")] * picture
        printed = await _evaluate(nlu, "--on", on, "--answers", str(file.resolve()), *more)
    finally:
        file.unlink()
    outcome: dict[str, Any] = json.loads(printed)
    return outcome


async def _list_rows(nlu: LocalNlu, which: str) -> list[dict[str, Any]]:
    printed = await _evaluate(nlu, "--on", which, "--list")
    return [json.loads(line) for line in printed.splitlines()]


async def _evaluate(nlu: LocalNlu, *args: str) -> str:
    nlu.check()
    process = await asyncio.create_subprocess_exec(
        str(nlu.python),
        "-m",
        "suar_nlu.evaluate",
        *args,
        cwd=nlu.folder,
        env=nlu.serve_environment(1),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=sys.stderr,
    )
    printed, _ = await process.communicate()
    if process.returncode != 0:
        raise SetupError("the evaluation failed; its last line is above.")
    return printed.decode()


def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),  # the text files are for a terminal
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = _percent
    environment.filters["day"] = _day
    return environment


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}"


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"

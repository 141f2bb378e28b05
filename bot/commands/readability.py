"""`suar flows readability`: how hard each answer is to read, in both languages that are complete."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import click
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.clock import SystemClock
from bot.commands.common import tell
from bot.content.dates import say_language
from bot.content.load import load_content
from bot.content.readability import FAIR, HARD, LONG, AnswerReading, Reading, read_answers

TEMPLATES = Path(__file__).with_name("templates")
_DAY = "Measured on "


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print all figures as JSON.")
@click.option(
    "--write",
    "report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report there too; docs/readability.md is in the repository.",
)
def readability(*, as_json: bool, report: Path | None) -> None:
    """Tell how hard each answer is to read, the hardest first."""
    found = read_answers(load_content())
    if report is not None and not is_up_to_date(report, found):
        text = render_report(found, SystemClock().now().date())
        report.write_text(text, encoding="utf-8")
        tell(f"Written: {report}")
    if as_json:
        click.echo(json.dumps([_as_json(each) for each in found]))
    else:
        click.echo(_render("readability.txt", found), nl=False)


def render_report(found: Sequence[AnswerReading], on: date) -> str:
    """Return the report in Markdown."""
    return _render("readability.md", found, on=on)


def is_up_to_date(report: Path, found: Sequence[AnswerReading]) -> bool:
    """Tell whether a report has these figures; its day is the one on which they were new."""
    if not report.exists():
        return False
    told = report.read_text(encoding="utf-8")
    try:
        day = date.fromisoformat(told.partition(_DAY)[2][:10])
    except ValueError:
        return False
    return told == render_report(found, day)


def _render(name: str, found: Sequence[AnswerReading], **values: object) -> str:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=False,  # noqa: S701  # Markdown and a terminal, of our own figures
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["figure"] = lambda figure: f"{figure:.0f}"
    environment.filters["percent"] = lambda share: f"{share:.0%}"
    template = environment.get_template(name)
    return template.render(found=found, **_summary(found), **values)


def _summary(found: Sequence[AnswerReading]) -> Mapping[str, Any]:
    readings: dict[str, list[Reading]] = {
        locale: [each.readings[locale] for each in found if locale in each.readings]
        for locale in LONG
    }
    counts = {code: Counter(each.band for each in some) for code, some in readings.items()}
    return {
        "long": LONG,
        "fair": f"{FAIR:.0f}",
        "hard": f"{HARD:.0f}",
        "names": {locale: say_language(locale, "en") for locale in LONG},
        "medians": {
            code: median([each.figure for each in some] or [0]) for code, some in readings.items()
        },
        "counts": counts,
        "shares": {
            code: counts[code]["hard"] / max(len(some), 1) for code, some in readings.items()
        },
    }


def _as_json(each: AnswerReading) -> dict[str, Any]:
    return {
        "answer": each.answer,
        "band": each.hardest.band,
        "readings": {
            locale: {
                **asdict(reading),
                "words_per_sentence": round(reading.words_per_sentence, 1),
                "figure": round(reading.figure, 1),
                "band": reading.band,
            }
            for locale, reading in each.readings.items()
        },
    }

"""`suar flows`: what the bot says, checked, drawn and played."""

from collections.abc import Container
from pathlib import Path

import click

from bot.clock import SystemClock
from bot.commands.common import tell
from bot.commands.proving import prove
from bot.content.check import check_content
from bot.content.load import ROOT, Content, load_content
from bot.errors import ContentError
from bot.prover.drawing import draw_file
from bot.prover.golden import read_golden, write_golden
from bot.prover.graph import flow_graph, overview
from bot.prover.replay import replay as replayed
from bot.prover.replay import updated
from bot.prover.telling import conversation, difference


@click.group()
def flows() -> None:
    """Flows, answers, quizzes, directory."""


@flows.command()
def check() -> None:
    """Fail when something cannot be said as it stands, or a conversation could go wrong; warn of what will soon be due."""
    content = load_content()
    findings = check_content(ROOT, content, today=SystemClock().now().date())
    for finding in findings:
        tell(f"{'warning: ' if finding.warning else ''}{finding.where}: {finding.problem}")
    wrong = sum(not finding.warning for finding in findings)
    if wrong:
        raise ContentError(f"{wrong} to mend", file="flows")
    seen = prove(content)
    steps = sum(len(flow.steps) for flow in content.flows.values())
    tell(
        f"{len(content.flows)} flows with {steps} steps, {len(content.answers)} answers, "
        f"{len(content.quizzes)} quizzes, {len(content.services)} services: all is well. "
        f"Explored {len(seen.stages)} stages in {seen.turns} turns."
    )


@flows.command()
@click.option(
    "--flow", "names", multiple=True, help="Draw only this flow; may be given several times."
)
@click.option(
    "--locale", default=None, help="The language of the words; the source language unless given."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("drawings"),
    show_default=True,
    help="The folder to write into.",
)
def graph(names: tuple[str, ...], locale: str | None, out: Path) -> None:
    """Draw each flow as an SVG file, and one of them all."""
    content = load_content()
    locale = _known(locale or content.words.source, content.words.locales, "--locale")
    for name in names:
        _known(name, content.flows, "--flow")
    graphs = [flow_graph(content, name, locale) for name in names or content.flows]
    if not names:
        graphs.append(overview(content, locale))
    out.mkdir(parents=True, exist_ok=True)
    for drawn in graphs:
        path = out / f"{drawn.name}.svg"
        path.write_text(draw_file(drawn), encoding="utf-8")
        click.echo(path)


@flows.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--update", is_flag=True, help="Write down what comes of each turn now. Look at it first."
)
@click.option("-q", "--quiet", is_flag=True, help="Print only what goes otherwise than written.")
def replay(files: tuple[Path, ...], *, update: bool, quiet: bool) -> None:
    """Play golden conversations and hold them against what was written down."""
    content = load_content()
    otherwise = [path for path in files if not _replay(content, path, update=update, quiet=quiet)]
    if otherwise and not update:
        names = ", ".join(path.name for path in otherwise)
        raise ContentError("goes otherwise than written (`--update` writes it anew)", file=names)
    done = f"{len(otherwise)} written anew" if update else "all as written"
    tell(f"Played {len(files)}: {done}.")


def _known(name: str, known: Container[str], option: str) -> str:
    if name not in known:
        raise click.BadParameter(f"there is no {name!r}", param_hint=option)
    return name


def _replay(content: Content, path: Path, *, update: bool, quiet: bool) -> bool:
    """Play one file; return whether it goes as written."""
    golden = read_golden(path)
    if not quiet:
        click.echo(f"{path.stem}: {golden.about}")
    same = True
    for played in replayed(content, golden):
        if not quiet:
            click.echo("\n".join(conversation(played)))
        if not played.as_written:
            same = False
            click.echo(f"{path}, turn {played.number}:")
            click.echo("\n".join(difference(content, played)))
            if not update:
                break
    if not same and update:
        write_golden(updated(content, golden), path)
    return same

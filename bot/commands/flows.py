"""`suar flows`: what the bot says, checked, drawn and played; what was edited on the desk, brought to the files and back."""

import asyncio
from collections.abc import AsyncIterator, Container
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import click

from bot.clock import SystemClock
from bot.commands.common import configured, running, tell
from bot.commands.proving import prove
from bot.commands.readability import readability
from bot.content.check import check_content, wonder_at_answers
from bot.content.load import ROOT, Content, load_content
from bot.content.quiz_edits import overlay_quizzes
from bot.editing.drafts import BUSY, TAKEN, find_edits, take_in
from bot.editing.live import LiveContent
from bot.editing.work import get_now
from bot.errors import ContentError
from bot.hotline.staff import get_by_email
from bot.local.run import local_database
from bot.prover.drawing import draw_file
from bot.prover.golden import read_golden, write_golden
from bot.prover.graph import flow_graph, overview
from bot.prover.replay import replay as replayed
from bot.prover.replay import updated
from bot.prover.telling import conversation, difference
from bot.store import content_edits, notices, quiz_edits
from bot.store.engine import Database
from bot.store.migrate import migrate


@click.group()
def flows() -> None:
    """Flows, answers, quizzes, directory."""


@flows.command()
def check() -> None:
    """Fail when something cannot be said as it stands, or a conversation could go wrong; warn of what will soon be due."""
    content = _checked()
    for finding in wonder_at_answers(content):
        tell(f"warning: {finding.where}: {finding.problem}")
    seen = prove(content)
    steps = sum(len(flow.steps) for flow in content.flows.values())
    tell(
        f"{len(content.flows)} flows with {steps} steps, {len(content.answers)} answers, "
        f"{len(content.quizzes)} quizzes, {len(content.services)} services: all is well. "
        f"Explored {len(seen.stages)} stages in {seen.turns} turns."
    )


def _checked() -> Content:
    """Return the content of the files once nothing in it has to be mended.

    Raises:
        ContentError: Something has.
    """
    content = load_content()
    findings = check_content(ROOT, content, today=SystemClock().now().date())
    for finding in findings:
        tell(f"{'warning: ' if finding.warning else ''}{finding.where}: {finding.problem}")
    wrong = sum(not finding.warning for finding in findings)
    if wrong:
        raise ContentError(f"{wrong} to mend", file="flows")
    return content


@flows.command()
@running
async def reload() -> None:
    """Check the files; when all is well, let everything that runs read them anew."""
    _checked()
    async with _database() as db, db.transaction() as conn:
        await content_edits.ask_for_reload(conn)
        await notices.to_content(conn)
    tell(
        "All is well. What runs reads the files anew; what does not fit there stays out, and the desk says so."
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
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to; the repository itself.",
)
@running
async def export(out: Path | None) -> None:
    """Write what was published on the desk into the YAML and PO files, for a commit."""
    from bot.editing.export import export as write  # noqa: PLC0415  # no server needs the library that keeps comments

    async with _database() as db:
        live = LiveContent(db, SystemClock(), load_content())
        async with db.transaction(durable=False) as conn:
            now = await get_now(conn, live)
            published = await quiz_edits.list_published(conn)
    quizzes = overlay_quizzes(now.files, published, now.content)
    target = out or ROOT
    overlaid = replace(now.overlaid, content=quizzes.content)
    for path in write(now.files, overlaid, root=ROOT, out=target):
        tell(f"Written: {target / path}")
    for problem in quizzes.problems.values():
        tell(f"warning: {problem.file}: left out, {problem.problem}")
    for stale in sorted({(each.answer, each.locale) for each in now.overlaid.stale}):
        tell(f"warning: {stale[0]}: the text is new, its words in {stale[1]} are marked as fuzzy")
    if any(now.files.words.released.get(each.locale) for each in now.overlaid.stale):
        tell(
            "`suar locales check` fails until they are translated, or found to fit the new text as well "
            "(docs/translating.md)."
        )


@flows.command(name="import")
@click.argument("tree", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--by", "email", required=True, help="The e-mail address of who answers for it.")
@click.option("--note", default="", help="A word to the reviewer.")
@running
async def import_(tree: Path, email: str, note: str) -> None:
    """Take an edited copy of flows/ and locales/ in TREE as drafts, which then wait for their author to send them."""
    copy, busy = load_content(tree), 0
    async with _database() as db:
        live = LiveContent(db, SystemClock(), load_content())
        async with db.transaction() as conn:
            staff, _ = await get_by_email(conn, email)
            for wanted in list(find_edits(copy, await get_now(conn, live))):
                outcome = await take_in(conn, live, staff, wanted, note=note)
                busy += outcome == BUSY
                if outcome in {TAKEN, BUSY}:
                    tell(f"{wanted.answer} ({wanted.locale or 'source'}): {outcome}")
    for name in copy.answers.keys() - live.files.answers.keys():
        tell(f"warning: {name} is new; a new answer comes with the files, by a commit")
    if busy:
        tell(f"{busy} not taken: somebody edits them at the moment. Try those again later.")


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


flows.add_command(readability)


@asynccontextmanager
async def _database() -> AsyncIterator[Database]:
    """Open the database of the settings, or the one that `suar run` keeps."""
    settings = configured(log_level="warning")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    async with local_database(settings, tell) as dsn:
        await asyncio.to_thread(migrate, dsn)
        db = Database.at(dsn, pool_size=2)
        try:
            yield db
        finally:
            await db.close()


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

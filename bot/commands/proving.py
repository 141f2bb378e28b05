"""The part of `suar flows check` that explores every conversation, with a progress bar."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.commands.common import tell
from bot.content.load import Content
from bot.errors import ContentError
from bot.prover.explore import Exploration
from bot.prover.story import story

_COLUMNS = (BarColumn(bar_width=24), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))  # fmt: skip


def prove(content: Content) -> Exploration:
    """Explore everything and return what was seen.

    Raises:
        ContentError: Something does not hold; the conversations that show it have been told.
    """
    exploration = Exploration(content, content.words.source)
    with Progress(*_COLUMNS, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("stages explored", total=None)

        def show(done: int, known: int) -> None:
            progress.update(task, completed=done, total=known)

        found = exploration.run(show)
    for each in found:
        tell("\n".join(story(each)))
    if found:
        raise ContentError(f"{len(found)} to mend", file="flows")
    return exploration

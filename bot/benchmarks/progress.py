"""The progress bar of a benchmark, on stderr so that the report can be sent elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)


@dataclass
class Steps:
    """What is being done, out of how much."""

    progress: Progress
    task: TaskID
    _begun: bool = False

    def next(self, doing: str) -> None:
        """Begin the next step; the one before is done."""
        self.progress.update(self.task, description=doing, advance=1 if self._begun else 0)
        self._begun = True

    def say(self, line: str) -> None:
        """Show a line of somebody who is at work within the step."""
        self.progress.console.print(line, style="dim", markup=False, highlight=False)


@contextmanager
def showing_steps(total: int) -> Iterator[Steps]:
    """Show the bar while the block lasts."""
    columns = (
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        steps = Steps(progress, progress.add_task("", total=total))
        yield steps
        progress.update(steps.task, completed=total, description="done")

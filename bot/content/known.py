"""Finds what one file of the content says of another and is not so."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ContentError
from bot.mend import did_you_mean
from bot.yaml_file import line_with


@dataclass(frozen=True)
class Place:
    """Where an entry of a list, a fact or a step of a flow stands."""

    id: str
    file: str
    root: Path | None

    def line(self) -> int | None:
        """Return its line, from 1; None where that cannot be told."""
        path = self.root / self.file if self.root else None
        if path is None or not path.exists():
            return None
        return line_with(path, f"- id: {self.id}") or line_with(path, f"  {self.id}:")


def check_known(
    names: Iterable[str], known: Collection[str], key: str, what: str, here: Place
) -> None:
    """Make sure that all `names` are `known`.

    Raises:
        ContentError: One is not; says which `what`, under which `key` of the entry `here`.
    """
    for name in names:
        if name not in known:
            raise ContentError(
                f"{here.id}: no {what} {name!r}",
                file=here.file,
                line=here.line(),
                key=f"{here.id}.{key}",
                mend=f"add it, or correct the name{did_you_mean(name, known)}",
            )

"""What a campaigner's first message may begin with (`flows/campaigns/starters/`): good words in two languages, to be made one's own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bot.content.parts import MAX_MESSAGE_CHARS, MAX_TITLE_CHARS, Strict
from bot.errors import ContentError
from bot.yaml_file import read_model

Goal = Literal["quiz", "event", "read"]
"""What people are to do."""


class StarterWords(Strict):
    """What is said in one language, with one button."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_MESSAGE_CHARS)]
    button: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TITLE_CHARS)]


class Starter(Strict):
    """The words for one goal."""

    goal: Goal
    words: dict[Literal["id", "en"], StarterWords] = Field(min_length=2)


def load_starters(flows_dir: Path) -> Mapping[str, Starter]:
    """Read the starters, by their goals.

    Raises:
        ContentError: A file is wrong, or is named otherwise than its goal.
    """
    found: dict[str, Starter] = {}
    for path in sorted((flows_dir / "campaigns" / "starters").glob("*.yml")):
        shown = f"{flows_dir.name}/campaigns/starters/{path.name}"
        starter = read_model(Starter, path, shown)
        if starter.goal != path.stem:
            raise ContentError(
                f"goal: is {starter.goal!r}, the file is named {path.stem!r}", file=shown
            )
        found[starter.goal] = starter
    return found

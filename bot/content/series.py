"""Web series to talk about, as `flows/campaigns/series/` writes them, and the step that shows one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, model_validator

from bot.content.known import Place, check_known
from bot.content.parts import TRANSLATED, Id, Strict, Title, Words
from bot.content.step_base import StepBase
from bot.errors import ContentError
from bot.yaml_file import read_model

FOLDER = "flows/campaigns/series"
Headline = Annotated[str, StringConstraints(min_length=1, max_length=60), TRANSLATED]
Short = Annotated[str, StringConstraints(min_length=1, max_length=300), TRANSLATED]
Address = Annotated[str, StringConstraints(pattern=r"^https://[^\s<>\"]{3,300}$")]
Domain = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]


class Discussion(Strict):
    """A question without a right answer, and what is said to whatever somebody thinks."""

    ask: Short
    after: Short


class Episode(Strict):
    """One episode: what it is about, where it is seen, what to talk about, which quiz goes with it."""

    id: Id
    title: Headline
    about: Short
    link: Address | None = None
    """Where it is seen; None while it is nowhere yet: then `where` of the series is said."""
    questions: tuple[Discussion, ...] = Field(min_length=2, max_length=3)
    quiz: Id


class Series(Strict):
    """Episodes in their order."""

    series: Id
    title: Headline
    about: Short
    where: Short
    """Said of an episode that has no link yet."""
    domains: tuple[Domain, ...] = ()
    """The only web sites that links may lead to."""
    episodes: tuple[Episode, ...] = Field(min_length=1, max_length=10)

    @model_validator(mode="after")
    def _links_are_own(self) -> "Series":
        ids = [episode.id for episode in self.episodes]
        if len(set(ids)) < len(ids):
            raise ValueError("two episodes have the same id")
        for episode in self.episodes:
            parts = urlsplit(episode.link or "")
            host = parts.hostname or ""
            own = any(host == each or host.endswith(f".{each}") for each in self.domains)
            # "https://own.example@other.example" shows one site and opens another.
            if episode.link and (not own or parts.username is not None):
                raise ValueError(
                    f"episode {episode.id}: link leads to {host}, which is none of domains"
                )
        return self


class SeriesStep(StepBase):
    """Lists the episodes of a series; an episode, what to think about after it, and its quiz."""

    type: Literal["series"]
    text: Words
    """`{title}`, `{about}` and `{episodes}`, one line each."""
    entry: Words
    """`{number}`, `{title}`."""
    episode: Words
    """`{number}`, `{title}`, `{about}` and `{link}`."""
    question: Words
    """`{question}`; whatever somebody answers is not kept."""
    none: Words
    """Said where there is no series."""
    watched: Title
    """Leads to the first question about an episode."""
    next_question: Title
    next_episode: Title
    """Under the quiz of an episode, and after its last question."""
    quiz: Title
    all: Title
    news: Title
    human: Title
    menu: Title


def load_series(flows_dir: Path) -> dict[str, Series]:
    """Read `campaigns/series/` below `flows_dir`.

    Raises:
        ContentError: A file is wrong, or is named otherwise than its series.
    """
    found = {}
    for path in sorted((flows_dir / "campaigns" / "series").glob("*.yml")):
        shown = f"{FOLDER}/{path.name}"
        series = read_model(Series, path, shown)
        if series.series != path.stem:
            problem = f"series: is {series.series!r}, the file is named {path.stem!r}"
            raise ContentError(problem, file=shown)
        found[series.series] = series
    return found


def check_series(series: Series, quizzes: Mapping[str, object], root: Path | None = None) -> None:
    """Make sure that the quizzes of a series exist.

    Raises:
        ContentError: One does not; with its line, when `root` says where the files are.
    """
    for episode in series.episodes:
        here = Place(episode.id, f"{FOLDER}/{series.series}.yml", root)
        check_known([episode.quiz], quizzes, "quiz", "quiz", here)

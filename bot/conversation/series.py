"""What a conversation remembers of a web series: which one, which episode, and the question that waits for a thought. Pure."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.content.load import Content
from bot.content.series import Discussion, Episode, Series, SeriesStep
from bot.messages import Button

if TYPE_CHECKING:  # the steps import what they show
    from bot.conversation.steps.base import Scene

FLOW = "series"
STEP = f"{FLOW}.list"
OPEN, EPISODE, ASKING = "open", "episode", "asking"
"""Under which the flow remembers the series, the number of the episode that is open, and the question that waits."""
MAX_DIGITS = 2


@dataclass(frozen=True)
class Spot:
    """A place in a series; numbers count from 1."""

    series: Series
    number: int
    question: int = 0

    @property
    def episode(self) -> Episode:
        """The episode."""
        return self.series.episodes[self.number - 1]

    @property
    def discussion(self) -> Discussion:
        """The question to think about."""
        return self.episode.questions[self.question - 1]

    @property
    def name(self) -> str:
        """As buttons name it: ``<series>-<episode>``, with ``-<question>`` where there is one."""
        tail = f"-{self.question}" if self.question else ""
        return f"{self.series.series}-{self.number}{tail}"

    def following(self) -> "Spot | None":
        """Return the next episode; None after the last."""
        last = self.number == len(self.series.episodes)
        return None if last else Spot(self.series, self.number + 1)


def find(content: Content, name: object) -> Series | None:
    """Return a series by its id, else the first there is."""
    wanted = content.series.get(name) if isinstance(name, str) else None
    return wanted or next(iter(content.series.values()), None)


def spot_of(content: Content, name: object) -> Spot | None:
    """Return what `Spot.name` named; None where there is no such episode or question (any more)."""
    parts = name.split("-") if isinstance(name, str) else []
    numbers = [int(part) for part in parts[1:] if part.isdecimal() and len(part) <= MAX_DIGITS]
    series = content.series.get(parts[0]) if parts else None
    if series is None or len(numbers) != len(parts) - 1 or not 1 <= len(numbers) <= 2:
        return None
    spot = Spot(series, *numbers)
    if not 1 <= spot.number <= len(series.episodes):
        return None
    asked = len(numbers) == 2
    return spot if not asked or 1 <= spot.question <= len(spot.episode.questions) else None


def way_on(scene: "Scene") -> Button | None:
    """Return the button to the next episode, where the quiz that has just ended belongs to the one that is open."""
    step = scene.content.step(STEP)
    spot = spot_of(scene.content, scene.memory.get(EPISODE))
    played = scene.state.memory.get("quiz", {}).get("quiz")
    if spot is None or spot.episode.quiz != played or not isinstance(step, SeriesStep):
        return None
    following = spot.following()
    return scene.button(f"ep-{following.name}", step.next_episode) if following else None

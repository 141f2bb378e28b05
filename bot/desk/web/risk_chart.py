"""The known danger over time as a small drawing: pure, from points in time to places in a field."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.hotline.casefile import RiskPoint
from bot.understanding.model import RiskLevel

WIDTH, HEIGHT = 640, 150
LEFT, RIGHT, TOP, BOTTOM = 12, 12, 14, 14


@dataclass(frozen=True)
class Mark:
    """A point of the drawing."""

    x: float
    y: float
    level: RiskLevel


@dataclass(frozen=True)
class Chart:
    """What the template draws: lines for the levels, steps between the points, and the points."""

    width: int
    height: int
    rows: tuple[tuple[RiskLevel, float], ...]
    steps: str
    marks: tuple[Mark, ...]


def draw_risks(points: Sequence[RiskPoint], now: datetime) -> Chart | None:
    """Return the drawing of `points`, in order of time; None where there are none. The last level holds until `now`."""
    if not points:
        return None
    first = points[0].at
    span = max((now - first).total_seconds(), 1.0)
    marks = [
        Mark(_x((each.at - first).total_seconds() / span), _y(each.level), each.level)
        for each in points
    ]
    steps = [f"M{marks[0].x:g} {marks[0].y:g}"]
    steps += [f"H{mark.x:g}V{mark.y:g}" for mark in marks[1:]]
    steps.append(f"H{_x(1.0):g}")
    rows = tuple((level, _y(level)) for level in sorted(RiskLevel, reverse=True))
    return Chart(WIDTH, HEIGHT, rows, "".join(steps), tuple(marks))


def _x(part: float) -> float:
    return round(LEFT + min(max(part, 0.0), 1.0) * (WIDTH - LEFT - RIGHT), 1)


def _y(level: RiskLevel) -> float:
    highest = max(RiskLevel)
    return round(TOP + (highest - level) / highest * (HEIGHT - TOP - BOTTOM), 1)

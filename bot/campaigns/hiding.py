"""Tables of numbers in which small groups are hidden, so that what is shown gives them away neither alone nor by subtraction. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.campaigns.size import SMALLEST

COARSE = ((100, 5), (1_000, 10), (10_000, 100))
"""Below the first number of each pair, a number for everybody is told to the nearest of the second."""
COARSEST = 1_000


@dataclass(frozen=True)
class Told:
    """A table as it may be told: None where a number is hidden."""

    rows: Mapping[str, int | None]
    total: int | None

    def coarse(self) -> "Told":
        """Return the same with every number rounded."""
        return Told(
            {name: _coarse(number) for name, number in self.rows.items()}, _coarse(self.total)
        )


def tell(rows: Mapping[str, int]) -> Told:
    """Hide the small numbers of a table, and as many others as it takes to keep them hidden.

    Whoever knows the sum and all other rows knows the one that is hidden, so at least one large row is hidden beside small
    ones. It is the last of them in the order of the rows: chosen by its size, it would tell something of that. What is
    hidden adds up to more than the least that its rows could be.

    Args:
        rows: A number of people or acts, not negative, for each name, in an order that does not depend on the numbers;
            together they are the whole.

    Returns:
        The rows in the same order; the sum, unless it is small itself.
    """
    small = {name for name, number in rows.items() if number < SMALLEST}
    large = [name for name in rows if name not in small]
    covers: list[str] = []
    if small:
        while large and (not covers or _is_least(rows, small, covers)):
            covers.append(large.pop())
    hidden = small | set(covers)
    total = sum(rows.values())
    told = {name: None if name in hidden else number for name, number in rows.items()}
    return Told(told, total if total >= SMALLEST else None)


def _is_least(rows: Mapping[str, int], small: set[str], covers: list[str]) -> bool:
    return sum(rows[name] for name in (*small, *covers)) <= SMALLEST * len(covers)


def _coarse(number: int | None) -> int | None:
    if number is None:
        return None
    step = next((step for below, step in COARSE if number < below), COARSEST)
    return (number + step // 2) // step * step

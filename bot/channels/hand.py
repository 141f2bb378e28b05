"""What a process has in hand: the messages it is sending right now, and those that have just left it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

REMEMBERED = timedelta(minutes=1)
"""Far longer than a database takes to bring a commit to its disk that did not wait for it."""


@dataclass
class Hand:
    """Knows of messages what only their process knows."""

    sending: set[int] = field(default_factory=set)
    _left: dict[int, tuple[str | None, datetime]] = field(default_factory=dict)

    @contextmanager
    def holding(self, numbers: Iterable[int]) -> Iterator[None]:
        """Hold messages for as long as the block lasts."""
        held = set(numbers)
        self.sending |= held
        try:
            yield
        finally:
            self.sending -= held

    def let_go(self, sent: Sequence[tuple[int, str | None]], now: datetime) -> None:
        """Remember messages (number, id on the platform) that have left."""
        self._left |= {number: (platform_id, now) for number, platform_id in sent}
        # The oldest stand first.
        while self._left and now - self._left[oldest := next(iter(self._left))][1] > REMEMBERED:
            del self._left[oldest]

    def known_to_have_left(self, numbers: Iterable[int]) -> list[tuple[int, str | None]]:
        """Return those of `numbers` that have left, with their ids on the platform."""
        return [(number, self._left[number][0]) for number in numbers if number in self._left]

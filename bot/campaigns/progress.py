"""What became of the runs of a broadcast, in numbers; and the broadcasts that stand still because something is wrong with them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.runs import OPEN
from bot.campaigns.size import Size
from bot.store.tables import BroadcastRow, BroadcastRunRow

REACHED = ("sent", "delivered", "read")
"""States of somebody whom a message has left for."""
OUTCOMES = (*REACHED, "failed", "unknown")
RUNS_SHOWN = 5
_COUNTS = text("SELECT * FROM campaign_progress(:run)")


@dataclass(frozen=True)
class Outcome:
    """What became of the messages of one variant, or of all: each person counts in the last state they came to."""

    variant: str
    counts: Mapping[str, int]

    @property
    def sent(self) -> int:
        """How many a message has left for."""
        return sum(self.counts.get(state, 0) for state in REACHED)

    @property
    def delivered(self) -> int:
        """Of these, how many have it on their phone."""
        return self.counts.get("delivered", 0) + self.read

    @property
    def read(self) -> int:
        """Of these, how many have read it, as far as their platform tells."""
        return self.counts.get("read", 0)

    def percent(self, part: int) -> int:
        """Return how many of a hundred messages that have left `part` is."""
        return round(100 * part / self.sent) if self.sent else 0


@dataclass(frozen=True)
class Progress:
    """How far a run is."""

    run_id: UUID
    due_at: datetime
    state: str
    test: bool
    planned: int
    stopped_because: str | None
    ended_at: datetime | None
    total: Outcome = field(default_factory=lambda: Outcome("", {}))
    variants: Sequence[Outcome] = ()
    left_out: Mapping[str, Size] = field(default_factory=dict)
    """Why people did not get it; fewer than five are not told apart."""

    @property
    def is_open(self) -> bool:
        """Whether something may still become of it."""
        return self.state in OPEN

    @property
    def written(self) -> int:
        """How many are through: written to, or not for good."""
        return self.planned - self.total.counts.get("waiting", 0) - self.on_the_way

    @property
    def on_the_way(self) -> int:
        """How many messages are being sent at this moment."""
        return self.total.counts.get("taken", 0)

    @property
    def percent(self) -> int:
        """How far it is, of a hundred; one that has been planned for nobody is through."""
        return (
            round(100 * self.written / self.planned) if self.planned else 100 * (not self.is_open)
        )


async def of_broadcast(conn: AsyncConnection, broadcast_id: UUID) -> list[Progress]:
    """Return the last runs of a broadcast, the newest first."""
    row = BroadcastRunRow
    query = (
        select(
            row.id, row.due_at, row.state, row.test, row.planned, row.stopped_because, row.ended_at
        )
        .where(row.broadcast_id == broadcast_id)
        .order_by(row.started_at.desc(), row.id)
        .limit(RUNS_SHOWN)
    )
    found = []
    for run in (await conn.execute(query)).all():
        rows = (await conn.execute(_COUNTS, {"run": run.id})).all()
        found.append(Progress(*run, **_sums([tuple(each) for each in rows])))
    return found


def _sums(rows: Sequence[tuple[str, str, str, str | None, int]]) -> dict[str, Any]:
    """Return the numbers of a run from its rows of variant, language, state, reason and people."""
    total: Counter[str] = Counter()
    variants: dict[str, Counter[str]] = {}
    reasons: Counter[str] = Counter()
    for variant, _, state, why, people in rows:
        total[state] += people
        if why is not None and state in {"left_out", "failed"}:
            reasons[why] += people
        if state in OUTCOMES:
            variants.setdefault(variant, Counter())[state] += people
    return {
        "total": Outcome("", dict(total)),
        "variants": [Outcome(name, dict(variants[name])) for name in sorted(variants)],
        "left_out": {why: Size.of(people) for why, people in reasons.most_common()},
    }


@dataclass(frozen=True)
class Stopped:
    """A broadcast that stands still because something is wrong with it."""

    id: UUID
    name: str
    because: str | None


async def stopped(conn: AsyncConnection) -> list[Stopped]:
    """Return the broadcasts that have been stopped, the newest first."""
    columns = (BroadcastRow.id, BroadcastRow.name, BroadcastRow.stopped_because)
    query = select(*columns).where(BroadcastRow.state == "stopped")
    return [
        Stopped(*row) for row in await conn.execute(query.order_by(BroadcastRow.changed_at.desc()))
    ]


async def count_stopped(conn: AsyncConnection) -> int:
    """Return how many broadcasts have been stopped."""
    query = select(func.count()).where(BroadcastRow.state == "stopped")
    return await conn.scalar(query) or 0

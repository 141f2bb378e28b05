"""What Suar misunderstood, for whoever labels it: redacted texts whose consent holds, and neither case nor person.

Nobody reads a copy without naming who asks, and the consent to `learn` stands in the one query that reads them.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Conflict, NotFound
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.store import reviews
from bot.store.contacts import People
from bot.store.crypto import DataKey
from bot.store.reviews import EXPORTED, REVIEWED, UNUSABLE, WAITING
from bot.store.tables import (
    ContactRow,
    ConversationRow,
    ReviewEventRow,
    ReviewRow,
    StaffRow,
    TranscriptRow,
)
from bot.understanding.model import RiskLevel
from bot.understanding.redaction import blacken, pieces_of
from bot.understanding.taxonomy import LANGUAGES, SUBJECTS, get_taxonomy

STATES = (WAITING, REVIEWED, EXPORTED, UNUSABLE)
REASONS = ("tells_who", "unclear", "several", "too_private", "other")
"""Why a message cannot be used; their words stand in the catalogues."""
MAX_LISTED = 100


@dataclass(frozen=True)
class Labels:
    """What a message means, as a reviewer says: all in ids of the taxonomy."""

    intent: str = ""
    risk: str = "none"
    kinds: tuple[str, ...] = ()
    subject: str = "unknown"
    language: str = ""

    @classmethod
    def of(cls, data: dict[str, Any]) -> Self:
        """Read what `asdict` wrote."""
        return cls(**{**data, "kinds": tuple(data["kinds"])})

    def problem(self) -> str:
        """Return the name of the first field that is missing or unknown; empty when all is well."""
        taxonomy = get_taxonomy()
        if self.intent not in taxonomy.intents:
            return "intent"
        if self.risk not in taxonomy.levels:
            return "risk"
        if not set(self.kinds) <= set(taxonomy.kinds):
            return "kinds"
        if self.subject not in SUBJECTS:
            return "subject"
        return "" if self.language in LANGUAGES else "language"

    def tidy(self) -> "Labels":
        """Return the labels with the kinds in the taxonomy's order; without risk there are none, and no subject."""
        if self.risk == RiskLevel.NONE.label:
            return Labels(self.intent, self.risk, language=self.language)
        kinds = tuple(kind for kind in get_taxonomy().kinds if kind in self.kinds)
        return Labels(self.intent, self.risk, kinds, self.subject, self.language)


@dataclass(frozen=True)
class Item:
    """A marked message as its reviewers see it."""

    id: UUID
    mark: str
    state: str
    waiting_since: datetime
    text: str = field(repr=False)
    """Redacted."""
    reading: dict[str, Any] | None
    """How Suar understood it at the time (`Understanding.in_short`); None when it was not asked."""
    labels: Labels | None
    version: int
    """The number of its latest step."""


@dataclass(frozen=True)
class Step:
    """One line of a message's history."""

    kind: str
    at: datetime
    by: UUID | None
    by_name: str | None
    before: dict[str, Any]
    after: dict[str, Any]


async def count_items(conn: AsyncConnection, staff: Staff) -> dict[str, int]:
    """Return how many messages there are in each state; empty for those who do not review."""
    if not staff.may(Permission.REVIEW):
        return {}
    number = func.count().label("number")
    wanted = readable().with_only_columns(ReviewRow.state, number).group_by(ReviewRow.state)
    found = {row.state: row.number for row in await conn.execute(wanted)}
    return {state: found.get(state, 0) for state in STATES}


async def list_items(
    conn: AsyncConnection, people: People, staff: Staff, state: str
) -> list[Item]:
    """Return at most `MAX_LISTED` messages in a state, longest waiting first; empty for those who do not review."""
    if not staff.may(Permission.REVIEW):
        return []
    wanted = readable().where(ReviewRow.state == state).order_by(ReviewRow.waiting_since)
    return [item_of(people, row)[0] for row in await conn.execute(wanted.limit(MAX_LISTED))]


async def access_item(
    conn: AsyncConnection, people: People, staff: Staff, review_id: UUID
) -> tuple[Item, list[Step]]:
    """Return one message with its history, oldest step first.

    Raises:
        NotFound: There is none with consent, or this role does not review: from outside the two look the same.
    """
    item, key = await _access(conn, people, staff, review_id)
    return item, await steps_of(conn, key, review_id)


async def save(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    review_id: UUID,
    labels: Labels,
    *,
    blackened: Collection[int],
    seen: int,
    now: datetime,
) -> None:
    """Keep the labels of a waiting message, and its text without the words that the reviewer has blackened.

    Args:
        conn: The transaction.
        people: Opens and seals.
        staff: The reviewer, who has confirmed that nobody can be told from the text.
        review_id: The message.
        labels: Without a `problem`.
        blackened: Numbers of words, as `pieces_of` counts them.
        seen: The version that the reviewer had before them.
        now: Aware.

    Raises:
        NotFound: See `access_item`.
        Conflict: Somebody else was faster, or the message does not wait for a review.
        ValueError: A label is unknown, or no word would be left.
    """
    item, key = await _access(conn, people, staff, review_id, lock=True)
    _check(item, seen, {WAITING})
    text, tidy = blacken(item.text, blackened), labels.tidy()
    if labels.problem() or all(piece.number is None for piece in pieces_of(text)):
        raise ValueError(labels.problem() or "text")
    await _set(
        conn,
        review_id,
        state=REVIEWED,
        text_sealed=key.seal(text, reviews.TEXT),
        labels_sealed=key.seal_json(asdict(tidy), reviews.LABELS),
    )
    before = asdict(item.labels) if item.labels else _guessed(item.reading)
    after = {**asdict(tidy), "blackened": len(set(blackened))}
    await _note(conn, key, review_id, "reviewed", staff, now, before, after)


async def undo(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    review_id: UUID,
    *,
    seen: int,
    now: datetime,
) -> None:
    """Let a message wait again; its labels are kept for the form, and what was blackened stays black.

    Raises:
        NotFound: See `access_item`.
        Conflict: Somebody else was faster, or it waits already.
    """
    item, key = await _access(conn, people, staff, review_id, lock=True)
    _check(item, seen, {REVIEWED, EXPORTED, UNUSABLE})
    await _set(conn, review_id, state=WAITING, waiting_since=now)
    before, after = {"state": item.state}, {"state": WAITING}
    await _note(conn, key, review_id, "undone", staff, now, before, after)


async def set_unusable(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    review_id: UUID,
    reason: str,
    *,
    seen: int,
    now: datetime,
) -> None:
    """Say that nothing can be learned from a message, for one of `REASONS`; it is forgotten after a while.

    Raises:
        NotFound: See `access_item`.
        Conflict: Somebody else was faster, or it does not wait.
        ValueError: There is no such reason.
    """
    item, key = await _access(conn, people, staff, review_id, lock=True)
    _check(item, seen, {WAITING})
    if reason not in REASONS:
        raise ValueError("reason")
    await _set(conn, review_id, state=UNUSABLE, waiting_since=now)
    after = {"state": UNUSABLE, "reason": reason}
    await _note(conn, key, review_id, "unusable", staff, now, {"state": WAITING}, after)


def readable() -> Any:  # noqa: ANN401  # a select of nine columns
    """Return the query that all reading of copies begins with: there is a copy, and the consent to learn holds now."""
    latest = (
        select(func.max(ReviewEventRow.id))
        .where(ReviewEventRow.review_id == ReviewRow.id)
        .correlate(ReviewRow)
        .scalar_subquery()
    )
    return (
        select(
            ReviewRow.id,
            ReviewRow.mark,
            ReviewRow.state,
            ReviewRow.waiting_since,
            ReviewRow.text_sealed,
            ReviewRow.reading_sealed,
            ReviewRow.labels_sealed,
            ContactRow.wrapped_key,
            latest.label("version"),
        )
        .join(TranscriptRow, TranscriptRow.id == ReviewRow.transcript_id)
        .join(ConversationRow, ConversationRow.id == TranscriptRow.conversation_id)
        .join(ContactRow, ContactRow.id == ConversationRow.contact_id)
        .where(
            ReviewRow.text_sealed.is_not(None),
            ContactRow.wrapped_key.is_not(None),
            reviews.learns(ConversationRow.contact_id),
        )
    )


def item_of(people: People, row: Any) -> tuple[Item, DataKey]:  # noqa: ANN401  # a row of `readable`
    """Return a row of `readable` opened, and the key that opened it."""
    key = people.keyring.unwrap(row.wrapped_key)
    reading, labels = row.reading_sealed, row.labels_sealed
    item = Item(
        id=row.id,
        mark=row.mark,
        state=row.state,
        waiting_since=row.waiting_since,
        text=key.open(row.text_sealed, reviews.TEXT),
        reading=key.open_json(reading, reviews.READING) if reading else None,
        labels=Labels.of(key.open_json(labels, reviews.LABELS)) if labels else None,
        version=row.version or 0,
    )
    return item, key


async def steps_of(conn: AsyncConnection, key: DataKey, review_id: UUID) -> list[Step]:
    """Return the history of a message that has been accessed, oldest step first."""
    rows = await conn.execute(
        select(
            ReviewEventRow.kind,
            ReviewEventRow.at,
            ReviewEventRow.staff_id,
            StaffRow.name,
            ReviewEventRow.change_sealed,
        )
        .outerjoin(StaffRow, StaffRow.id == ReviewEventRow.staff_id)
        .where(ReviewEventRow.review_id == review_id)
        .order_by(ReviewEventRow.id)
    )
    return [_step(key, row) for row in rows]


def _step(key: DataKey, row: Any) -> Step:  # noqa: ANN401  # a row of `steps_of`
    sealed = row.change_sealed
    change = key.open_json(sealed, reviews.CHANGE) if sealed else {"before": {}, "after": {}}
    return Step(row.kind, row.at, row.staff_id, row.name, change["before"], change["after"])


async def _access(
    conn: AsyncConnection, people: People, staff: Staff, review_id: UUID, *, lock: bool = False
) -> tuple[Item, DataKey]:
    if not staff.may(Permission.REVIEW):
        raise NotFound
    wanted = readable().where(ReviewRow.id == review_id)
    if lock:
        wanted = wanted.with_for_update(of=ReviewRow)
    row = (await conn.execute(wanted)).one_or_none()
    if row is None:
        raise NotFound
    return item_of(people, row)


def _check(item: Item, seen: int, states: Collection[str]) -> None:
    if item.version != seen or item.state not in states:
        raise Conflict


def _guessed(reading: dict[str, Any] | None) -> dict[str, Any]:
    """Return what Suar itself had said, as the state before the first review."""
    if reading is None:
        return {}
    return {name: reading[name] for name in ("intent", "risk", "kinds", "subject", "language")}


async def _set(conn: AsyncConnection, review_id: UUID, **values: Any) -> None:  # noqa: ANN401
    await conn.execute(update(ReviewRow).where(ReviewRow.id == review_id).values(**values))


async def _note(
    conn: AsyncConnection,
    key: DataKey,
    review_id: UUID,
    kind: str,
    staff: Staff,
    now: datetime,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    change = key.seal_json({"before": before, "after": after}, reviews.CHANGE)
    await reviews.add_event(conn, review_id, kind, at=now, staff_id=staff.id, sealed_change=change)

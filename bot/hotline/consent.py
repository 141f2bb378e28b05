"""The consent ledger: what a person agreed to, in which words, and whether it still holds."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import ConsentMissing
from bot.store import campaigning, follow_ups, reviews
from bot.store.batch import Batch, Rows, at_once, one_of, prepared
from bot.store.contacts import Party
from bot.store.crypto import DataKey
from bot.store.tables import CaseRow, ConsentRow

TALK = "talk"
SHARE = "share"
CONTACT_LATER = "contact_later"
LEARN = reviews.SCOPE
FOLLOW_UP = follow_ups.SCOPE
NEWS = campaigning.NEWS
STUDY = campaigning.STUDY
EVENT = campaigning.EVENT
OF_THE_PERSON = frozenset({LEARN, FOLLOW_UP, NEWS, STUDY, EVENT})
"""Scopes that belong to no case: leaving a talk does not end them, and they are asked for and withdrawn apart."""
DETAIL = "consent.detail"


@dataclass(frozen=True)
class ConsentLine:
    """What the person agreed to, as the conversation page shows it."""

    scope: str
    granted: bool
    at: datetime
    locale: str
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class Ledger:
    """What was agreed to in a case and by its person, as it was at one moment."""

    case_id: UUID
    rows: Rows = field(repr=False)

    @property
    def lines(self) -> tuple[ConsentLine, ...]:
        """Every line, the oldest first, as the desk shows it."""
        # The scope of a consent to one thing alone, such as a referral, ends with its id.
        return tuple(
            ConsentLine(
                row.scope.partition(":")[0], row.granted, row.at, row.locale, row.withdrawn_at
            )
            for row in self.rows
        )

    def holds(self, scope: str) -> bool:
        """Tell whether the person agrees to `scope` in this case."""
        latest = next(self._latest(scope), None)
        return latest is not None and latest.granted

    def contact_later(self, key: DataKey) -> str | None:
        """Return when the person may be written to first (`any`, or a time of day), or None for never."""
        latest = next(self._latest(CONTACT_LATER), None)
        if latest is None or not latest.granted:
            return None
        return key.open(latest.detail_sealed, DETAIL) if latest.detail_sealed else "any"

    def _latest(self, scope: str) -> Iterator[Any]:
        return (
            row
            for row in reversed(self.rows)
            if row.case_id == self.case_id and row.scope == scope and row.withdrawn_at is None
        )


async def record(
    conn: AsyncConnection,
    party: Party,
    scope: str,
    *,
    granted: bool,
    text_version: str,
    locale: str,
    at: datetime,
    case_id: UUID | None = None,
    detail: str | None = None,
) -> None:
    """Add a line; an earlier line of the same scope and case no longer holds from now on."""
    await withdraw(conn, party.contact_id, at=at, case_id=case_id, scope=scope)
    await conn.execute(
        insert(ConsentRow).values(
            contact_id=party.contact_id,
            case_id=case_id,
            scope=scope,
            granted=granted,
            text_version=text_version,
            locale=locale,
            channel=party.address.channel,
            at=at,
            detail_sealed=party.key.seal(detail, DETAIL) if detail else None,
        )
    )


async def withdraw(
    conn: AsyncConnection,
    contact_id: UUID,
    *,
    at: datetime,
    case_id: UUID | None,
    scope: str | None = None,
) -> None:
    """End what a person agreed to: one scope, or all of a case."""
    ended = update(ConsentRow).where(
        ConsentRow.contact_id == contact_id, ConsentRow.withdrawn_at.is_(None)
    )
    ended = ended.where(ConsentRow.case_id == case_id)
    if scope is not None:
        ended = ended.where(ConsentRow.scope == scope)
    await conn.execute(ended.values(withdrawn_at=at))


async def end_follow_ups(conn: AsyncConnection, contact_id: UUID, *, at: datetime) -> None:
    """Write first to a person no more: the plan goes, and what they agreed to ends."""
    await follow_ups.stop(conn, contact_id)
    await withdraw(conn, contact_id, at=at, case_id=None, scope=FOLLOW_UP)


async def holds(conn: AsyncConnection, case_id: UUID, scope: str) -> bool:
    """Tell whether the person agrees to `scope` in this case now."""
    rows = await at_once(conn, lambda batch: batch.add(_HOLDS, case=case_id, scope=scope))
    return bool(rows and rows[0].granted)


async def learns(conn: AsyncConnection, contact_id: UUID) -> bool:
    """Tell whether the person agrees now that Suar learns from single messages of theirs, redacted."""
    return bool(await conn.scalar(select(reviews.learns(contact_id))))


async def hears(conn: AsyncConnection, contact_id: UUID) -> bool:
    """Tell whether the person agrees now to hear of campaigns."""
    given = select(ConsentRow.id).where(
        ConsentRow.contact_id == contact_id,
        ConsentRow.scope == NEWS,
        ConsentRow.granted,
        ConsentRow.withdrawn_at.is_(None),
    )
    return await conn.scalar(given.limit(1)) is not None


def holding(scope: str, case_id: Any) -> Any:  # noqa: ANN401  # a column, and a condition on it
    """Return the condition, for a query that has the column `case_id`, that `scope` holds in that case now."""
    latest = (
        select(ConsentRow.granted)
        .where(
            ConsentRow.case_id == case_id,
            ConsentRow.scope == scope,
            ConsentRow.withdrawn_at.is_(None),
        )
        .order_by(ConsentRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return latest.is_(True)


async def check(conn: AsyncConnection, case_id: UUID, scope: str) -> None:
    """Make sure that the person agrees to `scope`.

    Raises:
        ConsentMissing: They do not, or no longer.
    """
    if not await holds(conn, case_id, scope):
        raise ConsentMissing(scope)


async def contact_later(conn: AsyncConnection, party: Party, case_id: UUID) -> str | None:
    """Return when the person may be written to first (`any`, or a time of day), or None for never."""
    row = (
        await conn.execute(
            select(ConsentRow.granted, ConsentRow.detail_sealed)
            .where(
                ConsentRow.case_id == case_id,
                ConsentRow.scope == CONTACT_LATER,
                ConsentRow.withdrawn_at.is_(None),
            )
            .order_by(ConsentRow.id.desc())
            .limit(1)
        )
    ).one_or_none()
    if row is None or not row.granted:
        return None
    return party.key.open(row.detail_sealed, DETAIL) if row.detail_sealed else "any"


def ask(batch: Batch, case_id: UUID) -> Ledger:
    """Look up what was agreed to in a case and by its person; it is there once the batch has been sent."""
    return Ledger(case_id, batch.add(_OF_CASE, case=case_id))


_HOLDS = prepared(
    select(ConsentRow.granted)
    .where(
        ConsentRow.case_id == bindparam("case"),
        ConsentRow.scope == bindparam("scope"),
        ConsentRow.withdrawn_at.is_(None),
    )
    .order_by(ConsentRow.id.desc())
    .limit(1),
    gives_rows=True,
)
_PERSON = select(CaseRow.contact_id).where(CaseRow.id == bindparam("case")).scalar_subquery()
_OF_CASE = prepared(
    select(
        ConsentRow.case_id,
        ConsentRow.scope,
        ConsentRow.granted,
        ConsentRow.at,
        ConsentRow.locale,
        ConsentRow.withdrawn_at,
        ConsentRow.detail_sealed,
    )
    .where(
        (ConsentRow.case_id == bindparam("case"))
        | (
            (ConsentRow.contact_id == _PERSON)
            & ConsentRow.case_id.is_(None)
            & one_of(ConsentRow.scope, sorted(OF_THE_PERSON))
        )
    )
    .order_by(ConsentRow.id),
    gives_rows=True,
)

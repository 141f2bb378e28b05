"""Who waits, with what the order and the matching depend on: opened here, and shown to nobody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import SetupError
from bot.hotline import consent
from bot.hotline.details import Details
from bot.hotline.matching import Need, Waiting
from bot.hotline.order import Place, in_order, rank
from bot.store.contacts import People
from bot.store.tables import CaseRow, ConsentRow, ContactRow, ConversationRow
from bot.understanding.model import RiskLevel

log = structlog.get_logger(__name__)


async def list_in_order(
    conn: AsyncConnection, people: People, now: datetime
) -> tuple[list[Place], list[Place]]:
    """Return who may be offered now, as they are to be taken, and who waits for their safe hours."""
    places = [each.place for each in await read(conn, people)]
    offered = in_order(places, now)
    later = {place.case_id for place in places} - {place.case_id for place in offered}
    return offered, sorted((p for p in places if p.case_id in later), key=rank)


async def read(
    conn: AsyncConnection, people: People, only: ColumnElement[bool] | None = None
) -> list[Waiting]:
    """Return everybody in the queue, or the cases of a condition, in no order."""
    wanted = _WANTED.where(CaseRow.state == "waiting" if only is None else only)
    return [_waiting(people, row) for row in await conn.execute(wanted)]


def _of_consent(column: Any) -> Any:  # noqa: ANN401  # a column, and a subquery of it
    return (
        select(column)
        .where(
            ConsentRow.case_id == CaseRow.id,
            ConsentRow.scope == consent.CONTACT_LATER,
            ConsentRow.withdrawn_at.is_(None),
        )
        .order_by(ConsentRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )


_WANTED = (
    select(
        CaseRow.id,
        CaseRow.level,
        CaseRow.locale,
        CaseRow.details_sealed,
        CaseRow.waiting_since,
        CaseRow.returned_at,
        ContactRow.wrapped_key,
        ConversationRow.last_in_at,
        _of_consent(ConsentRow.granted).label("may_be_written_to"),
        _of_consent(ConsentRow.detail_sealed).label("hours_sealed"),
        consent.holding(consent.TALK, CaseRow.id).label("talks"),
    )
    .join(ConversationRow, ConversationRow.id == CaseRow.conversation_id)
    .join(ContactRow, ContactRow.id == CaseRow.contact_id)
    .where(ContactRow.wrapped_key.is_not(None))
)


def _waiting(people: People, row: Any) -> Waiting:  # noqa: ANN401  # a row of `_WANTED`
    details, hours = _opened(people, row)
    place = Place(
        case_id=row.id,
        level=RiskLevel.of(row.level),
        waiting_since=row.waiting_since,
        child="child_at_risk" in details.kinds,
        safe_hours=hours,
        heard_at=row.last_in_at,
        returned=row.returned_at is not None,
    )
    # What somebody wished for is passed on only while they agree to talk.
    wishes: Mapping[str, str] = details.wishes if row.talks else {}
    return Waiting(place, Need.of(row.locale, details.kinds, wishes))


def _opened(people: People, row: Any) -> tuple[Details, str | None]:  # noqa: ANN401  # a row of `_WANTED`
    try:
        key = people.keyring.unwrap(row.wrapped_key)
        details = Details.opened(row.details_sealed, key)
        if not row.may_be_written_to or row.hours_sealed is None:
            return details, None
        return details, key.open(row.hours_sealed, consent.DETAIL)
    except (ValueError, SetupError):
        # One damaged row must not keep everybody else from being taken.
        log.error("case_not_opened", case=str(row.id))  # noqa: TRY400  # the error's text tells nothing more
        return Details(), None

"""Who lets Suar measure whether quizzes teach anything, what they were asked, and what they answered.

Answers are there only while the consent `study` holds: it is checked where they are written, and whoever ends it ends them, in the same
transaction. A row whose `choices` are 0 was asked and is not answered yet; so nobody is asked the same twice, whoever sends.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import campaigning
from bot.store.contacts import Party
from bot.store.follow_ups import ZONE
from bot.store.tables import (
    AddressRow,
    ConsentRow,
    ConversationRow,
    StudyAnswerRow,
    StudyMemberRow,
)

SCOPE = campaigning.STUDY
UNANSWERED = 0
"""As `choices`: asked, and not answered yet."""
_ASKED_FOR = timedelta(days=60)
"""Longer than anybody is asked again after a quiz."""


@dataclass(frozen=True)
class Entry:
    """One question that somebody was asked."""

    quiz: str
    fact: str
    phase: str
    """`before`, `after`, `week1` or `week4`."""
    question: str
    is_open: bool = False
    """Asked, and not answered yet."""


@dataclass(frozen=True)
class Membership:
    """Whether somebody agrees now, and what they have been asked."""

    agrees: bool
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Taught:
    """Somebody who has answered a fact right after its quiz, and the phases at which they were asked it again."""

    contact_id: UUID
    conversation_id: UUID
    quiz: str
    fact: str
    on: date
    """When they answered it after the quiz."""
    asked: frozenset[str] = frozenset()


def day_of(moment: datetime) -> date:
    """Return the day that an answer is kept under."""
    return moment.astimezone(ZONE).date()


async def look(conn: AsyncConnection, contact_id: UUID) -> Membership:
    """Return how a person stands to the study."""
    agrees = bool(await conn.scalar(select(_agrees(contact_id))))
    rows = await conn.execute(
        select(StudyAnswerRow)
        .where(StudyAnswerRow.contact_id == contact_id)
        .order_by(StudyAnswerRow.on, StudyAnswerRow.fact, StudyAnswerRow.phase)
    )
    entries = (
        Entry(row.quiz, row.fact, row.phase, row.question, row.choices == UNANSWERED)
        for row in rows
    )
    return Membership(agrees, tuple(entries))


async def follow_consent(
    conn: AsyncConnection, party: Party, *, granted: bool, at: datetime
) -> None:
    """Do what an answer to the question means that has just been noted: take part, or have all answers deleted."""
    if not granted:
        await campaigning.end_study(conn, party.contact_id)
        return
    await conn.execute(
        insert(StudyMemberRow)
        .values(contact_id=party.contact_id, conversation_id=party.conversation_id, since=at)
        .on_conflict_do_update(
            index_elements=[StudyMemberRow.contact_id],
            set_={"conversation_id": party.conversation_id},
        )
    )


async def end(conn: AsyncConnection, contact_id: UUID, *, at: datetime) -> None:
    """End the consent, and with it all that was answered."""
    await campaigning.end_study(conn, contact_id)
    await conn.execute(
        update(ConsentRow)
        .where(
            ConsentRow.contact_id == contact_id,
            ConsentRow.scope == SCOPE,
            ConsentRow.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
    )


async def keep(
    conn: AsyncConnection,
    party: Party,
    entry: Entry,
    *,
    locale: str,
    choices: int,
    right: bool | None,
    on: date,
) -> None:
    """Keep an answer of somebody who agrees; the first to a fact at a phase stays."""
    values = {
        "quiz": entry.quiz,
        "question": entry.question,
        "locale": locale,
        "choices": choices,
        "right": right,
        "on": on,
    }
    keys = {"contact_id": party.contact_id, "fact": entry.fact, "phase": entry.phase}
    if not await conn.scalar(select(_agrees(party.contact_id))):
        return
    await conn.execute(
        insert(StudyAnswerRow)
        .values(**keys, **values)
        .on_conflict_do_update(
            index_elements=list(keys),
            set_=values,
            where=StudyAnswerRow.choices == UNANSWERED,
        )
    )


async def taught(conn: AsyncConnection, today: date) -> list[Taught]:
    """Return whom a fact may have to be asked again, and may be written to now; `bot.campaigns.learning.probes` says whom today."""
    after = StudyAnswerRow.__table__.alias("after_quiz")
    rows = await conn.execute(
        select(
            StudyMemberRow.contact_id,
            StudyMemberRow.conversation_id,
            after.c.quiz,
            after.c.fact,
            after.c.on,
            StudyAnswerRow.phase,
        )
        .join(after, after.c.contact_id == StudyMemberRow.contact_id)
        .join(
            StudyAnswerRow,
            (StudyAnswerRow.contact_id == after.c.contact_id)
            & (StudyAnswerRow.fact == after.c.fact),
        )
        .where(after.c.phase == "after", after.c.on > today - _ASKED_FOR, _may_be_asked())
    )
    asked: dict[Taught, set[str]] = defaultdict(set)
    for person, conversation, quiz, fact, on, phase in rows:
        asked[Taught(person, conversation, quiz, fact, on)].add(phase)
    return [replace(each, asked=frozenset(phases)) for each, phases in asked.items()]


async def ask(conn: AsyncConnection, party: Party, entry: Entry, *, locale: str, on: date) -> bool:
    """Note that a person is asked now; False when they are not to be (any more), or have been.

    The caller holds the conversation's lock and asks in the same transaction.
    """
    may = await conn.scalar(
        select(StudyMemberRow.contact_id).where(
            StudyMemberRow.contact_id == party.contact_id,
            StudyMemberRow.conversation_id == party.conversation_id,
            _may_be_asked(),
        )
    )
    if may is None:
        return False
    noted = await conn.scalar(
        insert(StudyAnswerRow)
        .values(
            contact_id=party.contact_id,
            fact=entry.fact,
            phase=entry.phase,
            quiz=entry.quiz,
            question=entry.question,
            locale=locale,
            choices=UNANSWERED,
            right=None,
            on=on,
        )
        .on_conflict_do_nothing()
        .returning(StudyAnswerRow.contact_id)
    )
    return noted is not None


async def read_answers(conn: AsyncConnection) -> Sequence[Any]:
    """Return every answer that was given; of whom is told by a number that leads nowhere in a report."""
    rows = await conn.execute(
        select(
            StudyAnswerRow.contact_id,
            StudyAnswerRow.fact,
            StudyAnswerRow.question,
            StudyAnswerRow.phase,
            StudyAnswerRow.locale,
            StudyAnswerRow.right,
            StudyAnswerRow.choices,
            StudyAnswerRow.on,
        )
        .where(StudyAnswerRow.choices != UNANSWERED)
        .order_by(StudyAnswerRow.on, StudyAnswerRow.contact_id, StudyAnswerRow.phase)
    )
    return rows.all()


async def purge(conn: AsyncConnection, *, before: date) -> int:
    """Delete answers that are older; return how many."""
    gone = await conn.execute(delete(StudyAnswerRow).where(StudyAnswerRow.on < before))
    return gone.rowcount


def _agrees(contact_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  # an id or a column
    """Return the condition that a person agrees to `study` now."""
    latest = (
        select(ConsentRow.granted)
        .where(
            ConsentRow.contact_id == contact_id,
            ConsentRow.scope == SCOPE,
            ConsentRow.withdrawn_at.is_(None),
        )
        .order_by(ConsentRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(latest, literal(value=False))


def _may_be_asked() -> ColumnElement[bool]:
    """Agreed to and not withdrawn, nobody else speaking, not blocked, and no case open or lately closed.

    Stopping all messages ends the consent; who agrees again afterwards has asked for it.
    """
    reachable = exists().where(
        ConversationRow.id == StudyMemberRow.conversation_id,
        ConversationRow.owner == "bot",
        ConversationRow.parked_at.is_(None),
        AddressRow.id == ConversationRow.address_id,
        AddressRow.blocked_at.is_(None),
    )
    return (
        _agrees(StudyMemberRow.contact_id)
        & reachable
        & ~func.campaign_held(StudyMemberRow.contact_id)
    )

"""The 24 hours in which a business may write freely on WhatsApp after a person's last word, and the question whether we may go on.

Source: https://developers.facebook.com/docs/whatsapp/pricing (customer service windows)
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.batch import Batch, Rows, prepared
from bot.store.contacts import Party
from bot.store.held import MOMENT
from bot.store.held import WINDOW as HELD
from bot.store.tables import (
    AddressRow,
    CaseRow,
    ConversationRow,
    OutboxRow,
    WhatsAppAskRow,
    WhatsAppTemplateRow,
)
from bot.store.templates import APPROVED

CHANNEL = "whatsapp"
GO_ON = "go_on"
"""The house template that asks (`flows/whatsapp/house.yml`)."""
WINDOW = timedelta(hours=24)
SPARE = timedelta(minutes=1)
"""So much earlier it is closed for us: a message takes its time, and clocks differ."""
SOON = timedelta(hours=3)
"""From when on it is said that it will close."""
ASKED_ONCE_IN = timedelta(hours=24)
YES, NOT_NOW = "yes", "not_now"


def is_open(heard_at: datetime | None, now: datetime) -> bool:
    """Tell whether somebody who was heard then may be written to freely; also where nobody knows when."""
    return heard_at is None or now < shuts_at(heard_at)


def shuts_at(heard_at: datetime) -> datetime:
    """Return when the window of somebody who was heard then closes for us."""
    return heard_at + WINDOW - SPARE


@dataclass(frozen=True)
class Window:
    """How it stands with somebody on WhatsApp."""

    heard_at: datetime | None
    asked_at: datetime | None = None
    answer: str | None = None
    answered_at: datetime | None = None
    line_id: int | None = None
    """The line that asked."""
    failed: bool = False
    """The question did not leave."""
    approved: tuple[str, ...] = ()
    """The fingerprints of the words by which the house may ask."""

    def is_open(self, now: datetime) -> bool:
        """Tell whether we may write freely: they wrote within the day, and did not say "not now"."""
        return is_open(self.heard_at, now) and not self.declined

    @property
    def declined(self) -> bool:
        """Tell whether the last that they said was "not now"."""
        return self.answer == NOT_NOW

    def stage(self, now: datetime) -> str:
        """Return `open`, `soon` (it closes within three hours), `shut`, or `not_now`."""
        if self.declined:
            return "not_now"
        if not is_open(self.heard_at, now):
            return "shut"
        closing = self.heard_at is not None and now >= shuts_at(self.heard_at) - SOON
        return "soon" if closing else "open"

    def may_ask(self, now: datetime) -> bool:
        """Tell whether they may be asked: not twice within 24 hours, but where the question never left."""
        recent = self.asked_at is not None and now < self.asked_at + ASKED_ONCE_IN
        return not recent or self.failed


def ask(batch: Batch, case_id: UUID) -> Rows:
    """Ask how it stands with the person of a case; one row where they are on WhatsApp, for `read`."""
    return batch.add(_OF_CASE, case=case_id, channel=CHANNEL)


def read(rows: Rows) -> Window | None:
    """Return what `ask` has found; None where they are on another channel."""
    if not rows:
        return None
    row = rows[0]
    failed = row.status in {"dead", "refused"} if row.status else False
    return Window(
        row.last_in_at, row.asked_at, row.answer, row.answered_at, row.line_id, failed,
        tuple(sorted(row.approved or ())),
    )  # fmt: skip


async def look(conn: AsyncConnection, party: Party, case_id: UUID) -> Window | None:
    """Return how it stands with somebody; None where they are on another channel."""
    if party.address.channel != CHANNEL:
        return None
    batch = Batch(conn)
    rows = ask(batch, case_id)
    await batch.send()
    return read(rows)


async def note_asked(
    conn: AsyncConnection, party: Party, case_id: UUID, line_id: int, *, at: datetime
) -> None:
    """Note that somebody is asked; the caller holds the lock of the case."""
    values = {
        "case_id": case_id, "line_id": line_id, "asked_at": at,
        "answer": None, "answered_at": None,
    }  # fmt: skip
    await conn.execute(
        insert(WhatsAppAskRow)
        .values(conversation_id=party.conversation_id, **values)
        .on_conflict_do_update(index_elements=["conversation_id"], set_=values)
    )


def note_heard(batch: Batch, party: Party, answer: str, *, at: datetime) -> None:
    """Note what somebody has answered; but for "not now", what was kept back for their word may leave now."""
    batch.add(_ANSWER, of=party.conversation_id, answer=answer, at=at)
    if answer != NOT_NOW:
        batch.add(_LET_GO, of=party.conversation_id, at=at)


_STATUS = (
    select(OutboxRow.status)
    .where(OutboxRow.line_id == WhatsAppAskRow.line_id)
    .order_by(OutboxRow.id.desc())
    .limit(1)
    .scalar_subquery()
)
_APPROVED = (
    select(func.array_agg(WhatsAppTemplateRow.fingerprint))
    .where(WhatsAppTemplateRow.source == GO_ON, WhatsAppTemplateRow.status == APPROVED)
    .scalar_subquery()
)
_OF_CASE = prepared(
    select(
        ConversationRow.last_in_at, WhatsAppAskRow.asked_at, WhatsAppAskRow.answer,
        WhatsAppAskRow.answered_at, WhatsAppAskRow.line_id, _STATUS.label("status"), _APPROVED.label("approved"),
    )
    .join(CaseRow, CaseRow.conversation_id == ConversationRow.id)
    .join(AddressRow, AddressRow.id == ConversationRow.address_id)
    # What was asked in an earlier case is over.
    .outerjoin(WhatsAppAskRow, WhatsAppAskRow.case_id == CaseRow.id)
    .where(CaseRow.id == bindparam("case"), AddressRow.channel == bindparam("channel")),
    gives_rows=True,
)  # fmt: skip
_ANSWER = prepared(
    """
    UPDATE whatsapp_asks SET answer = :answer, answered_at = :at
    WHERE conversation_id = :of AND answer IS DISTINCT FROM :answer
    """
)
_LET_GO = prepared(
    update(OutboxRow.metadata.tables["outbox"])
    .where(
        OutboxRow.conversation_id == bindparam("of"),
        OutboxRow.status == "held",
        OutboxRow.held_for == HELD,
    )
    .values(held_for=MOMENT, not_before=bindparam("at"))
)

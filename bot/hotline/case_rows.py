"""All that a page shows of a case, asked for in one journey to the database; `bot.hotline.access` alone opens it.

Nothing of it is read before `access` knows that whoever asks may see the case, and what they have agreed to.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from bot.hotline import (
    chats,
    check_question,
    consent,
    drafts,
    guests,
    hiding,
    notes,
    pauses,
    trail,
    transfers,
    translations,
)
from bot.hotline.consent import Ledger
from bot.hotline.staff import Staff
from bot.store import reviews, transcript, window
from bot.store.batch import Batch, Rows, prepared
from bot.store.contacts import PARTY
from bot.store.tables import CaseEventRow, CaseRow, ConversationRow, StaffRow

_CLAIMED_AS = (
    select(CaseEventRow.data["fit"].as_string())
    .where(CaseEventRow.case_id == bindparam("case"), CaseEventRow.kind == "case_claimed")
    .order_by(CaseEventRow.id.desc())
    .limit(1)
    .scalar_subquery()
)
_IS_GUEST = guests.being_in(bindparam("staff"), bindparam("case"))
_THIS = CaseRow.id == bindparam("case")
_DOOR = prepared(
    select(CaseRow.claimed_by, _IS_GUEST.label("is_guest")).where(_THIS), gives_rows=True
)
_CASE = prepared(
    select(
        CaseRow,
        StaffRow.name.label("claimed_by_name"),
        _CLAIMED_AS.label("fit"),
        _IS_GUEST.label("is_guest"),
    )
    .outerjoin(StaffRow, StaffRow.id == CaseRow.claimed_by)
    .where(_THIS),
    gives_rows=True,
)
_PARTY = prepared(
    PARTY.join(CaseRow, CaseRow.conversation_id == ConversationRow.id).where(_THIS),
    gives_rows=True,
)


@dataclass(frozen=True)
class CaseRows:
    """What was asked for; the rows are there once the batch has been sent, and sealed."""

    case: Rows = field(repr=False)
    """One row or none, with `claimed_by_name`, `fit` and `is_guest` beside its columns."""
    party: Rows = field(repr=False)
    also: Rows
    """The channels of the person's other chats."""
    consents: Ledger
    check: Rows = field(repr=False)
    lines: Rows = field(repr=False)
    unmasked: Rows = field(repr=False)
    marks: Rows = field(repr=False)
    draft: Rows = field(repr=False)
    notes: Rows = field(repr=False)
    guests: Rows = field(repr=False)
    offer: Rows = field(repr=False)
    pause: Rows
    trail: Rows = field(repr=False)
    translations: Rows = field(repr=False)
    window: Rows = field(repr=False)
    """One row where the person is on WhatsApp."""


def ask(batch: Batch, staff: Staff, case_id: UUID, *, now: datetime) -> CaseRows:
    """Ask for everything that `staff` might see of a case."""
    return CaseRows(
        case=batch.add(_CASE, case=case_id, staff=staff.id),
        party=batch.add(_PARTY, case=case_id),
        consents=consent.ask(batch, case_id),
        also=chats.ask_also(batch, case_id),
        check=check_question.ask(batch, case_id),
        lines=transcript.ask_case(batch, case_id),
        unmasked=hiding.ask_unmasked(batch, staff.id, case_id, now=now),
        marks=reviews.ask_marks(batch, case_id),
        draft=drafts.ask(batch, staff.id, case_id),
        notes=notes.ask(batch, case_id),
        guests=guests.ask(batch, case_id),
        offer=transfers.ask(batch, case_id),
        pause=pauses.ask(batch, case_id),
        trail=trail.ask(batch, case_id),
        translations=translations.lookup(batch, case_id),
        window=window.ask(batch, case_id),
    )


def ask_door(batch: Batch, staff: Staff, case_id: UUID) -> Rows:
    """Ask only for what tells whether `staff` may see a case: one row with `claimed_by` and `is_guest`, or none."""
    return batch.add(_DOOR, case=case_id, staff=staff.id)

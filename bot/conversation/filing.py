"""The own file between the turn and the hotline: looked up before a turn, and what the person did in it carried out after."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.conversation.effects import (
    AnswerReferral,
    AskForFile,
    CorrectFile,
    EndInvolvement,
    TakeBackReferral,
)
from bot.conversation.own import OwnFile, OwnInvolved, OwnReferral
from bot.hotline import casefile_changes, casefile_wishes
from bot.hotline.casefile import list_involved, list_wishes
from bot.hotline.referrals import changes
from bot.hotline.referrals.states import TOLD
from bot.messages import ContactId
from bot.store import attachments
from bot.store.contacts import Party, People
from bot.store.tables import CaseRow, ReceiverRow, ReferralRow

FileEffect = AnswerReferral | TakeBackReferral | AskForFile | CorrectFile | EndInvolvement


@dataclass(frozen=True)
class _Owner:
    contact_id: ContactId
    conversation_id: UUID
    reference: str


async def read_own(conn: AsyncConnection, people: People, case_id: UUID) -> OwnFile | None:
    """Return what the person of a case may read; the caller has had the four words. None when it has been erased."""
    owner = await _owner(conn, case_id)
    if owner is None:
        return None
    party = await people.get(conn, owner.conversation_id)
    rows = await conn.execute(
        select(ReferralRow.number, ReceiverRow.name, ReferralRow.state)
        .join(ReceiverRow, ReceiverRow.id == ReferralRow.receiver_id)
        .where(ReferralRow.contact_id == owner.contact_id, ReferralRow.state.in_(TOLD))
        .order_by(ReferralRow.created_at.desc())
        .limit(5)
    )
    known = await list_involved(conn, party)
    wishes = await list_wishes(conn, party)
    request: Literal["none", "asked", "released"] = "none"
    if wishes:
        request = "released" if wishes[0].released_at else "asked"
    return OwnFile(
        case_id,
        owner.reference,
        tuple(OwnReferral(*row) for row in rows),
        tuple(OwnInvolved(w.who, w.may_know, w.channel) for w in known if w.agreed),
        request,
        await attachments.count_of(conn, owner.contact_id),
        (wishes[0].text or "") if wishes else "",
    )


async def state_of_referral(
    conn: AsyncConnection, party: Party, number: str, case_id: UUID | None
) -> str | None:
    """Return where a referral of the person's stands; None where there is none of that number."""
    owners = await _owners(conn, party, case_id)
    return await conn.scalar(
        select(ReferralRow.state).where(
            ReferralRow.number == number, ReferralRow.contact_id.in_(owners)
        )
    )


async def apply(
    conn: AsyncConnection,
    people: People,
    effect: FileEffect,
    party: Party,
    locale: str,
    *,
    clock: Clock,
) -> None:
    """Carry out what the person did in their file, in the turn's transaction.

    Raises:
        Refused: It has moved on in the meantime.
    """
    now = clock.now()
    match effect:
        case AnswerReferral(number, granted, case_id):
            owners = await _owners(conn, party, case_id)
            await changes.answer(
                conn, party, number, owners=owners, granted=granted, locale=locale, at=now
            )
        case TakeBackReferral(number, case_id):
            owners = await _owners(conn, party, case_id)
            await changes.take_back(conn, number, owners=owners, at=now)
        case AskForFile(case_id):
            await casefile_wishes.ask(conn, case_id, clock=clock)
        case CorrectFile(case_id, text):
            await casefile_wishes.correct(conn, people, case_id, text, now=now)
        case EndInvolvement(case_id):
            await casefile_changes.end_all_involvement(conn, case_id, now=now)


async def _owners(
    conn: AsyncConnection, party: Party, case_id: UUID | None
) -> frozenset[ContactId]:
    """Return whose referrals somebody may answer: their own, and those of the case that their four words have opened."""
    owner = await _owner(conn, case_id) if case_id else None
    return frozenset({party.contact_id} | ({owner.contact_id} if owner else set()))


async def _owner(conn: AsyncConnection, case_id: UUID) -> _Owner | None:
    row = (
        await conn.execute(
            select(CaseRow.contact_id, CaseRow.conversation_id, CaseRow.reference).where(
                CaseRow.id == case_id
            )
        )
    ).one_or_none()
    return _Owner(ContactId(row.contact_id), row.conversation_id, row.reference) if row else None

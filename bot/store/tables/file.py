"""The tables of the case file and of referrals: what is written about a person, and what was passed on with their yes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import CONTACT, NOW, Base

CASE = "cases.id"
STAFF = "staff.id"


class FileTextRow(Base):
    """One version of a text of the file. Versions are added, never changed; the last of its kind is the one that counts."""

    __tablename__ = "file_texts"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey(CONTACT, ondelete="CASCADE"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey(CASE, ondelete="CASCADE"), index=True)
    """The case in which it was written."""
    kind: Mapped[str]
    """One of `bot.hotline.casefile.TEXTS`, or `wrap_up` for the ids of what the talk was about."""
    text_sealed: Mapped[bytes]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(STAFF))
    at: Mapped[datetime] = mapped_column(server_default=NOW)
    __table_args__ = (Index("ix_file_texts_contact_id_kind", "contact_id", "kind"),)


class FilePersonRow(Base):
    """Somebody around the person. What they may know rests on a consent of its own, with the scope `involve:<id>`."""

    __tablename__ = "file_people"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey(CONTACT, ondelete="CASCADE"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(CASE, ondelete="CASCADE"), index=True)
    details_sealed: Mapped[bytes]
    """Who, whether family, for what, by which channel, and what they may know, as JSON."""
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(STAFF))
    at: Mapped[datetime] = mapped_column(server_default=NOW)


class FileDateRow(Base):
    """A day on which somebody of the staff is to write first, as agreed with the person."""

    __tablename__ = "file_dates"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey(CONTACT, ondelete="CASCADE"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey(CASE, ondelete="CASCADE"), index=True)
    on: Mapped[date]
    state: Mapped[str] = mapped_column(server_default="planned")
    """`planned`, `done` or `stopped`."""
    purpose_sealed: Mapped[bytes]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(STAFF))
    __table_args__ = (
        # Nobody is written to twice on one day, whoever of the staff plans it.
        Index(
            "uq_file_dates_planned",
            "contact_id",
            "on",
            unique=True,
            postgresql_where=text("state = 'planned'"),
        ),
    )


class FileRequestRow(Base):
    """A person wants to read what is written about them; the answer, and what they say to it."""

    __tablename__ = "file_requests"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey(CONTACT, ondelete="CASCADE"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(CASE, ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    text_sealed: Mapped[bytes | None]
    """The readable text, once a counsellor has released it."""
    released_at: Mapped[datetime | None]
    released_by: Mapped[UUID | None] = mapped_column(ForeignKey(STAFF))
    correction_sealed: Mapped[bytes | None]
    """What the person says is wrong, in their own words; it stays beside the text."""
    corrected_at: Mapped[datetime | None]


class FileProtocolRow(Base):
    """Which protocol a case follows, and which of its steps are done."""

    __tablename__ = "file_protocols"
    case_id: Mapped[UUID] = mapped_column(ForeignKey(CASE, ondelete="CASCADE"), primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey(CONTACT, ondelete="CASCADE"), index=True)
    protocol: Mapped[str]
    done: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    """When each step was done, by its id."""


class ReceiverRow(Base):
    """A desk that takes referrals. An office, never a private person; nothing of anybody who is helped."""

    __tablename__ = "receivers"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    """One of `bot.content.casework.ROLES`."""
    region: Mapped[str]
    """The protocol it belongs to; `national` is everywhere."""
    age_recipient: Mapped[str | None]
    """Its public age key; None where referrals go there on paper only."""
    added_by: Mapped[UUID] = mapped_column(ForeignKey(STAFF))
    added_at: Mapped[datetime] = mapped_column(server_default=NOW)
    retired_at: Mapped[datetime | None]


class ReferralRow(Base):
    """What is to be passed on, to whom and what for; the person's yes is a consent with the scope `refer:<id>`."""

    __tablename__ = "referrals"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    """What the receiver and the person's buttons call it; drawn anew each time it goes back to draft."""
    contact_id: Mapped[UUID] = mapped_column(ForeignKey(CONTACT, ondelete="CASCADE"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(CASE, ondelete="CASCADE"), index=True)
    receiver_id: Mapped[UUID] = mapped_column(ForeignKey("receivers.id"))
    state: Mapped[str]
    """One of `bot.hotline.referrals.states.State`."""
    reason: Mapped[str | None]
    """Why it is closed."""
    content_sealed: Mapped[bytes]
    """Purpose and the chosen fields, as JSON."""
    shown_sealed: Mapped[bytes | None]
    """The message in which the person saw it, word for word."""
    text_version: Mapped[str | None]
    """Fingerprint of that message."""
    package_sealed: Mapped[bytes | None]
    """The file for the receiver, encrypted to them and then with the person's key."""
    way: Mapped[str | None]
    """`age` or `paper`."""
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(STAFF))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """By when the receiver should have answered."""
    sent_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    alarmed_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ix_referrals_due",
            "due_at",
            postgresql_where=text("state IN ('consented', 'sent', 'no_answer')"),
        ),
    )


class ReferralEventRow(Base):
    """One step of a referral: who, when. Lines are added, never changed."""

    __tablename__ = "referral_events"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    referral_id: Mapped[UUID] = mapped_column(
        ForeignKey("referrals.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey(STAFF))
    at: Mapped[datetime]


class ReferralLeftRow(Base):
    """What a receiver still has of somebody who was erased here: by the receiver's number, until a counsellor has told them.

    It leads to nobody: the person, their case and the referral are gone.
    """

    __tablename__ = "referrals_left"
    number: Mapped[str] = mapped_column(primary_key=True)
    receiver_id: Mapped[UUID] = mapped_column(ForeignKey("receivers.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(STAFF), index=True)
    sent_on: Mapped[date]
    erased_on: Mapped[date]

"""The tables of the desk: staff, cases, consents, checks."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import CONTACT, CONVERSATION, NOW, Base


class StaffRow(Base):
    """Somebody who works on the desk."""

    __tablename__ = "staff"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    languages: Mapped[list[str]]
    gender: Mapped[str | None]
    skills: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    """What they know well, ids of `bot.hotline.matching.Skill`."""
    confirmed_skills: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    """Those of the skills that a supervisor has confirmed."""
    carries: Mapped[int] = mapped_column(server_default="6")
    """The weight of cases up to which they are given one more."""
    rests_until: Mapped[datetime | None]
    """A breather: until then nobody is kept for them."""
    locale: Mapped[str]
    password_hash: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    disabled_at: Mapped[datetime | None]


class StaffSessionRow(Base):
    """A signed-in browser; only the hash of its token is kept."""

    __tablename__ = "staff_sessions"
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    """By which its owner ends it from another browser; no use to a thief."""
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str]
    browser: Mapped[str] = mapped_column(server_default="")
    """Its kind, such as `Firefox · Android`, so that its owner knows it again."""
    coded_at: Mapped[datetime | None]
    """When a code of the second step was last given in it."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    seen_at: Mapped[datetime] = mapped_column(server_default=NOW)
    on_desk_at: Mapped[datetime | None]
    """When the open desk was last heard of: who counts as being there."""
    expires_at: Mapped[datetime]


class SecondStepRow(Base):
    """What the codes of somebody's authenticator app are made of."""

    __tablename__ = "second_steps"
    staff_id: Mapped[UUID] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True
    )
    secret_sealed: Mapped[bytes | None]
    """Sealed with the key of the second steps, for this person only; None until the first code was right."""
    pending_sealed: Mapped[bytes | None]
    """A secret that was shown and not yet confirmed by a code."""
    last_step: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """The time step of the newest code that was used: it and older ones are worth nothing any more."""
    set_up_at: Mapped[datetime | None]


class RecoveryCodeRow(Base):
    """A code for when the phone is away; only its keyed hash is kept, and it works once."""

    __tablename__ = "recovery_codes"
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    used_at: Mapped[datetime | None]


class AuditRow(Base):
    """One line of the audit log: who did what, when and why. Lines are added, never changed or deleted (triggers hold it), and each
    carries a keyed hash over itself and the line before.

    No foreign key leads to a case: the line stays when the person is erased, and its number then leads nowhere.
    """

    __tablename__ = "audit_log"
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """From 1, without a gap."""
    at: Mapped[datetime]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), index=True)
    """None for the command line, and for a stranger at the door."""
    kind: Mapped[str]
    """One of `bot.store.audit.Kind`."""
    subject_id: Mapped[UUID | None] = mapped_column(index=True)
    """The case, or whoever of the staff it was done to."""
    why: Mapped[str | None]
    """A reason by its id, never a text."""
    amount: Mapped[int | None]
    link: Mapped[bytes]


class SetupLinkRow(Base):
    """The one-time link that makes the first admin."""

    __tablename__ = "setup_links"
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class CaseRow(Base):
    """Somebody who asked for a person, and what has become of it."""

    __tablename__ = "cases"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey(CONTACT, ondelete="CASCADE"), index=True)
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey(CONVERSATION, ondelete="CASCADE"), index=True
    )
    state: Mapped[str]
    """`waiting`, `claimed` or `closed`."""
    level: Mapped[str]
    """The risk level that orders the queue: `none`, `concern`, `high` or `immediate`."""
    locale: Mapped[str]
    details_sealed: Mapped[bytes | None]
    """Risk kinds and subject, as JSON."""
    passphrase_lookup: Mapped[bytes | None] = mapped_column(unique=True)
    opened_at: Mapped[datetime] = mapped_column(server_default=NOW)
    waiting_since: Mapped[datetime] = mapped_column(server_default=NOW)
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    reminded_at: Mapped[datetime | None]
    """When the counsellor was last told that the person waits for a word."""
    returned_at: Mapped[datetime | None]
    """When the case came back to the queue because its counsellor stayed silent; None once somebody has it."""
    alarmed_at: Mapped[datetime | None]
    """When supervisors were told that nobody takes it since."""
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    rating: Mapped[str | None]
    __table_args__ = (
        Index("ix_cases_waiting", "waiting_since", postgresql_where=text("state = 'waiting'")),
        Index(
            "uq_cases_open_conversation",
            "conversation_id",
            unique=True,
            postgresql_where=text("state <> 'closed'"),
        ),
    )


class CaseEventRow(Base):
    """What happened to a case, in order; never what was said."""

    __tablename__ = "case_events"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    at: Mapped[datetime] = mapped_column(server_default=NOW)
    __table_args__ = (
        Index(
            "ix_case_events_claims",
            "staff_id",
            "at",
            postgresql_where=text("kind = 'case_claimed'"),
        ),
    )


class ConsentRow(Base):
    """One line of the consent ledger: lines are added, and marked as withdrawn, never changed."""

    __tablename__ = "consents"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey(CONTACT, ondelete="CASCADE"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    scope: Mapped[str]
    """`talk`, `share`, `contact_later`, or `learn`, which belongs to the person and to no case."""
    granted: Mapped[bool]
    text_version: Mapped[str]
    """Fingerprint of the words that were shown."""
    locale: Mapped[str]
    channel: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=NOW)
    withdrawn_at: Mapped[datetime | None]
    detail_sealed: Mapped[bytes | None]
    """For `contact_later`: when it is safe."""
    __table_args__ = (
        Index("ix_consents_contact_id_scope", "contact_id", "scope"),
        Index("ix_consents_case_id_scope", "case_id", "scope"),
    )


class ServiceCheckRow(Base):
    """One check of an entry of the directory by somebody of the staff. A check that was undone stays, and counts no more."""

    __tablename__ = "service_checks"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    service_id: Mapped[str]
    checked_on: Mapped[date]
    result: Mapped[str]
    """`ok`, `wrong` or `no_answer`."""
    tried: Mapped[str]
    """`call`, `visit` or `page`."""
    hours_right: Mapped[str]
    """`yes`, `no` or `unknown`; the same for the scope."""
    scope_right: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    note_sealed: Mapped[bytes | None]
    """Sealed with the key of the staff's notes, which is no person's."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    undone_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_service_checks_service_id_checked_on", "service_id", "checked_on"),
    )

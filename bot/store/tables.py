"""The tables, one class each.

Columns that end in `_sealed` hold bytes encrypted with the contact's own data key (`bot.store.crypto`); nothing that
a person wrote, and no identifier of a platform, stands in any other column.
"""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The tables' common ground."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        str: Text(),
        bytes: LargeBinary(),
        UUID: Uuid(),
        list[str]: ARRAY(Text()),
        dict[str, Any]: JSONB(),
    }


NOW = text("now()")
_CONTACT = "contacts.id"
_CONVERSATION = "conversations.id"
_REVIEW = "reviews.id"


class SealedKeyRow(Base):
    """A key of the house itself, wrapped by SUAR_SECRET_KEYS."""

    __tablename__ = "sealed_keys"
    name: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]


class ContactRow(Base):
    """A person, as little as can be: an id and the key that opens what is theirs."""

    __tablename__ = "contacts"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    wrapped_key: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    stopped_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class AddressRow(Base):
    """Where a contact is reached; found by a keyed hash, readable only with the contact's key."""

    __tablename__ = "addresses"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey(_CONTACT, ondelete="CASCADE"), index=True)
    channel: Mapped[str]
    account: Mapped[str]
    lookup: Mapped[bytes] = mapped_column(unique=True)
    value_sealed: Mapped[bytes]
    blocked_at: Mapped[datetime | None]


class ConversationRow(Base):
    """One conversation an address: its state, and who may speak in it."""

    __tablename__ = "conversations"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey(_CONTACT, ondelete="CASCADE"), index=True)
    address_id: Mapped[UUID] = mapped_column(
        ForeignKey("addresses.id", ondelete="CASCADE"), unique=True
    )
    owner: Mapped[str] = mapped_column(server_default="bot")
    """`bot`, `queue` (waiting for a counsellor) or `staff`."""
    owner_staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    epoch: Mapped[int] = mapped_column(server_default="0")
    """Goes up each time the owner changes; an outgoing message with an older number is refused."""
    locale: Mapped[str | None]
    state_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    last_in_at: Mapped[datetime | None]


class InboxRow(Base):
    """Every event from a person, once."""

    __tablename__ = "inbox"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    channel: Mapped[str]
    account: Mapped[str]
    event_id: Mapped[str]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey(_CONVERSATION, ondelete="CASCADE"))
    event_sealed: Mapped[bytes | None]
    """Emptied once the event has been answered."""
    received_at: Mapped[datetime] = mapped_column(server_default=NOW)
    processed_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(server_default="0")
    __table_args__ = (
        UniqueConstraint("channel", "account", "event_id"),
        Index(
            "ix_inbox_pending",
            "conversation_id",
            "id",
            postgresql_where=text("processed_at IS NULL"),
        ),
        Index("ix_inbox_received_at", "received_at"),
    )


class OutboxRow(Base):
    """Every message to a person, in the order of `id` within its conversation."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    uid: Mapped[UUID] = mapped_column(unique=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey(_CONVERSATION, ondelete="CASCADE"))
    epoch: Mapped[int]
    author: Mapped[str]
    """`bot` or `staff`."""
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    message_sealed: Mapped[bytes]
    status: Mapped[str]
    """`queued`, `sending`, `sent`, `refused` (the owner had changed) or `dead` (given up, shown on the desk)."""
    holder: Mapped[int | None] = mapped_column(BigInteger)
    """The process that is sending it: the number of an advisory lock that lives as long as the process."""
    attempts: Mapped[int] = mapped_column(server_default="0")
    not_before: Mapped[datetime | None]
    platform_id: Mapped[str | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    sent_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ix_outbox_open",
            "conversation_id",
            "id",
            postgresql_where=text("status IN ('queued', 'sending')"),
        ),
        Index("ix_outbox_dead", "created_at", postgresql_where=text("status = 'dead'")),
    )


class TranscriptRow(Base):
    """What was said: short-lived unless a case holds it."""

    __tablename__ = "transcript"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey(_CONVERSATION, ondelete="CASCADE"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    author: Mapped[str]
    """`person`, `bot`, `staff`, or `event` for what nobody wrote."""
    text_sealed: Mapped[bytes]
    reading_sealed: Mapped[bytes | None]
    """How Suar understood it, as JSON; only for what a person typed."""
    shared: Mapped[bool] = mapped_column(server_default=text("false"))
    """Written before the hand-over, and shared by the person's own choice."""
    outbox_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(server_default=NOW)
    expires_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_transcript_conversation_id_id", "conversation_id", "id"),
        Index("ix_transcript_case_id_id", "case_id", "id"),
        Index("ix_transcript_expires_at", "expires_at", postgresql_where=text("case_id IS NULL")),
    )


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
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    seen_at: Mapped[datetime] = mapped_column(server_default=NOW)
    on_desk_at: Mapped[datetime | None]
    """When the open desk was last heard of: who counts as being there."""
    expires_at: Mapped[datetime]


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
    contact_id: Mapped[UUID] = mapped_column(ForeignKey(_CONTACT, ondelete="CASCADE"), index=True)
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey(_CONVERSATION, ondelete="CASCADE"), index=True
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
    contact_id: Mapped[UUID] = mapped_column(ForeignKey(_CONTACT, ondelete="CASCADE"))
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


class ReviewRow(Base):
    """A message marked as misunderstood: a reference, and with consent a redacted copy, read only through `bot.hotline.review`."""

    __tablename__ = "reviews"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    transcript_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("transcript.id", ondelete="CASCADE"), unique=True
    )
    mark: Mapped[str]
    """`not_understood` or `wrongly_flagged`."""
    state: Mapped[str] = mapped_column(server_default="waiting")
    """`waiting`, `reviewed`, `exported` or `unusable`."""
    text_sealed: Mapped[bytes | None]
    """The redacted copy; None while there is no consent."""
    reading_sealed: Mapped[bytes | None]
    labels_sealed: Mapped[bytes | None]
    """Intent, risk, kinds, subject and language as a reviewer has chosen them, as JSON."""
    waiting_since: Mapped[datetime] = mapped_column(server_default=NOW, index=True)


class ReviewEventRow(Base):
    """One step of a review: who, when, and the labels before and after. Lines are added, never changed (a trigger holds it)."""

    __tablename__ = "review_events"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    review_id: Mapped[UUID] = mapped_column(ForeignKey(_REVIEW, ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    """`marked`, `copied`, `reviewed`, `undone`, `unusable` or `exported`."""
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    change_sealed: Mapped[bytes | None]
    at: Mapped[datetime] = mapped_column(server_default=NOW)


class FollowUpRow(Base):
    """Somebody who agreed to be asked again how they are. Written to only while the consent `follow_up` holds."""

    __tablename__ = "follow_ups"
    contact_id: Mapped[UUID] = mapped_column(
        ForeignKey(_CONTACT, ondelete="CASCADE"), primary_key=True
    )
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey(_CONVERSATION, ondelete="CASCADE"))
    every_days: Mapped[int]
    hours: Mapped[str | None]
    """The time of day that is safe for the person; None where they named none."""
    next_at: Mapped[datetime] = mapped_column(index=True)


class RatingRow(Base):
    """What somebody said of Suar; of whom it came, or in which minute, is not kept."""

    __tablename__ = "ratings"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    day: Mapped[date]
    rating: Mapped[str]


class QuestionVectorRow(Base):
    """The sentence vector of a way of asking, so that it is not computed again at each start. Our own words only."""

    __tablename__ = "question_vectors"
    model: Mapped[str] = mapped_column(primary_key=True)
    text_hash: Mapped[bytes] = mapped_column(primary_key=True)
    vector: Mapped[bytes]


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


class ContentEditRow(Base):
    """An answer as somebody wants it to be, in one language. Rows stay for good, and their words from the review on (triggers hold it)."""

    __tablename__ = "content_edits"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    answer: Mapped[str]
    """The answer's id in the files."""
    locale: Mapped[str | None]
    """The language of a translation; None for the source language and all that is not translated."""
    kind: Mapped[str] = mapped_column(server_default="edit")
    """`edit`, `undo`, `still_right` or `import`."""
    fields: Mapped[dict[str, Any]]
    """What the answer is to say, whole."""
    former: Mapped[dict[str, Any]]
    """What it said when the edit was written."""
    translates: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    """For a translation: the texts in the source language that it translates."""
    base: Mapped[str]
    """The fingerprint of what the files said when the edit was written."""
    state: Mapped[str]
    """`draft`, `in_review`, `published`, `withdrawn` or `refused`."""
    author_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str] = mapped_column(server_default="")
    """The author's word to the reviewer."""
    verdict: Mapped[str] = mapped_column(server_default="")
    """The reviewer's word to the author."""
    undoes: Mapped[UUID | None] = mapped_column(ForeignKey("content_edits.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    changed_at: Mapped[datetime] = mapped_column(server_default=NOW)
    sent_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    """When the files were first seen to say the same."""
    __table_args__ = (
        CheckConstraint("reviewer_id <> author_id", name="second_person"),
        CheckConstraint(
            "state <> 'published' OR reviewer_id IS NOT NULL OR kind IN ('undo', 'still_right')",
            name="reviewed",
        ),
        Index("ix_content_edits_answer", "answer", "created_at"),
        Index(
            "uq_content_edits_open",
            "answer",
            text("coalesce(locale, '')"),
            unique=True,
            postgresql_where=text("state IN ('draft', 'in_review')"),
        ),
    )


class UnmetCountRow(Base):
    """How many questions met no answer: of which kind, on which day, near which answer. Of whom they came is not kept."""

    __tablename__ = "unmet_counts"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    day: Mapped[date] = mapped_column(index=True)
    locale: Mapped[str]
    kind: Mapped[str]
    """`not_understood`, `outside`, `no_answer`, `none_fits` or `no_help`."""
    answer: Mapped[str | None]
    """The id of the nearest answer."""
    number: Mapped[int]
    summed: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether this is the sum of its day."""


class UnmetDecisionRow(Base):
    """What somebody of the staff has decided about a group of questions. One that was undone stays, and counts no more."""

    __tablename__ = "unmet_decisions"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """`belongs` (to an answer), `wanted` (a new answer is) or `done`."""
    answer: Mapped[str | None]
    number: Mapped[int]
    """How many questions there were."""
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    note_sealed: Mapped[bytes | None]
    """Sealed with the key of the staff's notes, which is no person's."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    undone_at: Mapped[datetime | None]


class UnmetQuestionRow(Base):
    """A question that met no answer, in redacted words; only of somebody who agrees to `learn`, and for 30 days at most."""

    __tablename__ = "unmet_questions"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey(_CONTACT, ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    day: Mapped[date] = mapped_column(index=True)
    question_sealed: Mapped[bytes]
    """The words, their language, the nearest answers and the sentence vector, as JSON."""
    decision_id: Mapped[UUID | None] = mapped_column(ForeignKey("unmet_decisions.id"), index=True)


class ThrottleRow(Base):
    """How often something was tried lately, under a hashed key."""

    __tablename__ = "throttles"
    key: Mapped[bytes] = mapped_column(primary_key=True)
    count: Mapped[int]
    window_ends_at: Mapped[datetime]

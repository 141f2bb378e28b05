"""The tables beside a talk: drafts, notes, who else looks on, transfers, and the agreed check question."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import NOW, Base

CASE, STAFF = "cases.id", "staff.id"


class DraftRow(Base):
    """What a counsellor has begun to write in a case, and not sent."""

    __tablename__ = "case_drafts"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(CASE, ondelete="CASCADE"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(STAFF))
    text_sealed: Mapped[bytes]
    quotes: Mapped[int | None] = mapped_column(BigInteger)
    """The line that it answers."""
    at: Mapped[datetime] = mapped_column(server_default=NOW)
    __table_args__ = (UniqueConstraint("case_id", "staff_id"),)


class NoteRow(Base):
    """What the staff write to each other in a case; it never reaches the person."""

    __tablename__ = "case_notes"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(CASE, ondelete="CASCADE"), index=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(STAFF))
    kind: Mapped[str]
    """`note`, which all who may see the case read, or `whisper`, for its counsellor only."""
    text_sealed: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(server_default=NOW)


class MentionRow(Base):
    """Somebody who is named in a note and has not read it, or has."""

    __tablename__ = "case_mentions"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("case_notes.id", ondelete="CASCADE"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(STAFF))
    seen_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("note_id", "staff_id"),
        Index("ix_case_mentions_new", "staff_id", postgresql_where=text("seen_at IS NULL")),
    )


class GuestRow(Base):
    """A colleague who looks on in somebody else's case, until it ends."""

    __tablename__ = "case_guests"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(CASE, ondelete="CASCADE"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(STAFF))
    kind: Mapped[str]
    """`consult` (asked by the counsellor) or `join` (a supervisor, who may write too)."""
    asked_by: Mapped[UUID] = mapped_column(ForeignKey(STAFF))
    asked_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_case_guests_open",
            "case_id",
            "staff_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_case_guests_staff_id", "staff_id"),
    )


class TransferRow(Base):
    """A case that one counsellor offers to another, and what came of it. Rows stay: they are the trail."""

    __tablename__ = "case_transfers"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(CASE, ondelete="CASCADE"))
    from_id: Mapped[UUID] = mapped_column(ForeignKey(STAFF))
    to_id: Mapped[UUID] = mapped_column(ForeignKey(STAFF))
    state: Mapped[str]
    """`offered`, `accepted`, `declined` or `ended` (taken back, or the case went another way)."""
    why_sealed: Mapped[bytes | None]
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_case_transfers_open",
            "case_id",
            unique=True,
            postgresql_where=text("state = 'offered'"),
        ),
        Index("ix_case_transfers_to_id", "to_id"),
    )


class CheckQuestionRow(Base):
    """A question whose answer only the person knows, agreed with them: it is asked before details are shown again."""

    __tablename__ = "check_questions"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(CASE, ondelete="CASCADE"), unique=True)
    question_sealed: Mapped[bytes]
    answer_sealed: Mapped[bytes]
    passed_at: Mapped[datetime]
    """When the counsellor was last sure that it is them: when it was agreed, or answered right."""
    asked_at: Mapped[datetime | None]
    """When it was asked and not judged yet."""
    failed_at: Mapped[datetime | None]
    """When the answer was last judged wrong; None again once it was right."""


class CasePauseRow(Base):
    """A time in which the counsellor of a case rests from it, because its person was abusive; what was said is in no row."""

    __tablename__ = "case_pauses"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(CASE, ondelete="CASCADE"), index=True)
    for_id: Mapped[UUID] = mapped_column(ForeignKey(STAFF))
    """The counsellor who rests; with anybody else the case is not paused."""
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(STAFF))
    """Who began it: herself, or a supervisor who has joined."""
    after_line: Mapped[int] = mapped_column(BigInteger)
    """The newest line of the thread when it began: what the person writes after it waits."""
    gives_back: Mapped[bool]
    """Whether the case goes back to the queue afterwards."""
    told: Mapped[bool]
    """Whether the person was told; not where nothing could be said to them."""
    at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    why: Mapped[str | None]
    """How it ended: `over`, `undone`, `wrote`, or `danger`."""
    __table_args__ = (
        Index(
            "uq_case_pauses_open",
            "case_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_case_pauses_at", "at"),
    )


class LineTranslationRow(Base):
    """What one line of the person means in a language of the staff; asked of a colleague, or written at once."""

    __tablename__ = "line_translations"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey(CASE, ondelete="CASCADE"))
    line_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey(STAFF))
    asked_of: Mapped[UUID | None] = mapped_column(ForeignKey(STAFF), index=True)
    """The colleague who is to translate; they see this line and nothing else, until they have."""
    asked_at: Mapped[datetime]
    text_sealed: Mapped[bytes | None]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey(STAFF))
    at: Mapped[datetime | None]

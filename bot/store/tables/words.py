"""The tables of the words: reviews, edits, and questions without an answer."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import CONTACT, NOW, Base


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
    review_id: Mapped[UUID] = mapped_column(
        ForeignKey("reviews.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str]
    """`marked`, `copied`, `reviewed`, `undone`, `unusable` or `exported`."""
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    change_sealed: Mapped[bytes | None]
    at: Mapped[datetime] = mapped_column(server_default=NOW)


class QuestionVectorRow(Base):
    """The sentence vector of a way of asking, so that it is not computed again at each start. Our own words only."""

    __tablename__ = "question_vectors"
    model: Mapped[str] = mapped_column(primary_key=True)
    text_hash: Mapped[bytes] = mapped_column(primary_key=True)
    vector: Mapped[bytes]


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


class QuizEditRow(Base):
    """A quiz as somebody wants it to be, with its translations. Rows stay for good, and their words from the review on (triggers hold it)."""

    __tablename__ = "quiz_edits"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    quiz: Mapped[str]
    """The quiz's id."""
    kind: Mapped[str] = mapped_column(server_default="edit")
    """`edit`, `undo`, `still_right`, `retire` or `restore`."""
    body: Mapped[dict[str, Any]]
    """The quiz, whole, and its translations: see `bot.content.quiz_edits`."""
    former: Mapped[dict[str, Any]]
    """The same of what was live when the edit was begun; empty where there was no such quiz."""
    base: Mapped[str]
    """The fingerprint of what the files said then."""
    state: Mapped[str]
    """`draft`, `in_review`, `published`, `withdrawn` or `refused`."""
    author_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str] = mapped_column(server_default="")
    """The author's word to the reviewer."""
    verdict: Mapped[str] = mapped_column(server_default="")
    """The reviewer's word to the author."""
    undoes: Mapped[UUID | None] = mapped_column(ForeignKey("quiz_edits.id"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    """Goes up each time the draft is saved."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    changed_at: Mapped[datetime] = mapped_column(server_default=NOW)
    sent_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    """When the files were first seen to say the same."""
    __table_args__ = (
        CheckConstraint("reviewer_id <> author_id", name="second_person"),
        CheckConstraint(
            "state <> 'published' OR reviewer_id IS NOT NULL "
            "OR kind IN ('undo', 'still_right', 'retire')",
            name="reviewed",
        ),
        Index("ix_quiz_edits_quiz", "quiz", "created_at"),
        Index(
            "uq_quiz_edits_open",
            "quiz",
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
    contact_id: Mapped[UUID] = mapped_column(ForeignKey(CONTACT, ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    day: Mapped[date] = mapped_column(index=True)
    question_sealed: Mapped[bytes]
    """The words, their language, the nearest answers and the sentence vector, as JSON."""
    decision_id: Mapped[UUID | None] = mapped_column(ForeignKey("unmet_decisions.id"), index=True)

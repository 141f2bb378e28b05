"""The tables of recorded voices: what people hear instead of reading. Nothing here is about a person who writes to us."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import NOW, Base


class VoiceRow(Base):
    """A recording of the words at one place in one language. Lines stay; only the sound of one can be deleted."""

    __tablename__ = "voices"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[str]
    """Where its text stands: `answers.<id>`, `answers.<id>.more`, or one of `flows/voiced.yml`."""
    locale: Mapped[str]
    words: Mapped[str]
    """What it speaks, as people read it when it was recorded."""
    kind: Mapped[str]
    """`ogg`, `m4a` or `mp3`, as its bytes say."""
    sound: Mapped[bytes | None]
    """None once it is deleted. Not sealed: whoever asks may hear it."""
    seconds: Mapped[int]
    state: Mapped[str]
    """`in_review`, `published`, `refused`, `withdrawn`, `taken_back`, `retired` or `deleted`."""
    author_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    agreed_at: Mapped[datetime]
    """When the author said that the speaker agrees to be heard. Who spoke is not kept."""
    note: Mapped[str] = mapped_column(server_default="")
    verdict: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    decided_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("reviewer_id <> author_id", name="second_person"),
        CheckConstraint("state <> 'published' OR reviewer_id IS NOT NULL", name="reviewed"),
        CheckConstraint("(state = 'deleted') = (sound IS NULL)", name="sound"),
        Index("ix_voices_place", "place", "locale"),
        Index(
            "uq_voices_in_review",
            "place",
            "locale",
            unique=True,
            postgresql_where=text("state = 'in_review'"),
        ),
    )


class VoiceHandleRow(Base):
    """By what a platform gives a recording out that it has been sent once: it need not be sent to it again."""

    __tablename__ = "voice_handles"
    voice_id: Mapped[UUID] = mapped_column(
        ForeignKey("voices.id", ondelete="CASCADE"), primary_key=True
    )
    channel: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    handle: Mapped[str]
    at: Mapped[datetime]

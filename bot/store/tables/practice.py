"""The table of the practice room. It leads to a member of staff and to nobody else: no contact, no case, no message."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import NOW, Base


class PracticeTalkRow(Base):
    """A talk with somebody who is made up; its words are sealed with the key of the staff's notes, which is no person's."""

    __tablename__ = "practice_talks"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    persona: Mapped[str]
    language: Mapped[str]
    lines_sealed: Mapped[bytes]
    """The trainee's lines, as a JSON list; what the persona says is played anew from them."""
    own_sealed: Mapped[bytes | None]
    """What the trainee thinks of the talk, as JSON."""
    started_at: Mapped[datetime] = mapped_column(server_default=NOW)
    changed_at: Mapped[datetime] = mapped_column(server_default=NOW)
    ended_at: Mapped[datetime | None]
    shared_at: Mapped[datetime | None]
    """Since when supervisors may read it; only the trainee decides that, and can take it back."""

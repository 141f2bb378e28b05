"""The tables of how fast people write, and of words that many of them write. None of them holds a word."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Float, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import CONVERSATION, NOW, Base


class PaceRow(Base):
    """How fast somebody has written lately. It matters for some minutes, and is forgotten after a quiet hour."""

    __tablename__ = "paces"
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey(CONVERSATION, ondelete="CASCADE"), primary_key=True
    )
    level: Mapped[float] = mapped_column(Float)
    """A bucket: each event adds one, and it drains with time."""
    counted_at: Mapped[datetime]
    pauses: Mapped[int] = mapped_column(server_default="0")
    """How often what they wrote has been answered together since they were last calm."""
    waiting: Mapped[int] = mapped_column(server_default="0")
    """How many of their events wait to be answered together."""
    answer_at: Mapped[datetime | None]
    """When those are answered."""
    told_at: Mapped[datetime | None]
    """When they were told that the answer takes a moment, since they were last calm."""
    gaps_s: Mapped[list[float]] = mapped_column(
        ARRAY(Float), server_default=text("'{}'::double precision[]")
    )
    """How many seconds lay between the last few of their texts, oldest first."""


class TrafficMarkRow(Base):
    """That somebody wrote words of this shape: a keyed hash of the words, and one of who it was that fits no other words and no other day."""

    __tablename__ = "traffic_marks"
    shape: Mapped[bytes] = mapped_column(primary_key=True)
    who: Mapped[bytes] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """`text`, `link`, or `cadence`: not the words count, but that they come as regularly as a machine's."""
    danger: Mapped[bool]
    """Whether they told of danger."""
    channel: Mapped[str]
    times: Mapped[int] = mapped_column(server_default="1")
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    __table_args__ = (Index("ix_traffic_marks_last_at", "last_at"),)


class TrafficRulingRow(Base):
    """What a supervisor has decided about words of one shape. One that was undone stays, and counts no more."""

    __tablename__ = "traffic_rulings"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    shape: Mapped[bytes] = mapped_column(index=True)
    kind: Mapped[str]
    """`text` or `link`, as the shape is."""
    ruling: Mapped[str]
    """`slow` (for an hour), `harmless` (from now on), or `seen`: somebody looks after this alarm."""
    people: Mapped[int]
    """How many people there were then."""
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime] = mapped_column(server_default=NOW)
    until: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ix_traffic_rulings_holding",
            "shape",
            "ruling",
            postgresql_where=text("undone_at IS NULL"),
        ),
    )


class TrafficCountRow(Base):
    """How often something happened on a day that has nobody's name: `insult`, `together`, `let_go`."""

    __tablename__ = "traffic_counts"
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(server_default="0")

"""The tables of the rota, and of what people who wait were promised."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import NOW, Base

CHANGE = "rota_changes.id"


class RotaChangeRow(Base):
    """One change of the rota: what it added and what it took out name it, so that it can be undone whole."""

    __tablename__ = "rota_changes"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """`added`, `removed`, `copied`, `day` or `undone`."""
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(server_default=NOW)
    undone_in: Mapped[UUID | None] = mapped_column(ForeignKey(CHANGE))


class ShiftRow(Base):
    """A window in which somebody is on duty. What is taken out stays, and counts no more."""

    __tablename__ = "shifts"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    zone: Mapped[str]
    """In whose time it was written: `WIB`, `WITA` or `WIT`."""
    languages: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    """Empty for all that they speak."""
    added_in: Mapped[UUID] = mapped_column(ForeignKey(CHANGE))
    removed_in: Mapped[UUID | None] = mapped_column(ForeignKey(CHANGE))
    __table_args__ = (
        Index("ix_shifts_ends_at", "ends_at", postgresql_where=text("removed_in IS NULL")),
    )


class OwnDayRow(Base):
    """A day that the operator has set: off, or open although it is a public holiday."""

    __tablename__ = "own_days"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date]
    kind: Mapped[str]
    """`off` or `open`."""
    name: Mapped[str] = mapped_column(server_default="")
    added_in: Mapped[UUID] = mapped_column(ForeignKey(CHANGE))
    removed_in: Mapped[UUID | None] = mapped_column(ForeignKey(CHANGE))
    __table_args__ = (
        Index("uq_own_days_day", "day", unique=True, postgresql_where=text("removed_in IS NULL")),
    )


class PromiseRow(Base):
    """By when somebody who waits should hear from a person, what they were told of it, and when they heard."""

    __tablename__ = "promises"
    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str]
    """In which they are to be answered."""
    level: Mapped[str]
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    told: Mapped[str]
    """`range`, `unsure`, `time`, or `nothing`."""
    covered: Mapped[bool]
    """Whether somebody who speaks their language was there."""
    low_s: Mapped[int | None]
    high_s: Mapped[int | None]
    answered_at: Mapped[datetime | None]
    """When a counsellor first wrote."""
    __table_args__ = (Index("ix_promises_made_at", "made_at"),)

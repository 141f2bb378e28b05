"""The tables of broadcasts: what is sent when, and to whom. For the role that reads them see `bot.store.tables.campaigns`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import NOW, Base
from bot.store.tables.campaigns import CAMPAIGN, STAFF, ZERO


class BroadcastRow(Base):
    """A message to many: its words, whom it is for, and when."""

    __tablename__ = "broadcasts"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey(CAMPAIGN, ondelete="CASCADE"), index=True)
    name: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="draft")
    """`draft`, `waiting` (for a second person), `scheduled`, `paused`, `done`, `cancelled`, `expired`, `stopped` or `archived`."""
    content: Mapped[dict[str, Any]]
    audience: Mapped[dict[str, Any]]
    schedule: Mapped[dict[str, Any]]
    not_after: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    """When it fires next; None when it does not."""
    stopped_because: Mapped[str | None]
    sent_back_because: Mapped[str | None]
    """What the second person wrote to the author; there until it waits again."""
    archived_from: Mapped[str | None]
    """The state in which it was put away."""
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey(STAFF))
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey(STAFF))
    approved_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    changed_at: Mapped[datetime] = mapped_column(server_default=NOW)
    version: Mapped[int] = mapped_column(server_default="1")
    __table_args__ = (
        Index("ix_broadcasts_next_at", "next_at", postgresql_where=text("state = 'scheduled'")),
    )


class BroadcastRunRow(Base):
    """One firing of a broadcast. There is one for each time it is due, however many schedulers think so."""

    __tablename__ = "broadcast_runs"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    broadcast_id: Mapped[UUID] = mapped_column(ForeignKey("broadcasts.id", ondelete="CASCADE"))
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="planning")
    """`planning`, `running`, `paused`, `done`, `cancelled`, `expired` or `stopped`."""
    planned: Mapped[int] = mapped_column(server_default=ZERO)
    planned_to: Mapped[UUID | None]
    """Everybody with an id up to here has been planned; the last id there can be: all."""
    test: Mapped[bool] = mapped_column(server_default=text("false"))
    """For the team alone, to look at it."""
    stopped_because: Mapped[str | None]
    started_at: Mapped[datetime] = mapped_column(server_default=NOW)
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("broadcast_id", "due_at"),
        Index(
            "ix_broadcast_runs_open",
            "id",
            postgresql_where=text("state IN ('planning', 'running')"),
        ),
    )


class BroadcastRecipientRow(Base):
    """One person of a run. Campaign code may add rows and never read them: what became of somebody could tell of danger.

    It has no foreign keys, since a million rows are written at once; `bot.store.campaigning.forget` deletes them.
    """

    __tablename__ = "broadcast_recipients"
    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID]
    variant: Mapped[str] = mapped_column(server_default="a")
    locale: Mapped[str]
    due_at: Mapped[datetime]
    """Not before: the time in the person's own zone, outside their quiet hours."""
    state: Mapped[str] = mapped_column(server_default="waiting")
    """`waiting`, `taken` (in the outbox), `sent`, `delivered`, `read`, `failed`, `unknown` or `left_out`."""
    why: Mapped[str | None]
    outbox_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime | None]
    """When it was taken or left out."""
    __table_args__ = (
        Index(
            "ix_broadcast_recipients_waiting",
            "run_id",
            "due_at",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_broadcast_recipients_taken",
            "outbox_id",
            postgresql_where=text("outbox_id IS NOT NULL"),
        ),
        Index(
            "ix_broadcast_recipients_on_the_way",
            "run_id",
            postgresql_where=text("state = 'taken'"),
        ),
    )

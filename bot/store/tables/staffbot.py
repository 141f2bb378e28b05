"""The tables of the staff's Telegram bot: whose account is whose, who has been told what, and the topics of the group.

Nothing that a person wrote stands here. An account on Telegram is one of the staff, sealed with a key of the house.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import NOW, Base

STAFF = "staff.id"


class StaffTelegramRow(Base):
    """The Telegram account of somebody of the staff; found by a keyed hash."""

    __tablename__ = "staff_telegram"
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(STAFF, ondelete="CASCADE"), primary_key=True)
    lookup: Mapped[bytes] = mapped_column(unique=True)
    account_sealed: Mapped[bytes]
    """Sealed with the key of the staff's accounts, which is no person's."""
    linked_at: Mapped[datetime] = mapped_column(server_default=NOW)
    duty_until: Mapped[datetime | None]
    """Until then they want to hear of people who wait."""


class StaffTelegramCodeRow(Base):
    """The one code with which somebody links their account; only its keyed hash is kept."""

    __tablename__ = "staff_telegram_codes"
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(STAFF, ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime]


class StaffNoticeRow(Base):
    """The one message that tells somebody how many wait: its number in their chat, what it says, and what they have heard."""

    __tablename__ = "staff_notices"
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(STAFF, ondelete="CASCADE"), primary_key=True)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    """None while nobody waits."""
    counts: Mapped[dict[str, Any]]
    """How many by level."""
    heard: Mapped[dict[str, Any]]
    """Of how many of these there was a sound."""
    loud_at: Mapped[datetime | None]
    """When the last one was."""


class StaffCallRow(Base):
    """That the staff were called for somebody who waits too long; gone once somebody has them."""

    __tablename__ = "staff_calls"
    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=NOW)


class StaffUpdateRow(Base):
    """An update of Telegram's that was begun: what it asks for is not done a second time after a crash."""

    __tablename__ = "staff_bot_updates"
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(server_default=NOW)


class StaffTopicRow(Base):
    """The topic of the staff's group in which a counsellor talks with a person. It outlives its case only until it is deleted."""

    __tablename__ = "staff_topics"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("cases.id", ondelete="SET NULL"), unique=True
    )
    staff_id: Mapped[UUID] = mapped_column(ForeignKey(STAFF))
    thread_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    """Telegram's number; None until it has been made."""
    greeted: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether its first message, with the buttons, is there."""
    opened_at: Mapped[datetime] = mapped_column(server_default=NOW)


class StaffTopicMessageRow(Base):
    """A message in a topic, by number: what has been shown is not shown again, and all of it can be deleted."""

    __tablename__ = "staff_topic_messages"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    topic_id: Mapped[int] = mapped_column(
        ForeignKey("staff_topics.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str]
    """`line` (of the thread), `undelivered` (a line that did not reach the person) or `other`."""
    line_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str]
    """`sending`, `sent`, or `unsure` where nobody knows whether it arrived."""
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (UniqueConstraint("topic_id", "kind", "line_id"),)

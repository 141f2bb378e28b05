"""The tables of those who write to us, and of what is said."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import CONTACT, CONVERSATION, NOW, Base


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
    contact_id: Mapped[UUID] = mapped_column(ForeignKey(CONTACT, ondelete="CASCADE"), index=True)
    channel: Mapped[str]
    account: Mapped[str]
    lookup: Mapped[bytes] = mapped_column(unique=True)
    """Of whoever is parked it is made of their own id, so that nobody is found by it."""
    value_sealed: Mapped[bytes]
    blocked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When the person left by the quick exit of the web chat: no page comes back with this address."""
    place: Mapped[bytes | None]
    """Only of whoever is parked (`bot.store.parking`): the lookup of the address at which somebody else is now."""
    return_hash: Mapped[bytes | None]
    """A keyed hash of the words with which this person comes back; the words are kept nowhere."""
    __table_args__ = (
        Index("ix_addresses_place", "place", postgresql_where=text("place IS NOT NULL")),
    )


class ConversationRow(Base):
    """One conversation an address: its state, and who may speak in it."""

    __tablename__ = "conversations"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey(CONTACT, ondelete="CASCADE"), index=True)
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
    parked_at: Mapped[datetime | None]
    """Since when somebody else is at this address. It stands in the row that every turn locks: see `bot.store.parking`."""
    mark: Mapped[str | None]
    """Ends the ids of the buttons that this person is shown, where somebody else was here before them."""


class JoinCodeRow(Base):
    """A code, made in one chat, by which its person connects another; it works once and for a few minutes."""

    __tablename__ = "join_codes"
    lookup: Mapped[bytes] = mapped_column(primary_key=True)
    """A keyed hash of the code."""
    contact_id: Mapped[UUID] = mapped_column(ForeignKey(CONTACT, ondelete="CASCADE"), index=True)
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey(CONVERSATION, ondelete="CASCADE"), unique=True
    )
    """Where it was made: a chat has one code at a time."""
    expires_at: Mapped[datetime]


class InboxRow(Base):
    """Every event from a person, once."""

    __tablename__ = "inbox"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    channel: Mapped[str]
    account: Mapped[str]
    event_id: Mapped[str]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey(CONVERSATION, ondelete="CASCADE"))
    event_sealed: Mapped[bytes | None]
    """Emptied once the event has been answered."""
    received_at: Mapped[datetime] = mapped_column(server_default=NOW)
    processed_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(server_default="0")
    waits: Mapped[bool] = mapped_column(server_default=text("false"))
    """It tells of no danger, and is answered together with others when the pause of its conversation is over (`paces`)."""
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
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey(CONVERSATION, ondelete="CASCADE"))
    epoch: Mapped[int]
    author: Mapped[str]
    """`bot` or `staff`."""
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    message_sealed: Mapped[bytes]
    status: Mapped[str]
    """`queued`, `sending`, `sent`, `refused` (the owner had changed), `dead` (given up, shown on the desk), or `held`: kept back
    for one of the reasons of `bot.store.held`, while what was said later may go first."""
    held_for: Mapped[str | None]
    line_id: Mapped[int | None] = mapped_column(BigInteger)
    """The line of the transcript that a held message is, or is a part of."""
    holder: Mapped[int | None] = mapped_column(BigInteger)
    """The process that is sending it: the number of an advisory lock that lives as long as the process."""
    attempts: Mapped[int] = mapped_column(server_default="0")
    bulk: Mapped[bool] = mapped_column(server_default=text("false"))
    """Written for a broadcast: it is only ever sent by the broadcaster, which decides anew before each try whether it may be."""
    known_before: Mapped[str | None]
    """Of one of a broadcast: the highest number that its channel's account was known to have given when it was taken."""
    sensitive: Mapped[bool] = mapped_column(server_default=text("false"))
    vanish_s: Mapped[int | None]
    """So many seconds after it was sent it is taken off the person's screen; None again once that was done, or cannot be done any more."""
    not_before: Mapped[datetime | None]
    platform_id: Mapped[str | None]
    error: Mapped[str | None]
    failed_id: Mapped[str | None]
    """The platform's id of the last try that it had taken and then told to have failed: it is heard once."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    """When the channel told us that it is on the person's screen; None where a channel does not tell. The same for `read_at`."""
    read_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ix_outbox_held",
            "not_before",
            postgresql_where=text("status = 'held'"),
        ),
        Index(
            "ix_outbox_open",
            "conversation_id",
            "id",
            postgresql_where=text("status IN ('queued', 'sending')"),
        ),
        Index("ix_outbox_dead", "created_at", postgresql_where=text("status = 'dead'")),
        Index("ix_outbox_vanish", "sent_at", postgresql_where=text("vanish_s IS NOT NULL")),
    )


class LastDeletionRow(Base):
    """A message that an erased person was sent and that can still be taken off their screen; sealed with the house's own keys, gone as soon as it is done."""

    __tablename__ = "last_deletions"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    sealed: Mapped[bytes]
    """Channel, account, address and the platform's number of the message, as JSON."""
    until: Mapped[datetime]
    not_before: Mapped[datetime | None]


class TranscriptRow(Base):
    """What was said: short-lived unless a case holds it."""

    __tablename__ = "transcript"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey(CONVERSATION, ondelete="CASCADE"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    author: Mapped[str]
    """`person`, `bot`, `staff`, or `event` for what nobody wrote."""
    text_sealed: Mapped[bytes]
    reading_sealed: Mapped[bytes | None]
    """How Suar understood it, as JSON; only for what a person typed."""
    shared: Mapped[bool] = mapped_column(server_default=text("false"))
    """Written before the hand-over, and shared by the person's own choice."""
    edited: Mapped[bool] = mapped_column(server_default=text("false"))
    """Other words that the person has put in the place of earlier ones; those stay where they were."""
    outbox_id: Mapped[int | None] = mapped_column(BigInteger)
    quotes: Mapped[int | None] = mapped_column(BigInteger)
    """Of a line of the staff: the line of the person that it answers. Without a foreign key: whoever answers keeps nothing alive."""
    platform_id_sealed: Mapped[bytes | None]
    """Of a line of the person in an open case: its platform's id, by which an answer can point to it."""
    at: Mapped[datetime] = mapped_column(server_default=NOW)
    expires_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_transcript_conversation_id_id", "conversation_id", "id"),
        Index("ix_transcript_case_id_id", "case_id", "id"),
        Index("ix_transcript_expires_at", "expires_at", postgresql_where=text("case_id IS NULL")),
    )


class FollowUpRow(Base):
    """Somebody who agreed to be asked again how they are. Written to only while the consent `follow_up` holds."""

    __tablename__ = "follow_ups"
    contact_id: Mapped[UUID] = mapped_column(
        ForeignKey(CONTACT, ondelete="CASCADE"), primary_key=True
    )
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey(CONVERSATION, ondelete="CASCADE"))
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


class ThrottleRow(Base):
    """How often something was tried lately, under a hashed key."""

    __tablename__ = "throttles"
    key: Mapped[bytes] = mapped_column(primary_key=True)
    count: Mapped[int]
    window_ends_at: Mapped[datetime]

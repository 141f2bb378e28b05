"""The tables of campaigns: who agreed to hear of them, links, events, and who did what with them.
Broadcasts and what quizzes have taught stand beside them, in `broadcasts.py` and `learned.py`.

Campaign code reads and writes them under a database role of its own, `suar_campaigns`, that cannot read cases, texts, consents or
where people are reached (migration 0017). Nothing in here tells whether somebody is in danger.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import CONTACT, NOW, Base

CAMPAIGN = "campaigns.id"
STAFF = "staff.id"
ZERO = "0"
EMPTY = text("'{}'")


class ProfileRow(Base):
    """What somebody told of themselves so that campaigns fit them; it is there only while they agree to `news`."""

    __tablename__ = "profiles"
    contact_id: Mapped[UUID] = mapped_column(
        ForeignKey(CONTACT, ondelete="CASCADE"), primary_key=True
    )
    city: Mapped[str | None]
    zone: Mapped[str | None]
    """IANA name of the time zone they live by; None: the house's."""
    zone_confirmed: Mapped[bool] = mapped_column(server_default=text("false"))
    age_band: Mapped[str | None]
    interests: Mapped[list[str]] = mapped_column(server_default=EMPTY)
    changed_at: Mapped[datetime] = mapped_column(server_default=NOW)


class CampaignRow(Base):
    """A campaign: a frame for its broadcasts, links, events and results."""

    __tablename__ = "campaigns"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    about: Mapped[str] = mapped_column(server_default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(server_default="draft")
    """`draft`, `live`, `ended` or `archived`."""
    body: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY)
    """Its quizzes, series and what the public may see of its results."""
    archived_from: Mapped[str | None]
    """The state in which it was put away."""
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey(STAFF))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    changed_at: Mapped[datetime] = mapped_column(server_default=NOW)
    version: Mapped[int] = mapped_column(server_default="1")


class CampaignLinkRow(Base):
    """A deep link of a campaign: for a city, a youth leader, a poster."""

    __tablename__ = "campaign_links"
    code: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey(CAMPAIGN, ondelete="CASCADE"), index=True)
    target: Mapped[str]
    """`quiz:<id>`, `join`, `event:<slug>`, `series` or `series:<id>`."""
    city: Mapped[str | None]
    leader: Mapped[str | None]
    """A nickname that a youth leader chose; shown on boards only where `named` says so."""
    named: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    closed_at: Mapped[datetime | None]


class LinkCountRow(Base):
    """How often a link was opened, and a quiz finished behind it, on a day; of whom is not kept."""

    __tablename__ = "link_counts"
    code: Mapped[str] = mapped_column(
        ForeignKey("campaign_links.code", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    opened: Mapped[int] = mapped_column(server_default=ZERO)
    finished: Mapped[int] = mapped_column(server_default=ZERO)


class CampaignMemberRow(Base):
    """Somebody who agreed to hear of a campaign, and by which link they came."""

    __tablename__ = "campaign_members"
    contact_id: Mapped[UUID] = mapped_column(
        ForeignKey(CONTACT, ondelete="CASCADE"), primary_key=True
    )
    campaign_id: Mapped[UUID] = mapped_column(
        ForeignKey(CAMPAIGN, ondelete="CASCADE"), primary_key=True, index=True
    )
    code: Mapped[str | None]
    joined_at: Mapped[datetime] = mapped_column(server_default=NOW)


class SegmentRow(Base):
    """A saved rule of who is meant."""

    __tablename__ = "segments"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    rule: Mapped[dict[str, Any]]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey(STAFF))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    archived_at: Mapped[datetime | None]


class TesterRow(Base):
    """Somebody of the team who gets a broadcast before everybody else, to look at it."""

    __tablename__ = "campaign_testers"
    contact_id: Mapped[UUID] = mapped_column(
        ForeignKey(CONTACT, ondelete="CASCADE"), primary_key=True
    )
    label: Mapped[str]
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey(STAFF))
    added_at: Mapped[datetime] = mapped_column(server_default=NOW)


class TesterInviteRow(Base):
    """A link by which somebody of the team becomes a tester, once."""

    __tablename__ = "tester_invites"
    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey(STAFF))
    expires_at: Mapped[datetime]


class PictureRow(Base):
    """A picture of a campaign, written anew without what a camera adds."""

    __tablename__ = "pictures"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    mime: Mapped[str]
    data: Mapped[bytes]
    width: Mapped[int]
    height: Mapped[int]
    alt: Mapped[dict[str, Any]]
    """What is on it, by language, for those who cannot see it."""
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey(STAFF))
    added_at: Mapped[datetime] = mapped_column(server_default=NOW)


class EventRow(Base):
    """Something that takes place: a talkshow, a camp, a class online."""

    __tablename__ = "events"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey(CAMPAIGN, ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    words: Mapped[dict[str, Any]]
    """`title`, `short`, `place` and `about`, by language."""
    city: Mapped[str | None]
    zone: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    places: Mapped[int | None]
    """How many can come; None: as many as like."""
    state: Mapped[str] = mapped_column(server_default="draft")
    """`draft`, `open`, `closed` (nobody new) or `cancelled`; that it is full or over is told by its places and times."""
    moves: Mapped[int] = mapped_column(server_default=ZERO)
    """How often its time or place has been changed since people could sign up: each time they are told."""
    changed_at: Mapped[datetime] = mapped_column(server_default=NOW)
    version: Mapped[int] = mapped_column(server_default="1")
    __table_args__ = (Index("ix_events_ends_at", "ends_at"),)


class EventSignupRow(Base):
    """Somebody who wants to come."""

    __tablename__ = "event_signups"
    event_id: Mapped[UUID] = mapped_column(
        ForeignKey("events.id", ondelete="CASCADE"), primary_key=True
    )
    contact_id: Mapped[UUID] = mapped_column(
        ForeignKey(CONTACT, ondelete="CASCADE"), primary_key=True, index=True
    )
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE")
    )
    state: Mapped[str]
    """`coming` or `waiting`; whoever cancels has no row."""
    at: Mapped[datetime] = mapped_column(server_default=NOW)
    promoted_at: Mapped[datetime | None]
    """When they moved up from the waiting list."""
    reminded: Mapped[list[str]] = mapped_column(server_default=EMPTY)
    """What they have been told: marks of `bot.campaigns.reminders`."""


class CampaignRatingRow(Base):
    """What people said of a campaign, counted; of whom it came is not kept."""

    __tablename__ = "campaign_ratings"
    campaign_id: Mapped[UUID] = mapped_column(
        ForeignKey(CAMPAIGN, ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    rating: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(server_default=ZERO)


class CampaignActRow(Base):
    """Somebody of the staff did something with a campaign or a part of it. Lines are added and never changed; no text is in them."""

    __tablename__ = "campaign_acts"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey(STAFF))
    act: Mapped[str]
    kind: Mapped[str]
    """What it was done with: `campaign`, `message`, `link`, …"""
    subject_id: Mapped[UUID]
    campaign_id: Mapped[UUID | None]
    __table_args__ = (
        Index("ix_campaign_acts_subject_id", "subject_id", "id"),
        Index("ix_campaign_acts_campaign_id", "campaign_id", "id"),
    )

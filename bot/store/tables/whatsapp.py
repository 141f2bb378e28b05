"""The tables beside WhatsApp: what Meta says of our templates and of our account, and who was asked whether we may go on."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import CONVERSATION, NOW, Base


class WhatsAppTemplateRow(Base):
    """Words that Meta was, or is to be, asked to approve in one language; they are the house's own and nobody's."""

    __tablename__ = "whatsapp_templates"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    account: Mapped[str]
    """The WhatsApp Business account to which it belongs."""
    name: Mapped[str]
    language: Mapped[str]
    """As Meta names it; `locale` is ours."""
    locale: Mapped[str]
    source: Mapped[str]
    """The id of a house template, or `message` for one of a campaign."""
    category: Mapped[str]
    status: Mapped[str]
    """Meta's own word, also one that we do not know; or `wanted`, `refused` and `gone`, which are ours (`bot.store.templates`)."""
    reason: Mapped[str | None]
    """Why it was rejected, or what is wrong with it: Meta's words."""
    quality: Mapped[str | None]
    fingerprint: Mapped[str]
    """Of the words that were submitted."""
    components: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """The words, as they are submitted."""
    wanted_at: Mapped[datetime] = mapped_column(server_default=NOW)
    status_at: Mapped[datetime]
    """As of when Meta said so: news that are older change nothing."""
    checked_at: Mapped[datetime | None]
    """When Meta's list was last read."""
    __table_args__ = (
        UniqueConstraint("account", "name", "language"),
        Index("ix_whatsapp_templates_fingerprint", "fingerprint"),
    )


class WhatsAppAccountRow(Base):
    """How it stands with our account: when the templates were last compared with Meta's, and what went wrong."""

    __tablename__ = "whatsapp_accounts"
    account: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime | None]
    """When somebody last wanted them compared."""
    checked_at: Mapped[datetime | None]
    fault: Mapped[str | None]
    """The code of a send error, of the last time; None where it went well."""
    fault_at: Mapped[datetime | None]
    quality: Mapped[str | None]
    """Of our number, as Meta has told it last."""


class WhatsAppAskRow(Base):
    """Somebody who was asked last whether we may go on, and what they have answered."""

    __tablename__ = "whatsapp_asks"
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey(CONVERSATION, ondelete="CASCADE"), primary_key=True
    )
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    line_id: Mapped[int] = mapped_column(BigInteger)
    """The line of the transcript that asks."""
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    """`yes` (or anything that they wrote), or `not_now`."""
    answered_at: Mapped[datetime | None]

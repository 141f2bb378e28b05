"""The staff's Telegram bot: linked accounts, who has been told what, and the topics of the group."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "staff_telegram",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("account_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("linked_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("duty_until", MOMENT, nullable=True),
        _of_staff("staff_telegram", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_telegram")),
        sa.UniqueConstraint("lookup", name=op.f("uq_staff_telegram_lookup")),
    )
    op.create_table(
        "staff_telegram_codes",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        _of_staff("staff_telegram_codes", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_telegram_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_staff_telegram_codes_code_hash")),
    )
    op.create_table(
        "staff_notices",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("heard", postgresql.JSONB(), nullable=False),
        sa.Column("loud_at", MOMENT, nullable=True),
        _of_staff("staff_notices", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_notices")),
    )
    op.create_table(
        "staff_calls",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_staff_calls_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "kind", name=op.f("pk_staff_calls")),
    )
    op.create_table(
        "staff_bot_updates",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_staff_bot_updates")),
    )
    _topics()


def _topics() -> None:
    op.create_table(
        "staff_topics",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("greeted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("opened_at", MOMENT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
            name=op.f("fk_staff_topics_case_id_cases"),
            ondelete="SET NULL",
        ),
        _of_staff("staff_topics"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_topics")),
        sa.UniqueConstraint("case_id", name=op.f("uq_staff_topics_case_id")),
        sa.UniqueConstraint("thread_id", name=op.f("uq_staff_topics_thread_id")),
    )
    op.create_table(
        "staff_topic_messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("topic_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["topic_id"],
            ["staff_topics.id"],
            name=op.f("fk_staff_topic_messages_topic_id_staff_topics"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_topic_messages")),
        sa.UniqueConstraint(
            "topic_id", "kind", "line_id", name=op.f("uq_staff_topic_messages_topic_id_kind_line_id")
        ),
    )
    op.create_index(
        op.f("ix_staff_topic_messages_topic_id"), "staff_topic_messages", ["topic_id"]
    )


def _of_staff(table: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_staff_id_staff")
    return sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=name, ondelete=ondelete)


def downgrade() -> None:
    """Bring the schema back."""
    for table in (
        "staff_topic_messages",
        "staff_topics",
        "staff_bot_updates",
        "staff_calls",
        "staff_notices",
        "staff_telegram_codes",
        "staff_telegram",
    ):
        op.drop_table(table)

"""Templates of WhatsApp and what Meta says of them, and who was asked whether we may go on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ROLE = "suar_campaigns"
_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "whatsapp_templates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("quality", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("components", postgresql.JSONB(), nullable=False),
        sa.Column("wanted_at", _AT, server_default=sa.text("now()"), nullable=False),
        sa.Column("status_at", _AT, nullable=False),
        sa.Column("checked_at", _AT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whatsapp_templates")),
        sa.UniqueConstraint(
            "account", "name", "language", name=op.f("uq_whatsapp_templates_account")
        ),
    )
    op.create_index("ix_whatsapp_templates_fingerprint", "whatsapp_templates", ["fingerprint"])
    op.create_table(
        "whatsapp_accounts",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("asked_at", _AT, nullable=True),
        sa.Column("checked_at", _AT, nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("fault_at", _AT, nullable=True),
        sa.Column("quality", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_whatsapp_accounts")),
    )
    _make_asks()
    # Campaigners see which of their words may go out; nothing of a person is in it.
    op.execute(f"GRANT SELECT ON whatsapp_templates TO {ROLE}")


def _make_asks() -> None:
    op.create_table(
        "whatsapp_asks",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", _AT, nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", _AT, nullable=True),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_whatsapp_asks")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], ondelete="CASCADE",
            name=op.f("fk_whatsapp_asks_conversation_id_conversations"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], ondelete="CASCADE",
            name=op.f("fk_whatsapp_asks_case_id_cases"),
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_whatsapp_asks_case_id"), "whatsapp_asks", ["case_id"])


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("whatsapp_asks")
    op.drop_table("whatsapp_accounts")
    op.drop_table("whatsapp_templates")

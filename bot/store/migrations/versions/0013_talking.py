"""Beside a talk: lines kept back for a while, drafts, notes, guests, transfers, the check question, and what a channel tells."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "line_translations",
    "check_questions",
    "case_transfers",
    "case_guests",
    "case_mentions",
    "case_notes",
    "case_drafts",
)
OUTBOX = {
    "held_for": sa.Text(),
    "line_id": sa.BigInteger(),
    "delivered_at": MOMENT,
    "read_at": MOMENT,
}


def upgrade() -> None:
    """Bring the schema forward."""
    for name, kind in OUTBOX.items():
        op.add_column("outbox", sa.Column(name, kind, nullable=True))
    held = sa.text("status = 'held'")
    op.create_index("ix_outbox_held", "outbox", ["not_before"], postgresql_where=held)
    _notes()
    _guests()
    _transfers()
    op.create_table(
        "check_questions",
        _number(),
        _of("case_id", "cases.id", cascade=True, unique=True),
        sa.Column("question_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("passed_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("failed_at", MOMENT, nullable=True),
    )
    op.create_table(
        "line_translations",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _of("case_id", "cases.id", cascade=True),
        sa.Column("line_id", sa.BigInteger(), unique=True, nullable=False),
        _of("asked_by", "staff.id"),
        sa.Column("asked_of", sa.Uuid(), sa.ForeignKey("staff.id"), index=True, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.Uuid(), sa.ForeignKey("staff.id"), nullable=True),
        sa.Column("at", MOMENT, nullable=True),
    )


def downgrade() -> None:
    """Bring the schema back."""
    for name in TABLES:
        op.drop_table(name)
    op.drop_index("ix_outbox_held", "outbox")
    for name in OUTBOX:
        op.drop_column("outbox", name)


def _notes() -> None:
    op.create_table(
        "case_drafts",
        _number(),
        _of("case_id", "cases.id", cascade=True),
        _of("staff_id", "staff.id"),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, server_default=NOW, nullable=False),
        sa.UniqueConstraint("case_id", "staff_id"),
    )
    op.create_table(
        "case_notes",
        _number(),
        _of("case_id", "cases.id", cascade=True, index=True),
        _of("staff_id", "staff.id"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, server_default=NOW, nullable=False),
    )
    op.create_table(
        "case_mentions",
        _number(),
        sa.Column(
            "note_id",
            sa.BigInteger(),
            sa.ForeignKey("case_notes.id", ondelete="CASCADE"),
            nullable=False,
        ),
        _of("staff_id", "staff.id"),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.UniqueConstraint("note_id", "staff_id"),
    )
    new = sa.text("seen_at IS NULL")
    op.create_index("ix_case_mentions_new", "case_mentions", ["staff_id"], postgresql_where=new)


def _guests() -> None:
    op.create_table(
        "case_guests",
        _number(),
        _of("case_id", "cases.id", cascade=True),
        _of("staff_id", "staff.id", index=True),
        sa.Column("kind", sa.Text(), nullable=False),
        _of("asked_by", "staff.id"),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
    )
    op.create_index(
        "uq_case_guests_open",
        "case_guests",
        ["case_id", "staff_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _transfers() -> None:
    op.create_table(
        "case_transfers",
        _number(),
        _of("case_id", "cases.id", cascade=True),
        _of("from_id", "staff.id"),
        _of("to_id", "staff.id", index=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
    )
    op.create_index(
        "uq_case_transfers_open",
        "case_transfers",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state = 'offered'"),
    )


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True)


def _of(
    name: str, target: str, *, cascade: bool = False, index: bool = False, unique: bool = False
) -> sa.Column[object]:
    ondelete = "CASCADE" if cascade else None
    reference = sa.ForeignKey(target, ondelete=ondelete)
    # Without a wish nothing is said: an index is made only where one is asked for.
    return sa.Column(
        name, sa.Uuid(), reference, nullable=False, index=index or None, unique=unique or None
    )

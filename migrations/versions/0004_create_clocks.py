"""Create clocks: due times are derived from an append-only ledger and stored for indexes only."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_create_clocks"
down_revision = "0003_create_tickets"


def upgrade():
    op.create_table(
        "ticket_clock",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cycle", sa.SmallInteger(), nullable=False),
        sa.Column("bureau_code", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_version", sa.SmallInteger(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("rungs_passed", sa.SmallInteger(), nullable=False),
        sa.Column("next_rung", sa.Text(), nullable=True),
        sa.Column("next_rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entries", sa.SmallInteger(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("calendar_version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bureau_code"], ["bureau.code"], name=op.f("fk_ticket_clock_bureau_code")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_clock_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_clock")),
    )
    with op.batch_alter_table("ticket_clock", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ticket_clock_overdue",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("stopped_at IS NULL AND due_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_ticket_clock_rung",
            ["next_rung_at"],
            unique=False,
            postgresql_where=sa.text("next_rung_at IS NOT NULL"),
        )
        batch_op.create_index("ix_ticket_clock_ticket_id", ["ticket_id"], unique=False)

    op.create_table(
        "clock_entry",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("clock_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("calendar_version", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["ticket_clock.id"], name=op.f("fk_clock_entry_clock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_entry")),
        sa.UniqueConstraint("clock_id", "seq", name=op.f("uq_clock_entry_clock_id_seq")),
    )
    op.create_table(
        "clock_rung",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("clock_id", sa.BigInteger(), nullable=False),
        sa.Column("cycle", sa.SmallInteger(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("due_version", sa.SmallInteger(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["ticket_clock.id"], name=op.f("fk_clock_rung_clock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_rung")),
        sa.UniqueConstraint(
            "clock_id",
            "cycle",
            "rung",
            "due_version",
            name=op.f("uq_clock_rung_clock_id_cycle_rung_due_version"),
        ),
    )
    op.execute(
        "CREATE TRIGGER clock_entry_append_only BEFORE UPDATE OR DELETE ON clock_entry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade():
    op.drop_table("clock_rung")
    op.drop_table("clock_entry")
    with op.batch_alter_table("ticket_clock", schema=None) as batch_op:
        batch_op.drop_index("ix_ticket_clock_ticket_id")
        batch_op.drop_index("ix_ticket_clock_rung", postgresql_where=sa.text("next_rung_at IS NOT NULL"))
        batch_op.drop_index(
            "ix_ticket_clock_overdue", postgresql_where=sa.text("stopped_at IS NULL AND due_at IS NOT NULL")
        )

    op.drop_table("ticket_clock")

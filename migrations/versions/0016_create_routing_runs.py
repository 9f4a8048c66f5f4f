"""Create what the router learns by: runs of training and replay, and what it said beside where tickets ended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016_create_routing_runs"
down_revision = "0015_create_call_desk"


def upgrade():
    op.create_table(
        "routing_run",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("model_id", sa.BigInteger(), nullable=True),
        sa.Column("against_id", sa.BigInteger(), nullable=True),
        sa.Column("lessons", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stride", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("figures", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_routing_run_asked_by_id")),
        sa.ForeignKeyConstraint(["model_id"], ["routing_model.id"], name=op.f("fk_routing_run_model_id")),
        sa.ForeignKeyConstraint(["against_id"], ["routing_model.id"], name=op.f("fk_routing_run_against_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_run")),
    )
    op.create_index("ix_routing_run_model_id", "routing_run", ["model_id"])
    op.create_index(
        "uq_routing_run_open",
        "routing_run",
        [sa.text("(finished_at IS NULL)")],
        unique=True,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "routing_move",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("old_bureau_code", sa.Text(), nullable=True),
        sa.Column("new_bureau_code", sa.Text(), nullable=True),
        sa.Column("ended_bureau_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["routing_run.id"], name=op.f("fk_routing_move_run_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_routing_move_ticket_id")),
        sa.ForeignKeyConstraint(
            ["old_bureau_code"], ["bureau.code"], name=op.f("fk_routing_move_old_bureau_code")
        ),
        sa.ForeignKeyConstraint(
            ["new_bureau_code"], ["bureau.code"], name=op.f("fk_routing_move_new_bureau_code")
        ),
        sa.ForeignKeyConstraint(
            ["ended_bureau_code"], ["bureau.code"], name=op.f("fk_routing_move_ended_bureau_code")
        ),
        sa.PrimaryKeyConstraint("run_id", "ticket_id", name=op.f("pk_routing_move")),
    )
    op.create_table(
        "routing_outcome",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tenth", sa.SmallInteger(), nullable=False),
        sa.Column("top_code", sa.Text(), nullable=False),
        sa.Column("first_code", sa.Text(), nullable=False),
        sa.Column("ended_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_routing_outcome_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_routing_outcome")),
    )
    op.create_index("ix_routing_outcome_ended", "routing_outcome", ["week", "ended_code", "top_code"])
    op.create_index("ix_routing_outcome_kind", "routing_outcome", ["week", "kind", "tenth"])
    op.create_table(
        "routing_tally",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tenth", sa.SmallInteger(), nullable=False),
        sa.Column("top_code", sa.Text(), nullable=False),
        sa.Column("first_code", sa.Text(), nullable=False),
        sa.Column("ended_code", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "week", "model", "kind", "tenth", "top_code", "first_code", "ended_code",
            name=op.f("pk_routing_tally"),
        ),
    )  # fmt: skip


def downgrade():
    for table in ("routing_tally", "routing_outcome", "routing_move", "routing_run"):
        op.drop_table(table)

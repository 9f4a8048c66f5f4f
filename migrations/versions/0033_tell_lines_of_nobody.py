"""Let a gap be of no group: lines that belong to none, with no duty desk behind them. One of them at a time.

And list the call-backs that are done by an index: they become nearly all of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033_tell_lines_of_nobody"
down_revision = "0032_create_call_commands"
NAME, COLUMNS = "uq_duty_gap_group_id_starts_at", ["group_id", "starts_at"]


def upgrade():
    op.alter_column("duty_gap", "group_id", existing_type=sa.BigInteger(), nullable=True)
    op.drop_constraint(NAME, "duty_gap", type_="unique")
    op.create_unique_constraint(NAME, "duty_gap", COLUMNS, postgresql_nulls_not_distinct=True)
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_callback_done",
            "callback",
            [sa.text("opened_at DESC"), sa.text("id DESC")],
            postgresql_where=sa.text("done_at IS NOT NULL"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade():
    op.drop_index("ix_callback_done", table_name="callback")
    op.execute("DELETE FROM duty_gap WHERE group_id IS NULL")
    op.drop_constraint(NAME, "duty_gap", type_="unique")
    op.create_unique_constraint(NAME, "duty_gap", COLUMNS)
    op.alter_column("duty_gap", "group_id", existing_type=sa.BigInteger(), nullable=False)

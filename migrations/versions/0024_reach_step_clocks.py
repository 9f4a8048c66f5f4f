"""Let published versions reach the clocks of steps, and what-ifs name them."""

import sqlalchemy as sa
from alembic import op

revision = "0024_reach_step_clocks"
down_revision = "0023_index_unaccepted"

ONE = "num_nonnulls(clock_id, case_clock_id) = 1"


def upgrade():
    op.add_column(
        "policy_rollout", sa.Column("of_steps", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.alter_column("policy_rollout", "of_steps", server_default=None)
    op.alter_column("policy_effect", "clock_id", nullable=True)
    op.add_column("policy_effect", sa.Column("case_clock_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_policy_effect_case_clock_id"), "policy_effect", "case_clock", ["case_clock_id"], ["id"]
    )
    op.create_index("ix_policy_effect_case_clock_id", "policy_effect", ["case_clock_id"])
    op.create_check_constraint(op.f("ck_policy_effect_one_clock"), "policy_effect", ONE)
    op.create_index(
        "ix_case_clock_running", "case_clock", ["id"], postgresql_where=sa.text("stopped_at IS NULL")
    )


def downgrade():
    op.drop_index("ix_case_clock_running", "case_clock")
    op.execute("DELETE FROM policy_effect WHERE clock_id IS NULL")
    op.drop_constraint(op.f("ck_policy_effect_one_clock"), "policy_effect")
    op.drop_index("ix_policy_effect_case_clock_id", "policy_effect")
    op.drop_column("policy_effect", "case_clock_id")
    op.alter_column("policy_effect", "clock_id", nullable=False)
    op.drop_column("policy_rollout", "of_steps")

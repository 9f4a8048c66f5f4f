"""Keep what a draft of rules or of a topic would do to the requests of the last months, as its readers saw it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035_replay_drafts"
down_revision = "0034_keep_enterprise_lists"


def upgrade():
    op.create_table(
        "policy_replay",
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stride", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("figures", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["policy_draft.id"], name=op.f("fk_policy_replay_draft_id")),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_policy_replay")),
    )
    op.create_table(
        "policy_replay_move",
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("old_bureau_code", sa.Text(), nullable=True),
        sa.Column("new_bureau_code", sa.Text(), nullable=True),
        sa.Column("ended_bureau_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["policy_draft.id"], name=op.f("fk_policy_replay_move_draft_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_policy_replay_move_ticket_id")),
        sa.ForeignKeyConstraint(
            ["old_bureau_code"], ["bureau.code"], name=op.f("fk_policy_replay_move_old_bureau_code")
        ),
        sa.ForeignKeyConstraint(
            ["new_bureau_code"], ["bureau.code"], name=op.f("fk_policy_replay_move_new_bureau_code")
        ),
        sa.ForeignKeyConstraint(
            ["ended_bureau_code"], ["bureau.code"], name=op.f("fk_policy_replay_move_ended_bureau_code")
        ),
        sa.PrimaryKeyConstraint("draft_id", "ticket_id", name=op.f("pk_policy_replay_move")),
    )


def downgrade():
    op.drop_table("policy_replay_move")
    op.drop_table("policy_replay")

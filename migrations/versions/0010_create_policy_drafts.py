"""Create drafts of policies, what they would do, and how far a published one has reached the open clocks."""

import sqlalchemy as sa
from alembic import op

revision = "0010_create_policy_drafts"
down_revision = "0009_tell_late_returns"

INSTANT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "policy_draft",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("base_version", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("wanted_at", INSTANT, nullable=True),
        sa.Column("claimed_at", INSTANT, nullable=True),
        sa.Column("looked_at", INSTANT, nullable=True),
        sa.Column("looked_revision", sa.BigInteger(), nullable=True),
        sa.Column("clocks", sa.BigInteger(), nullable=False),
        sa.Column("moved", sa.BigInteger(), nullable=False),
        sa.Column("unbreached", sa.BigInteger(), nullable=False),
        sa.Column("breached", sa.BigInteger(), nullable=False),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_policy_draft_author_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["account.id"], name=op.f("fk_policy_draft_ended_by_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["policy_document.id"], name=op.f("fk_policy_draft_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_draft")),
    )
    op.create_index("ix_policy_draft_kind_state", "policy_draft", ["kind", "state", "id"])
    op.create_index("ix_policy_draft_document_id", "policy_draft", ["document_id"])
    op.create_index(
        "ix_policy_draft_wanted",
        "policy_draft",
        ["wanted_at"],
        postgresql_where=sa.text("wanted_at IS NOT NULL"),
    )
    op.create_table(
        "policy_effect",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("clock_id", sa.BigInteger(), nullable=False),
        sa.Column("was_due_at", INSTANT, nullable=True),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["policy_draft.id"], name=op.f("fk_policy_effect_draft_id")),
        sa.ForeignKeyConstraint(["clock_id"], ["ticket_clock.id"], name=op.f("fk_policy_effect_clock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_effect")),
    )
    op.create_index("ix_policy_effect_draft_id_change", "policy_effect", ["draft_id", "change", "id"])
    op.create_index("ix_policy_effect_clock_id", "policy_effect", ["clock_id"])
    op.create_table(
        "policy_rollout",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("published_by_id", sa.BigInteger(), nullable=True),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("retry_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("passed_over", sa.Boolean(), nullable=False),
        sa.Column("whole", sa.BigInteger(), nullable=False),
        sa.Column("looked", sa.BigInteger(), nullable=False),
        sa.Column("superseded", sa.BigInteger(), nullable=False),
        sa.Column("moved", sa.BigInteger(), nullable=False),
        sa.Column("unbreached", sa.BigInteger(), nullable=False),
        sa.Column("breached", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["policy_document.id"], name=op.f("fk_policy_rollout_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["account.id"], name=op.f("fk_policy_rollout_published_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_rollout")),
        sa.UniqueConstraint("document_id", name=op.f("uq_policy_rollout_document_id")),
    )
    op.create_index(
        "ix_policy_rollout_open",
        "policy_rollout",
        ["retry_at"],
        postgresql_where=sa.text("finished_at IS NULL"),
    )


def downgrade():
    op.drop_table("policy_rollout")
    op.drop_table("policy_effect")
    op.drop_table("policy_draft")

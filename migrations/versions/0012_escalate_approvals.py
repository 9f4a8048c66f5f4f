"""Note when a request for approval was passed on because nobody decided in time."""

import sqlalchemy as sa
from alembic import op

revision = "0012_escalate_approvals"
down_revision = "0011_index_running_clocks"


def upgrade():
    op.add_column("approval", sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_approval_unescalated",
        "approval",
        ["due_at"],
        postgresql_where=sa.text("decision IS NULL AND escalated_at IS NULL"),
    )


def downgrade():
    op.drop_index("ix_approval_unescalated", table_name="approval")
    op.drop_column("approval", "escalated_at")

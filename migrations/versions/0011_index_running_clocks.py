"""Index the running clocks by id: a published policy goes through them in batches, a small part of all."""

import sqlalchemy as sa
from alembic import op

revision = "0011_index_running_clocks"
down_revision = "0010_create_policy_drafts"


def upgrade():
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_ticket_clock_running",
            "ticket_clock",
            ["id"],
            postgresql_where=sa.text("stopped_at IS NULL"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade():
    op.drop_index("ix_ticket_clock_running", table_name="ticket_clock")

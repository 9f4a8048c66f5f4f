"""Index the running clocks of acceptance: the wallboard and its news ask for the late ones all day."""

import sqlalchemy as sa
from alembic import op

revision = "0023_index_unaccepted"
down_revision = "0022_create_views"


def upgrade():
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_ticket_clock_unaccepted",
            "ticket_clock",
            ["due_at", "ticket_id"],
            postgresql_where=sa.text("kind = 'acceptance' AND stopped_at IS NULL"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade():
    op.drop_index("ix_ticket_clock_unaccepted", table_name="ticket_clock")

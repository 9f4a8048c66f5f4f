"""Tell the supervisors once of a return whose time to be adjudicated has passed; find returns by period."""

import sqlalchemy as sa
from alembic import op

revision = "0009_tell_late_returns"
down_revision = "0008_create_calls"


def upgrade():
    op.add_column("ticket_return", sa.Column("late_told_at", sa.DateTime(timezone=True), nullable=True))
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_ticket_return_asked_at", "ticket_return", ["asked_at"], postgresql_concurrently=True
        )


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ix_ticket_return_asked_at", table_name="ticket_return", postgresql_concurrently=True)
    op.drop_column("ticket_return", "late_told_at")

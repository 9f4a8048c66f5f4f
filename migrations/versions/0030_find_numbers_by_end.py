"""Let a ticket be found by the end of its number, as people read it out."""

import sqlalchemy as sa
from alembic import op

revision = "0030_find_numbers_by_end"
down_revision = "0029_create_audit"


def upgrade():
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_ticket_number_end", "ticket", [sa.text('"right"(number, 7)')], postgresql_concurrently=True
        )


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ix_ticket_number_end", table_name="ticket", postgresql_concurrently=True)

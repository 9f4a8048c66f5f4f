"""Index the tickets whose first dispatch was wrong: few of many, and the router's page opens their list."""

import sqlalchemy as sa
from alembic import op

revision = "0031_index_wrong_first_dispatch"
down_revision = "0030_find_numbers_by_end"


def upgrade():
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_routing_outcome_wrong",
            "routing_outcome",
            ["week", "ticket_id"],
            postgresql_where=sa.text("first_code <> ended_code"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade():
    op.drop_index("ix_routing_outcome_wrong", "routing_outcome", if_exists=True)

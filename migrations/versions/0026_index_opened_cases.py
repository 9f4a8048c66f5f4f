"""Index cases that ladders opened; what they had only proposed until now nobody asked for, and is not opened late."""

import sqlalchemy as sa
from alembic import op

revision = "0026_index_opened_cases"
down_revision = "0025_index_figures"


def upgrade():
    op.execute(
        "UPDATE listing SET decision = 'lapsed', decided_at = proposed_at WHERE kind = 'case' AND decision IS NULL"
    )
    with op.get_context().autocommit_block():
        op.drop_index("ix_listing_opened", "listing", postgresql_concurrently=True, if_exists=True)
        op.create_index(
            "ix_listing_opened",
            "listing",
            ["proposed_at", "id"],
            postgresql_where=sa.text("decision = 'opened'"),
            postgresql_concurrently=True,
        )


def downgrade():
    op.drop_index("ix_listing_opened", "listing")

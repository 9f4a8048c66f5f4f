"""Index terms together with the bureaus that had a ticket: a bureau finds a common word among its own alone.

Statistics of the terms reach down to rare words, so that a search knows how far back it has to look.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013_search_by_bureau"
down_revision = "0012_escalate_approvals"


def upgrade():
    with op.get_context().autocommit_block():
        op.execute("SET statement_timeout = 0")  # a full table takes minutes
        op.execute(
            "DROP INDEX CONCURRENTLY IF EXISTS ix_ticket_search"
        )  # what a build that was cut short left
        op.create_index(
            "ix_ticket_search",
            "ticket",
            ["terms", sa.text("array_append(touched_bureaus, bureau_code)")],
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": 512},
            postgresql_concurrently=True,
        )
        op.drop_index("ix_ticket_terms", "ticket", postgresql_concurrently=True, if_exists=True)
        op.execute("RESET statement_timeout")
    op.execute(sa.text("ALTER TABLE ticket ALTER COLUMN terms SET STATISTICS 500"))


def downgrade():
    op.execute(sa.text("ALTER TABLE ticket ALTER COLUMN terms SET STATISTICS -1"))
    op.create_index("ix_ticket_terms", "ticket", ["terms"], postgresql_using="gin")
    op.drop_index("ix_ticket_search", "ticket")

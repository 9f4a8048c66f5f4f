"""Keep on a ticket which enterprise lists held its enterprise when it came in: its limits may rest on them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034_keep_enterprise_lists"
down_revision = "0033_tell_lines_of_nobody"


def upgrade():
    # A constant default is kept in the catalogue: no row is written anew.
    op.add_column(
        "ticket",
        sa.Column("enterprise_lists", postgresql.ARRAY(sa.Text), nullable=False, server_default="{}"),
    )


def downgrade():
    op.drop_column("ticket", "enterprise_lists")

"""Find one bureau's facts, and a period's call-backs, without reading everybody's and all."""

from alembic import op

revision = "0025_index_figures"
down_revision = "0024_reach_step_clocks"

INDEXES = (
    ("ix_ticket_fact_bureau", "ticket_fact", ["bureau_code", "due_day", "ticket_id"]),
    ("ix_callback_due_at", "callback", ["due_at", "id"]),
)


def upgrade():
    with op.get_context().autocommit_block():
        for name, table, columns in INDEXES:
            op.create_index(name, table, columns, postgresql_concurrently=True)


def downgrade():
    for name, table, _columns in reversed(INDEXES):
        op.drop_index(name, table)

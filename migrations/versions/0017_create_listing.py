"""Create listing: what ladders propose for the criticism list, what stands on it, and what was spared."""

import sqlalchemy as sa
from alembic import op

revision = "0017_create_listing"
down_revision = "0016_create_routing_runs"


def upgrade():
    op.create_table(
        "listing",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("clock_id", sa.BigInteger(), nullable=False),
        sa.Column("clock_kind", sa.Text(), nullable=False),
        sa.Column("bureau_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decision_reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_listing_ticket_id")),
        sa.ForeignKeyConstraint(["clock_id"], ["ticket_clock.id"], name=op.f("fk_listing_clock_id")),
        sa.ForeignKeyConstraint(["bureau_code"], ["bureau.code"], name=op.f("fk_listing_bureau_code")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_listing_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint("clock_id", "kind", name=op.f("uq_listing_clock_id_kind")),
    )
    op.create_index(
        "ix_listing_waiting",
        "listing",
        ["kind", "proposed_at", "id"],
        postgresql_where=sa.text("decision IS NULL"),
    )
    op.create_index(
        "ix_listing_listed", "listing", ["decided_at", "id"], postgresql_where=sa.text("decision = 'listed'")
    )
    op.create_index("ix_listing_ticket_id", "listing", ["ticket_id"])


def downgrade():
    op.drop_table("listing")

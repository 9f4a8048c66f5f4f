"""Create routing_model: the shelf of what the router learned, one version published."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007_create_routing_model"
down_revision = "0006_create_outbox"


def upgrade():
    op.create_table(
        "routing_model",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trained_by_id", sa.BigInteger(), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("metrics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["account.id"], name=op.f("fk_routing_model_published_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["trained_by_id"], ["account.id"], name=op.f("fk_routing_model_trained_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_model")),
        sa.UniqueConstraint("version", name=op.f("uq_routing_model_version")),
    )
    op.create_index(
        "uq_routing_model_published",
        "routing_model",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state = 'published'"),
    )


def downgrade():
    op.drop_table("routing_model")

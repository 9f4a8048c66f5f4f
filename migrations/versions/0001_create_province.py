"""Create province: facts of the pack are rows, so that tickets can refer to them and a load can show a difference."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_create_province"
down_revision = None


def upgrade():
    op.create_table(
        "policy_document",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_document")),
        sa.UniqueConstraint("kind", "code", "version", name=op.f("uq_policy_document_kind_code_version")),
    )
    with op.batch_alter_table("policy_document", schema=None) as batch_op:
        batch_op.create_index("ix_policy_document_current", ["kind", "code", "id"], unique=False)

    op.create_table(
        "region",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("short_name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("aliases", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["parent_code"], ["region.code"], name=op.f("fk_region_parent_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_table(
        "topic",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("type_default", sa.Text(), nullable=False),
        sa.Column("needs_region", sa.Boolean(), nullable=False),
        sa.Column("typical_bureau_level", sa.Text(), nullable=False),
        sa.Column("keywords_zh", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("example_zh", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_topic")),
    )
    op.create_table(
        "bureau",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("short_name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("duties_zh", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["parent_code"], ["bureau.code"], name=op.f("fk_bureau_parent_code")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_bureau_region_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_bureau")),
    )
    op.create_table(
        "hotline",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("label_zh", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("bureau_code", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["bureau_code"], ["bureau.code"], name=op.f("fk_hotline_bureau_code")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_hotline_region_code")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_hotline")),
    )


def downgrade():
    op.drop_table("hotline")
    op.drop_table("bureau")
    op.drop_table("topic")
    op.drop_table("region")
    with op.batch_alter_table("policy_document", schema=None) as batch_op:
        batch_op.drop_index("ix_policy_document_current")

    op.drop_table("policy_document")

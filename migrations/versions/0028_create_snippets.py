"""Create snippets, and let the drafts of one page be found, so that colleagues see that both write."""

import sqlalchemy as sa
from alembic import op

revision = "0028_create_snippets"
down_revision = "0027_create_enterprises"


def upgrade():
    op.create_table(
        "snippet",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("bureau_code", sa.Text(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(scope = 'bureau') = (bureau_code IS NOT NULL)", name=op.f("ck_snippet_bureau_named")
        ),
        sa.ForeignKeyConstraint(["bureau_code"], ["bureau.code"], name=op.f("fk_snippet_bureau_code")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_snippet_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snippet")),
    )
    op.create_index("ix_snippet_owner_id", "snippet", ["owner_id"])
    op.create_index(
        "ix_snippet_bureau_code", "snippet", ["bureau_code"], postgresql_where=sa.text("scope = 'bureau'")
    )
    op.create_index("ix_snippet_all", "snippet", ["id"], postgresql_where=sa.text("scope = 'all'"))
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_draft_page",
            "draft",
            ["page"],
            postgresql_where=sa.text("account_id IS NOT NULL"),
            postgresql_concurrently=True,
        )


def downgrade():
    op.drop_index("ix_draft_page", table_name="draft")
    op.drop_table("snippet")

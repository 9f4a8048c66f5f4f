"""Let the record of a case be printed by a job: the page that was asked for, then its PDF, sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0037_create_case_papers"
down_revision = "0036_create_import_jobs"


def upgrade():
    op.create_table(
        "case_paper",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_case_paper_account_id")),
        sa.ForeignKeyConstraint(["case_id"], ["coordination_case.id"], name=op.f("fk_case_paper_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_paper")),
        sa.UniqueConstraint("case_id", "account_id", name=op.f("uq_case_paper_case_id_account_id")),
    )
    op.create_index("ix_case_paper_account_id", "case_paper", ["account_id"])
    op.create_index("ix_case_paper_asked", "case_paper", ["id"], postgresql_where=sa.text("made_at IS NULL"))


def downgrade():
    op.drop_table("case_paper")

"""Create facts: one row a ticket for figures, what bureaus bear, monthly reports, and who took figures out.

Rows of tickets that are older than this come with `flask figures rebuild`.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018_create_facts"
down_revision = "0017_create_listing"


def _number(name):
    return sa.Column(name, sa.SmallInteger(), server_default=sa.text("0"), nullable=False)


def _flag(name):
    return sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)


def upgrade():
    op.create_table(
        "ticket_fact",
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("due_day", sa.Date(), nullable=False),
        sa.Column("bureau_code", sa.Text(), nullable=False),
        sa.Column("hotline_number", sa.Text(), nullable=True),
        sa.Column("line", sa.Text(), nullable=True),
        sa.Column("region_code", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("topic_code", sa.Text(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("first_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        _flag("late"),
        _flag("dispatched"),
        _number("hops"),
        _number("returns_upheld"),
        _number("returns_refused"),
        _number("contests"),
        _number("late_pauses"),
        _flag("last_hour"),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_fact_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_fact")),
    )
    op.create_index("ix_ticket_fact_due_day", "ticket_fact", ["due_day", "ticket_id"])
    op.create_table(
        "bureau_time",
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("bureau_code", sa.Text(), nullable=False),
        sa.Column("due_day", sa.Date(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("around_the_clock", sa.Boolean(), nullable=False),
        sa.Column("returns_upheld", sa.SmallInteger(), nullable=False),
        sa.Column("returns_refused", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_bureau_time_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "bureau_code", name=op.f("pk_bureau_time")),
    )
    op.create_index("ix_bureau_time_due_day", "bureau_time", ["due_day"])
    op.create_table(
        "monthly_report",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("data", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("blob_sha256", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_monthly_report_asked_by_id")),
        sa.ForeignKeyConstraint(["blob_sha256"], ["blob.sha256"], name=op.f("fk_monthly_report_blob_sha256")),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_monthly_report")),
    )
    op.create_index(
        "ix_monthly_report_asked", "monthly_report", ["month"], postgresql_where=sa.text("made_at IS NULL")
    )
    op.create_table(
        "export_record",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("asked", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_export_record_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_record")),
    )


def downgrade():
    for table in ("export_record", "monthly_report", "bureau_time", "ticket_fact"):
        op.drop_table(table)

"""Create the audit log, append-only: account changes, logins, looks behind masks, exports, publications."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029_create_audit"
down_revision = "0028_create_snippets"

#: What was recorded before there was a log for it.
REVEALS = """
    INSERT INTO audit_entry (at, kind, actor_id, actor_name, ticket_id, subject, data, address)
    SELECT r.at, 'reveal', r.account_id, a.name, r.ticket_id, t.number, jsonb_build_object('reason', r.reason), ''
    FROM reveal r JOIN account a ON a.id = r.account_id JOIN ticket t ON t.id = r.ticket_id ORDER BY r.id
"""
CALLS = """
    INSERT INTO audit_entry (at, kind, actor_id, actor_name, subject, data, address)
    SELECT r.at, 'reveal_call', r.account_id, a.name, r.call_id::text, jsonb_build_object('reason', r.reason), ''
    FROM call_reveal r JOIN account a ON a.id = r.account_id ORDER BY r.id
"""
EXPORTS = """
    INSERT INTO audit_entry (at, kind, actor_id, actor_name, subject, data, address)
    SELECT e.at, 'export', e.account_id, a.name, e.kind, jsonb_build_object('rows', e.rows), ''
    FROM export_record e JOIN account a ON a.id = e.account_id ORDER BY e.id
"""


def upgrade():
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_audit_entry_account_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name=op.f("fk_audit_entry_actor_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_audit_entry_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at", "id"])
    op.create_index("ix_audit_entry_kind", "audit_entry", ["kind", "at", "id"])
    op.create_index("ix_audit_entry_actor_id", "audit_entry", ["actor_id", "at", "id"])
    op.create_index("ix_audit_entry_account_id", "audit_entry", ["account_id", "at", "id"])
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject", "at", "id"])
    for statement in (REVEALS, CALLS, EXPORTS):
        op.execute(statement)
    op.execute(
        "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade():
    op.drop_table("audit_entry")

"""Carry cases over: those that run already get their state, a salt, and their lead as the first party."""

from alembic import op

revision = "0021_carry_cases_over"
down_revision = "0020_widen_cases"


def upgrade():
    op.execute("UPDATE coordination_case SET state = 'dissolved' WHERE ended_at IS NOT NULL")
    op.execute(
        "UPDATE coordination_case SET salt = uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())"
    )
    op.execute(
        "INSERT INTO case_party (case_id, role, bureau_code, name, contact) "
        "SELECT c.id, 'lead', c.lead_bureau_code, b.name_zh, '' "
        "FROM coordination_case c JOIN bureau b ON b.code = c.lead_bureau_code"
    )
    with op.batch_alter_table("coordination_case", schema=None) as batch_op:
        batch_op.alter_column("salt", nullable=False)
        for name in ("way", "state", "log_seq", "log_hash", "plan_by_supervisor"):
            batch_op.alter_column(name, server_default=None)


def downgrade():
    with op.batch_alter_table("coordination_case", schema=None) as batch_op:
        batch_op.alter_column("salt", nullable=True)

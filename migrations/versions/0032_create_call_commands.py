"""Create the table of what colleagues ask an exchange to do with a call, beside what it answered."""

import sqlalchemy as sa
from alembic import op

revision = "0032_create_call_commands"
down_revision = "0031_index_wrong_first_dispatch"


def upgrade():
    op.create_table(
        "call_command",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_call_command_account_id")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_command_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_command")),
        sa.UniqueConstraint("call_id", "key", name=op.f("uq_call_command_call_id_key")),
    )


def downgrade():
    op.drop_table("call_command")

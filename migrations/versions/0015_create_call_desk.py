"""Create what the call desk keeps: tries of call-backs, looks behind masks, blocks of callers and of numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0015_create_call_desk"
down_revision = "0014_create_duty"


def upgrade():
    op.create_table(
        "caller_block",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("blocked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["blocked_by_id"], ["account.id"], name=op.f("fk_caller_block_blocked_by_id")
        ),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["account.id"], name=op.f("fk_caller_block_lifted_by_id")),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["account.id"], name=op.f("fk_caller_block_reviewed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_block")),
    )
    with op.batch_alter_table("caller_block", schema=None) as batch_op:
        batch_op.create_index(
            "uq_caller_block_running", ["number"], unique=True, postgresql_where=sa.text("lifted_at IS NULL")
        )

    op.create_table(
        "number_block",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.SmallInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_number_block_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_block")),
        sa.UniqueConstraint("day", "first", name=op.f("uq_number_block_day_first")),
    )
    with op.batch_alter_table("number_block", schema=None) as batch_op:
        batch_op.create_index("ix_number_block_account_id", ["account_id"], unique=False)

    op.create_table(
        "sealed_number",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("block_id", sa.BigInteger(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["block_id"], ["number_block.id"], name=op.f("fk_sealed_number_block_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_sealed_number_ticket_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sealed_number")),
    )
    with op.batch_alter_table("sealed_number", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sealed_number_block_id"), ["block_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sealed_number_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "call_reveal",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_call_reveal_account_id")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_reveal_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_reveal")),
    )
    with op.batch_alter_table("call_reveal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_reveal_call_id"), ["call_id"], unique=False)

    op.create_table(
        "callback_try",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("callback_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_callback_try_account_id")),
        sa.ForeignKeyConstraint(["callback_id"], ["callback.id"], name=op.f("fk_callback_try_callback_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_try")),
    )
    with op.batch_alter_table("callback_try", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_callback_try_callback_id"), ["callback_id"], unique=False)

    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.add_column(sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("note", sa.Text(), server_default="", nullable=False))


def downgrade():
    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.drop_column("note")
        batch_op.drop_column("escalated_at")
        batch_op.drop_column("next_at")

    with op.batch_alter_table("callback_try", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_callback_try_callback_id"))

    op.drop_table("callback_try")
    with op.batch_alter_table("call_reveal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_reveal_call_id"))

    op.drop_table("call_reveal")
    with op.batch_alter_table("sealed_number", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sealed_number_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_sealed_number_block_id"))

    op.drop_table("sealed_number")
    with op.batch_alter_table("number_block", schema=None) as batch_op:
        batch_op.drop_index("ix_number_block_account_id")

    op.drop_table("number_block")
    with op.batch_alter_table("caller_block", schema=None) as batch_op:
        batch_op.drop_index("uq_caller_block_running", postgresql_where=sa.text("lifted_at IS NULL"))

    op.drop_table("caller_block")

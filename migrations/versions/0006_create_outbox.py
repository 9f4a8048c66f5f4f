"""Create outbox: facts leave after commit, once for each handler, recipient and channel."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_create_outbox"
down_revision = "0005_create_decisions"


def upgrade():
    op.create_table(
        "console_message",
        sa.Column("delivery_key", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("delivery_key", name=op.f("pk_console_message")),
    )
    with op.batch_alter_table("console_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_console_message_at"), ["at"], unique=False)

    op.create_table(
        "outbox_event",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("relayed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_outbox_event_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_event")),
    )
    with op.batch_alter_table("outbox_event", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_event_ticket_id", ["ticket_id"], unique=False)
        batch_op.create_index(
            "ix_outbox_event_waiting",
            ["retry_at", "id"],
            unique=False,
            postgresql_where=sa.text("relayed_at IS NULL"),
        )

    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["outbox_event.id"], name=op.f("fk_delivery_event_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_delivery_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "event_id", "recipient", "channel", name=op.f("uq_delivery_event_id_recipient_channel")
        ),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_failed", ["id"], unique=False, postgresql_where=sa.text("status = 'failed'")
        )
        batch_op.create_index("ix_delivery_ticket_id", ["ticket_id"], unique=False)
        batch_op.create_index(
            "ix_delivery_waiting",
            ["due_at", "id"],
            unique=False,
            postgresql_where=sa.text("status IN ('waiting', 'sending')"),
        )

    op.create_table(
        "handler_receipt",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("handler", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["outbox_event.id"], name=op.f("fk_handler_receipt_event_id")),
        sa.PrimaryKeyConstraint("event_id", "handler", name=op.f("pk_handler_receipt")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_account_id")),
        sa.ForeignKeyConstraint(["event_id"], ["outbox_event.id"], name=op.f("fk_notice_event_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_notice_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("event_id", "account_id", name=op.f("uq_notice_event_id_account_id")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notice_unread",
            ["account_id", "id"],
            unique=False,
            postgresql_where=sa.text("read_at IS NULL"),
        )


def downgrade():
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_unread", postgresql_where=sa.text("read_at IS NULL"))

    op.drop_table("notice")
    op.drop_table("handler_receipt")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_delivery_waiting", postgresql_where=sa.text("status IN ('waiting', 'sending')")
        )
        batch_op.drop_index("ix_delivery_ticket_id")
        batch_op.drop_index("ix_delivery_failed", postgresql_where=sa.text("status = 'failed'"))

    op.drop_table("delivery")
    with op.batch_alter_table("outbox_event", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_event_waiting", postgresql_where=sa.text("relayed_at IS NULL"))
        batch_op.drop_index("ix_outbox_event_ticket_id")

    op.drop_table("outbox_event")
    with op.batch_alter_table("console_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_console_message_at"))

    op.drop_table("console_message")

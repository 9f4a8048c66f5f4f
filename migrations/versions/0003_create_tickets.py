"""Create tickets: the request, its append-only history, attachments in the same transaction, links."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003_create_tickets"
down_revision = "0002_create_accounts"


def upgrade():
    op.create_table(
        "blob",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blob")),
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("history_seq", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("came_from", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("terms", postgresql.TSVECTOR(), nullable=True),
        sa.Column("topic_code", sa.Text(), nullable=True),
        sa.Column("line", sa.Text(), nullable=True),
        sa.Column("region_code", sa.Text(), nullable=True),
        sa.Column("hotline_number", sa.Text(), nullable=True),
        sa.Column("bureau_code", sa.Text(), nullable=False),
        sa.Column("first_receiver_code", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("touched_bureaus", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("barred_returns", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("register_code", sa.Text(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_extension", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("openid", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("ratings", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("questions", sa.SmallInteger(), nullable=False),
        sa.Column("returns", sa.SmallInteger(), nullable=False),
        sa.Column("hops", sa.SmallInteger(), nullable=False),
        sa.Column("contests", sa.SmallInteger(), nullable=False),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("suspended_days", sa.SmallInteger(), nullable=False),
        sa.Column("follow_ups", sa.SmallInteger(), nullable=False),
        sa.Column("head_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("extra", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "state = 'closed' OR close_reason IS NULL", name=op.f("ck_ticket_reason_only_when_closed")
        ),
        sa.ForeignKeyConstraint(["assignee_id"], ["account.id"], name=op.f("fk_ticket_assignee_id")),
        sa.ForeignKeyConstraint(["bureau_code"], ["bureau.code"], name=op.f("fk_ticket_bureau_code")),
        sa.ForeignKeyConstraint(["created_by_id"], ["account.id"], name=op.f("fk_ticket_created_by_id")),
        sa.ForeignKeyConstraint(
            ["first_receiver_code"], ["bureau.code"], name=op.f("fk_ticket_first_receiver_code")
        ),
        sa.ForeignKeyConstraint(["head_id"], ["ticket.id"], name=op.f("fk_ticket_head_id")),
        sa.ForeignKeyConstraint(
            ["hotline_number"], ["hotline.number"], name=op.f("fk_ticket_hotline_number")
        ),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_ticket_region_code")),
        sa.ForeignKeyConstraint(["topic_code"], ["topic.code"], name=op.f("fk_ticket_topic_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("number", name=op.f("uq_ticket_number")),
    )
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ticket_assignee",
            ["assignee_id", "due_at"],
            unique=False,
            postgresql_where=sa.text("assignee_id IS NOT NULL AND state <> 'closed'"),
        )
        batch_op.create_index(
            "ix_ticket_bureau_open",
            ["bureau_code", "due_at", "id"],
            unique=False,
            postgresql_where=sa.text("state <> 'closed'"),
        )
        batch_op.create_index(
            "ix_ticket_head", ["head_id"], unique=False, postgresql_where=sa.text("head_id IS NOT NULL")
        )
        batch_op.create_index(
            "ix_ticket_phone",
            ["phone", sa.literal_column("received_at DESC")],
            unique=False,
            postgresql_where=sa.text("phone IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_ticket_received",
            [sa.literal_column("received_at DESC"), sa.literal_column("id DESC")],
            unique=False,
        )
        batch_op.create_index(
            "ix_ticket_register",
            ["register_code", sa.literal_column("received_at DESC")],
            unique=False,
            postgresql_where=sa.text("register_code <> ''"),
        )
        batch_op.create_index(
            "ix_ticket_due_open",
            ["due_at", "id"],
            unique=False,
            postgresql_where=sa.text("state <> 'closed'"),
        )
        batch_op.create_index(
            "ix_ticket_state_due",
            ["state", "due_at", "id"],
            unique=False,
            postgresql_where=sa.text("state <> 'closed'"),
        )
        batch_op.create_index("ix_ticket_terms", ["terms"], unique=False, postgresql_using="gin")
        batch_op.create_index(
            "ix_ticket_wake", ["wake_at"], unique=False, postgresql_where=sa.text("wake_at IS NOT NULL")
        )
        batch_op.create_index(
            "uq_ticket_source",
            ["source", "source_id"],
            unique=True,
            postgresql_where=sa.text("source_id IS NOT NULL"),
        )

    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("draft_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("blob_sha256", sa.Text(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(ticket_id IS NULL) <> (draft_id IS NULL)", name=op.f("ck_attachment_one_owner")),
        sa.ForeignKeyConstraint(["blob_sha256"], ["blob.sha256"], name=op.f("fk_attachment_blob_sha256")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_attachment_draft_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_attachment_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(
            "ix_attachment_draft_id",
            ["draft_id"],
            unique=False,
            postgresql_where=sa.text("draft_id IS NOT NULL"),
        )
        batch_op.create_index("ix_attachment_ticket_id", ["ticket_id"], unique=False)

    op.create_table(
        "history_entry",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("bureau_code", sa.Text(), nullable=True),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name=op.f("fk_history_entry_actor_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_history_entry_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_entry")),
        sa.UniqueConstraint("ticket_id", "seq", name=op.f("uq_history_entry_ticket_id_seq")),
    )
    op.create_table(
        "reveal",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_reveal_account_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_reveal_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveal")),
    )
    with op.batch_alter_table("reveal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reveal_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "ticket_link",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("low_id", sa.BigInteger(), nullable=False),
        sa.Column("high_id", sa.BigInteger(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("linked_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_ticket_link_ordered")),
        sa.ForeignKeyConstraint(["high_id"], ["ticket.id"], name=op.f("fk_ticket_link_high_id")),
        sa.ForeignKeyConstraint(["linked_by_id"], ["account.id"], name=op.f("fk_ticket_link_linked_by_id")),
        sa.ForeignKeyConstraint(["low_id"], ["ticket.id"], name=op.f("fk_ticket_link_low_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_link")),
        sa.UniqueConstraint("low_id", "high_id", name=op.f("uq_ticket_link_low_id_high_id")),
    )
    with op.batch_alter_table("ticket_link", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_link_high_id", ["high_id"], unique=False)
    # One serial for all doors: six digits a day with gaps; 900000 and above are for offline desks.
    op.execute("CREATE SEQUENCE ticket_number_serial MINVALUE 0 MAXVALUE 899999 CYCLE CACHE 1")
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
        """
    )
    op.execute(
        "CREATE TRIGGER history_entry_append_only BEFORE UPDATE OR DELETE ON history_entry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade():
    with op.batch_alter_table("ticket_link", schema=None) as batch_op:
        batch_op.drop_index("ix_ticket_link_high_id")

    op.drop_table("ticket_link")
    with op.batch_alter_table("reveal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reveal_ticket_id"))

    op.drop_table("reveal")
    op.drop_table("history_entry")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index("ix_attachment_ticket_id")
        batch_op.drop_index("ix_attachment_draft_id", postgresql_where=sa.text("draft_id IS NOT NULL"))

    op.drop_table("attachment")
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_index("uq_ticket_source", postgresql_where=sa.text("source_id IS NOT NULL"))
        batch_op.drop_index("ix_ticket_wake", postgresql_where=sa.text("wake_at IS NOT NULL"))
        batch_op.drop_index("ix_ticket_terms", postgresql_using="gin")
        batch_op.drop_index("ix_ticket_state_due", postgresql_where=sa.text("state <> 'closed'"))
        batch_op.drop_index("ix_ticket_due_open", postgresql_where=sa.text("state <> 'closed'"))
        batch_op.drop_index("ix_ticket_register", postgresql_where=sa.text("register_code <> ''"))
        batch_op.drop_index("ix_ticket_received")
        batch_op.drop_index("ix_ticket_phone", postgresql_where=sa.text("phone IS NOT NULL"))
        batch_op.drop_index("ix_ticket_head", postgresql_where=sa.text("head_id IS NOT NULL"))
        batch_op.drop_index("ix_ticket_bureau_open", postgresql_where=sa.text("state <> 'closed'"))
        batch_op.drop_index(
            "ix_ticket_assignee", postgresql_where=sa.text("assignee_id IS NOT NULL AND state <> 'closed'")
        )

    op.drop_table("ticket")
    op.drop_table("blob")
    op.execute("DROP SEQUENCE ticket_number_serial")
    op.execute("DROP FUNCTION refuse_change() CASCADE")

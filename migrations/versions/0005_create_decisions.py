"""Create decisions: approvals, returns, routing, orders and cases wait as rows with a due time of their own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005_create_decisions"
down_revision = "0004_create_clocks"


def upgrade():
    op.create_table(
        "coordination_case",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("template_code", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Text(), nullable=False),
        sa.Column("lead_bureau_code", sa.Text(), nullable=False),
        sa.Column("aim", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_by_id", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_bureau_code"], ["bureau.code"], name=op.f("fk_coordination_case_lead_bureau_code")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["account.id"], name=op.f("fk_coordination_case_opened_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coordination_case")),
        sa.UniqueConstraint("number", name=op.f("uq_coordination_case_number")),
    )
    op.create_table(
        "approval",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_approval_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_approval_decided_by_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_approval_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index(
            "ix_approval_open", ["due_at"], unique=False, postgresql_where=sa.text("decision IS NULL")
        )
        batch_op.create_index("ix_approval_ticket_id", ["ticket_id"], unique=False)
        batch_op.create_index(
            "uq_approval_pending",
            ["ticket_id", "kind"],
            unique=True,
            postgresql_where=sa.text("decision IS NULL"),
        )

    op.create_table(
        "case_ticket",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["coordination_case.id"], name=op.f("fk_case_ticket_case_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_case_ticket_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_ticket")),
        sa.UniqueConstraint("case_id", "ticket_id", name=op.f("uq_case_ticket_case_id_ticket_id")),
    )
    with op.batch_alter_table("case_ticket", schema=None) as batch_op:
        batch_op.create_index("ix_case_ticket_ticket_id", ["ticket_id"], unique=False)

    op.create_table(
        "routing_decision",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("bureau_code", sa.Text(), nullable=True),
        sa.Column("candidates", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("versions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_routing_decision_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_decision")),
    )
    with op.batch_alter_table("routing_decision", schema=None) as batch_op:
        batch_op.create_index("ix_routing_decision_ticket_id", ["ticket_id"], unique=False)

    op.create_table(
        "routing_lesson",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("bureau_code", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("taught_by_id", sa.BigInteger(), nullable=False),
        sa.Column("taught_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bureau_code"], ["bureau.code"], name=op.f("fk_routing_lesson_bureau_code")),
        sa.ForeignKeyConstraint(
            ["taught_by_id"], ["account.id"], name=op.f("fk_routing_lesson_taught_by_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_routing_lesson_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_lesson")),
    )
    with op.batch_alter_table("routing_lesson", schema=None) as batch_op:
        batch_op.create_index("ix_routing_lesson_ticket_id", ["ticket_id"], unique=False)

    op.create_table(
        "supervision_order",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("bureau_code", sa.Text(), nullable=False),
        sa.Column("issued_by_id", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_by_id", sa.BigInteger(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["bureau_code"], ["bureau.code"], name=op.f("fk_supervision_order_bureau_code")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["account.id"], name=op.f("fk_supervision_order_issued_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["replied_by_id"], ["account.id"], name=op.f("fk_supervision_order_replied_by_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_supervision_order_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_order")),
        sa.UniqueConstraint("number", name=op.f("uq_supervision_order_number")),
    )
    with op.batch_alter_table("supervision_order", schema=None) as batch_op:
        batch_op.create_index(
            "ix_supervision_order_open",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("replied_at IS NULL"),
        )
        batch_op.create_index("ix_supervision_order_ticket_id", ["ticket_id"], unique=False)

    op.create_table(
        "ticket_return",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("bureau_code", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("proposed_bureau_code", sa.Text(), nullable=True),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_ticket_return_asked_by_id")),
        sa.ForeignKeyConstraint(["bureau_code"], ["bureau.code"], name=op.f("fk_ticket_return_bureau_code")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["account.id"], name=op.f("fk_ticket_return_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_bureau_code"], ["bureau.code"], name=op.f("fk_ticket_return_proposed_bureau_code")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_return_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_return")),
    )
    with op.batch_alter_table("ticket_return", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ticket_return_open", ["due_at"], unique=False, postgresql_where=sa.text("decision IS NULL")
        )
        batch_op.create_index("ix_ticket_return_ticket_id", ["ticket_id"], unique=False)
        batch_op.create_index(
            "uq_ticket_return_pending",
            ["ticket_id"],
            unique=True,
            postgresql_where=sa.text("decision IS NULL"),
        )


def downgrade():
    with op.batch_alter_table("ticket_return", schema=None) as batch_op:
        batch_op.drop_index("uq_ticket_return_pending", postgresql_where=sa.text("decision IS NULL"))
        batch_op.drop_index("ix_ticket_return_ticket_id")
        batch_op.drop_index("ix_ticket_return_open", postgresql_where=sa.text("decision IS NULL"))

    op.drop_table("ticket_return")
    with op.batch_alter_table("supervision_order", schema=None) as batch_op:
        batch_op.drop_index("ix_supervision_order_ticket_id")
        batch_op.drop_index("ix_supervision_order_open", postgresql_where=sa.text("replied_at IS NULL"))

    op.drop_table("supervision_order")
    with op.batch_alter_table("routing_lesson", schema=None) as batch_op:
        batch_op.drop_index("ix_routing_lesson_ticket_id")

    op.drop_table("routing_lesson")
    with op.batch_alter_table("routing_decision", schema=None) as batch_op:
        batch_op.drop_index("ix_routing_decision_ticket_id")

    op.drop_table("routing_decision")
    with op.batch_alter_table("case_ticket", schema=None) as batch_op:
        batch_op.drop_index("ix_case_ticket_ticket_id")

    op.drop_table("case_ticket")
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.drop_index("uq_approval_pending", postgresql_where=sa.text("decision IS NULL"))
        batch_op.drop_index("ix_approval_ticket_id")
        batch_op.drop_index("ix_approval_open", postgresql_where=sa.text("decision IS NULL"))

    op.drop_table("approval")
    op.drop_table("coordination_case")

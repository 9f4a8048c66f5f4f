"""Create the duty roster: a number with nobody on duty has to be seen before somebody calls it."""

import sqlalchemy as sa
from alembic import op

revision = "0014_create_duty"
down_revision = "0013_search_by_bureau"


def upgrade():
    op.create_table(
        "duty_group",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("is_desk", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_group")),
        sa.UniqueConstraint("name_zh", name=op.f("uq_duty_group_name_zh")),
    )
    with op.batch_alter_table("duty_group", schema=None) as batch_op:
        batch_op.create_index(
            "uq_duty_group_desk", ["is_desk"], unique=True, postgresql_where=sa.text("is_desk AND active")
        )

    op.create_table(
        "duty_exception",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_duty_exception_account_id")),
        sa.ForeignKeyConstraint(["group_id"], ["duty_group.id"], name=op.f("fk_duty_exception_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_exception")),
    )
    with op.batch_alter_table("duty_exception", schema=None) as batch_op:
        batch_op.create_index("ix_duty_exception_day", ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_duty_exception_group_id"), ["group_id"], unique=False)

    op.create_table(
        "duty_gap",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("desk_takes_it", sa.Boolean(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["duty_group.id"], name=op.f("fk_duty_gap_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_gap")),
        sa.UniqueConstraint("group_id", "starts_at", name=op.f("uq_duty_gap_group_id_starts_at")),
    )
    with op.batch_alter_table("duty_gap", schema=None) as batch_op:
        batch_op.create_index(
            "ix_duty_gap_open", ["group_id"], unique=False, postgresql_where=sa.text("closed_at IS NULL")
        )

    op.create_table(
        "duty_leave",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("noted_by_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_duty_leave_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_duty_leave_account_id")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["account.id"], name=op.f("fk_duty_leave_noted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_leave")),
    )
    with op.batch_alter_table("duty_leave", schema=None) as batch_op:
        batch_op.create_index("ix_duty_leave_account_id", ["account_id", "ends_at"], unique=False)

    op.create_table(
        "duty_member",
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_duty_member_account_id")),
        sa.ForeignKeyConstraint(["group_id"], ["duty_group.id"], name=op.f("fk_duty_member_group_id")),
        sa.PrimaryKeyConstraint("group_id", "account_id", name=op.f("pk_duty_member")),
    )
    with op.batch_alter_table("duty_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duty_member_account_id"), ["account_id"], unique=False)

    op.create_table(
        "duty_shift",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until IS NULL OR until >= since", name=op.f("ck_duty_shift_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_duty_shift_account_id")),
        sa.ForeignKeyConstraint(["group_id"], ["duty_group.id"], name=op.f("fk_duty_shift_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_shift")),
    )
    with op.batch_alter_table("duty_shift", schema=None) as batch_op:
        batch_op.create_index("ix_duty_shift_account_id", ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_duty_shift_group_id"), ["group_id"], unique=False)

    op.create_table(
        "handover",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("duties", sa.SmallInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["from_id"], ["account.id"], name=op.f("fk_handover_from_id")),
        sa.ForeignKeyConstraint(["group_id"], ["duty_group.id"], name=op.f("fk_handover_group_id")),
        sa.ForeignKeyConstraint(["to_id"], ["account.id"], name=op.f("fk_handover_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(
            "ix_handover_group_id", ["group_id", sa.literal_column("at DESC")], unique=False
        )
        batch_op.create_index(
            "ix_handover_unread", ["to_id"], unique=False, postgresql_where=sa.text("taken_at IS NULL")
        )

    op.create_table(
        "presence",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_presence_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_presence")),
    )
    op.create_table(
        "duty_line",
        sa.Column("hotline_number", sa.Text(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["duty_group.id"], name=op.f("fk_duty_line_group_id")),
        sa.ForeignKeyConstraint(
            ["hotline_number"], ["hotline.number"], name=op.f("fk_duty_line_hotline_number")
        ),
        sa.PrimaryKeyConstraint("hotline_number", name=op.f("pk_duty_line")),
    )
    with op.batch_alter_table("duty_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duty_line_group_id"), ["group_id"], unique=False)


def downgrade():
    with op.batch_alter_table("duty_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duty_line_group_id"))

    op.drop_table("duty_line")
    op.drop_table("presence")
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index("ix_handover_unread", postgresql_where=sa.text("taken_at IS NULL"))
        batch_op.drop_index("ix_handover_group_id")

    op.drop_table("handover")
    with op.batch_alter_table("duty_shift", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duty_shift_group_id"))
        batch_op.drop_index("ix_duty_shift_account_id")

    op.drop_table("duty_shift")
    with op.batch_alter_table("duty_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duty_member_account_id"))

    op.drop_table("duty_member")
    with op.batch_alter_table("duty_leave", schema=None) as batch_op:
        batch_op.drop_index("ix_duty_leave_account_id")

    op.drop_table("duty_leave")
    with op.batch_alter_table("duty_gap", schema=None) as batch_op:
        batch_op.drop_index("ix_duty_gap_open", postgresql_where=sa.text("closed_at IS NULL"))

    op.drop_table("duty_gap")
    with op.batch_alter_table("duty_exception", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duty_exception_group_id"))
        batch_op.drop_index("ix_duty_exception_day")

    op.drop_table("duty_exception")
    with op.batch_alter_table("duty_group", schema=None) as batch_op:
        batch_op.drop_index("uq_duty_group_desk", postgresql_where=sa.text("is_desk AND active"))

    op.drop_table("duty_group")

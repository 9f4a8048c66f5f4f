"""Create enterprises with their people, invitations, checked calls, own requests and log; let a request say how
its enterprise wants to be told. The new column of the big table is empty and needs no rewrite."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027_create_enterprises"
down_revision = "0026_index_opened_cases"


def moment(name, *, empty=False):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=empty)


def words(name, *, empty=False):
    return sa.Column(name, sa.Text(), nullable=empty)


def key(name, *, empty=False):
    return sa.Column(name, sa.BigInteger(), nullable=empty)


def names(table, *refers):
    return [
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))
            for column, target in refers
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def upgrade():
    op.create_table(
        "register_entry",
        words("register_code"),
        words("name"),
        words("phone", empty=True),
        moment("loaded_at"),
        sa.PrimaryKeyConstraint("register_code", name=op.f("pk_register_entry")),
    )
    op.create_table(
        "enterprise",
        key("id"),
        words("register_code"),
        words("name"),
        moment("proved_at"),
        words("proved_by"),
        sa.UniqueConstraint("register_code", name=op.f("uq_enterprise_register_code")),
        *names("enterprise"),
    )
    op.create_table(
        "person",
        key("id"),
        words("phone"),
        words("name"),
        words("email", empty=True),
        words("openid", empty=True),
        words("locale"),
        sa.Column("told_by", postgresql.ARRAY(sa.Text()), nullable=False),
        words("password_hash", empty=True),
        words("session_key"),
        key("failed_logins"),
        moment("locked_until", empty=True),
        moment("last_login_at", empty=True),
        moment("created_at"),
        sa.UniqueConstraint("phone", name=op.f("uq_person_phone")),
        *names("person"),
    )
    op.create_table(
        "membership",
        key("id"),
        key("enterprise_id"),
        key("person_id"),
        words("role"),
        moment("began_at"),
        moment("ended_at", empty=True),
        *names("membership", ("enterprise_id", "enterprise.id"), ("person_id", "person.id")),
    )
    op.create_index(
        "uq_membership_standing",
        "membership",
        ["person_id", "enterprise_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_membership_enterprise_id", "membership", ["enterprise_id"])
    op.create_table(
        "invitation",
        key("id"),
        words("token"),
        key("enterprise_id"),
        words("phone"),
        words("name"),
        words("role"),
        key("invited_by_id"),
        moment("created_at"),
        moment("ends_at"),
        moment("used_at", empty=True),
        moment("revoked_at", empty=True),
        sa.UniqueConstraint("token", name=op.f("uq_invitation_token")),
        *names("invitation", ("enterprise_id", "enterprise.id"), ("invited_by_id", "person.id")),
    )
    op.create_index("ix_invitation_enterprise_id", "invitation", ["enterprise_id"])
    op.create_table(
        "checked_call",
        key("id"),
        key("person_id"),
        words("register_code"),
        words("name"),
        moment("asked_at"),
        moment("decided_at", empty=True),
        key("decided_by_id", empty=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        words("note"),
        *names("checked_call", ("person_id", "person.id"), ("decided_by_id", "account.id")),
    )
    op.create_index(
        "ix_checked_call_waiting", "checked_call", ["id"], postgresql_where=sa.text("decided_at IS NULL")
    )
    op.create_index("ix_checked_call_person_id", "checked_call", ["person_id"])
    op.create_table(
        "enterprise_ticket",
        key("id"),
        key("enterprise_id"),
        key("ticket_id"),
        key("person_id"),
        words("how"),
        moment("at"),
        sa.UniqueConstraint(
            "enterprise_id", "ticket_id", name=op.f("uq_enterprise_ticket_enterprise_id_ticket_id")
        ),
        *names(
            "enterprise_ticket",
            ("enterprise_id", "enterprise.id"),
            ("ticket_id", "ticket.id"),
            ("person_id", "person.id"),
        ),
    )
    op.create_index("ix_enterprise_ticket_ticket_id", "enterprise_ticket", ["ticket_id"])
    op.create_table(
        "enterprise_entry",
        key("id"),
        key("enterprise_id"),
        moment("at"),
        words("what"),
        words("who"),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        words("request_id", empty=True),
        sa.CheckConstraint("what <> ''", name=op.f("ck_enterprise_entry_says_what")),
        *names("enterprise_entry", ("enterprise_id", "enterprise.id")),
    )
    op.create_index("ix_enterprise_entry_enterprise_id", "enterprise_entry", ["enterprise_id", "id"])
    op.add_column("ticket", sa.Column("told_by", postgresql.ARRAY(sa.Text()), nullable=True))


def downgrade():
    op.drop_column("ticket", "told_by")
    for table in (
        "enterprise_entry",
        "enterprise_ticket",
        "checked_call",
        "invitation",
        "membership",
        "person",
        "enterprise",
        "register_entry",
    ):
        op.drop_table(table)

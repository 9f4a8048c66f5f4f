"""Widen cases: a plan of steps with parties, clocks, evidence, sealed lists, minutes and a chained log."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020_widen_cases"
down_revision = "0019_create_knowledge"


def upgrade():
    op.create_table(
        "case_minutes",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attendance", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["coordination_case.id"], name=op.f("fk_case_minutes_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_minutes")),
    )
    with op.batch_alter_table("case_minutes", schema=None) as batch_op:
        batch_op.create_index("ix_case_minutes_case_id", ["case_id"], unique=False)

    op.create_table(
        "case_party",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("bureau_code", sa.Text(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("link_nonce", sa.Text(), nullable=True),
        sa.Column("link_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("link_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_case_party_account_id")),
        sa.ForeignKeyConstraint(["bureau_code"], ["bureau.code"], name=op.f("fk_case_party_bureau_code")),
        sa.ForeignKeyConstraint(["case_id"], ["coordination_case.id"], name=op.f("fk_case_party_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_party")),
    )
    with op.batch_alter_table("case_party", schema=None) as batch_op:
        batch_op.create_index(
            "ix_case_party_bureau_code",
            ["bureau_code", "case_id"],
            unique=False,
            postgresql_where=sa.text("bureau_code IS NOT NULL"),
        )
        batch_op.create_index("ix_case_party_case_id", ["case_id"], unique=False)

    op.create_table(
        "case_round",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("first_step", sa.SmallInteger(), nullable=False),
        sa.Column("second_step", sa.SmallInteger(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("difference", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["coordination_case.id"], name=op.f("fk_case_round_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_round")),
        sa.UniqueConstraint(
            "case_id", "first_step", "round", name=op.f("uq_case_round_case_id_first_step_round")
        ),
    )
    with op.batch_alter_table("case_round", schema=None) as batch_op:
        batch_op.create_index(
            "uq_case_round_current",
            ["case_id", "first_step"],
            unique=True,
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "case_entry",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("step_number", sa.SmallInteger(), nullable=True),
        sa.Column("step_from", sa.Text(), nullable=True),
        sa.Column("step_to", sa.Text(), nullable=True),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name=op.f("fk_case_entry_actor_id")),
        sa.ForeignKeyConstraint(["case_id"], ["coordination_case.id"], name=op.f("fk_case_entry_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["case_party.id"], name=op.f("fk_case_entry_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_entry")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_case_entry_case_id_seq")),
    )
    op.create_table(
        "case_list",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("step_number", sa.SmallInteger(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("confirmed_digest", sa.Text(), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["coordination_case.id"], name=op.f("fk_case_list_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["case_party.id"], name=op.f("fk_case_list_party_id")),
        sa.ForeignKeyConstraint(["round_id"], ["case_round.id"], name=op.f("fk_case_list_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_list")),
    )
    with op.batch_alter_table("case_list", schema=None) as batch_op:
        batch_op.create_index("ix_case_list_case_id", ["case_id"], unique=False)
        batch_op.create_index(
            "uq_case_list_current",
            ["round_id", "step_number"],
            unique=True,
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "case_step",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("depends_on", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("checks", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("two_sided_with", sa.SmallInteger(), nullable=True),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skip_reason", sa.Text(), nullable=True),
        sa.Column("minutes_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["coordination_case.id"], name=op.f("fk_case_step_case_id")),
        sa.ForeignKeyConstraint(["minutes_id"], ["case_minutes.id"], name=op.f("fk_case_step_minutes_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["case_party.id"], name=op.f("fk_case_step_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_case_step_case_id_number")),
    )
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.create_index(
            "ix_case_step_disputed", ["case_id"], unique=False, postgresql_where=sa.text("state = 'disputed'")
        )
        batch_op.create_index(
            "ix_case_step_due",
            ["due_at", "id"],
            unique=False,
            postgresql_where=sa.text("state IN ('ready', 'handed_in', 'disputed', 'matched')"),
        )
        batch_op.create_index("ix_case_step_owner_id", ["owner_id"], unique=False)

    op.create_table(
        "case_clock",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("step_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cycle", sa.SmallInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_version", sa.SmallInteger(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("rungs_passed", sa.SmallInteger(), nullable=False),
        sa.Column("next_rung", sa.Text(), nullable=True),
        sa.Column("next_rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entries", sa.SmallInteger(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("calendar_version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["coordination_case.id"], name=op.f("fk_case_clock_case_id")),
        sa.ForeignKeyConstraint(["step_id"], ["case_step.id"], name=op.f("fk_case_clock_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_clock")),
        sa.UniqueConstraint("step_id", name=op.f("uq_case_clock_step_id")),
    )
    with op.batch_alter_table("case_clock", schema=None) as batch_op:
        batch_op.create_index("ix_case_clock_case_id", ["case_id"], unique=False)
        batch_op.create_index(
            "ix_case_clock_rung",
            ["next_rung_at"],
            unique=False,
            postgresql_where=sa.text("next_rung_at IS NOT NULL"),
        )

    op.create_table(
        "case_evidence",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("step_id", sa.BigInteger(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["coordination_case.id"], name=op.f("fk_case_evidence_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["case_party.id"], name=op.f("fk_case_evidence_party_id")),
        sa.ForeignKeyConstraint(["step_id"], ["case_step.id"], name=op.f("fk_case_evidence_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_evidence")),
    )
    with op.batch_alter_table("case_evidence", schema=None) as batch_op:
        batch_op.create_index("ix_case_evidence_case_id", ["case_id"], unique=False)

    op.create_table(
        "case_clock_entry",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("clock_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("calendar_version", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["case_clock.id"], name=op.f("fk_case_clock_entry_clock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_clock_entry")),
        sa.UniqueConstraint("clock_id", "seq", name=op.f("uq_case_clock_entry_clock_id_seq")),
    )
    op.create_table(
        "case_clock_rung",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("clock_id", sa.BigInteger(), nullable=False),
        sa.Column("cycle", sa.SmallInteger(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("due_version", sa.SmallInteger(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["case_clock.id"], name=op.f("fk_case_clock_rung_clock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_clock_rung")),
        sa.UniqueConstraint(
            "clock_id",
            "cycle",
            "rung",
            "due_version",
            name=op.f("uq_case_clock_rung_clock_id_cycle_rung_due_version"),
        ),
    )
    op.create_table(
        "case_file",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("evidence_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("blob_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["blob_sha256"], ["blob.sha256"], name=op.f("fk_case_file_blob_sha256")),
        sa.ForeignKeyConstraint(["case_id"], ["coordination_case.id"], name=op.f("fk_case_file_case_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["case_evidence.id"], name=op.f("fk_case_file_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
    )
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.create_index("ix_case_file_blob_sha256", ["blob_sha256"], unique=False)
        batch_op.create_index("ix_case_file_evidence_id", ["evidence_id"], unique=False)

    with op.batch_alter_table("coordination_case", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("way", sa.Text(), nullable=False, server_default=sa.text("'supervisor'"))
        )
        batch_op.add_column(
            sa.Column("state", sa.Text(), nullable=False, server_default=sa.text("'planning'"))
        )
        batch_op.add_column(
            sa.Column("log_seq", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
        )
        batch_op.add_column(
            sa.Column(
                "log_hash",
                sa.Text(),
                nullable=False,
                server_default=sa.text("'0000000000000000000000000000000000000000000000000000000000000000'"),
            )
        )
        batch_op.add_column(sa.Column("region_code", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("plan_due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("plan_by_supervisor", sa.Boolean(), nullable=False, server_default=sa.text("false"))
        )
        batch_op.add_column(sa.Column("plan_confirmed_by_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("plan_confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("like_case_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("result", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("answer", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("salt", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("secrecy_lifted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("terms", postgresql.TSVECTOR(), nullable=True))
        batch_op.create_index(
            "ix_coordination_case_open",
            ["lead_bureau_code", "state"],
            unique=False,
            postgresql_where=sa.text("state IN ('planning', 'running')"),
        )
        batch_op.create_index(
            "ix_coordination_case_terms",
            ["terms"],
            unique=False,
            postgresql_using="gin",
            postgresql_where=sa.text("state = 'closed'"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_coordination_case_region_code"), "region", ["region_code"], ["code"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_coordination_case_like_case_id"), "coordination_case", ["like_case_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_coordination_case_plan_confirmed_by_id"),
            "account",
            ["plan_confirmed_by_id"],
            ["id"],
        )

    op.execute(
        "CREATE TRIGGER case_entry_append_only BEFORE UPDATE OR DELETE ON case_entry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade():
    with op.batch_alter_table("coordination_case", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_coordination_case_plan_confirmed_by_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_coordination_case_like_case_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_coordination_case_region_code"), type_="foreignkey")
        batch_op.drop_index(
            "ix_coordination_case_terms", postgresql_using="gin", postgresql_where=sa.text("state = 'closed'")
        )
        batch_op.drop_index(
            "ix_coordination_case_open", postgresql_where=sa.text("state IN ('planning', 'running')")
        )
        batch_op.drop_column("terms")
        batch_op.drop_column("secrecy_lifted_at")
        batch_op.drop_column("salt")
        batch_op.drop_column("answered_at")
        batch_op.drop_column("answer")
        batch_op.drop_column("result")
        batch_op.drop_column("like_case_id")
        batch_op.drop_column("plan_confirmed_at")
        batch_op.drop_column("plan_confirmed_by_id")
        batch_op.drop_column("plan_by_supervisor")
        batch_op.drop_column("plan_due_at")
        batch_op.drop_column("region_code")
        batch_op.drop_column("log_hash")
        batch_op.drop_column("log_seq")
        batch_op.drop_column("state")
        batch_op.drop_column("way")

    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_index("ix_case_file_evidence_id")
        batch_op.drop_index("ix_case_file_blob_sha256")

    op.drop_table("case_file")
    op.drop_table("case_clock_rung")
    op.drop_table("case_clock_entry")
    with op.batch_alter_table("case_evidence", schema=None) as batch_op:
        batch_op.drop_index("ix_case_evidence_case_id")

    op.drop_table("case_evidence")
    with op.batch_alter_table("case_clock", schema=None) as batch_op:
        batch_op.drop_index("ix_case_clock_rung", postgresql_where=sa.text("next_rung_at IS NOT NULL"))
        batch_op.drop_index("ix_case_clock_case_id")

    op.drop_table("case_clock")
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.drop_index("ix_case_step_owner_id")
        batch_op.drop_index(
            "ix_case_step_due",
            postgresql_where=sa.text("state IN ('ready', 'handed_in', 'disputed', 'matched')"),
        )
        batch_op.drop_index("ix_case_step_disputed", postgresql_where=sa.text("state = 'disputed'"))

    op.drop_table("case_step")
    with op.batch_alter_table("case_list", schema=None) as batch_op:
        batch_op.drop_index("uq_case_list_current", postgresql_where=sa.text("superseded_at IS NULL"))
        batch_op.drop_index("ix_case_list_case_id")

    op.drop_table("case_list")
    op.drop_table("case_entry")
    with op.batch_alter_table("case_round", schema=None) as batch_op:
        batch_op.drop_index("uq_case_round_current", postgresql_where=sa.text("superseded_at IS NULL"))

    op.drop_table("case_round")
    with op.batch_alter_table("case_party", schema=None) as batch_op:
        batch_op.drop_index("ix_case_party_case_id")
        batch_op.drop_index("ix_case_party_bureau_code", postgresql_where=sa.text("bureau_code IS NOT NULL"))

    op.drop_table("case_party")
    with op.batch_alter_table("case_minutes", schema=None) as batch_op:
        batch_op.drop_index("ix_case_minutes_case_id")

    op.drop_table("case_minutes")

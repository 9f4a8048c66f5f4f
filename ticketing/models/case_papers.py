"""What a case keeps on paper: evidence with files, rounds and lists of two-sided steps, minutes."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.extensions import Model


class CaseEvidence(Model):
    """What was handed in for a step; of a secret step it is sealed, and `text` and `data` stay empty."""

    __tablename__ = "case_evidence"
    __table_args__ = (Index("ix_case_evidence_case_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("coordination_case.id"))
    step_id: Mapped[int] = mapped_column(ForeignKey("case_step.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("case_party.id"))
    by: Mapped[str]
    at: Mapped[dt.datetime]
    text: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class CaseFile(Model):
    """A file of evidence; of a secret step, and of a picture while names are secret, bytes and name are sealed."""

    __tablename__ = "case_file"
    __table_args__ = (
        Index("ix_case_file_evidence_id", "evidence_id"),
        Index("ix_case_file_blob_sha256", "blob_sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("coordination_case.id"))
    evidence_id: Mapped[int] = mapped_column(ForeignKey("case_evidence.id"))
    name: Mapped[str]
    sealed_name: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    content_type: Mapped[str]
    size: Mapped[int]
    blob_sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))


class CaseRound(Model):
    """One round of a two-sided pair; a redraw begins the next and supersedes both confirmations."""

    __tablename__ = "case_round"
    __table_args__ = (
        UniqueConstraint("case_id", "first_step", "round"),
        Index(
            "uq_case_round_current",
            "case_id",
            "first_step",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("coordination_case.id"))
    first_step: Mapped[int] = mapped_column(SmallInteger)
    second_step: Mapped[int] = mapped_column(SmallInteger)
    round: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[dt.datetime]
    #: How the two lists differ, without names; NULL before they were compared.
    difference: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    #: The keyed digest that both confirm; NULL unless they are equal.
    digest: Mapped[str | None]
    settled_at: Mapped[dt.datetime | None]
    superseded_at: Mapped[dt.datetime | None]


class CaseList(Model):
    """A list that one side handed in, sealed; a correction supersedes the one before."""

    __tablename__ = "case_list"
    __table_args__ = (
        Index("ix_case_list_case_id", "case_id"),
        Index(
            "uq_case_list_current",
            "round_id",
            "step_number",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("coordination_case.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("case_round.id"))
    step_number: Mapped[int] = mapped_column(SmallInteger)
    party_id: Mapped[int] = mapped_column(ForeignKey("case_party.id"))
    by: Mapped[str]
    at: Mapped[dt.datetime]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    digest: Mapped[str]
    confirmed_digest: Mapped[str | None]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[dt.datetime | None]
    superseded_at: Mapped[dt.datetime | None]


class CaseMinutes(Model):
    """会商纪要: who was there and what was decided; each decision became a step."""

    __tablename__ = "case_minutes"
    __table_args__ = (Index("ix_case_minutes_case_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("coordination_case.id"))
    held_at: Mapped[dt.datetime]
    place: Mapped[str]
    text: Mapped[str]
    attendance: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    written_by: Mapped[str]
    written_at: Mapped[dt.datetime]


class CasePaper(Model):
    """The record of a case for one colleague: the page until the press is through, then its PDF; always sealed."""

    __tablename__ = "case_paper"
    __table_args__ = (
        UniqueConstraint("case_id", "account_id"),
        Index("ix_case_paper_account_id", "account_id"),
        Index("ix_case_paper_asked", "id", postgresql_where=text("made_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("coordination_case.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[dt.datetime]
    made_at: Mapped[dt.datetime | None]
    #: Whether it has names whole: handed out only while its reader may read them.
    whole: Mapped[bool]
    #: Why there is no paper, in words.
    problem: Mapped[str] = mapped_column(default="")
    sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

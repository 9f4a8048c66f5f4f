"""协调事项: what one bureau cannot solve alone, its tickets, parties, steps and its chained log."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.domain.case_record import FIRST
from ticketing.extensions import Model


class CoordinationCase(Model):
    """Under a lead bureau, with an aim in one sentence, a plan of steps and one answer."""

    __tablename__ = "coordination_case"
    __table_args__ = (
        Index(
            "ix_coordination_case_open",
            "lead_bureau_code",
            "state",
            postgresql_where=text("state IN ('planning', 'running')"),
        ),
        Index(
            "ix_coordination_case_terms",
            "terms",
            postgresql_using="gin",
            postgresql_where=text("state = 'closed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Identity(), unique=True)
    template_code: Mapped[str]
    template_version: Mapped[str]
    lead_bureau_code: Mapped[str] = mapped_column(ForeignKey("bureau.code"))
    aim: Mapped[str]
    reason: Mapped[str]
    #: How it came to be: supervisor, head, ladder, third return, trigger.
    way: Mapped[str]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    end_reason: Mapped[str | None]

    state: Mapped[str] = mapped_column(default="planning")
    #: Lines of its log, and the digest of the newest: the anchor of the chain.
    log_seq: Mapped[int] = mapped_column(default=0)
    log_hash: Mapped[str] = mapped_column(default=FIRST)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    #: By when the plan must be through, by its template; None: as long as the project.
    plan_due_at: Mapped[dt.datetime | None]
    plan_by_supervisor: Mapped[bool] = mapped_column(default=False)
    plan_confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    plan_confirmed_at: Mapped[dt.datetime | None]
    like_case_id: Mapped[int | None] = mapped_column(ForeignKey("coordination_case.id"))
    result: Mapped[str | None]
    answer: Mapped[str | None]
    answered_at: Mapped[dt.datetime | None]
    #: With the server's secret it gives the keys of what is sealed in this case; without it nobody reads that again.
    salt: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    secrecy_lifted_at: Mapped[dt.datetime | None]
    #: Search terms of a closed case: a precedent.
    terms: Mapped[Any | None] = mapped_column(TSVECTOR, deferred=True)


class CaseTicket(Model):
    """Which tickets a case carries."""

    __tablename__ = "case_ticket"
    __table_args__ = (
        UniqueConstraint("case_id", "ticket_id"),
        Index("ix_case_ticket_ticket_id", "ticket_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("coordination_case.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))


class CaseParty(Model):
    """A bureau, or somebody outside with a telephone and a personal link, in a role of the template."""

    __tablename__ = "case_party"
    __table_args__ = (
        Index("ix_case_party_case_id", "case_id"),
        Index(
            "ix_case_party_bureau_code",
            "bureau_code",
            "case_id",
            postgresql_where=text("bureau_code IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("coordination_case.id"))
    role: Mapped[str]
    bureau_code: Mapped[str | None] = mapped_column(ForeignKey("bureau.code"))
    #: The colleague who acts for a bureau where not everybody there may.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")
    phone: Mapped[str | None]
    link_nonce: Mapped[str | None]
    link_expires_at: Mapped[dt.datetime | None]
    link_opened_at: Mapped[dt.datetime | None]


class CaseStep(Model):
    """环节: never without an owner and a due time."""

    __tablename__ = "case_step"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        Index(
            "ix_case_step_due",
            "due_at",
            "id",
            postgresql_where=text("state IN ('ready', 'handed_in', 'disputed', 'matched')"),
        ),
        Index("ix_case_step_disputed", "case_id", postgresql_where=text("state = 'disputed'")),
        Index("ix_case_step_owner_id", "owner_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("coordination_case.id"))
    #: Its name for ever; `position` is its place among the others.
    number: Mapped[int] = mapped_column(SmallInteger)
    position: Mapped[int] = mapped_column(SmallInteger)
    role: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("case_party.id"))
    name_zh: Mapped[str]
    name_en: Mapped[str]
    #: Its own time from the moment it can begin; without one, the hour agreed.
    unit: Mapped[str | None]
    amount: Mapped[int | None]
    agreed_at: Mapped[dt.datetime | None]
    depends_on: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    evidence: Mapped[str] = mapped_column(default="")
    checks: Mapped[list[str]] = mapped_column(default=list)
    two_sided_with: Mapped[int | None] = mapped_column(SmallInteger)
    secret: Mapped[bool] = mapped_column(default=False)
    required: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="waiting")
    due_at: Mapped[dt.datetime]
    begun_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    skip_reason: Mapped[str | None]
    minutes_id: Mapped[int | None] = mapped_column(ForeignKey("case_minutes.id"))


class CaseEntry(Model):
    """One line of the case's log: append-only, chained, never with what is secret."""

    __tablename__ = "case_entry"
    __table_args__ = (UniqueConstraint("case_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("coordination_case.id"))
    seq: Mapped[int]
    at: Mapped[dt.datetime]
    action: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    step_number: Mapped[int | None] = mapped_column(SmallInteger)
    step_from: Mapped[str | None]
    step_to: Mapped[str | None]
    actor_kind: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    actor_name: Mapped[str]
    party_id: Mapped[int | None] = mapped_column(ForeignKey("case_party.id"))
    text: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    hash: Mapped[str]
    request_id: Mapped[str | None]

"""Policies on their way: drafts, what they would do to open clocks, and how far a published one has got."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.extensions import Model


class PolicyDraft(Model):
    """A calendar notice or an SLA policy that somebody is writing; it ends published or discarded."""

    __tablename__ = "policy_draft"
    __table_args__ = (
        Index("ix_policy_draft_kind_state", "kind", "state", "id"),
        Index("ix_policy_draft_document_id", "document_id"),
        Index("ix_policy_draft_wanted", "wanted_at", postgresql_where=text("wanted_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    #: The version that it was begun from.
    base_version: Mapped[str | None]
    text: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    state: Mapped[str]
    #: The what-if: asked for (until it is there), being reckoned, as of when and on which revision it stands.
    wanted_at: Mapped[dt.datetime | None]
    claimed_at: Mapped[dt.datetime | None]
    looked_at: Mapped[dt.datetime | None]
    looked_revision: Mapped[int | None]
    clocks: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    unbreached: Mapped[int] = mapped_column(default=0)
    breached: Mapped[int] = mapped_column(default=0)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[dt.datetime | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("policy_document.id"))


class PolicyEffect(Model):
    """One clock that a draft would move, as it was shown to the people who decided."""

    __tablename__ = "policy_effect"
    __table_args__ = (
        Index("ix_policy_effect_draft_id_change", "draft_id", "change", "id"),
        Index("ix_policy_effect_clock_id", "clock_id"),
        Index("ix_policy_effect_case_clock_id", "case_clock_id"),
        CheckConstraint("num_nonnulls(clock_id, case_clock_id) = 1", name="one_clock"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("policy_draft.id"))
    change: Mapped[str]
    #: Of a ticket, or of a step of a case.
    clock_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_clock.id"))
    case_clock_id: Mapped[int | None] = mapped_column(ForeignKey("case_clock.id"))
    was_due_at: Mapped[dt.datetime | None]
    due_at: Mapped[dt.datetime | None]


class PolicyRollout(Model):
    """A published version on its way to the open clocks; `cursor` is the last clock that was looked at."""

    __tablename__ = "policy_rollout"
    __table_args__ = (
        Index("ix_policy_rollout_open", "retry_at", postgresql_where=text("finished_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("policy_document.id"), unique=True)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[dt.datetime]
    #: When it is looked at next: a last look waits for whoever was at work while it was published.
    retry_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    cursor: Mapped[int] = mapped_column(default=0)
    #: Whether it is through with the clocks of tickets and has come to those of steps.
    of_steps: Mapped[bool] = mapped_column(default=False)
    #: Whether this pass left out tickets that somebody had locked.
    passed_over: Mapped[bool] = mapped_column(default=False)
    whole: Mapped[int] = mapped_column(default=0)
    looked: Mapped[int] = mapped_column(default=0)
    superseded: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    unbreached: Mapped[int] = mapped_column(default=0)
    breached: Mapped[int] = mapped_column(default=0)


class PolicyReplay(Model):
    """The requests of the last months decided again as a draft would have it, as far as it has come."""

    __tablename__ = "policy_replay"

    draft_id: Mapped[int] = mapped_column(ForeignKey("policy_draft.id"), primary_key=True)
    asked_at: Mapped[dt.datetime]
    since: Mapped[dt.datetime]
    #: Each how-many-eth ticket of the period is decided again.
    stride: Mapped[int]
    cursor: Mapped[int]
    total: Mapped[int]
    figures: Mapped[dict[str, Any]]


class PolicyReplayMove(Model):
    """A ticket that a draft would have sent elsewhere than what is in force."""

    __tablename__ = "policy_replay_move"

    draft_id: Mapped[int] = mapped_column(ForeignKey("policy_draft.id"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    old_bureau_code: Mapped[str | None] = mapped_column(ForeignKey("bureau.code"))
    new_bureau_code: Mapped[str | None] = mapped_column(ForeignKey("bureau.code"))
    ended_bureau_code: Mapped[str] = mapped_column(ForeignKey("bureau.code"))

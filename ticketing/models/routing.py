"""The shelf of routing models: every version that was trained, one of them published."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.extensions import Model

SHELVED, PUBLISHED, RETIRED, WITHDRAWN = "shelved", "published", "retired", "withdrawn"


class RoutingModel(Model):
    """What was learned from examples, with who trained it on what; decisions name its version."""

    __tablename__ = "routing_model"
    __table_args__ = (
        Index(
            "uq_routing_model_published", "state", unique=True, postgresql_where=text("state = 'published'")
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(unique=True)
    trained_at: Mapped[dt.datetime]
    #: Nobody when the pack's own examples taught it.
    trained_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: As `routing.model.Model.to_bytes` writes it.
    data: Mapped[bytes] = mapped_column(deferred=True)
    metrics: Mapped[dict[str, Any]]
    state: Mapped[str]
    published_at: Mapped[dt.datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class RoutingRun(Model):
    """A training with its replay, as far as it has come: what is cut short goes on at `cursor`."""

    __tablename__ = "routing_run"
    __table_args__ = (
        Index(
            "uq_routing_run_open",
            text("(finished_at IS NULL)"),
            unique=True,
            postgresql_where=text("finished_at IS NULL"),
        ),
        Index("ix_routing_run_model_id", "model_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_at: Mapped[dt.datetime]
    #: Nobody where the rule for publishing asked.
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: None until trained.
    model_id: Mapped[int | None] = mapped_column(ForeignKey("routing_model.id"))
    #: The model that decided then, which the new one is held against.
    against_id: Mapped[int | None] = mapped_column(ForeignKey("routing_model.id"))
    lessons: Mapped[int] = mapped_column(default=0)
    since: Mapped[dt.datetime]
    #: Each how-many-eth ticket of the period is decided again.
    stride: Mapped[int] = mapped_column(default=1)
    cursor: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    figures: Mapped[dict[str, Any]]
    finished_at: Mapped[dt.datetime | None]
    outcome: Mapped[str | None]


class RoutingMove(Model):
    """A ticket that the new model of a run would have sent elsewhere than the old one."""

    __tablename__ = "routing_move"

    run_id: Mapped[int] = mapped_column(ForeignKey("routing_run.id"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    old_bureau_code: Mapped[str | None] = mapped_column(ForeignKey("bureau.code"))
    new_bureau_code: Mapped[str | None] = mapped_column(ForeignKey("bureau.code"))
    ended_bureau_code: Mapped[str] = mapped_column(ForeignKey("bureau.code"))


class RoutingOutcome(Model):
    """What the router said of a ticket and where it ended; written when it is answered, anew when answered again."""

    __tablename__ = "routing_outcome"
    __table_args__ = (
        Index("ix_routing_outcome_ended", "week", "ended_code", "top_code"),
        Index("ix_routing_outcome_kind", "week", "kind", "tenth"),
        Index(
            "ix_routing_outcome_wrong", "week", "ticket_id", postgresql_where=text("first_code <> ended_code")
        ),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    #: The Monday of the week in which it was answered.
    week: Mapped[dt.date]
    model: Mapped[str]
    kind: Mapped[str]
    #: In which tenth the probability of the best candidate lay, 0 to 9.
    tenth: Mapped[int] = mapped_column(SmallInteger)
    #: The best candidate, the first bureau that got it, the one that answered; empty where there was none.
    top_code: Mapped[str]
    first_code: Mapped[str]
    ended_code: Mapped[str]


class RoutingTally(Model):
    """How many outcomes are alike, kept with them: what the router's page adds up."""

    __tablename__ = "routing_tally"

    week: Mapped[dt.date] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    tenth: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    top_code: Mapped[str] = mapped_column(primary_key=True)
    first_code: Mapped[str] = mapped_column(primary_key=True)
    ended_code: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]

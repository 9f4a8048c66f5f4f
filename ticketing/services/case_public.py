"""What an enterprise is shown of the case that carries its request: steps reached, the next date; no names."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from ticketing.domain.case_workflow import SETTLED, CaseState, StepState
from ticketing.extensions import db
from ticketing.models import CaseStep, CaseTicket, CoordinationCase, Ticket
from ticketing.services import cases


@dataclass(frozen=True)
class PublicStep:
    """A step without its owner: `state` is done, doing or to_come; `at`: when it ended, or is to end."""

    name_zh: str
    name_en: str
    state: str
    at: dt.datetime


@dataclass(frozen=True)
class Progress:
    """How far a case is. `next_at`: the nearest date still to come."""

    steps: tuple[PublicStep, ...]
    done: int
    plan_due_at: dt.datetime | None
    next_at: dt.datetime | None
    closed: bool


def case_of(ticket: Ticket) -> CoordinationCase | None:
    """Return the case that carries or carried the ticket last, one that was dissolved left out."""
    return db.session.scalar(
        select(CoordinationCase)
        .join(CaseTicket, CaseTicket.case_id == CoordinationCase.id)
        .where(CaseTicket.ticket_id == ticket.id, CoordinationCase.state != CaseState.DISSOLVED.value)
        .order_by(CoordinationCase.id.desc())
        .limit(1)
    )


def progress(ticket: Ticket) -> Progress | None:
    """Return how far the ticket's case is; None without one."""
    case = case_of(ticket)
    if case is None:
        return None
    rows = [row for row in cases.steps(case) if row.state != StepState.SKIPPED]
    shown = tuple(
        PublicStep(row.name_zh, row.name_en, _state(row), row.ended_at or row.due_at) for row in rows
    )
    doing = [step.at for step in shown if step.state == "doing"]
    return Progress(
        steps=shown,
        done=sum(step.state == "done" for step in shown),
        plan_due_at=case.plan_due_at,
        next_at=min(doing, default=None),
        closed=case.state == CaseState.CLOSED,
    )


def _state(row: CaseStep) -> str:
    if StepState(row.state) in SETTLED:
        return "done"
    return "to_come" if row.state == StepState.WAITING else "doing"

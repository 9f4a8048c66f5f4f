"""The board of cases: how many at each stage, what is due next, what stands and why, who leads how many.

Every question is bounded: lists end at `SHOWN`, and counting reads an index of open cases alone.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from ticketing.domain.actors import Actor
from ticketing.domain.case_workflow import CaseState, StepState
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import CaseParty, CaseStep, CoordinationCase
from ticketing.services import cases

SHOWN = 12
PAGE = 50
LEADS = 20
OPEN = CoordinationCase.state.in_(cases.OPEN_STATES)
#: A step that has begun and is not settled, as its partial indexes say.
AT_WORK = CaseStep.state.in_(["ready", "handed_in", "disputed", "matched"])
STEP_COLUMNS = (
    CaseStep.id,
    CaseStep.number.label("step_number"),
    CaseStep.name_zh,
    CaseStep.name_en,
    CaseStep.state,
    CaseStep.due_at,
    CaseStep.begun_at,
    CoordinationCase.number,
    CoordinationCase.aim,
    CoordinationCase.region_code,
    CaseParty.name.label("owner"),
)


def readable(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of cases that a colleague may read; the twin of `permissions.READ_CASE`."""
    if actor.has(Role.SUPERVISOR):
        return true()
    codes = sorted(actor.bureau_codes)
    taker = aliased(CaseParty)
    taking_part = exists().where(taker.case_id == CoordinationCase.id, taker.bureau_code.in_(codes))
    return or_(CoordinationCase.lead_bureau_code.in_(codes), taking_part)


@dataclass(frozen=True)
class Board:
    """What the page shows; `stages`: open cases by state, `disputed`: how many stand for a difference;
    `leads`: bureaus and how many open cases each leads, the most first."""

    stages: dict[str, int]
    overdue: int
    disputed: int
    due_next: Sequence[Row[Any]]
    blocked: Sequence[Row[Any]]
    leads: Sequence[tuple[str, int]]


def board(actor: Actor, now: dt.datetime) -> Board:
    """Return the figures of the moment, of what the actor may read."""
    mine = readable(actor)
    counted = (
        select(CoordinationCase.state, CoordinationCase.lead_bureau_code, func.count())
        .where(OPEN, mine)
        .group_by(CoordinationCase.state, CoordinationCase.lead_bureau_code)
    )
    stages: Counter[str] = Counter()
    leads: Counter[str] = Counter()
    for state, lead, number in db.session.execute(counted):
        stages[state] += number
        leads[lead] += number
    late = select(func.count()).select_from(CaseStep).where(AT_WORK, CaseStep.due_at < now)
    disputed = select(func.count(CaseStep.case_id.distinct())).where(
        CaseStep.state == StepState.DISPUTED.value
    )
    if not actor.has(Role.SUPERVISOR):
        join = CaseStep.case_id == CoordinationCase.id
        late = late.join(CoordinationCase, join).where(mine)
        disputed = disputed.join(CoordinationCase, join).where(mine)
    return Board(
        stages=dict(stages),
        overdue=db.session.scalar(late) or 0,
        disputed=db.session.scalar(disputed) or 0,
        due_next=_steps(mine, CaseStep.due_at >= now),
        blocked=_steps(mine, or_(CaseStep.due_at < now, CaseStep.state == StepState.DISPUTED.value)),
        leads=leads.most_common(LEADS),
    )


def _steps(mine: ColumnElement[bool], which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    wanted = (
        select(*STEP_COLUMNS)
        .join(CoordinationCase, CoordinationCase.id == CaseStep.case_id)
        .join(CaseParty, CaseParty.id == CaseStep.owner_id)
        .where(AT_WORK, which, mine)
        .order_by(CaseStep.due_at, CaseStep.id)
        .limit(SHOWN)
    )
    return db.session.execute(wanted).all()


def listed(
    actor: Actor, *, state: str | None = None, lead: str | None = None, before: int | None = None
) -> list[CoordinationCase]:
    """Return cases, the newest first, a page beyond the number `before`; open ones unless a state is named."""
    wanted = select(CoordinationCase).where(readable(actor))
    wanted = wanted.where(CoordinationCase.state == state if state in frozenset(CaseState) else OPEN)
    if lead:
        wanted = wanted.where(CoordinationCase.lead_bureau_code == lead)
    if before is not None:
        wanted = wanted.where(CoordinationCase.number < before)
    return list(db.session.scalars(wanted.order_by(CoordinationCase.number.desc()).limit(PAGE + 1)))


def by_number(number: int) -> CoordinationCase | None:
    """Return the case with this number."""
    return db.session.scalar(select(CoordinationCase).where(CoordinationCase.number == number))

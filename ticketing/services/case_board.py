"""The board of cases: how many at each stage, what is due next, what stands and why, who leads how many.

Every question is bounded: lists end at `SHOWN`, and counting reads an index of open cases alone.
"""

import datetime as dt
import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from ticketing.domain.actors import Actor, Grant, bureaus_of
from ticketing.domain.case_workflow import CaseState, StepState
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import CaseParty, CaseStep, CoordinationCase
from ticketing.services import cases
from ticketing.services.kept import INSTANT, Kept
from ticketing.services.lately import lately

SHOWN = 12
PAGE = 50
LEADS = 20
OPEN = CoordinationCase.state.in_(cases.OPEN_STATES)
#: A step that has begun and is not settled, as its partial indexes say.
AT_WORK = CaseStep.state.in_(["ready", "handed_in", "disputed", "matched"])
DISPUTED = CaseStep.state == StepState.DISPUTED.value
NOW = bindparam("now", type_=INSTANT)
#: What the list shows of a case.
CASE_COLUMNS = (
    CoordinationCase.id,
    CoordinationCase.number,
    CoordinationCase.template_code,
    CoordinationCase.template_version,
    CoordinationCase.aim,
    CoordinationCase.state,
    CoordinationCase.lead_bureau_code,
    CoordinationCase.region_code,
    CoordinationCase.opened_at,
    CoordinationCase.plan_due_at,
    CoordinationCase.ended_at,
    CoordinationCase.secrecy_lifted_at,
)
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
    CaseParty.name,
    CaseParty.bureau_code,
)


def readable(grants: frozenset[Grant]) -> ColumnElement[bool]:
    """Return the condition of cases that whoever holds these grants may read; the twin of `permissions.READ_CASE`."""
    if _sees_all(grants):
        return true()
    codes = sorted(bureaus_of(grants))
    taker = aliased(CaseParty)
    taking_part = exists().where(taker.case_id == CoordinationCase.id, taker.bureau_code.in_(codes))
    return or_(CoordinationCase.lead_bureau_code.in_(codes), taking_part)


def _sees_all(grants: frozenset[Grant]) -> bool:
    return any(grant.role == Role.SUPERVISOR for grant in grants)


@dataclass(frozen=True)
class Board:
    """What the page shows; `stages`: open cases by state, `disputed`: how many stand for a difference;
    `leads`: bureaus and how many open cases each leads, the most first. Counts are of some seconds ago."""

    stages: dict[str, int]
    overdue: int
    disputed: int
    due_next: Sequence[Row[Any]]
    blocked: Sequence[Row[Any]]
    leads: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class _Asked:
    """The statements of the board for whoever holds some grants."""

    counted: Kept
    late: Kept
    disputed: Kept
    due_next: Kept
    blocked: Kept
    newest: Kept


@functools.lru_cache(maxsize=512)
def _asked(grants: frozenset[Grant]) -> _Asked:
    mine = readable(grants)
    by = (CoordinationCase.state, CoordinationCase.lead_bureau_code)
    late = select(func.count()).select_from(CaseStep).where(AT_WORK, CaseStep.due_at < NOW)
    disputed = select(func.count(CaseStep.case_id.distinct())).where(DISPUTED)
    if not _sees_all(grants):
        join = CaseStep.case_id == CoordinationCase.id
        late = late.join(CoordinationCase, join).where(mine)
        disputed = disputed.join(CoordinationCase, join).where(mine)
    return _Asked(
        Kept(select(*by, func.count()).where(OPEN, mine).group_by(*by)),
        Kept(late),
        Kept(disputed),
        Kept(_steps(mine, CaseStep.due_at >= NOW)),
        Kept(_steps(mine, or_(CaseStep.due_at < NOW, DISPUTED))),
        Kept(_cases(mine).where(OPEN)),
    )


def board(actor: Actor, now: dt.datetime) -> Board:
    """Return the figures of the moment, of what the actor may read."""
    asked = _asked(actor.grants)
    who = "everybody" if _sees_all(actor.grants) else ",".join(sorted(actor.bureau_codes))
    counts = lately(f"cases|{who}", now, lambda: _reckon(asked, now)).value
    return Board(
        stages=counts["stages"],
        overdue=counts["overdue"],
        disputed=counts["disputed"],
        due_next=asked.due_next.rows(now=now),
        blocked=asked.blocked.rows(now=now),
        leads=[(code, number) for code, number in counts["leads"]],
    )


def _reckon(asked: _Asked, now: dt.datetime) -> dict[str, Any]:
    stages: Counter[str] = Counter()
    leads: Counter[str] = Counter()
    for state, lead, number in asked.counted.rows():
        stages[state] += number
        leads[lead] += number
    return {
        "stages": stages,
        "overdue": asked.late.rows(now=now)[0][0],
        "disputed": asked.disputed.rows()[0][0],
        "leads": leads.most_common(LEADS),
    }


def _steps(mine: ColumnElement[bool], which: ColumnElement[bool]) -> Select[Any]:
    return (
        select(*STEP_COLUMNS)
        .join(CoordinationCase, CoordinationCase.id == CaseStep.case_id)
        .join(CaseParty, CaseParty.id == CaseStep.owner_id)
        .where(AT_WORK, which, mine)
        .order_by(CaseStep.due_at, CaseStep.id)
        .limit(SHOWN)
    )


def _cases(mine: ColumnElement[bool]) -> Select[Any]:
    wanted = select(*CASE_COLUMNS).where(mine)
    return wanted.order_by(CoordinationCase.number.desc()).limit(PAGE + 1)


def listed(
    actor: Actor, *, state: str | None = None, lead: str | None = None, before: int | None = None
) -> Sequence[Row[Any]]:
    """Return cases, the newest first, a page beyond the number `before`; open ones unless a state is named."""
    if state not in frozenset(CaseState) and not lead and before is None:
        return _asked(actor.grants).newest.rows()
    wanted = _cases(readable(actor.grants))
    wanted = wanted.where(CoordinationCase.state == state if state in frozenset(CaseState) else OPEN)
    if lead:
        wanted = wanted.where(CoordinationCase.lead_bureau_code == lead)
    if before is not None:
        wanted = wanted.where(CoordinationCase.number < before)
    return db.session.execute(wanted).all()


def by_number(number: int) -> CoordinationCase | None:
    """Return the case with this number."""
    return db.session.scalar(select(CoordinationCase).where(CoordinationCase.number == number))

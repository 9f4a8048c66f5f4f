"""案例: closed cases as advice: what was done about something like this, how long it took, who led."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import cast, func, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from sla.values import Target, Unit
from ticketing.domain.case_workflow import CaseState, StepState
from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import CaseParty, CaseStep, CoordinationCase
from ticketing.services import case_planning, case_steps, cases, terms
from ticketing.services.history import Act
from ticketing.services.province import Province

SHOWN = 3
#: So much of a request is compared: its subject and how it begins.
COMPARED = 200
#: A precedent shares at least so many terms with the request.
LEAST_SHARED = 3
#: So many of those that rank first are looked at closely.
CANDIDATES = 30


@dataclass(frozen=True)
class Precedent:
    """A closed case as another request is shown it: no names of people."""

    case_id: int
    number: int
    template_code: str
    aim: str
    lead_code: str
    opened_at: dt.datetime
    ended_at: dt.datetime
    answer: str
    shared: int


def index(case: CoordinationCase, province: Province) -> None:
    """Make a closed case a precedent: its aim, kind, answer and what the enterprises asked for can be found."""
    template = cases.template(case, province)
    asked = [ticket.subject for ticket in cases.tickets(case)]
    text = terms.written(terms.terms("\n".join((case.aim, template.name_zh, case.answer or "", *asked))))
    case.terms = cast(literal(text), TSVECTOR)


def like(subject: str, body: str, limit: int = SHOWN) -> list[Precedent]:
    """Return the closed cases that share most with a request."""
    words = terms.terms(f"{subject}\n{body[:COMPARED]}")
    if not words:
        return []
    anyone = literal(" | ".join(f"'{word}'" for word in sorted(words))).cast(TSQUERY)
    wanted = (
        select(CoordinationCase, func.tsvector_to_array(CoordinationCase.terms))
        .where(CoordinationCase.state == CaseState.CLOSED.value, CoordinationCase.terms.op("@@")(anyone))
        .order_by(func.ts_rank(CoordinationCase.terms, anyone).desc(), CoordinationCase.id.desc())
        .limit(CANDIDATES)
    )
    found = [(case, len(words.intersection(has))) for case, has in db.session.execute(wanted)]
    found.sort(key=lambda one: one[1], reverse=True)
    return [_told(case, shared) for case, shared in found[:limit] if shared >= LEAST_SHARED]


def _told(case: CoordinationCase, shared: int) -> Precedent:
    return Precedent(
        case_id=case.id,
        number=case.number,
        template_code=case.template_code,
        aim=case.aim,
        lead_code=case.lead_bureau_code,
        opened_at=case.opened_at,
        ended_at=case.ended_at or case.opened_at,
        answer=case.answer or "",
        shared=shared,
    )


def steps_done(case_id: int) -> list[CaseStep]:
    """Return what was done in a precedent, in order, without what was skipped."""
    wanted = select(CaseStep).where(CaseStep.case_id == case_id, CaseStep.state == StepState.DONE.value)
    return list(db.session.scalars(wanted.order_by(CaseStep.position)))


def follow(case: CoordinationCase, like_id: int, lead: CaseParty, act: Act, province: Province) -> None:
    """参照案例: the plan begins with what the precedent had beside the template: steps that somebody added.

    Raises:
        Invalid: not a closed case of the same kind.
    """
    pattern = db.session.get(CoordinationCase, like_id)
    if pattern is None or pattern.state != CaseState.CLOSED or pattern.template_code != case.template_code:
        raise Invalid(N_("请选择同一类已办结的案例。"), field="like")
    known = {step.number for step in cases.template(pattern, province).steps}
    last = cases.steps(case)[-1].number
    for row in steps_done(like_id):
        if row.number not in known:
            time = (
                Target(Unit(row.unit), row.amount)
                if row.unit and row.amount
                else Target(Unit.WORKING_DAYS, 1)
            )
            new = case_planning.NewStep(row.name_zh, lead.id, time, (), (last,), row.evidence)
            case_planning.insert(case, new, act.now)
    case_steps.advance(case, act, province)

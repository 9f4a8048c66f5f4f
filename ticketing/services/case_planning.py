"""The plan of a case: drafted from its template, confirmed against its limit, changed with reasons, no circles."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sla.values import Target
from ticketing.domain.case_plan import Schedule, check_hours, check_limit
from ticketing.domain.case_template import CaseTemplate, TemplateStep
from ticketing.domain.case_workflow import CaseAction, CaseState, StepState
from ticketing.domain.errors import Invalid
from ticketing.domain.permissions import Permission
from ticketing.domain.text import NAME_MAX, limited, require
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import CaseParty, CaseStep, CoordinationCase
from ticketing.services import case_clocks, case_lacking, case_schedule, case_steps, cases
from ticketing.services.history import Act, Said
from ticketing.services.province import Province

REASON_MAX = 1_000
STEPS_MOST = 60


def draft(
    case: CoordinationCase, template: CaseTemplate, lead: CaseParty, act: Act, province: Province
) -> None:
    """Lay out the steps of the template; until the parties are named the lead owns them all."""
    rows = [_from_template(case, one, lead, act.now) for one in template.steps]
    db.session.add_all(rows)
    db.session.flush()
    case_steps.advance(case, act, province)


def _from_template(case: CoordinationCase, one: TemplateStep, lead: CaseParty, now: dt.datetime) -> CaseStep:
    return CaseStep(
        case_id=case.id,
        number=one.number,
        position=one.number,
        role=one.owner,
        owner_id=lead.id,
        name_zh=one.name_zh,
        name_en=one.name_en,
        unit=one.due.unit.value if one.due else None,
        amount=one.due.amount if one.due else None,
        depends_on=list(one.depends_on),
        evidence=one.evidence,
        checks=[check.value for check in one.checks],
        two_sided_with=one.two_sided_with,
        secret=one.secret,
        required=one.required,
        state=StepState.WAITING.value,
        due_at=now,
    )


def confirm(case: CoordinationCase, act: Act, province: Province) -> Schedule:
    """确认方案: every role has its party, every hour is agreed, and the whole fits into the limit.

    Raises:
        Invalid: something is missing; PlanTooLong: with the critical path.
    """
    cases.require(act, Permission.CONFIRM_PLAN, cases.facts(case, province))
    rows = cases.steps(case)
    if lack := case_lacking.first(case, rows, cases.parties(case), province):
        raise lack.refusal
    found = case_schedule.plan(case, rows, act.now, province)
    check_hours(found, [case_schedule.as_planned(row, act.now) for row in rows])
    check_limit(found, case.plan_due_at)
    data = {"finish": cases.instant(found.finish), "critical": list(found.critical)}
    cases.move(case, CaseAction.CONFIRM_PLAN, act, Said(data=data), about=cases.facts(case, province))
    case.plan_confirmed_by_id, case.plan_confirmed_at = act.actor.account_id, act.now
    case_steps.advance(case, act, province)
    return found


def agree(case: CoordinationCase, number: int, moment: dt.datetime, act: Act, province: Province) -> None:
    """约定时间: the hour at which a step is to be done, before it or while it runs.

    Raises:
        Invalid: in the past, or the plan no longer fits.
    """
    row = cases.step(case, number)
    if moment <= act.now:
        raise Invalid(N_("约定的时间已经过去。"), field="agreed_at")
    before = finish(case, act.now, province)
    _check_moment(case, row, moment, act.now, province)
    said = Said(data={"agreed_at": cases.instant(moment)})
    cases.move(case, CaseAction.AGREE, act, said, about=cases.facts(case, province, row), one=row)
    row.agreed_at, row.unit, row.amount = moment, None, None
    row.due_at = moment
    case_clocks.retime(row, act, province)
    refit(case, before, act.now, province)


def _check_moment(
    case: CoordinationCase, row: CaseStep, moment: dt.datetime, now: dt.datetime, province: Province
) -> None:
    rows = cases.steps(case)
    found = case_schedule.plan(case, rows, now, province)
    if case.state == CaseState.RUNNING:
        asked = dataclasses.replace(case_schedule.as_planned(row, now), time=moment)
        check_hours(found, [asked])


@dataclass(frozen=True)
class NewStep:
    """A step that somebody adds: for whom, in what time or until when, after which, before which others."""

    name: str
    owner_id: int
    time: Target | dt.datetime
    depends_on: tuple[int, ...] = ()
    before: tuple[int, ...] = ()
    evidence: str = ""


def add(case: CoordinationCase, new: NewStep, reason: str, act: Act, province: Province) -> CaseStep:
    """增加环节.

    Raises:
        Invalid: an unknown owner or step, a circle, a plan that no longer fits.
    """
    words = require(reason, field="reason", most=REASON_MAX)
    before = finish(case, act.now, province)
    row = insert(case, new, act.now)
    said = Said(words, {"name": row.name_zh, "owner": row.owner_id, "depends_on": row.depends_on})
    cases.move(case, CaseAction.ADD_STEP, act, said, about=cases.facts(case, province))
    refit(case, before, act.now, province)
    case_steps.advance(case, act, province)
    return row


def insert(
    case: CoordinationCase, new: NewStep, now: dt.datetime, *, minutes_id: int | None = None
) -> CaseStep:
    """Write a new step and let those named wait for it.

    Raises:
        Invalid: an unknown owner, too many steps, an hour that has passed.
    """
    rows = cases.steps(case)
    owner = db.session.get(CaseParty, new.owner_id)
    if owner is None or owner.case_id != case.id:
        raise Invalid(N_("请从本事项的参与方中选择责任单位。"), field="owner_id")
    if len(rows) >= STEPS_MOST:
        raise Invalid(N_("最多 %(most)s 个环节。"), field="name", most=STEPS_MOST)
    target = new.time if isinstance(new.time, Target) else None
    agreed = None if isinstance(new.time, Target) else new.time
    if agreed is not None and agreed <= now:
        raise Invalid(N_("约定的时间已经过去。"), field="agreed_at")
    row = CaseStep(
        case_id=case.id,
        number=max((one.number for one in rows), default=0) + 1,
        position=max((one.position for one in rows), default=0),
        role=owner.role,
        owner_id=owner.id,
        name_zh=(name := require(new.name, field="name", most=NAME_MAX)),
        name_en=name,
        unit=target.unit.value if target else None,
        amount=target.amount if target else None,
        agreed_at=agreed,
        depends_on=list(new.depends_on),
        evidence=limited(new.evidence, field="evidence", most=NAME_MAX),
        state=StepState.WAITING.value,
        due_at=agreed or now,
        minutes_id=minutes_id,
    )
    _wait_for(rows, new.before, row.number)
    db.session.add(row)
    if rows:
        rows[-1].position += 1
    db.session.flush()
    return row


def _wait_for(rows: Sequence[CaseStep], waiting: Sequence[int], number: int) -> None:
    by_number = {one.number: one for one in rows}
    for other in waiting:
        if other not in by_number or by_number[other].state != StepState.WAITING:
            raise Invalid(N_("只有还没开始的环节可以改为等待新环节。"), field="before")
        by_number[other].depends_on = [*by_number[other].depends_on, number]


def skip(case: CoordinationCase, number: int, reason: str, act: Act, province: Province) -> None:
    """略过环节, with the reason; of a two-sided pair both, and never what the law demands.

    Raises:
        Invalid: required by law, or the step that gives the answer.
    """
    words = require(reason, field="reason", most=REASON_MAX)
    row = cases.step(case, number)
    pair = [row] if row.two_sided_with is None else [row, cases.step(case, row.two_sided_with)]
    if any(one.required for one in pair):
        raise Invalid(N_("这一环节是法律要求的，不能略过。"), field="reason")
    if row.number == answering(cases.steps(case)).number:
        raise Invalid(N_("统一答复的环节不能略过。"), field="reason")
    for one in pair:
        cases.move(case, CaseAction.SKIP, act, Said(words), about=cases.facts(case, province, one), one=one)
        one.skip_reason, one.ended_at = words, act.now
        case_clocks.stop(one, act, province)
    case_steps.advance(case, act, province)


@dataclass(frozen=True)
class NewOrder:
    """How steps are to stand: which wait for which, all of them in the order in which they are shown, and why."""

    waits: Mapping[int, tuple[int, ...]]
    order: Sequence[int]
    reason: str


def reorder(case: CoordinationCase, new: NewOrder, act: Act, province: Province) -> None:
    """调整顺序: which steps wait for which, and in what order they are shown; only steps that have not begun.

    The step that gives the answer stays the last.

    Raises:
        Invalid: no reason, a step that has begun, an unknown one, a circle, a plan that no longer fits.
    """
    words = require(new.reason, field="reason", most=REASON_MAX)
    rows = cases.steps(case)
    by_number = {row.number: row for row in rows}
    if sorted(new.order) != sorted(by_number):
        raise Invalid(N_("顺序里要有每个环节，各一次。"), field="place")
    if new.order[-1] != rows[-1].number:
        raise Invalid(N_("统一答复的环节总是最后一个。"), field="place")
    before = finish(case, act.now, province)
    for number, others in new.waits.items():
        row = by_number.get(number)
        if row is None or (set(others) != set(row.depends_on) and row.state != StepState.WAITING):
            raise Invalid(N_("只能调整还没开始的环节。"), field="depends_on")
        if row.two_sided_with in row.depends_on and row.two_sided_with not in others:
            raise Invalid(N_("两方比对的环节不能拆开。"), field="depends_on")
        row.depends_on = list(others)
    for position, number in enumerate(new.order, start=1):
        by_number[number].position = position
    data = {"order": list(new.order), "waits": {str(n): list(others) for n, others in new.waits.items()}}
    cases.move(case, CaseAction.REORDER, act, Said(words, data), about=cases.facts(case, province))
    refit(case, before, act.now, province)
    case_steps.advance(case, act, province)


def answering(rows: Sequence[CaseStep]) -> CaseStep:
    """Return the step that the one answer completes: the last in order."""
    return rows[-1]


def finish(case: CoordinationCase, now: dt.datetime, province: Province) -> dt.datetime | None:
    """Return when the plan as it stands ends."""
    rows = cases.steps(case)
    return case_schedule.plan(case, rows, now, province).finish if rows else None


def refit(case: CoordinationCase, before: dt.datetime | None, now: dt.datetime, province: Province) -> None:
    """Reckon anew; refuse a change that makes a plan too long which was not already.

    Raises:
        PlanTooLong: with the critical path.
    """
    found = case_schedule.reckon(case, cases.steps(case), now, province)
    limit = case.plan_due_at
    was_late = limit is not None and before is not None and before > limit and found.finish <= before
    if case.state == CaseState.RUNNING and not was_late:
        check_limit(found, limit)

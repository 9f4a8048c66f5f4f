"""协调: what one bureau cannot solve alone becomes a case: opened with its reason, led, answered once, or dissolved."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from sla.arithmetic import due
from sla.ledger import Handing
from ticketing.domain import events
from ticketing.domain.actors import SYSTEM, Actor
from ticketing.domain.case_template import CaseTemplate
from ticketing.domain.case_workflow import CaseAction, CaseState, StepState
from ticketing.domain.errors import Invalid
from ticketing.domain.permissions import Permission
from ticketing.domain.text import require
from ticketing.domain.vocabulary import ClockKind, Role, State
from ticketing.domain.words import N_
from ticketing.domain.workflow import Action, Effect
from ticketing.extensions import db
from ticketing.models import CaseParty, CaseTicket, CoordinationCase, Ticket
from ticketing.services import (
    case_clocks,
    case_parties,
    case_planning,
    case_schedule,
    case_secrets,
    cases,
    clocks,
    handling,
    outbox,
    precedents,
)
from ticketing.services.history import Act, Said
from ticketing.services.moves import move
from ticketing.services.province import Province

AIM_MAX = 300
REASON_MAX = 1_000


class Way(StrEnum):
    """How a case came to be; beside it stands the reason in words."""

    SUPERVISOR = "supervisor"
    HEAD = "head"
    LADDER = "ladder"
    THIRD_RETURN = "third_return"
    TRIGGER = "trigger"


@dataclass(frozen=True)
class Opening:
    """What a case begins with: its kind, who leads, the aim in one sentence, why one bureau is not enough.

    `way` None: by the office of who opens it. `like`: the precedent whose plan it follows.
    """

    template_code: str
    lead_code: str
    aim: str
    reason: str
    way: Way | None = None
    like: int | None = None


def open_case(ticket: Ticket, opening: Opening, act: Act, province: Province) -> CoordinationCase:
    """启动协调: the lead bureau becomes the ticket's owner, a plan clock starts, the promise goes on.

    The steps of the template are laid out at once, with an owner and a due time each.

    Raises:
        Invalid: unknown template or lead, or no aim.
    """
    template = province.templates.get(opening.template_code)
    if template is None:
        raise Invalid(N_("请选择协调模板。"), field="template_code")
    if opening.lead_code not in province.directory.bureaus:
        raise Invalid(N_("没有这个承办单位，请从列表中选择。"), field="lead_code")
    way = opening.way or _way(act.actor)
    case = CoordinationCase(
        template_code=template.code,
        template_version=template.version,
        lead_bureau_code=opening.lead_code,
        aim=require(opening.aim, field="aim", most=AIM_MAX),
        reason=require(opening.reason, field="reason", most=REASON_MAX),
        way=way.value,
        opened_by_id=act.actor.account_id,
        opened_at=act.now,
        state=CaseState.PLANNING.value,
        region_code=ticket.region_code,
        plan_by_supervisor=way in (Way.THIRD_RETURN, Way.LADDER),
        salt=case_secrets.new_salt(),
        like_case_id=opening.like,
    )
    said = Said(case.aim, {"lead": opening.lead_code, "template": template.code, "reason": case.reason})
    _take(ticket, opening.lead_code, said, act, province)
    _begin_plan(case, ticket, template, act, province)
    db.session.add(case)
    db.session.flush()
    db.session.add(CaseTicket(case_id=case.id, ticket_id=ticket.id))
    lead = _party(case, template.lead_role, province)
    cases.write(case, CaseAction.OPEN, act, Said(case.reason, {"way": way.value}), states=(None, None))
    case_planning.draft(case, template, lead, act, province)
    if opening.like is not None:
        precedents.follow(case, opening.like, lead, act, province)
    outbox.record(events.CaseOpened(ticket.id, case.id), act.now)
    return case


def _way(actor: Actor) -> Way:
    if actor.has(Role.SUPERVISOR):
        return Way.SUPERVISOR
    return Way.HEAD if actor.account_id is not None else Way.LADDER


def _take(ticket: Ticket, lead_code: str, said: Said, act: Act, province: Province) -> None:
    """Let the lead bureau have a ticket; who had it goes on seeing it."""
    changes_hands = lead_code != ticket.bureau_code
    move(ticket, Action.OPEN_CASE, act, said)
    if changes_hands:
        _hand_to(ticket, lead_code, act, province)


def _hand_to(ticket: Ticket, lead_code: str, act: Act, province: Province) -> None:
    ticket.bureau_code = lead_code
    ticket.assignee_id = None
    if lead_code not in ticket.touched_bureaus:
        ticket.touched_bureaus = [*ticket.touched_bureaus, lead_code]
    clocks.apply(ticket, ((Effect.RESTART, ClockKind.SHARE),), act, reason="open_case")
    clocks.hand_over(ticket, Handing.CASE, act, province)


def _begin_plan(
    case: CoordinationCase, ticket: Ticket, template: CaseTemplate, act: Act, province: Province
) -> None:
    """Start the plan clock with the template's limit; a case that runs as long as its project has none."""
    if template.limit is None:
        return
    clocks.begin(ticket, ClockKind.PLAN, template.limit, act, province)
    clocks.note_nearest_due(ticket)
    case.plan_due_at = due(case_schedule.calendar_of(case, province), act.now, template.limit)


def _party(case: CoordinationCase, role: str, province: Province) -> CaseParty:
    bureau = province.archive.bureaus[case.lead_bureau_code]
    party = CaseParty(case_id=case.id, role=role, bureau_code=bureau.code, name=bureau.name_zh)
    db.session.add(party)
    db.session.flush()
    return party


def open_after_returns(ticket: Ticket, act: Act, province: Province) -> CoordinationCase:
    """The third return opens a case by itself, led by the first receiver; a supervisor confirms its plan."""
    opening = Opening(
        template_code=str(province.sheet["default_template"]),
        lead_code=ticket.first_receiver_code,
        aim=N_("明确承办单位并解决企业诉求"),
        reason=N_("第三次退单，由首接单位牵头协调。"),
        way=Way.THIRD_RETURN,
    )
    return open_case(ticket, opening, Act(SYSTEM, act.now), province)


def join(case: CoordinationCase, ticket: Ticket, act: Act, province: Province) -> None:
    """并入工单: the case carries one more ticket; its promise and its plan clock are its own.

    Raises:
        WrongState, NotAllowed: as opening a case with it.
    """
    cases.require(act, Permission.OPEN_CASE, cases.facts(case, province))
    said = Said(
        case.aim, {"lead": case.lead_bureau_code, "template": case.template_code, "reason": case.reason}
    )
    _take(ticket, case.lead_bureau_code, said, act, province)
    template = cases.template(case, province)
    if template.limit is not None:
        clocks.begin(ticket, ClockKind.PLAN, template.limit, act, province)
        clocks.note_nearest_due(ticket)
    db.session.add(CaseTicket(case_id=case.id, ticket_id=ticket.id))
    cases.move(
        case, CaseAction.JOIN, act, Said(data={"ticket": ticket.number}), about=cases.facts(case, province)
    )


def change_lead(case: CoordinationCase, lead_code: str, reason: str, act: Act, province: Province) -> None:
    """变更牵头单位: the case, its tickets and the lead's steps go to another bureau; nothing is dissolved.

    Raises:
        Invalid: unknown bureau, the same one, or no reason.
    """
    words = require(reason, field="reason", most=REASON_MAX)
    bureau = province.directory.bureaus.get(lead_code)
    if bureau is None or lead_code == case.lead_bureau_code:
        raise Invalid(N_("请选择另一个单位。"), field="lead_code")
    said = Said(words, {"from": case.lead_bureau_code, "to": lead_code})
    cases.move(case, CaseAction.CHANGE_LEAD, act, said, about=cases.facts(case, province))
    party = case_parties.lead_of(case, province)
    case.lead_bureau_code = party.bureau_code = lead_code
    party.name, party.account_id, party.contact = bureau.name_zh, None, ""
    for row in cases.steps(case):
        if row.owner_id == party.id:
            case_clocks.hand_over(row, lead_code, act, province)
    for ticket in cases.tickets(case, lock=True):
        if ticket.state in (State.COORDINATING, State.AWAITING_REQUESTER):
            _hand_to(ticket, lead_code, act, province)
            clocks.note_nearest_due(ticket)


def dissolve(ticket: Ticket, reason: str, act: Act, province: Province) -> None:
    """撤销协调, asked for on one of its tickets: the case ends for all that it carries."""
    words = require(reason, field="reason", most=REASON_MAX)
    case = current_case(ticket)
    if case is None:
        move(ticket, Action.DISSOLVE, act, Said(words))
        return
    dissolve_case(cases.locked(case.id), words, act, province)


def dissolve_case(case: CoordinationCase, reason: str, act: Act, province: Province) -> None:
    """撤销协调: its tickets go back to their bureau, or to the dispatch desk where nobody had accepted them."""
    cases.move(case, CaseAction.DISSOLVE, act, Said(reason), about=cases.facts(case, province))
    for row in cases.open_steps(case):
        row.state, row.skip_reason, row.ended_at = StepState.SKIPPED.value, reason, act.now
        case_clocks.stop(row, act, province)
    for ticket in cases.tickets(case, lock=True):
        if ticket.state == State.AWAITING_REQUESTER and ticket.came_from == State.COORDINATING:
            handling.resume_unsupplied(ticket, Act(SYSTEM, act.now))
        if ticket.state == State.COORDINATING:
            move(ticket, Action.DISSOLVE, act, Said(reason), approved=True)
    case.ended_at, case.end_reason = act.now, "dissolved"


def current_case(ticket: Ticket) -> CoordinationCase | None:
    """Return the case that carries the ticket now."""
    return db.session.scalar(
        select(CoordinationCase)
        .join(CaseTicket, CaseTicket.case_id == CoordinationCase.id)
        .where(CaseTicket.ticket_id == ticket.id, CoordinationCase.ended_at.is_(None))
    )

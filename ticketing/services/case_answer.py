"""How a case ends well: secrecy lifted after the award, one answer to every enterprise, a precedent for the next."""

from dataclasses import dataclass

from ticketing.domain import events
from ticketing.domain.actors import SYSTEM
from ticketing.domain.case_workflow import CaseAction, CaseState, StepState, WrongCaseState
from ticketing.domain.errors import Invalid, NotAllowed
from ticketing.domain.permissions import Permission
from ticketing.domain.text import BODY_MAX, require
from ticketing.domain.vocabulary import State
from ticketing.domain.words import N_
from ticketing.models import CaseStep, CoordinationCase, Ticket
from ticketing.services import case_steps, case_words, cases, handling, outbox, precedents
from ticketing.services.history import Act, Said
from ticketing.services.province import Province

AWARD_MAX = 300


def lift_secrecy(case: CoordinationCase, award: str, act: Act, province: Province) -> None:
    """解除保密, after the award: names may be shown masked to who reads the case, and to nobody else.

    Raises:
        Invalid: nothing is secret, steps before the award are open, or the award is not named.
    """
    words = require(award, field="award", most=AWARD_MAX)
    secrecy = cases.template(case, province).secrecy
    if secrecy is None or case.secrecy_lifted_at is not None:
        raise Invalid(N_("这个协调事项没有需要解除的保密内容。"))
    if cases.open_steps(case, but=secrecy.until_step):
        raise Invalid(N_("前面的环节完成、中标结果确定后才能解除保密。"), field="award")
    cases.move(case, CaseAction.LIFT_SECRECY, act, Said(words), about=cases.facts(case, province))
    case.secrecy_lifted_at = act.now


@dataclass(frozen=True)
class OneAnswer:
    """What every enterprise of the case is told."""

    result: str
    text: str
    basis: str = ""


def answer(case: CoordinationCase, said: OneAnswer, act: Act, province: Province) -> None:
    """统一答复: one answer to every ticket that the case carries; the case closes and becomes a precedent.

    Raises:
        Invalid: steps are open, secrecy is not lifted, or the answer carries a name.
        NotAllowed: a complaint is among the tickets, and who answers does not head the lead bureau.
    """
    rows = cases.steps(case)
    last = rows[-1] if rows else None
    cases.require(act, Permission.LEAD_CASE, cases.facts(case, province))
    _check_ready(case, last, province)
    case_words.check(case, [said.text, said.basis], case_words.who_is(act.actor))
    about = cases.facts(case, province, last)
    if last is not None and last.state == StepState.READY:
        cases.follow(case, CaseAction.COMPLETE, act.now, one=last)
        case_steps.settle(last, act, province)
    for ticket in cases.tickets(case, lock=True):
        _answer_one(ticket, said, act, province)
    cases.move(case, CaseAction.ANSWER, act, Said(said.text, {"result": said.result}), about=about)
    case.result, case.answer, case.answered_at = said.result, said.text, act.now
    case.ended_at, case.end_reason = act.now, "answered"
    precedents.index(case, province)
    outbox.record(events.CaseClosed(case_steps.first_ticket(case) or 0, case.id), act.now)


def _check_ready(case: CoordinationCase, last: CaseStep | None, province: Province) -> None:
    if case.state != CaseState.RUNNING:
        raise WrongCaseState
    waiting = cases.open_steps(case, but=last.number if last else None)
    if waiting:
        raise Invalid(
            N_("还有环节没有完成：%(steps)s。"), steps="、".join(str(row.number) for row in waiting)
        )
    if cases.template(case, province).secrecy and cases.has_lists(case) and case.secrecy_lifted_at is None:
        raise Invalid(N_("名单还在保密期，请先解除保密再统一答复。"))


def _answer_one(ticket: Ticket, said: OneAnswer, act: Act, province: Province) -> None:
    if ticket.state == State.AWAITING_REQUESTER:
        handling.resume_unsupplied(ticket, Act(SYSTEM, act.now))
    if ticket.state != State.COORDINATING:
        return
    if not handling.may_answer_directly(ticket, act):
        raise NotAllowed(N_("投诉、举报的统一答复由牵头单位负责人作出。"))
    text = require(said.text, field="text", most=BODY_MAX)
    handling.give_answer(ticket, act, province, result=said.result, text=text, basis=said.basis)

"""Who answers: dispatching, returns (退单) and their adjudication (裁定)."""

import datetime as dt

from sqlalchemy import select

from sla.ledger import Handing
from sla.rungs import ClockKind as PolicyClock
from ticketing.domain import events
from ticketing.domain.errors import Invalid, NotFound
from ticketing.domain.text import limited, require
from ticketing.domain.vocabulary import ClockKind, ReturnReason, TicketType, Urgency
from ticketing.domain.words import N_
from ticketing.domain.workflow import Action, Effect
from ticketing.extensions import db
from ticketing.models import Ticket, TicketReturn
from ticketing.services import clocks, coordination, lessons, limits, outbox, search
from ticketing.services.history import Act, Said
from ticketing.services.lessons import Lesson
from ticketing.services.moves import move
from ticketing.services.province import Province

#: The return that opens a coordination case (rule of the 12345 platforms).
RETURNS_TO_CASE = 3
REASON_MAX = 1_000
#: What begins anew when another bureau gets the ticket.
BUREAU_CLOCKS = ((Effect.RESTART, ClockKind.ACCEPTANCE), (Effect.RESTART, ClockKind.SHARE))


def dispatch(ticket: Ticket, bureau_code: str, act: Act, province: Province, *, reason: str = "") -> None:
    """Give the ticket to a bureau; the promise clock never notices.

    Raises:
        Invalid: no such bureau, it has the ticket already, or a return has to be adjudicated first.
    """
    bureau = province.directory.bureaus.get(bureau_code)
    if bureau is None:
        raise Invalid(N_("没有这个承办单位，请从列表中选择。"), field="bureau_code")
    if pending_return(ticket):
        raise Invalid(N_("这件工单有退单等待裁定，请先裁定。"), field="bureau_code")
    if bureau_code == ticket.bureau_code and ticket.dispatched_at:
        raise Invalid(N_("工单已经在这个单位，不用再派。"), field="bureau_code")
    corrected = lessons.corrects(ticket, bureau_code)
    hand_over(ticket, bureau_code)
    said = Said(limited(reason, field="reason", most=REASON_MAX), {"bureau": bureau_code})
    move(ticket, Action.DISPATCH, act, said)
    clocks.hand_over(ticket, Handing.DISPATCH, act, province)
    if corrected:
        lessons.learn(ticket, bureau_code, Lesson.CORRECTION, act)
    outbox.record(events.TicketDispatched(ticket.id, bureau_code), act.now)


def hand_over(ticket: Ticket, bureau_code: str) -> None:
    """Make the bureau the owner; nobody in it has the ticket yet."""
    if ticket.dispatched_at is None:
        ticket.first_receiver_code = bureau_code
    else:
        ticket.hops += 1
    if bureau_code not in ticket.touched_bureaus:
        ticket.touched_bureaus = [*ticket.touched_bureaus, bureau_code]
    ticket.bureau_code = bureau_code
    ticket.assignee_id = None
    ticket.accepted_at = None


def return_ticket(
    ticket: Ticket, reason_code: str, basis: str, proposed: str | None, act: Act, province: Province
) -> TicketReturn:
    """Hand the ticket back as not ours, with the duty-list clause and a proposal.

    Allowed until 17:00 of the next working day after the dispatch, accepted or not. The third return
    opens a coordination case led by the first receiver.

    Raises:
        Invalid: the window is over, the bureau was refused before, or a field is wrong.
    """
    _check_return(ticket, reason_code, proposed, act, province)
    returned = TicketReturn(
        ticket_id=ticket.id,
        bureau_code=ticket.bureau_code,
        reason_code=reason_code,
        basis=require(basis, field="basis", most=REASON_MAX),
        proposed_bureau_code=proposed or None,
        asked_by_id=act.actor.account_id,
        asked_at=act.now,
        due_at=limits.until(PolicyClock.ADJUDICATION, ticket, act.now, province),
    )
    said = Said(returned.basis, {"reason": reason_code, "proposed": proposed})
    move(ticket, Action.RETURN, act, said)
    db.session.add(returned)
    db.session.flush()
    ticket.returns += 1
    ticket.bureau_code = province.centre_code
    ticket.assignee_id = None
    clocks.hand_over(ticket, Handing.RETURN, act, province)
    outbox.record(events.TicketReturned(ticket.id, returned.id), act.now)
    if ticket.returns >= RETURNS_TO_CASE:
        returned.decision, returned.decided_at = "case", act.now
        coordination.open_after_returns(ticket, act, province)
    return returned


def _check_return(
    ticket: Ticket, reason_code: str, proposed: str | None, act: Act, province: Province
) -> None:
    if reason_code not in frozenset(ReturnReason):
        raise Invalid(N_("请选择退单原因。"), field="reason_code")
    if proposed and proposed not in province.directory.bureaus:
        raise Invalid(N_("没有这个承办单位，请从列表中选择。"), field="proposed")
    if proposed == ticket.bureau_code:
        raise Invalid(N_("建议的单位不能是本单位。"), field="proposed")
    if ticket.bureau_code in ticket.barred_returns:
        raise Invalid(N_("裁定由本单位承办，不能再次退单。"), field="reason_code")
    if not may_return(ticket, act.now, province):
        raise Invalid(N_("派单后下一个工作日 17:00 前可以退单，现在已过。"), field="reason_code")


def may_return(ticket: Ticket, now: dt.datetime, province: Province) -> bool:
    """Tell whether the bureau that has the ticket may still hand it back."""
    if ticket.bureau_code in ticket.barred_returns or ticket.dispatched_at is None:
        return False
    return now <= limits.until(PolicyClock.RETURN_WINDOW, ticket, ticket.dispatched_at, province)


def pending_return(ticket: Ticket) -> TicketReturn | None:
    """Return the return of this ticket that waits for adjudication."""
    return db.session.scalar(
        select(TicketReturn).where(TicketReturn.ticket_id == ticket.id, TicketReturn.decision.is_(None))
    )


def adjudicate(ticket: Ticket, bureau_code: str, act: Act, province: Province, *, reason: str) -> None:
    """Decide a return: naming the bureau that returned it refuses, naming another upholds.

    Upheld, the time spent is the centre's; refused, the bureau's, whose acceptance clock went on. An empty
    reason is enough where the returning bureau's own proposal is followed: its basis is the reason.

    Raises:
        NotFound: no return waits.
        Invalid: no such bureau, or no reason.
    """
    returned = pending_return(ticket)
    if returned is None:
        raise NotFound(N_("这件工单没有待裁定的退单。"))
    if bureau_code not in province.directory.bureaus:
        raise Invalid(N_("没有这个承办单位，请从列表中选择。"), field="bureau_code")
    upheld = bureau_code != returned.bureau_code
    returned.decision = "upheld" if upheld else "refused"
    returned.decided_by_id = act.actor.account_id
    returned.decided_at = act.now
    returned.decision_reason = _ruling(returned, bureau_code, reason)
    said = Said(returned.decision_reason, {"upheld": upheld, "bureau": bureau_code})
    if upheld:
        hand_over(ticket, bureau_code)
    else:
        ticket.bureau_code = bureau_code
        ticket.barred_returns = [*ticket.barred_returns, bureau_code]
    move(ticket, Action.ADJUDICATE, act, said)
    clocks.hand_over(ticket, Handing.UPHELD if upheld else Handing.REFUSED, act, province)
    if upheld:
        clocks.apply(ticket, BUREAU_CLOCKS, act, reason="adjudicate")
        ticket.dispatched_at = act.now
        outbox.record(events.TicketDispatched(ticket.id, bureau_code), act.now)
    lessons.learn(ticket, bureau_code, Lesson.UPHELD if upheld else Lesson.REFUSED, act)
    outbox.record(events.ReturnAdjudicated(ticket.id, returned.id), act.now)


def _ruling(returned: TicketReturn, bureau_code: str, reason: str) -> str:
    """Return why it was decided so; adopting the proposal adopts its basis."""
    if bureau_code == returned.proposed_bureau_code and not reason.strip():
        return returned.basis
    return require(reason, field="reason", most=REASON_MAX)


def reclassify(ticket: Ticket, kind: str, urgency: str, act: Act, province: Province) -> None:
    """更正分类: the running clocks take the targets of the right type and urgency, from the same start.

    Raises:
        Invalid: an unknown word, or nothing to correct.
    """
    if kind not in frozenset(TicketType):
        raise Invalid(N_("没有这种诉求类型，请从列表中选择。"), field="type")
    if urgency not in frozenset(Urgency):
        raise Invalid(N_("没有这种紧急程度，请从列表中选择。"), field="urgency")
    if (kind, urgency) == (ticket.type, ticket.urgency):
        raise Invalid(N_("类型和紧急程度没有变化。"), field="type")
    was = {"type": ticket.type, "urgency": ticket.urgency}
    move(ticket, Action.RECLASSIFY, act, Said(data={"was": was, "type": kind, "urgency": urgency}))
    ticket.type, ticket.urgency = kind, urgency
    clocks.retarget(ticket, act, province)
    search.reindex(ticket, province.around(ticket.region_code))

"""What a bureau does with a ticket: accept, contact, assign, ask, suspend, extend, answer."""

import datetime as dt

from sla.arithmetic import elapsed
from sla.rungs import ClockKind as PolicyClock
from sla.values import Target, Unit
from ticketing.domain import events
from ticketing.domain.errors import Invalid
from ticketing.domain.permissions import Permission, may
from ticketing.domain.text import BODY_MAX, NAME_MAX, limited, require
from ticketing.domain.vocabulary import Result, Role, State, SuspendReason, TicketType
from ticketing.domain.words import N_
from ticketing.domain.workflow import Action
from ticketing.extensions import db
from ticketing.models import Account, Attachment, Ticket
from ticketing.services import approvals, attachments, citations, extending, limits, outbox
from ticketing.services import province as provinces
from ticketing.services.attachments import Added, Upload
from ticketing.services.history import Act, Said
from ticketing.services.moves import move
from ticketing.services.province import Province

QUESTIONS_MAX = 2
HEAD_SUSPENDS_DAYS = 5
SUSPENDS_DAYS_MAX = 30
SILENCE = dt.timedelta(days=7)
REASON_MAX = 1_000
APPROVED_TYPES = (TicketType.COMPLAINT, TicketType.REPORT)


def accept(ticket: Ticket, act: Act) -> None:
    """签收: the bureau takes it; whoever accepts has it unless the head assigned somebody."""
    move(ticket, Action.ACCEPT, act)
    if ticket.assignee_id is None and act.actor.has_at(Role.HANDLER, [ticket.bureau_code]):
        ticket.assignee_id = act.actor.account_id


def contact(ticket: Ticket, act: Act, *, how: str, whom: str, text: str) -> None:
    """首次联系: how, with whom, what was said."""
    said = Said(
        require(text, field="text", most=BODY_MAX),
        {
            "how": require(how, field="how", most=NAME_MAX),
            "whom": limited(whom, field="whom", most=NAME_MAX),
        },
    )
    move(ticket, Action.CONTACT, act, said)


def assign(ticket: Ticket, account_id: int, act: Act) -> None:
    """指派: to a person of the bureau that has the ticket.

    Raises:
        Invalid: the person does not work there.
    """
    account = db.session.get(Account, account_id)
    works_there = account is not None and any(
        grant.bureau_code == ticket.bureau_code and grant.role in (Role.HANDLER, Role.HEAD)
        for grant in account.grants
    )
    if account is None or not account.active or not works_there:
        raise Invalid(N_("这位同事不在本单位，请从列表中选择。"), field="account_id")
    move(ticket, Action.ASSIGN, act, Said(data={"to": account.name, "account_id": account.id}))
    ticket.assignee_id = account.id
    outbox.record(events.TicketAssigned(ticket.id, account.id), act.now)


def ask_requester(ticket: Ticket, question: str, act: Act, province: Province) -> None:
    """请补充: the answer clocks wait up to five working days, twice at most.

    Raises:
        Invalid: asked twice already, or no question.
    """
    if ticket.questions >= QUESTIONS_MAX:
        raise Invalid(N_("最多请企业补充两次，请直接联系企业或答复。"), field="text")
    text = require(question, field="text", most=BODY_MAX)
    until = limits.until(PolicyClock.SUPPLY, ticket, act.now, province)
    entry = move(ticket, Action.ASK_REQUESTER, act, Said(text, {"until": until.isoformat()}))
    ticket.questions += 1
    ticket.wake_at = until
    outbox.record(events.RequesterAsked(ticket.id, entry.seq), act.now)


def supply(ticket: Ticket, text: str, act: Act) -> None:
    """补充: the enterprise answers the question; the clocks go on."""
    move(ticket, Action.SUPPLY, act, Said(require(text, field="text", most=BODY_MAX)))
    ticket.wake_at = None
    outbox.record(events.RequesterSupplied(ticket.id, supplied=True), act.now)


def attach(ticket: Ticket, upload: Upload, act: Act, *, most_bytes: int) -> Attachment:
    """补充附件: the enterprise adds a file to an open request, unasked; no clock notices.

    Raises:
        WrongState: the request is closed.
        Invalid: field `files`; see `attachments.add`.
    """
    added = Added(ticket.requester or ticket.enterprise, act.now, public=True)
    kept = attachments.add(ticket, upload, added, most_bytes=most_bytes)
    entry = move(ticket, Action.ATTACH, act, Said(kept.name))
    outbox.record(events.FileAdded(ticket.id, entry.seq), act.now)
    return kept


def resume_unsupplied(ticket: Ticket, act: Act) -> None:
    """逾期恢复: nobody answered in time; the clocks go on all the same."""
    move(ticket, Action.RESUME_UNSUPPLIED, act)
    ticket.wake_at = None
    outbox.record(events.RequesterSupplied(ticket.id, supplied=False), act.now)


def ask_suspension(
    ticket: Ticket, act: Act, province: Province, *, ground: str, days: int, reason: str
) -> None:
    """挂起, asked by a handler: a head decides up to 5 working days, a supervisor up to 30 in all.

    Raises:
        Invalid: no lawful ground, or too long.
    """
    if ground not in frozenset(SuspendReason):
        raise Invalid(N_("请选择挂起的法定理由。"), field="ground")
    power = _suspending(ticket, days)
    text = require(reason, field="reason", most=REASON_MAX)
    request = approvals.Wanted(Action.SUSPEND, text, {"ground": ground, "days": days}, power, act.now)
    approvals.ask_or_do(ticket, request, act, province, carry=suspend)


def _suspending(ticket: Ticket, days: int) -> Permission:
    """Return who may decide so many more days.

    Raises:
        Invalid: more than all suspensions of a ticket may be together.
    """
    left = SUSPENDS_DAYS_MAX - ticket.suspended_days
    if not 1 <= days <= left:
        raise Invalid(N_("挂起合计不超过 30 个工作日，这次最多 %(left)s 个。"), field="days", left=left)
    by_head = ticket.suspended_days + days <= HEAD_SUSPENDS_DAYS
    return Permission.APPROVE_AT_BUREAU if by_head else Permission.APPROVE_AS_SUPERVISOR


def suspend(ticket: Ticket, request: approvals.Wanted, act: Act, province: Province) -> None:
    """Carry out an approved suspension; its end date is counted from now.

    Raises:
        Invalid: another one was granted since it was asked, and both are too long, or too long for this person.
    """
    days = int(request.data["days"])
    if not may(act.actor, _suspending(ticket, days), ticket):
        raise Invalid(N_("加上此前的挂起已超过 5 个工作日，要由督办员决定。"), field="days")
    until = limits.days_after(act.now, Target(Unit.WORKING_DAYS, days), ticket, province)
    data = {**request.data, "until": until.isoformat()}
    entry = move(ticket, Action.SUSPEND, act, Said(request.reason, data), approved=True)
    ticket.suspended_days += days
    ticket.wake_at = until
    outbox.record(events.PromiseMoved(ticket.id, entry.seq), act.now)


def resume(ticket: Ticket, act: Act, *, by_clockwork: bool = False) -> None:
    """恢复: by the bureau when the ground has gone, by the clockwork at the end date."""
    entry = move(ticket, Action.RESUME, act, approved=by_clockwork)
    ticket.suspended_days -= _unused(ticket, act.now)
    ticket.wake_at = None
    outbox.record(events.PromiseMoved(ticket.id, entry.seq), act.now)


def _unused(ticket: Ticket, now: dt.datetime) -> int:
    """Return the working days of a suspension that ends early: they may be asked for again."""
    if ticket.wake_at is None or ticket.wake_at <= now:
        return 0
    calendar = provinces.current().calendar_at(ticket.region_code)
    return elapsed(calendar, now, Unit.WORKING_DAYS, ticket.wake_at)


def ask_extension(ticket: Ticket, amount: int, reason: str, act: Act, province: Province) -> None:
    """延期, asked in time by a handler, decided by a supervisor; granted once, by at most the target.

    Raises:
        Invalid: too late, extended before, or more than the target itself.
    """
    extending.check_extension(ticket, amount, act.now, province)
    text = require(reason, field="reason", most=REASON_MAX)
    request = approvals.Wanted(
        Action.EXTEND, text, {"amount": amount}, Permission.APPROVE_AS_SUPERVISOR, act.now
    )
    approvals.ask_or_do(ticket, request, act, province, carry=extend)


def extend(ticket: Ticket, request: approvals.Wanted, act: Act, province: Province) -> None:
    """Carry out an approved extension: the target becomes n + m from the same start."""
    due = extending.extend(ticket, int(request.data["amount"]), act, province, asked_at=request.asked_at)
    data = {**request.data, "due": due.isoformat() if due else None}
    entry = move(ticket, Action.EXTEND, act, Said(request.reason, data), approved=True)
    ticket.extended = True
    outbox.record(events.PromiseMoved(ticket.id, entry.seq), act.now)


def propose_answer(  # noqa: PLR0913  result, words, basis and citations are the four parts of one answer
    ticket: Ticket, act: Act, province: Province, *, result: str, text: str, basis: str, cited: str = ""
) -> None:
    """答复: at once, or through the head where the request is a complaint or a report.

    Raises:
        Invalid: no text, an unknown result, "not possible" without its basis, a citation of nothing that holds;
            or a case carries the ticket: then its lead gives one answer for all.
    """
    if ticket.state == State.COORDINATING:
        raise Invalid(N_("这张工单正在协调中，请在协调事项里统一答复。"))
    give_answer(ticket, act, province, result=result, text=text, basis=basis, cited=cited)


def give_answer(  # noqa: PLR0913  as above
    ticket: Ticket, act: Act, province: Province, *, result: str, text: str, basis: str, cited: str = ""
) -> None:
    """Give an answer, the one of a case included.

    Raises:
        Invalid: no text, an unknown result, "not possible" without its basis, or a citation of nothing that holds.
    """
    if result not in frozenset(Result):
        raise Invalid(N_("请选择办理结果。"), field="result")
    words = require(text, field="text", most=BODY_MAX)
    ground = limited(basis, field="basis", most=REASON_MAX)
    if result == Result.NOT_POSSIBLE and not ground:
        raise Invalid(N_("无法解决时要写明依据。"), field="basis")
    data = {"result": result, "basis": ground}
    if cites := citations.cite(cited, act.now):
        data["cites"] = [one.data() for one in cites]
    request = approvals.Wanted(Action.ANSWER, words, data, Permission.APPROVE_AT_BUREAU, act.now)
    if ticket.type in APPROVED_TYPES:
        approvals.ask_or_do(ticket, request, act, province, carry=answer)
    else:
        answer(ticket, request, act, province, approved=False)


def answer(
    ticket: Ticket, request: approvals.Wanted, act: Act, _province: Province, *, approved: bool = True
) -> None:
    """Give the enterprise the answer; the answer clocks stop, the follow-up clock starts."""
    entry = move(ticket, Action.ANSWER, act, Said(request.reason, request.data), approved=approved)
    citations.note_citations(ticket, request.data.get("cites", ()), act)
    ticket.result = request.data["result"]
    ticket.wake_at = act.now + SILENCE
    ticket.follow_ups = 0
    outbox.record(events.TicketAnswered(ticket.id, entry.seq), act.now)


def tell_requester(ticket: Ticket, text: str, act: Act) -> None:
    """告知企业: a message that changes nothing but keeps the enterprise in the picture."""
    entry = move(ticket, Action.MESSAGE, act, Said(require(text, field="text", most=BODY_MAX)))
    outbox.record(events.RequesterTold(ticket.id, entry.seq), act.now)


def note(ticket: Ticket, text: str, act: Act) -> None:
    """备注: for staff alone."""
    move(ticket, Action.NOTE, act, Said(require(text, field="text", most=BODY_MAX)))


def may_answer_directly(ticket: Ticket, act: Act) -> bool:
    """Whether the composer says 答复 or 提请审核."""
    return ticket.type not in APPROVED_TYPES or may(act.actor, Permission.APPROVE_AT_BUREAU, ticket)

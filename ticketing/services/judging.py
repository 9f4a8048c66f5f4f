"""How a ticket ends and comes back: not accepted, answered on the call, confirmed, contested, withdrawn."""

import datetime as dt

from sqlalchemy import select

from sla.ledger import Handing
from ticketing.domain import events
from ticketing.domain.clock import local
from ticketing.domain.errors import Invalid, WrongState
from ticketing.domain.permissions import Permission
from ticketing.domain.text import BODY_MAX, limited, require
from ticketing.domain.vocabulary import RIGHT_DOOR_WORDS, CloseReason, RejectReason, Result, State
from ticketing.domain.words import N_
from ticketing.domain.workflow import Action
from ticketing.extensions import db
from ticketing.models import HistoryEntry, Ticket
from ticketing.services import approvals, citations, clocks, outbox
from ticketing.services.history import Act, Said
from ticketing.services.moves import move
from ticketing.services.province import Province

CONTEST_WITHIN = dt.timedelta(days=15)
FOLLOW_UPS_TO_SILENCE = 3
REASON_MAX = 1_000
ASPECTS = ("promptness", "attitude", "result")


def close(ticket: Ticket, reason: CloseReason, now: dt.datetime) -> None:
    """Note why it is closed and tell."""
    ticket.close_reason = reason.value
    outbox.record(events.TicketClosed(ticket.id, reason.value), now)


def answer_on_call(ticket: Ticket, text: str, cited: str, act: Act) -> None:
    """即时答复: answered while the caller was on the line, with the policy that was cited, if one was."""
    cites = [one.data() for one in citations.cite(cited, act.now, strict=False)]
    data = {"cited": limited(cited, field="cited", most=300)} | ({"cites": cites} if cites else {})
    move(ticket, Action.ANSWER_ON_CALL, act, Said(require(text, field="text", most=BODY_MAX), data))
    citations.note_citations(ticket, cites, act)
    ticket.result = Result.EXPLAINED.value
    close(ticket, CloseReason.ANSWERED_ON_CALL, act.now)


def ask_rejection(
    ticket: Ticket, act: Act, province: Province, *, reason: str, basis: str, right_door: str
) -> None:
    """不予受理: only for the listed reasons, with the basis and the right door; a supervisor decides.

    Raises:
        Invalid: a reason or door that is not listed, or no basis.
    """
    if reason not in frozenset(RejectReason):
        raise Invalid(N_("请选择不予受理的理由。"), field="reject_reason")
    if right_door not in RIGHT_DOOR_WORDS:
        raise Invalid(N_("请告诉企业应该向哪里提出。"), field="right_door")
    words = require(basis, field="basis", most=REASON_MAX)
    wanted = approvals.Wanted(
        Action.REJECT,
        words,
        {"reason": reason, "right_door": right_door},
        Permission.APPROVE_AS_SUPERVISOR,
        act.now,
    )
    approvals.ask_or_do(ticket, wanted, act, province, carry=reject)


def reject(ticket: Ticket, wanted: approvals.Wanted, act: Act, _province: Province) -> None:
    """Carry out a rejection."""
    move(ticket, Action.REJECT, act, Said(wanted.reason, wanted.data), approved=True)
    ticket.answered_at = act.now
    close(ticket, CloseReason.NOT_ACCEPTED, act.now)


def confirm(ticket: Ticket, act: Act, *, ratings: dict[str, int], text: str = "") -> None:
    """认可, with satisfaction 1–5 for promptness, attitude and result where the enterprise gave it.

    Raises:
        Invalid: a rating outside 1–5.
    """
    if not all(aspect in ASPECTS and 1 <= value <= 5 for aspect, value in ratings.items()):
        raise Invalid(N_("满意度请选 1 到 5。"), field="ratings")
    said = Said(limited(text, field="text", most=BODY_MAX), {"ratings": ratings})
    move(ticket, Action.CONFIRM, act, said)
    ticket.ratings = ratings or None
    close(ticket, CloseReason.CONFIRMED, act.now)


def contest(ticket: Ticket, text: str, act: Act, province: Province) -> None:
    """不认可: within 15 days of the answer; the same promise clock goes on, a rework clock runs beside it.

    Raises:
        WrongState: withdrawn by the enterprise itself.
        Invalid: too late, or no words.
    """
    if ticket.close_reason == CloseReason.WITHDRAWN:
        raise WrongState
    if ticket.answered_at and act.now > ticket.answered_at + CONTEST_WITHIN:
        raise Invalid(N_("答复后 15 天内可以提出不认可，现在已过；您可以提交新的诉求。"), field="text")
    words = require(text, field="text", most=BODY_MAX)
    move(ticket, Action.CONTEST, act, Said(words, {"times": ticket.contests + 1}))
    clocks.reopen(ticket, act, province)
    ticket.contests += 1
    ticket.wake_at = ticket.result = None
    if ticket.state == State.NEW:
        ticket.bureau_code = province.centre_code
        clocks.hand_over(ticket, Handing.DISPATCH, act, province)
    outbox.record(events.AnswerContested(ticket.id, ticket.contests), act.now)


def follow_up(ticket: Ticket, act: Act, *, reached: bool, text: str, works: bool = True) -> None:
    """回访: a tried call; calls on three working days that reached nobody let the clockwork close for silence.

    `works`: today is a working day; a try on another day is kept and counts for nothing.
    """
    said = Said(limited(text, field="text", most=BODY_MAX), {"reached": reached})
    first_today = not _tried_on(ticket, local(act.now).date())
    move(ticket, Action.FOLLOW_UP, act, said)
    if reached:
        clocks.stop_follow_up(ticket, act)
    elif first_today and works:
        ticket.follow_ups += 1
        if ticket.follow_ups >= FOLLOW_UPS_TO_SILENCE:
            ticket.wake_at = act.now


def _tried_on(ticket: Ticket, day: dt.date) -> bool:
    calls = select(HistoryEntry.at).where(
        HistoryEntry.ticket_id == ticket.id,
        HistoryEntry.action == Action.FOLLOW_UP.value,
        HistoryEntry.at >= ticket.answered_at,
    )
    return any(local(at).date() == day for at in db.session.scalars(calls))


def silence(ticket: Ticket, act: Act) -> None:
    """到期未评价: closed without a word from the enterprise; counted apart from confirmed."""
    move(ticket, Action.SILENCE, act)
    close(ticket, CloseReason.NO_OBJECTION, act.now)


def withdraw(ticket: Ticket, text: str, act: Act) -> None:
    """撤回 by the enterprise."""
    move(ticket, Action.WITHDRAW, act, Said(limited(text, field="text", most=BODY_MAX)))
    close(ticket, CloseReason.WITHDRAWN, act.now)

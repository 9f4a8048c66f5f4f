"""The one function that moves a ticket through its State × Action table."""

import datetime as dt

from sqlalchemy import select, update

from ticketing.domain.errors import Conflict, NotAllowed, NotFound
from ticketing.domain.permissions import Permission, may
from ticketing.domain.vocabulary import CloseReason, State
from ticketing.domain.workflow import Action, Step, Target, actions_from, step_from
from ticketing.extensions import db
from ticketing.models import Approval, HistoryEntry, Ticket, TicketReturn
from ticketing.services import clocks, history
from ticketing.services.history import Act, Said


def locked(ticket_id: int, *, seen: int | None = None) -> Ticket:
    """Return the ticket, locked until the transaction ends.

    `seen` is the number of the last history line that the person saw while writing; lines that
    change nothing but the file itself (notes) do not disturb anybody. What changed while this waited for
    the lock is read anew: `get` would take it for a lost update of ours.

    Raises:
        NotFound: no such ticket.
        Conflict: it changed since; `changes_since(ticket, seen)` says how.
    """
    wanted = select(Ticket).where(Ticket.id == ticket_id).with_for_update()
    ticket = db.session.scalar(wanted, execution_options={"populate_existing": True})
    if ticket is None:
        raise NotFound
    if seen is not None and any(e.action != Action.NOTE for e in changes_since(ticket, seen)):
        raise Conflict
    return ticket


def require(act: Act, permission: Permission, ticket: Ticket | None = None) -> None:
    """Raise NotAllowed when the actor lacks the permission."""
    if not may(act.actor, permission, ticket):
        raise NotAllowed


def move(
    ticket: Ticket, action: Action, act: Act, said: Said | None = None, *, approved: bool = False
) -> HistoryEntry:
    """Take one step of the table: check rights and state, set the state, turn the clocks, write history.

    `approved`: asking and deciding were each checked when they happened, the step itself is not again.

    Raises:
        NotAllowed: the actor lacks the step's permission.
        WrongState: the table has no such step from the ticket's state.
    """
    step = step_from(State(ticket.state), action)
    if not approved:
        require(act, step.permission, ticket)
    was = ticket.state
    ticket.state = _target(ticket, step)
    if ticket.state in (State.AWAITING_REQUESTER, State.SUSPENDED) and ticket.state != was:
        ticket.came_from = was
    _stamp(ticket, action, act.now)
    clocks.apply(ticket, step.effects, act, reason=action.value)
    if ticket.state != was:
        _lapse_requests(ticket, act)
        _lapse_return(ticket, act)
    return history.write(ticket, action, act, said or Said(), was=was)


def _lapse_requests(ticket: Ticket, act: Act) -> None:
    """Requests for approval end where the ticket has left the states in which they could be carried out."""
    possible = [step.action.value for step in actions_from(State(ticket.state))]
    db.session.execute(
        update(Approval)
        .where(Approval.ticket_id == ticket.id, Approval.decision.is_(None), Approval.kind.not_in(possible))
        .values(decision="lapsed", decided_at=act.now)
    )


def _lapse_return(ticket: Ticket, act: Act) -> None:
    """A return that waits for adjudication ends undecided where the ticket left the desk by another way."""
    if ticket.state != State.NEW:
        pending = update(TicketReturn).where(
            TicketReturn.ticket_id == ticket.id, TicketReturn.decision.is_(None)
        )
        db.session.execute(pending.values(decision="lapsed", decided_at=act.now))


def _target(ticket: Ticket, step: Step) -> State:
    match step.target:
        case Target.STAY:
            return State(ticket.state)
        case Target.BACK:
            return State(ticket.came_from or State.IN_PROGRESS)
        case Target.RESTORE:
            return State.IN_PROGRESS if ticket.accepted_at else State.NEW
        case Target.REOPEN:
            rejected = ticket.close_reason == CloseReason.NOT_ACCEPTED
            return State.NEW if rejected or ticket.dispatched_at is None else State.IN_PROGRESS
        case _:
            return State(step.target)


#: Which column keeps the moment of which action.
_STAMPS = {
    Action.DISPATCH: "dispatched_at",
    Action.ACCEPT: "accepted_at",
    Action.CONTACT: "contacted_at",
    Action.ANSWER: "answered_at",
    Action.ANSWER_ON_CALL: "answered_at",
}


def _stamp(ticket: Ticket, action: Action, now: dt.datetime) -> None:
    if column := _STAMPS.get(action):
        setattr(ticket, column, now)
    if ticket.state == State.CLOSED:
        ticket.closed_at = ticket.closed_at or now
        ticket.wake_at = None
    else:
        ticket.closed_at = ticket.close_reason = None


def changes_since(ticket: Ticket, seen: int) -> list[HistoryEntry]:
    """Return the history lines after the one numbered `seen`, oldest first."""
    if seen >= ticket.history_seq:
        return []
    newer = (
        select(HistoryEntry)
        .where(HistoryEntry.ticket_id == ticket.id, HistoryEntry.seq > seen)
        .order_by(HistoryEntry.seq)
    )
    return list(db.session.scalars(newer))

"""Deciding what somebody asked for; the table says which verb carries each request out."""

from ticketing.domain import events
from ticketing.domain.errors import Invalid, NotAllowed
from ticketing.domain.permissions import Permission, may
from ticketing.domain.text import limited, require
from ticketing.domain.words import N_
from ticketing.domain.workflow import Action
from ticketing.models import Approval, Ticket
from ticketing.services import handling, judging, moves, outbox
from ticketing.services.approvals import Carry, Wanted
from ticketing.services.history import Act, Said
from ticketing.services.province import Province

CARRIERS: dict[Action, Carry] = {
    Action.ANSWER: handling.answer,
    Action.SUSPEND: handling.suspend,
    Action.EXTEND: handling.extend,
    Action.REJECT: judging.reject,
}


def decide(
    ticket: Ticket, approval: Approval, act: Act, province: Province, *, approve: bool, reason: str
) -> None:
    """Approve and carry out, or refuse and change nothing.

    Raises:
        NotAllowed: not this person's to decide, or their own request.
        Invalid: decided already, or refused without a reason.
    """
    if (
        not may(act.actor, Permission(approval.permission), ticket)
        or approval.asked_by_id == act.actor.account_id
    ):
        raise NotAllowed
    if approval.decision is not None:
        raise Invalid(N_("这项请求已经有了决定。"))
    read = limited if approve else require
    approval.decision_reason = read(reason, field="reason", most=1_000)
    approval.decision = "approved" if approve else "refused"
    approval.decided_by_id = act.actor.account_id
    approval.decided_at = act.now
    said = Said(approval.decision_reason, {"kind": approval.kind, "asked": approval.reason})
    moves.move(ticket, Action.APPROVE if approve else Action.REFUSE, act, said, approved=True)
    if approve:
        action = Action(approval.kind)
        power = Permission(approval.permission)
        wanted = Wanted(action, approval.reason, approval.data, power, approval.asked_at)
        CARRIERS[action](ticket, wanted, act, province)
    outbox.record(events.ApprovalDecided(ticket.id, approval.id), act.now)

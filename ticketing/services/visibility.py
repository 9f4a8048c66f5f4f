"""Which tickets a colleague may read, as a condition for queries; the twin of `permissions.READ_TICKET`."""

from sqlalchemy import ColumnElement, false, or_, true

from ticketing.domain.actors import Actor
from ticketing.domain.vocabulary import Role, TicketType
from ticketing.models import Ticket


def readable(actor: Actor) -> ColumnElement[bool]:
    """Return the condition; a test holds it against the permission map, role by role."""
    if actor.has(Role.DISPATCHER) or actor.has(Role.SUPERVISOR):
        return true()
    ways: list[ColumnElement[bool]] = []
    if codes := sorted(actor.bureau_codes):
        ways += [Ticket.bureau_code.in_(codes), Ticket.touched_bureaus.overlap(codes)]
    if actor.has(Role.OPERATOR):
        ways.append(Ticket.type != TicketType.REPORT.value)
    return or_(*ways) if ways else false()


def reads_nearly_all(actor: Actor) -> bool:
    """Tell whether nearly every ticket is open to the actor, so that walking the newest soon finds some."""
    return any(actor.has(role) for role in (Role.DISPATCHER, Role.SUPERVISOR, Role.OPERATOR))

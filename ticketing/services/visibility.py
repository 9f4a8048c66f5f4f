"""Which tickets a colleague may read, as a condition for queries; the twin of `permissions.READ_TICKET`."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Text, false, func, or_, true
from sqlalchemy.dialects.postgresql import ARRAY

from ticketing.domain.actors import Actor, Grant, bureaus_of
from ticketing.domain.vocabulary import Role, TicketType
from ticketing.models import Ticket


def readable(actor: Actor) -> ColumnElement[bool]:
    """Return the condition; a test holds it against the permission map, role by role."""
    return readable_with(actor.grants)


def readable_with(grants: frozenset[Grant]) -> ColumnElement[bool]:
    """Return the same for whoever holds these grants: it depends on nothing else."""
    roles = {grant.role for grant in grants}
    if roles & {Role.DISPATCHER, Role.SUPERVISOR}:
        return true()
    ways: list[ColumnElement[bool]] = []
    if codes := sorted(bureaus_of(grants)):
        ways.append(ever_at(codes))
    if Role.OPERATOR in roles:
        ways.append(Ticket.type != TicketType.REPORT.value)
    return or_(*ways) if ways else false()


def ever_at(codes: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition of tickets that one of these bureaus has or had, as `ix_ticket_search` knows it."""
    holders = func.array_append(Ticket.touched_bureaus, Ticket.bureau_code, type_=ARRAY(Text))
    return holders.overlap(sorted(codes))


def reads_nearly_all(actor: Actor) -> bool:
    """Tell whether nearly every ticket is open to the actor, so that walking the newest soon finds some."""
    return nearly_all(actor.grants)


def nearly_all(grants: frozenset[Grant]) -> bool:
    """Tell the same of whoever holds these grants."""
    return any(grant.role in (Role.DISPATCHER, Role.SUPERVISOR, Role.OPERATOR) for grant in grants)

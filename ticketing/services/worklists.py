"""Work lists: keyset pages over partial indexes, and counts that stop counting."""

import datetime as dt
import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from ticketing.domain.actors import Actor
from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import ClockKind, Role, State
from ticketing.extensions import db
from ticketing.models import (
    Approval,
    RoutingDecision,
    SupervisionOrder,
    Ticket,
    TicketClock,
    TicketReturn,
)
from ticketing.services.kept import Kept

PAGE = 50
COUNTED = 500
#: What a list shows of a ticket; bodies stay where they are.
COLUMNS = (
    Ticket.id,
    Ticket.number,
    Ticket.subject,
    Ticket.enterprise,
    Ticket.type,
    Ticket.urgency,
    Ticket.region_code,
    Ticket.bureau_code,
    Ticket.state,
    Ticket.due_at,
    Ticket.received_at,
    Ticket.close_reason,
)
OPEN = Ticket.state != State.CLOSED.value
FOREVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Cursor:
    """Where a page ends: the last row's instant (None: without one) and id."""

    at: dt.datetime | None
    id: int

    def __str__(self) -> str:
        return f"{int(self.at.timestamp()) if self.at else ''}.{self.id}"

    @classmethod
    def read(cls, text: str | None) -> "Cursor | None":
        """Return the cursor of an address; nonsense is the first page."""
        moment, _, identifier = (text or "").partition(".")
        if not identifier.isdigit() or len(identifier) > 18 or not (moment == "" or moment.isdigit()):
            return None
        at = dt.datetime.fromtimestamp(int(moment), dt.UTC) if moment and len(moment) < 12 else None
        return cls(at, int(identifier))


@dataclass(frozen=True)
class Page:
    """Rows with the columns of a list, and where the next page begins."""

    rows: Sequence[Row[Any]]
    after: Cursor | None


def by_due(condition: Condition, after: Cursor | None, *, size: int = PAGE) -> Page:
    """Return a page of open tickets, the most pressing first; those whose clocks wait come last.

    Further pages ask for the two parts apart: each then starts at its place in an index, however deep it lies.
    """
    if after is None:
        return page_of(db.session.execute(_pressing(condition, size)).all(), "due_at", size)
    rows: list[Row[Any]] = []
    if after.at is not None:
        running = _pressing(condition, size).where(tuple_(Ticket.due_at, Ticket.id) > (after.at, after.id))
        rows += db.session.execute(running)
    if len(rows) <= size:
        waiting = select(*COLUMNS).where(OPEN, condition, Ticket.due_at.is_(None)).order_by(Ticket.id)
        if after.at is None:
            waiting = waiting.where(Ticket.id > after.id)
        rows += db.session.execute(waiting.limit(size + 1 - len(rows)))
    return page_of(rows, "due_at", size)


def at_bureaus_by_due(actor: Actor, states: Sequence[State], after: Cursor | None) -> Page:
    """Return the same page of the actor's bureaus; its first is what everybody there looks at all day."""
    if after is not None:
        return by_due(at_bureaus(actor, states), after)
    first = _first_at(tuple(sorted(actor.bureau_codes)), tuple(states))
    return page_of(first.rows(), "due_at", PAGE)


@functools.lru_cache(maxsize=2048)
def _first_at(bureaus: tuple[str, ...], states: tuple[State, ...]) -> Kept:
    return Kept(_pressing(_at(bureaus, states), PAGE))


def _pressing(condition: Condition, size: int) -> Select[Any]:
    """Return the statement of a first page: PostgreSQL sorts what has no due time last, as these lists do."""
    return select(*COLUMNS).where(OPEN, condition).order_by(Ticket.due_at, Ticket.id).limit(size + 1)


def newest(condition: Condition, after: Cursor | None) -> Page:
    """Return a page of tickets, the newest first."""
    wanted = select(*COLUMNS).where(condition).order_by(Ticket.received_at.desc(), Ticket.id.desc())
    if after is not None:
        wanted = wanted.where(tuple_(Ticket.received_at, Ticket.id) < (after.at or FOREVER, after.id))
    return page_of(db.session.execute(wanted.limit(PAGE + 1)).all(), "received_at", PAGE)


def page_of(rows: Sequence[Row[Any]], ordered_by: str, size: int) -> Page:
    """Return the first `size` rows as a page, and where the next begins if there are more."""
    shown = rows[:size]
    last = Cursor(getattr(shown[-1], ordered_by), shown[-1].id) if len(rows) > size else None
    return Page(shown, last)


def counts(conditions: Sequence[Condition]) -> list[int]:
    """Return how many open tickets meet each condition, `COUNTED` + 1 at most, in one statement."""
    return list(db.session.execute(_counting(conditions)).one())


def counts_at_bureaus(actor: Actor, tabs: Iterable[Sequence[State]]) -> list[int]:
    """Return the same of the actor's bureaus, for each tab of states."""
    return list(_counting_at(tuple(sorted(actor.bureau_codes)), tuple(map(tuple, tabs))).rows()[0])


@functools.lru_cache(maxsize=2048)
def _counting_at(bureaus: tuple[str, ...], tabs: tuple[tuple[State, ...], ...]) -> Kept:
    return Kept(_counting([_at(bureaus, states) for states in tabs]))


def _counting(conditions: Sequence[Condition]) -> Select[Any]:
    capped = [
        select(func.count()).select_from(select(Ticket.id).where(OPEN, one).limit(COUNTED + 1).subquery())
        for one in conditions
    ]
    return select(*[one.scalar_subquery() for one in capped])


def shown_count(number: int) -> str:
    """Return a count as people see it."""
    return f"{COUNTED}+" if number > COUNTED else str(number)


def at_bureaus(actor: Actor, states: Sequence[State] = ()) -> Condition:
    """Return the condition of the actor's bureaus, in some states or in any open one."""
    return _at(sorted(actor.bureau_codes), states)


def _at(bureaus: Sequence[str], states: Sequence[State]) -> Condition:
    own = Ticket.bureau_code.in_(bureaus)
    return and_(own, Ticket.state.in_([state.value for state in states])) if states else own


def assigned_to(actor: Actor) -> Condition:
    """Return the condition of the tickets that are the actor's own."""
    return Ticket.assignee_id == actor.account_id


def waiting_for_dispatch() -> Condition:
    """Return the condition of the dispatchers' queue: what nobody has, returns among it."""
    return Ticket.state == State.NEW.value


def overdue(now: dt.datetime) -> Condition:
    """Return the condition of tickets with a clock past its due time."""
    return Ticket.due_at < now


def soon(now: dt.datetime, until: dt.datetime) -> Condition:
    """Return the condition of tickets whose next due time lies between two instants."""
    return Ticket.due_at.between(now, until)


def of_bureau(code: str) -> Condition:
    """Return the condition of the tickets that a bureau has now."""
    return Ticket.bureau_code == code


def unaccepted(now: dt.datetime) -> Condition:
    """Return the condition of tickets whose acceptance is overdue."""
    late = select(TicketClock.ticket_id).where(
        TicketClock.kind == ClockKind.ACCEPTANCE.value,
        TicketClock.stopped_at.is_(None),
        TicketClock.due_at < now,
    )
    return Ticket.id.in_(late)


def returned() -> Condition:
    """Return the condition of tickets whose return waits for adjudication."""
    return Ticket.id.in_(select(TicketReturn.ticket_id).where(TicketReturn.decision.is_(None)))


def ordered() -> Condition:
    """Return the condition of tickets with a supervision order that waits for its reply."""
    return Ticket.id.in_(select(SupervisionOrder.ticket_id).where(SupervisionOrder.replied_at.is_(None)))


def to_visit() -> Condition:
    """Return the condition of answers whose follow-up call still has to reach somebody."""
    return and_(Ticket.state == State.ANSWERED.value, Ticket.due_at.is_not(None))


def visited() -> Condition:
    """Return the condition of answers that the enterprise was called about and has yet to judge."""
    return and_(Ticket.state == State.ANSWERED.value, Ticket.due_at.is_(None))


def come_to_bureau(actor: Actor, since: dt.datetime) -> Condition:
    """Return the condition of what was dispatched to the actor's bureaus after an instant."""
    return and_(at_bureaus(actor, (State.DISPATCHED,)), Ticket.dispatched_at > since)


def come_to_desk(since: dt.datetime) -> Condition:
    """Return the condition of what came to the dispatchers after an instant: new requests and returns."""
    sent_back = select(TicketReturn.ticket_id).where(
        TicketReturn.decision.is_(None), TicketReturn.asked_at > since
    )
    return and_(waiting_for_dispatch(), or_(Ticket.created_at > since, Ticket.id.in_(sent_back)))


def place(condition: Condition, due_at: dt.datetime | None, ticket_id: int) -> tuple[int, int]:
    """Return the place of a ticket in a list by due time and the length of the list, both capped."""
    before = tuple_(Ticket.due_at, Ticket.id) < (due_at or FOREVER, ticket_id)
    ahead, whole = counts([and_(condition, before), condition])
    return ahead + 1, whole


def why_at_desk(identifiers: Sequence[int]) -> dict[int, tuple[str, dict[str, Any]]]:
    """Return for undispatched tickets why they are here: (`returned`, its values) or (decision kind, reasons)."""
    decisions = (
        select(RoutingDecision)
        .where(RoutingDecision.ticket_id.in_(identifiers))
        .ext(distinct_on(RoutingDecision.ticket_id))
        .order_by(RoutingDecision.ticket_id, RoutingDecision.id.desc())
    )
    why = {
        row.ticket_id: (row.kind, {"reasons": row.reasons, "bureau": row.bureau_code})
        for row in db.session.scalars(decisions)
    }
    returns = select(TicketReturn).where(
        TicketReturn.ticket_id.in_(identifiers), TicketReturn.decision.is_(None)
    )
    for row in db.session.scalars(returns):
        why[row.ticket_id] = ("returned", {"bureau": row.bureau_code, "reason": row.reason_code})
    return why


def approvals(actor: Actor, permission: Permission, after: Cursor | None = None) -> Page:
    """Return the requests that wait for this actor's decision, the most pressing first.

    Each row is the request followed by its ticket's columns.
    """
    wanted = (
        select(Approval, *COLUMNS)
        .join(Ticket, Ticket.id == Approval.ticket_id)
        .where(_decides(actor, permission))
        .order_by(Approval.due_at, Approval.id)
    )
    if after is not None:
        wanted = wanted.where(tuple_(Approval.due_at, Approval.id) > (after.at or FOREVER, after.id))
    rows = db.session.execute(wanted.limit(PAGE + 1)).all()
    last = rows[PAGE - 1][0] if len(rows) > PAGE else None
    return Page(rows[:PAGE], Cursor(last.due_at, last.id) if last is not None else None)


def waiting_approvals(actor: Actor, permission: Permission) -> int:
    """Return how many requests wait for this actor, `COUNTED` + 1 at most."""
    wanted = select(Approval.id).join(Ticket, Ticket.id == Approval.ticket_id)
    capped = wanted.where(_decides(actor, permission)).limit(COUNTED + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(capped)) or 0


def _decides(actor: Actor, permission: Permission) -> Condition:
    """Return the condition of the requests of one power that are this actor's to decide.

    A head decides where they are head, not where they only handle; nobody decides what they asked themselves.
    """
    heads = {grant.bureau_code for grant in actor.grants if grant.role == Role.HEAD}
    anywhere = actor.has(Role.SUPERVISOR) or (permission is Permission.APPROVE_AT_BUREAU and None in heads)
    own = permission is Permission.APPROVE_AT_BUREAU and bool(heads)
    where = true() if anywhere else Ticket.bureau_code.in_(sorted(heads - {None})) if own else false()
    return and_(
        Approval.decision.is_(None),
        Approval.permission == permission.value,
        Approval.asked_by_id != actor.account_id,
        where,
    )

"""Work lists: keyset pages over partial indexes, counts that stop counting, search within what one may read."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import TSQUERY, distinct_on

from ticketing.domain import numbers
from ticketing.domain.actors import Actor
from ticketing.domain.contact import parse_phone
from ticketing.domain.errors import Invalid
from ticketing.domain.vocabulary import Role, State
from ticketing.extensions import db
from ticketing.models import Approval, RoutingDecision, Ticket, TicketReturn
from ticketing.services import terms
from ticketing.services.visibility import readable

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


def by_due(condition: Condition, after: Cursor | None) -> Page:
    """Return a page of open tickets, the most pressing first; those whose clocks wait come last."""
    wanted = select(*COLUMNS).where(OPEN, condition).order_by(Ticket.due_at, Ticket.id)
    if after is not None and after.at is not None:
        wanted = wanted.where(
            or_(tuple_(Ticket.due_at, Ticket.id) > (after.at, after.id), Ticket.due_at.is_(None))
        )
    elif after is not None:
        wanted = wanted.where(Ticket.due_at.is_(None), Ticket.id > after.id)
    return _page(wanted, "due_at")


def newest(condition: Condition, after: Cursor | None) -> Page:
    """Return a page of tickets, the newest first."""
    wanted = select(*COLUMNS).where(condition).order_by(Ticket.received_at.desc(), Ticket.id.desc())
    if after is not None:
        wanted = wanted.where(tuple_(Ticket.received_at, Ticket.id) < (after.at or FOREVER, after.id))
    return _page(wanted, "received_at")


def _page(wanted: Select[Any], ordered_by: str) -> Page:
    rows = db.session.execute(wanted.limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    last = Cursor(getattr(shown[-1], ordered_by), shown[-1].id) if len(rows) > PAGE else None
    return Page(shown, last)


def counts(conditions: Sequence[Condition]) -> list[int]:
    """Return how many open tickets meet each condition, `COUNTED` + 1 at most, in one statement."""
    capped = [
        select(func.count()).select_from(select(Ticket.id).where(OPEN, one).limit(COUNTED + 1).subquery())
        for one in conditions
    ]
    return list(db.session.execute(select(*[one.scalar_subquery() for one in capped])).one())


def shown_count(number: int) -> str:
    """Return a count as people see it."""
    return f"{COUNTED}+" if number > COUNTED else str(number)


def at_bureaus(actor: Actor, states: Sequence[State] = ()) -> Condition:
    """Return the condition of the actor's bureaus, in some states or in any open one."""
    own = Ticket.bureau_code.in_(sorted(actor.bureau_codes))
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


def found(query: str, actor: Actor, after: Cursor | None) -> Page:
    """Return what a search finds: a ticket number, a telephone number, or words; newest first."""
    condition = _named(query)
    if condition is not None:
        return newest(and_(condition, readable(actor)), after)
    words = terms.query(query)
    if words is None:
        return Page([], None)
    hits = (
        select(Ticket.id)
        .where(Ticket.terms.op("@@")(literal(words).cast(TSQUERY)))
        .cte("hits")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return newest(and_(Ticket.id.in_(select(hits.c.id)), readable(actor)), after)


def _named(query: str) -> Condition | None:
    try:
        return Ticket.number == numbers.parse(query)
    except Invalid:
        pass
    try:
        return Ticket.phone == parse_phone(query).e164
    except Invalid:
        return None


def past_of(phone: str, actor: Actor, limit: int = 5) -> Sequence[Row[Any]]:
    """Return the last requests from a telephone number, as far as the actor may read them."""
    try:
        number = parse_phone(phone).e164
    except Invalid:
        return []
    wanted = select(*COLUMNS).where(Ticket.phone == number, readable(actor))
    return db.session.execute(wanted.order_by(Ticket.received_at.desc()).limit(limit)).all()


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


def returned() -> Condition:
    """Return the condition of tickets whose return waits for adjudication."""
    waiting = select(TicketReturn.ticket_id).where(TicketReturn.decision.is_(None))
    return Ticket.id.in_(waiting)


def approvals(actor: Actor, permission: str | None = None) -> list[tuple[Approval, Row[Any]]]:
    """Return the requests that wait for this actor, the most pressing first, each with its ticket."""
    powers = []
    if actor.has(Role.HEAD):
        powers.append(and_(Approval.permission == "approve_at_bureau", at_bureaus(actor)))
    if actor.has(Role.SUPERVISOR):
        powers.append(text("true"))
    if not powers:
        return []
    wanted = (
        select(Approval, *COLUMNS)
        .join(Ticket, Ticket.id == Approval.ticket_id)
        .where(Approval.decision.is_(None), Approval.asked_by_id != actor.account_id, or_(*powers))
        .order_by(Approval.due_at, Approval.id)
        .limit(PAGE)
    )
    if permission is not None:
        wanted = wanted.where(Approval.permission == permission)
    return [(row[0], row) for row in db.session.execute(wanted)]

"""Work lists: keyset pages over partial indexes, and counts that stop counting."""

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    any_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import distinct_on

from ticketing.domain.actors import Actor
from ticketing.domain.vocabulary import State
from ticketing.extensions import db
from ticketing.models import (
    RoutingDecision,
    SupervisionOrder,
    Ticket,
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


class Standing:
    """A list that somebody looks at all day: put together once, it takes the values of the moment at each run.

    What is put together on the spot, from what somebody typed, goes through `by_due` and `counts` instead.
    """

    def __init__(self, condition: Condition) -> None:
        self.condition = condition
        self._first = Kept(_pressing(condition, PAGE))
        self._count = counting([condition])

    def by_due(self, after: Cursor | None, **values: object) -> Page:
        """Return a page of it, the most pressing first."""
        if after is not None:
            return by_due(self.condition, after, values=values)
        return page_of(self._first.rows(**values), "due_at", PAGE)

    def count(self, **values: object) -> int:
        """Return how many open tickets are on it, `COUNTED` + 1 at most."""
        return int(self._count.rows(**values)[0][0])


def by_due(
    condition: Condition,
    after: Cursor | None,
    *,
    size: int = PAGE,
    values: Mapping[str, object] | None = None,
) -> Page:
    """Return a page of open tickets, the most pressing first; those whose clocks wait come last.

    Further pages ask for the two parts apart: each then starts at its place in an index, however deep it lies.
    `values`: of the parameters that the condition names.
    """
    given = dict(values or {})
    if after is None:
        return page_of(db.session.execute(_pressing(condition, size), given).all(), "due_at", size)
    rows: list[Row[Any]] = []
    if after.at is not None:
        running = _pressing(condition, size).where(tuple_(Ticket.due_at, Ticket.id) > (after.at, after.id))
        rows += db.session.execute(running, given)
    if len(rows) <= size:
        waiting = select(*COLUMNS).where(OPEN, condition, Ticket.due_at.is_(None)).order_by(Ticket.id)
        if after.at is None:
            waiting = waiting.where(Ticket.id > after.id)
        rows += db.session.execute(waiting.limit(size + 1 - len(rows)), given)
    return page_of(rows, "due_at", size)


@functools.lru_cache(maxsize=512)
def bureaus_list(bureaus: frozenset[str], states: tuple[State, ...]) -> Standing:
    """Return the list of what some bureaus have, in some states or in any open one."""
    return Standing(_at(bureaus, states))


@functools.lru_cache(maxsize=512)
def bureaus_counts(bureaus: frozenset[str], tabs: tuple[tuple[State, ...], ...]) -> Kept:
    """Return the statement that counts those lists, one for each tab of states."""
    return counting([_at(bureaus, states) for states in tabs])


def _pressing(condition: Condition, size: int) -> Select[Any]:
    """Return the statement of a first page: PostgreSQL sorts what has no due time last, as these lists do."""
    return select(*COLUMNS).where(OPEN, condition).order_by(Ticket.due_at, Ticket.id).limit(size + 1)


def newest(condition: Condition, after: Cursor | None, values: Mapping[str, object] | None = None) -> Page:
    """Return a page of tickets, the newest first."""
    wanted = _newest(condition)
    if after is not None:
        wanted = wanted.where(tuple_(Ticket.received_at, Ticket.id) < (after.at or FOREVER, after.id))
    return page_of(db.session.execute(wanted, dict(values or {})).all(), "received_at", PAGE)


class Newest:
    """A list by time, kept as `Standing` is."""

    def __init__(self, condition: Condition) -> None:
        self.condition = condition
        self._first = Kept(_newest(condition))

    def page(self, after: Cursor | None, **values: object) -> Page:
        """Return a page of it, the newest first."""
        if after is not None:
            return newest(self.condition, after, values)
        return page_of(self._first.rows(**values), "received_at", PAGE)


def _newest(condition: Condition) -> Select[Any]:
    newest_first = (Ticket.received_at.desc(), Ticket.id.desc())
    return select(*COLUMNS).where(condition).order_by(*newest_first).limit(PAGE + 1)


def page_of(rows: Sequence[Row[Any]], ordered_by: str, size: int) -> Page:
    """Return the first `size` rows as a page, and where the next begins if there are more."""
    shown = rows[:size]
    last = Cursor(getattr(shown[-1], ordered_by), shown[-1].id) if len(rows) > size else None
    return Page(shown, last)


def counts(conditions: Sequence[Condition], values: Mapping[str, object] | None = None) -> list[int]:
    """Return how many open tickets meet each condition, `COUNTED` + 1 at most, in one statement."""
    return list(db.session.execute(_counting(conditions), dict(values or {})).one())


def counting(conditions: Sequence[Condition]) -> Kept:
    """Return the statement that counts so, kept."""
    return Kept(_counting(conditions))


def _counting(conditions: Sequence[Condition]) -> Select[Any]:
    capped = [
        select(func.count()).select_from(select(Ticket.id).where(OPEN, one).limit(COUNTED + 1).subquery())
        for one in conditions
    ]
    return select(*[one.scalar_subquery() for one in capped])


def shown_count(number: int) -> str:
    """Return a count as people see it."""
    return f"{COUNTED}+" if number > COUNTED else str(number)


def _at(bureaus: frozenset[str], states: Sequence[State]) -> Condition:
    own = Ticket.bureau_code.in_(sorted(bureaus))
    return and_(own, Ticket.state.in_([state.value for state in states])) if states else own


def waiting_for_dispatch() -> Condition:
    """Return the condition of the dispatchers' queue: what nobody has, returns among it."""
    return Ticket.state == State.NEW.value


def of_bureau(code: str) -> Condition:
    """Return the condition of the tickets that a bureau has now."""
    return Ticket.bureau_code == code


def returned() -> Condition:
    """Return the condition of tickets whose return waits for adjudication."""
    return Ticket.id.in_(select(TicketReturn.ticket_id).where(TicketReturn.decision.is_(None)))


def ordered() -> Condition:
    """Return the condition of tickets with a supervision order that waits for its reply."""
    return Ticket.id.in_(select(SupervisionOrder.ticket_id).where(SupervisionOrder.replied_at.is_(None)))


def come_to_bureau(actor: Actor, since: dt.datetime) -> Condition:
    """Return the condition of what was dispatched to the actor's bureaus after an instant."""
    return and_(_at(actor.bureau_codes, (State.DISPATCHED,)), Ticket.dispatched_at > since)


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


_TICKETS = any_(bindparam("tickets", type_=ARRAY(BigInteger)))
DECIDED = Kept(
    select(
        RoutingDecision.ticket_id, RoutingDecision.kind, RoutingDecision.reasons, RoutingDecision.bureau_code
    )
    .where(RoutingDecision.ticket_id == _TICKETS)
    .ext(distinct_on(RoutingDecision.ticket_id))
    .order_by(RoutingDecision.ticket_id, RoutingDecision.id.desc())
)
SENT_BACK = Kept(
    select(TicketReturn.ticket_id, TicketReturn.bureau_code, TicketReturn.reason_code).where(
        TicketReturn.ticket_id == _TICKETS, TicketReturn.decision.is_(None)
    )
)


def why_at_desk(identifiers: Sequence[int]) -> dict[int, tuple[str, dict[str, Any]]]:
    """Return for undispatched tickets why they are here: (`returned`, its values) or (decision kind, reasons)."""
    why: dict[int, tuple[str, dict[str, Any]]] = {
        row.ticket_id: (row.kind, {"reasons": row.reasons, "bureau": row.bureau_code})
        for row in DECIDED.rows(tickets=list(identifiers))
    }
    for row in SENT_BACK.rows(tickets=list(identifiers)):
        why[row.ticket_id] = ("returned", {"bureau": row.bureau_code, "reason": row.reason_code})
    return why


#: What is somebody's own; `me`: their account.
MINE = Standing(Ticket.assignee_id == bindparam("me", type_=BigInteger))

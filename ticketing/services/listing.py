"""通报: what a ladder proposes or does when a promise stays broken, and what a supervisor decides of it.

Working-day promises are proposed three working days after due and listed after five; round-the-clock ones are
listed after 24 hours. A supervisor may list at once, or spare the bureau with a reason, which the ladder respects.
"""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from sla.rungs import Act as RungAct
from ticketing.domain import events
from ticketing.domain.case_workflow import CaseState
from ticketing.domain.errors import Conflict, NotFound
from ticketing.domain.text import require
from ticketing.domain.workflow import TABLE, Action
from ticketing.extensions import db
from ticketing.models import CaseTicket, CoordinationCase, Listing, Ticket, TicketClock
from ticketing.services import outbox
from ticketing.services.history import Act, Said
from ticketing.services.moves import move
from ticketing.services.worklists import COUNTED, PAGE, Cursor, Page

REASON_MAX = 1_000


class Kind(StrEnum):
    """What is proposed: a place on the public criticism list, or a coordination case."""

    LIST = "list"
    CASE = "case"


#: What a rung's act means here: which kind, and whether it is settled at once.
STAGES = {
    RungAct.PROPOSE_LIST: (Kind.LIST, False),
    RungAct.PROPOSE_CASE: (Kind.CASE, False),
    RungAct.LIST: (Kind.LIST, True),
}


def by_ladder(ticket: Ticket, clock: TicketClock, stage: tuple[Kind, bool], act: Act) -> None:
    """Propose or list as a rung asks; once a ticket and promise, and never against a supervisor's word."""
    kind, at_once = stage
    if kind is Kind.CASE and ticket.state not in TABLE[Action.OPEN_CASE].sources:
        return
    row = {
        "ticket_id": ticket.id,
        "clock_id": clock.id,
        "clock_kind": clock.kind,
        "bureau_code": ticket.bureau_code,
        "kind": kind.value,
        "due_at": clock.due_at,
        "proposed_at": act.now,
    }
    db.session.execute(insert(Listing.__table__).values(row).on_conflict_do_nothing())
    if at_once:
        listing = db.session.scalar(
            select(Listing).where(Listing.clock_id == clock.id, Listing.kind == kind.value)
        )
        if listing is not None and listing.decision is None:
            _settle(listing, ticket, act, listed=True, reason="")


def decide(ticket: Ticket, listing_id: int, act: Act, *, listed: bool, reason: str) -> None:
    """列入通报 or 不列: the supervisor's word on a proposal, with its reason.

    Raises:
        NotFound: no such proposal of this ticket.
        Conflict: the ladder or a colleague has settled it meanwhile.
        Invalid: no reason.
    """
    listing = db.session.get(Listing, listing_id, with_for_update=True)
    if listing is None or listing.ticket_id != ticket.id or listing.kind != Kind.LIST:
        raise NotFound
    if listing.decision is not None:
        raise Conflict
    _settle(listing, ticket, act, listed=listed, reason=require(reason, field="reason", most=REASON_MAX))


def _settle(listing: Listing, ticket: Ticket, act: Act, *, listed: bool, reason: str) -> None:
    listing.decision = "listed" if listed else "spared"
    listing.decided_at, listing.decided_by_id = act.now, act.actor.account_id
    listing.decision_reason = reason
    action = Action.LIST if listed else Action.SPARE
    if listed:
        outbox.record(events.BureauListed(ticket.id, listing.id), act.now)
    move(ticket, action, act, Said(reason, {"bureau": listing.bureau_code, "clock": listing.clock_kind}))


def _in_draft() -> ColumnElement[bool]:
    """The case that the ladder opened is a draft: its plan waits for the supervisor."""
    return exists().where(
        CaseTicket.ticket_id == Listing.ticket_id,
        CoordinationCase.id == CaseTicket.case_id,
        CoordinationCase.state == CaseState.PLANNING.value,
        CoordinationCase.way == "ladder",
    )


COLUMNS = (
    Listing.id,
    Listing.kind,
    Listing.bureau_code,
    Listing.clock_kind,
    Listing.due_at,
    Listing.proposed_at,
    Listing.decision,
    Listing.decided_at,
    Listing.decision_reason,
    Ticket.number,
    Ticket.subject,
    Ticket.state,
    Ticket.region_code,
)


def proposed(kind: Kind, after: Cursor | None = None) -> Page:
    """Return a page of what waits for the supervisor, the longest waiting first."""
    waits = Listing.decision.is_(None)
    if kind is Kind.CASE:
        waits = (Listing.decision == "opened") & _in_draft()
    wanted = (
        select(*COLUMNS)
        .join(Ticket, Ticket.id == Listing.ticket_id)
        .where(Listing.kind == kind.value, waits)
        .order_by(Listing.proposed_at, Listing.id)
    )
    if after is not None and after.at is not None:
        wanted = wanted.where(tuple_(Listing.proposed_at, Listing.id) > (after.at, after.id))
    return _page(db.session.execute(wanted.limit(PAGE + 1)).all(), "proposed_at")


def listed(after: Cursor | None = None) -> Page:
    """Return a page of the list itself, the newest first."""
    wanted = (
        select(*COLUMNS)
        .join(Ticket, Ticket.id == Listing.ticket_id)
        .where(Listing.decision == "listed")
        .order_by(Listing.decided_at.desc(), Listing.id.desc())
    )
    if after is not None and after.at is not None:
        wanted = wanted.where(tuple_(Listing.decided_at, Listing.id) < (after.at, after.id))
    return _page(db.session.execute(wanted.limit(PAGE + 1)).all(), "decided_at")


def _page(rows: Sequence[Row[Any]], ordered_by: str) -> Page:
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(rows[:PAGE], Cursor(getattr(last, ordered_by), last.id) if last is not None else None)


def waiting() -> int:
    """Return how many proposals for the list wait for a word, capped."""
    capped = (
        select(Listing.id)
        .where(Listing.kind == Kind.LIST.value, Listing.decision.is_(None))
        .limit(COUNTED + 1)
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(capped)) or 0


def between(first: dt.datetime, until: dt.datetime) -> Sequence[Row[Any]]:
    """Return (bureau, how many) listed in a period, the most first."""
    how_many = func.count().label("listed")
    wanted = (
        select(Listing.bureau_code, how_many)
        .where(Listing.decision == "listed", Listing.decided_at >= first, Listing.decided_at < until)
        .group_by(Listing.bureau_code)
        .order_by(how_many.desc(), Listing.bureau_code)
    )
    return db.session.execute(wanted).all()

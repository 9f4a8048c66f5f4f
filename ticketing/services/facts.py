"""Keeps a row of facts a ticket, so that figures are counted over a period and never over everything.

The row is made with the ticket and derived anew, whole, when a fact is told that changes a figure: a derivation that
runs twice, late or out of order changes nothing (`seq`).
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from sla.conduct import conduct
from sla.ledger import Entry, parts, replay
from ticketing.domain.clock import local
from ticketing.domain.events import Event
from ticketing.domain.vocabulary import ClockKind
from ticketing.domain.workflow import Action
from ticketing.extensions import db
from ticketing.models import BureauTime, ClockEntry, Ticket, TicketClock, TicketFact, TicketReturn
from ticketing.services import province as provinces
from ticketing.services.bulk import insert_rows
from ticketing.services.clock_rows import to_entry
from ticketing.services.notifications import Told
from ticketing.services.province import Province

#: Why an answer clock stops where it stops for an answer.
ANSWERS = frozenset({Action.ANSWER.value, Action.ANSWER_ON_CALL.value, Action.REJECT.value})
PLACE = ("bureau_code", "hotline_number", "line", "region_code", "type", "topic_code")
TAKEN = tuple(
    getattr(Ticket, name)
    for name in ("id", *PLACE, "history_seq", "dispatched_at", "hops", "contests", "result", "close_reason")
)
Row = dict[str, Any]
_OVERWRITE = ", ".join(
    f"{column.name} = excluded.{column.name}"
    for column in TicketFact.__table__.columns
    if column.name != "ticket_id"
)
UPSERT = (
    f"ON CONFLICT (ticket_id) DO UPDATE SET {_OVERWRITE} WHERE ticket_fact.seq <= excluded.seq"
    " RETURNING ticket_id"
)


def opened(ticket: dict[str, Any], promise_due: dt.datetime) -> dict[str, Any]:
    """Return the row of a ticket that is being opened."""
    return {
        "ticket_id": ticket["id"],
        "due_day": local(promise_due).date(),
        **{name: ticket[name] for name in PLACE},
        "seq": ticket["history_seq"],
        "first_due_at": promise_due,
        "due_at": promise_due,
        "dispatched": ticket["dispatched_at"] is not None,
    }


def note(event: Event, _told: Told) -> None:
    """Bring the row of a fact's ticket up to date, unless it knows all that happened."""
    known = select(TicketFact.ticket_id).join(Ticket, Ticket.id == TicketFact.ticket_id)
    known = known.where(Ticket.id == event.ticket_id, Ticket.history_seq == TicketFact.seq)
    if db.session.scalar(known) is None:
        refresh([event.ticket_id], provinces.current())


def refresh(ticket_ids: Sequence[int], province: Province) -> int:
    """Derive the rows of some tickets anew, in six statements however many there are; return how many changed."""
    tickets = db.session.execute(select(*TAKEN).where(Ticket.id.in_(ticket_ids))).all()
    ledgers, returns = _promises(ticket_ids), _returns(ticket_ids)
    rows: list[Row] = []
    times: list[Row] = []
    for ticket in tickets:
        if ticket.id not in ledgers:
            continue
        entries, back = ledgers[ticket.id], returns[ticket.id]
        more, borne = derive(ticket, entries, back, province)
        rows += more
        times += borne
    if not rows:
        return 0
    written = set(insert_rows(TicketFact, rows, ending=UPSERT).scalars())
    db.session.execute(delete(BureauTime).where(BureauTime.ticket_id.in_(written)))
    if kept := [one for one in times if one["ticket_id"] in written]:
        insert_rows(BureauTime, kept)
    return len(written)


def derive(
    ticket: Any, entries: Sequence[Entry], back: "Returned", province: Province
) -> tuple[list[Row], list[Row]]:
    """Return a ticket's row and what bureaus bear of it; none of either where nothing was promised.

    `ticket`: a row, or whatever has its columns as attributes. `back`: its returns by (bureau, decision).
    """
    row = _row(ticket, entries, back, province)
    return ([row], _times(row, entries, back, province)) if row is not None else ([], [])


def _promises(ticket_ids: Sequence[int]) -> dict[int, list[Entry]]:
    """Return the ledger of each ticket's answer clock."""
    wanted = (
        select(TicketClock.ticket_id, ClockEntry)
        .join(ClockEntry, ClockEntry.clock_id == TicketClock.id)
        .where(TicketClock.ticket_id.in_(ticket_ids), TicketClock.kind == ClockKind.ANSWER.value)
        .order_by(TicketClock.id, ClockEntry.seq)
    )
    found: dict[int, list[Entry]] = defaultdict(list)
    for ticket_id, line in db.session.execute(wanted):
        found[ticket_id].append(to_entry(line))
    return found


Returned = Counter[tuple[str, str]]


def _returns(ticket_ids: Sequence[int]) -> dict[int, Returned]:
    """Count each ticket's returns by bureau and decision; one that opened a case was not the bureau's fault."""
    wanted = select(TicketReturn.ticket_id, TicketReturn.bureau_code, TicketReturn.decision).where(
        TicketReturn.ticket_id.in_(ticket_ids), TicketReturn.decision.is_not(None)
    )
    found: dict[int, Returned] = defaultdict(Counter)
    for ticket_id, bureau, decision in db.session.execute(wanted):
        found[ticket_id][bureau, decision] += 1
    return found


def _row(ticket: Any, entries: Sequence[Entry], back: Returned, province: Province) -> dict[str, Any] | None:
    read = conduct(entries, province.calendar_of, answers=ANSWERS)
    if read.first_due is None:
        return None
    return {
        "ticket_id": ticket.id,
        "due_day": local(read.first_due).date(),
        **{name: getattr(ticket, name) for name in PLACE},
        "seq": ticket.history_seq,
        "first_due_at": read.first_due,
        "due_at": read.due,
        "answered_at": read.answered_at,
        "late": read.late,
        "dispatched": ticket.dispatched_at is not None,
        "hops": ticket.hops,
        "returns_upheld": _decided(back, "upheld"),
        "returns_refused": _decided(back, "refused"),
        "contests": ticket.contests,
        "late_pauses": read.late_pauses,
        "last_hour": read.last_hour,
        "result": ticket.result,
        "close_reason": ticket.close_reason,
    }


def _decided(back: Returned, decision: str) -> int:
    return sum(number for (_, decided), number in back.items() if decided == decision)


def _times(
    row: dict[str, Any], entries: Sequence[Entry], back: Returned, province: Province
) -> list[dict[str, Any]]:
    """Return what each bureau bears of an answered ticket's promise, and its returns."""
    state = replay(entries)
    seconds: Counter[str] = Counter()
    if row["answered_at"] is not None:
        for part in parts(state, province.calendar_of(state), state.last_at):
            seconds[part.bearer] += part.seconds
    bureaus = {*seconds, *(bureau for bureau, _ in back)}
    return [
        {
            "ticket_id": row["ticket_id"],
            "bureau_code": bureau,
            "due_day": row["due_day"],
            "seconds": seconds[bureau],
            "around_the_clock": state.target.unit.round_the_clock,
            "returns_upheld": back[bureau, "upheld"],
            "returns_refused": back[bureau, "refused"],
        }
        for bureau in sorted(bureaus)
    ]


def rebuild(after: int, limit: int, province: Province) -> tuple[int, int]:
    """Derive the rows of the next tickets after an id; return the last id looked at and how many changed."""
    wanted = select(Ticket.id).where(Ticket.id > after).order_by(Ticket.id).limit(limit)
    ids = list(db.session.scalars(wanted))
    return (ids[-1], refresh(ids, province)) if ids else (after, 0)

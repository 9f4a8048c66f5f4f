"""The one intake: whatever came in, through whatever door, becomes tickets here.

The core takes a batch and costs a fixed number of statements for it; one request is a batch of one; a refused
row costs only itself. *A ticket is never stored without an owner and a deadline.*
"""

import datetime as dt
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, text, tuple_

from ticketing.domain import events, messages, numbers
from ticketing.domain.errors import InvalidFields
from ticketing.domain.messages import Inbound
from ticketing.domain.vocabulary import Door, State
from ticketing.extensions import db, vault
from ticketing.models import (
    ClockEntry,
    ClockRung,
    HistoryEntry,
    RoutingDecision,
    Ticket,
    TicketClock,
    TicketFact,
)
from ticketing.services import facts, outbox
from ticketing.services.bulk import insert_rows
from ticketing.services.history import Act
from ticketing.services.intake_rows import Opening, open_rows
from ticketing.services.province import Province
from ticketing.services.triage import triage

#: Through these doors nobody is on the line: without a way back the enterprise could not be reached.
UNATTENDED = frozenset({Door.WEB, Door.MINIPROGRAM})


def six_digits() -> str:
    """Return a new query password."""
    return f"{secrets.randbelow(1_000_000):06d}"


@dataclass(frozen=True)
class Advance:
    """A number that was read out before the request came in, and the hash of its password."""

    number: str
    password_hash: str


@dataclass(frozen=True)
class Options:
    """How a batch is taken in.

    `dispatch`: let the router send what it is sure of; False leaves all at the desk. `notify`: tell people.
    `new_password`: None issues none (imports: until their owner asks). `advance`: of a batch of one, the number that
    its enterprise has heard already.
    """

    dispatch: bool = True
    notify: bool = True
    new_password: Callable[[], str] | None = six_digits
    advance: Advance | None = None


@dataclass(frozen=True)
class Receipt:
    """What the enterprise is told; `duplicate`: the same had come in before, nothing new was made."""

    ticket_id: int
    number: str
    password: str | None
    state: str
    bureau_code: str
    due_at: dt.datetime | None
    duplicate: bool = False


Outcome = Receipt | InvalidFields


def receive(inbound: Inbound, act: Act, province: Province, options: Options | None = None) -> Receipt:
    """Take one request in.

    Raises:
        InvalidFields: everything that is wrong with it.
    """
    [outcome] = receive_many([inbound], act, province, options)
    if isinstance(outcome, InvalidFields):
        raise outcome
    return outcome


def receive_many(
    inbounds: Sequence[Inbound], act: Act, province: Province, options: Options | None = None
) -> list[Outcome]:
    """Take a batch in and return what became of each, in order."""
    options = options or Options()
    outcomes: list[Outcome | None] = [None] * len(inbounds)
    fresh: list[tuple[int, Inbound]] = []
    for index, inbound in enumerate(inbounds):
        try:
            reachable = inbound.door in UNATTENDED
            fresh.append((index, messages.checked(inbound, act.now, province.known, reachable=reachable)))
        except InvalidFields as refusal:
            outcomes[index] = refusal
    known = _known([inbound for _, inbound in fresh])
    new = _first_of_each((index, one) for index, one in fresh if _key(one) not in known)
    for index, receipt in zip(
        [i for i, _ in new], _store([o for _, o in new], act, province, options), strict=True
    ):
        outcomes[index] = receipt
    known |= {
        _key(one): made for index, one in new if _key(one) and isinstance(made := outcomes[index], Receipt)
    }
    lost = _known([one for _, one in fresh if _key(one) not in known])
    for index, one in fresh:
        outcomes[index] = outcomes[index] or _again((known | lost)[_key(one)])
    return [outcome for outcome in outcomes if outcome is not None]


Key = tuple[str, str] | None


def _key(inbound: Inbound) -> Key:
    return (inbound.source, inbound.source_id) if inbound.source and inbound.source_id else None


def _first_of_each(numbered: object) -> list[tuple[int, Inbound]]:
    """Drop what stands twice in one batch; the first counts."""
    seen: set[Key] = set()
    kept = []
    for index, one in numbered:  # type: ignore[attr-defined]
        key = _key(one)
        if key is None or key not in seen:
            kept.append((index, one))
            seen.add(key)
    return kept


def _known(inbounds: Sequence[Inbound]) -> dict[Key, Receipt]:
    """Return the receipts of what had come in before, by source and its number there."""
    keys = {key for one in inbounds if (key := _key(one))}
    if not keys:
        return {}
    shown = (Ticket.id, Ticket.number, Ticket.state, Ticket.bureau_code, Ticket.due_at)
    found = db.session.execute(
        select(Ticket.source, Ticket.source_id, *shown).where(
            tuple_(Ticket.source, Ticket.source_id).in_(keys)
        )
    )
    return {
        (row[0], row[1]): Receipt(row[2], row[3], None, row[4], row[5], row[6], duplicate=True)
        for row in found
    }


def _again(receipt: Outcome) -> Outcome:
    if isinstance(receipt, InvalidFields):
        return receipt
    return Receipt(
        receipt.ticket_id,
        receipt.number,
        None,
        receipt.state,
        receipt.bureau_code,
        receipt.due_at,
        duplicate=True,
    )


def _store(inbounds: list[Inbound], act: Act, province: Province, options: Options) -> list[Receipt | None]:
    """Write the batch; None where another process took the same one in at this moment."""
    if not inbounds:
        return []
    openings = [
        _opening(inbound, act, province, options, keys)
        for inbound, keys in zip(inbounds, _ids(len(inbounds)), strict=True)
    ]
    stored = _insert_tickets(openings)
    openings = [one if one.ticket["id"] in stored else None for one in openings]  # type: ignore[misc]
    _insert_rest([one for one in openings if one is not None], act, options)
    return [_receipt(one) if one is not None else None for one in openings]


def _ids(count: int) -> list[tuple[int, int]]:
    """Return a ticket id and a number's serial for each, in one statement."""
    drawn = text(
        "select nextval('ticket_id_seq'), nextval('ticket_number_serial') from generate_series(1, :count)"
    )
    return [(row[0], row[1]) for row in db.session.execute(drawn, {"count": count})]


def _opening(
    inbound: Inbound, act: Act, province: Province, options: Options, keys: tuple[int, int]
) -> Opening:
    advance = options.advance
    password = options.new_password() if options.new_password and advance is None else None
    opening = open_rows(
        inbound, triage(inbound, province, dispatch=options.dispatch), act, province, ticket_id=keys[0]
    )
    opening.ticket |= {
        "number": advance.number if advance else numbers.issue(act.now, keys[1]),
        "password_hash": advance.password_hash if advance else vault.seal(password) if password else None,
    }
    opening.password = password
    return opening


def _insert_tickets(openings: list[Opening]) -> set[int]:
    """Insert what no other process has inserted meanwhile; return the ids of these."""
    ending = "ON CONFLICT (source, source_id) WHERE source_id IS NOT NULL DO NOTHING RETURNING id"
    return set(insert_rows(Ticket, [one.ticket for one in openings], ending=ending).scalars())


def _insert_rest(openings: list[Opening], act: Act, options: Options) -> None:
    clocks = [clock for one in openings for clock in one.clocks]
    ids = db.session.scalars(
        text("select nextval('ticket_clock_id_seq') from generate_series(1, :count)"), {"count": len(clocks)}
    )
    for clock, identifier in zip(clocks, ids, strict=True):
        clock.number(identifier)
    batches = (
        (TicketClock, [clock.columns for clock in clocks]),
        (ClockEntry, [entry for clock in clocks for entry in clock.entries]),
        (ClockRung, [rung for clock in clocks for rung in clock.missed]),
        (HistoryEntry, [line for one in openings for line in one.history]),
        (RoutingDecision, [one.decision for one in openings]),
        (TicketFact, [facts.opened(one.ticket, promise) for one in openings if (promise := one.promise)]),
    )
    for model, rows in batches:
        if rows:
            insert_rows(model, rows)
    if options.notify:
        outbox.record_many([event for one in openings for event in _facts(one)], act.now)


def _facts(opening: Opening) -> list[events.Event]:
    ticket = opening.ticket
    facts: list[events.Event] = [events.TicketOpened(ticket["id"])]
    if ticket["state"] == State.DISPATCHED:
        facts.append(events.TicketDispatched(ticket["id"], ticket["bureau_code"]))
    return facts


def _receipt(opening: Opening) -> Receipt:
    ticket = opening.ticket
    return Receipt(
        ticket["id"],
        ticket["number"],
        opening.password,
        ticket["state"],
        ticket["bureau_code"],
        ticket["due_at"],
    )

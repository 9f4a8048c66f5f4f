"""催办 and 督办: pressing for an answer, once a day by the enterprise, by numbered order of a supervisor."""

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from sla.rungs import ClockKind
from ticketing.domain import events
from ticketing.domain.actors import ActorKind
from ticketing.domain.clock import local
from ticketing.domain.errors import Invalid
from ticketing.domain.text import BODY_MAX, limited, require
from ticketing.domain.words import N_
from ticketing.domain.workflow import Action
from ticketing.extensions import db
from ticketing.models import HistoryEntry, SupervisionOrder, Ticket
from ticketing.services import limits, outbox
from ticketing.services.history import Act, Said
from ticketing.services.moves import move
from ticketing.services.province import Province


def remind(ticket: Ticket, text: str, act: Act) -> None:
    """催办: the enterprise may once a day.

    Raises:
        Invalid: reminded today already.
    """
    if act.actor.kind == ActorKind.REQUESTER and _reminded_on(ticket, local(act.now).date()):
        raise Invalid(N_("今天已经催办过，办理单位已收到；明天可以再催。"))
    entry = move(ticket, Action.REMIND, act, Said(limited(text, field="text", most=BODY_MAX)))
    outbox.record(events.RequesterWrote(ticket.id, entry.seq), act.now)


def _reminded_on(ticket: Ticket, day: dt.date) -> bool:
    last = db.session.scalar(
        select(HistoryEntry.at)
        .where(
            HistoryEntry.ticket_id == ticket.id,
            HistoryEntry.action == Action.REMIND.value,
            HistoryEntry.actor_kind == ActorKind.REQUESTER.value,
        )
        .order_by(HistoryEntry.seq.desc())
        .limit(1)
    )
    return last is not None and local(last).date() == day


def supervise(
    ticket: Ticket, reason: str, act: Act, province: Province, *, clock: str = ""
) -> SupervisionOrder:
    """督办: a numbered order to the bureau that has the ticket, reply due in one working day.

    `clock`: the word of the clock whose ladder asks for it, where it is not a person who does.
    """
    [order] = supervise_many([(ticket, clock)], reason, act, province)
    return order


def supervise_many(
    wanted: Sequence[tuple[Ticket, str]], reason: str, act: Act, province: Province
) -> list[SupervisionOrder]:
    """督办 on many tickets: each with the word of the clock whose ladder asks for it, none where a person does."""
    words = require(reason, field="reason", most=BODY_MAX)
    orders = [
        SupervisionOrder(
            ticket_id=ticket.id,
            bureau_code=ticket.bureau_code,
            issued_by_id=act.actor.account_id,
            issued_at=act.now,
            reason=words,
            due_at=limits.until(ClockKind.SUPERVISION, ticket, act.now, province),
        )
        for ticket, _ in wanted
    ]
    db.session.add_all(orders)
    db.session.flush()
    for (ticket, clock), order in zip(wanted, orders, strict=True):
        data = {"order": order.number, "due": order.due_at.isoformat(), "clock": clock}
        move(ticket, Action.SUPERVISE, act, Said(words, data))
    outbox.record_many([events.OrderIssued(order.ticket_id, order.id) for order in orders], act.now)
    return orders


def waiting(tickets: Iterable[int]) -> set[int]:
    """Return which of these tickets have an order that waits for its reply."""
    wanted = select(SupervisionOrder.ticket_id).where(
        SupervisionOrder.ticket_id.in_(list(tickets)), SupervisionOrder.replied_at.is_(None)
    )
    return set(db.session.scalars(wanted))


def reply_order(ticket: Ticket, order_id: int, text: str, act: Act) -> None:
    """回复督办.

    Raises:
        Invalid: no such open order of this ticket, or no words.
    """
    order = db.session.get(SupervisionOrder, order_id)
    if order is None or order.ticket_id != ticket.id or order.replied_at is not None:
        raise Invalid(N_("没有待回复的督办单。"))
    order.reply = require(text, field="text", most=BODY_MAX)
    order.replied_by_id, order.replied_at = act.actor.account_id, act.now
    move(ticket, Action.REPLY_ORDER, act, Said(order.reply, {"order": order.number}))

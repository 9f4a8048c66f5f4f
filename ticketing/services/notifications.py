"""Who is told when something has happened: enterprises by their channels, staff in the application."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from sla.rungs import Act as RungAct
from ticketing.domain import numbers
from ticketing.domain.clock import local
from ticketing.domain.events import Event, RungReached
from ticketing.domain.vocabulary import RUNG_ROLES, ClockKind, Door, Role, State, Urgency
from ticketing.extensions import db
from ticketing.models import Account, Delivery, HistoryEntry, Notice, RoleGrant, Ticket, TicketClock
from ticketing.services import duty
from ticketing.services import province as provinces
from ticketing.services.trace import request_id
from ticketing.services.wording import BECAUSE, LETTERS, NO_PROMISE, NOTICES, PROMISES, RUNG_NOTICES

NIGHT_BEGINS, MORNING = dt.time(21), dt.time(8)
TEXT_MOST = 120


@dataclass(frozen=True)
class Told:
    """The circumstances of a fact: its row, the present, the address of our pages, the channels there are."""

    event_id: int
    now: dt.datetime
    address: str
    channels: frozenset[str]


def tell_requester(event: Event, told: Told) -> None:
    """Tell the enterprise, on each channel that it left an address for; imported requests stay silent."""
    ticket = db.session.get_one(Ticket, event.ticket_id)
    if ticket.door == Door.IMPORT:
        return
    letter = LETTERS[event.name]
    values = values_of(event, ticket, told)
    subject, body = letter.said(ticket.locale, values)
    data = {
        "wechat": fields_of(ticket, subject, told),
        "sms": {"letter": event.name, "locale": ticket.locale, "values": values},
    }
    rows = [
        {
            "event_id": told.event_id,
            "ticket_id": ticket.id,
            "recipient": "requester",
            "channel": channel,
            "address": address,
            "subject": subject,
            "body": body,
            "data": data.get(channel, {}),
            "urgent": ticket.urgency == Urgency.CRITICAL,
            "due_at": send_at(channel, ticket, told.now),
            "created_at": told.now,
            "request_id": request_id(),
        }
        for channel, address in addresses(ticket)
        if channel in told.channels
    ]
    if rows:
        statement = insert(Delivery.__table__).on_conflict_do_nothing()
        db.session.execute(statement, [{**row, "status": "waiting", "attempts": 0} for row in rows])


def addresses(ticket: Ticket) -> list[tuple[str, str]]:
    """Return (channel, address) of what the enterprise left and chose; text messages go to mobile numbers alone."""
    mobile = is_mobile(ticket.phone)
    found = (("sms", ticket.phone if mobile else None), ("wechat", ticket.openid), ("mail", ticket.email))
    chosen = ticket.told_by
    return [(way, address) for way, address in found if address and (chosen is None or way in chosen)]


def is_mobile(phone: str | None) -> bool:
    """Tell whether a number takes text messages."""
    return bool(phone) and phone.startswith("+861") and len(phone) == 14  # type: ignore[union-attr]


def send_at(channel: str, ticket: Ticket, now: dt.datetime) -> dt.datetime:
    """Return when it may go out: text messages keep the night's quiet, unless it is critical."""
    here = local(now)
    loud = channel == "sms" and ticket.urgency != Urgency.CRITICAL
    if not loud or MORNING <= here.time() < NIGHT_BEGINS:
        return now
    day = here.date() + dt.timedelta(days=1 if here.time() >= NIGHT_BEGINS else 0)
    return dt.datetime.combine(day, MORNING, here.tzinfo).astimezone(dt.UTC)


def values_of(event: Event, ticket: Ticket, told: Told) -> dict[str, str]:
    """Return what fills the places of a letter about a ticket."""
    english = ticket.locale == "en"
    bureau = provinces.current().archive.bureaus[ticket.bureau_code]
    promise = promised(ticket)
    language = "en" if english else "zh"
    text = _words(event, ticket)
    return {
        "number": numbers.shown(ticket.number),
        "bureau": bureau.name_en if english else bureau.short_name_zh,
        "promise": PROMISES[language] % {"due": _day(promise, language)} if promise else NO_PROMISE[language],
        "text": text,
        "reason": BECAUSE[language] % {"text": text.rstrip("。.")} if text else "",
        "link": f"{told.address}/status",
    }


def promised(ticket: Ticket) -> dt.datetime | None:
    """Return by when an answer is promised."""
    kind = ClockKind.ANSWER.value
    wanted = select(TicketClock.due_at).where(TicketClock.ticket_id == ticket.id, TicketClock.kind == kind)
    return db.session.scalar(wanted)


def _day(moment: dt.datetime, language: str) -> str:
    here = local(moment)
    return (
        f"{here:%H:%M} on {here.day} {here:%B}"
        if language == "en"
        else f"{here.month}月{here.day}日 {here:%H:%M}"
    )


def _words(event: Event, ticket: Ticket) -> str:
    """Return the words of the history line that a fact points at."""
    seq = getattr(event, "history_seq", None)
    if seq is None:
        return ""
    wanted = select(HistoryEntry.text).where(HistoryEntry.ticket_id == ticket.id, HistoryEntry.seq == seq)
    return (db.session.scalar(wanted) or "")[:TEXT_MOST]


def fields_of(ticket: Ticket, subject: str, told: Told) -> dict[str, Any]:
    """Return the fields of a WeChat subscription message."""
    fields = {
        "character_string1": numbers.shown(ticket.number),
        "thing2": subject,
        "time3": f"{local(told.now):%Y-%m-%d %H:%M}",
    }
    return {"page": f"pages/request/index?number={numbers.shown(ticket.number)}", "fields": fields}


def tell_staff(event: Event, told: Told) -> None:
    """Leave a notice with the colleagues whom the fact concerns, once for each."""
    word = rung_word(event, told.now) if isinstance(event, RungReached) else ""
    if word is None:
        return
    ticket = db.session.get_one(Ticket, event.ticket_id)
    text = RUNG_NOTICES[word] if word else NOTICES[event.name]
    rows = [
        {
            "event_id": told.event_id,
            "account_id": account,
            "ticket_id": ticket.id,
            "text": text,
            "values": {"subject": ticket.subject, "number": ticket.number},
            "at": told.now,
        }
        for account in people(event, ticket, told.now)
    ]
    if rows:
        db.session.execute(insert(Notice.__table__).on_conflict_do_nothing(), rows)


def rung_word(event: RungReached, now: dt.datetime) -> str | None:
    """Return what a rung has to say at this moment; None where its clock has stopped and no paper was written.

    A warning that comes after due says so: the ladder of round-the-clock clocks warns again an hour past it.
    """
    if event.act != RungAct.WARN:
        return event.act
    wanted = select(TicketClock.due_at).where(
        TicketClock.id == event.clock_id, TicketClock.stopped_at.is_(None)
    )
    running = db.session.execute(wanted).first()
    if running is None:
        return None
    return "overdue" if running.due_at is not None and running.due_at < now else event.act


#: Which roles hear of a fact; where a bureau is meant, those at the bureau that has the ticket.
AUDIENCE: dict[str, tuple[Role, ...]] = {
    "TicketDispatched": (Role.HANDLER,),
    "TicketReturned": (Role.DISPATCHER,),
    "ReturnAdjudicated": (Role.HANDLER, Role.HEAD),
    "AdjudicationLate": (Role.DISPATCHER, Role.SUPERVISOR),
    "RequesterSupplied": (Role.HANDLER,),
    "RequesterWrote": (Role.HANDLER, Role.HEAD),
    "FileAdded": (Role.HANDLER,),
    "AnswerContested": (Role.HANDLER, Role.HEAD),
    "ApprovalOverdue": (Role.HEAD, Role.SUPERVISOR),
    "ApprovalDecided": (Role.HANDLER,),
    "CaseOpened": (Role.HANDLER, Role.HEAD, Role.SUPERVISOR),
    "OrderIssued": (Role.HANDLER, Role.HEAD),
    "BureauListed": (Role.HANDLER, Role.HEAD),
    "TicketClosed": (Role.HANDLER,),
}
#: Words of the ladder that mean whoever is on duty.
ON_DUTY = frozenset({"duty_supervisor", "duty_desk"})
EVERYWHERE = frozenset({Role.DISPATCHER, Role.SUPERVISOR})


def people(event: Event, ticket: Ticket, now: dt.datetime) -> set[int]:
    """Return the accounts whom a fact concerns at this moment."""
    name = event.name
    if name == "TicketOpened":
        return _holders((Role.DISPATCHER,), ticket, now) if ticket.state == State.NEW else set()
    if name == "TicketAssigned":
        return {event.account_id}  # type: ignore[attr-defined]
    if name == "ApprovalAsked":
        return _deciders(event, ticket, now)
    if isinstance(event, RungReached):
        return _climbed(event.roles, ticket, now)
    if name == "AnswerContested" and ticket.contests > 1:
        return _holders((*AUDIENCE[name], Role.SUPERVISOR), ticket, now)
    return _holders(AUDIENCE[name], ticket, now)


def _climbed(words: Iterable[str], ticket: Ticket, now: dt.datetime) -> set[int]:
    """Return whom a rung means; who is meant as being on duty is so by the roster, and everybody where nobody is."""
    anybody = {RUNG_ROLES[word] for word in words if word not in ON_DUTY}
    if ticket.state == State.NEW and Role.HANDLER in anybody:
        return _holders((Role.DISPATCHER,), ticket, now)
    found = _holders(anybody, ticket, now)
    there = {RUNG_ROLES[word] for word in words if word in ON_DUTY}
    on = duty.everybody_on(now, provinces.current()) if there else set()
    for role in there:
        holders = _holders((role,), ticket, now)
        found |= (holders & on) or holders
    return found


def _deciders(event: Event, ticket: Ticket, now: dt.datetime) -> set[int]:
    by_supervisor = event.by_supervisor  # type: ignore[attr-defined]
    return _holders((Role.SUPERVISOR,) if by_supervisor else (Role.HEAD,), ticket, now)


def _holders(roles: Iterable[Role], ticket: Ticket, now: dt.datetime) -> set[int]:
    """Return the accounts with one of the roles, today's deputies included; of handlers the assignee alone."""
    wanted = set(roles)
    found: set[int] = set()
    if Role.HANDLER in wanted and ticket.assignee_id is not None:
        found.add(ticket.assignee_id)
        wanted.discard(Role.HANDLER)
    if not wanted:
        return found
    somewhere = or_(
        RoleGrant.bureau_code == ticket.bureau_code,
        RoleGrant.role.in_([role.value for role in wanted & EVERYWHERE]),
    )
    grants = (
        select(RoleGrant.account_id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            Account.active,
            RoleGrant.role.in_([role.value for role in wanted]),
            somewhere,
            or_(RoleGrant.starts_at.is_(None), RoleGrant.starts_at <= now),
            or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > now),
        )
    )
    return found | set(db.session.scalars(grants))

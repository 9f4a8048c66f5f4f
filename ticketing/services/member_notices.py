"""The people of an enterprise are told of the requests that they sent or took over, each by their own choice."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ticketing.domain.enterprise import HAPPENED_ENGLISH, HAPPENED_WORDS, EnterpriseRole, Happened
from ticketing.domain.events import Event
from ticketing.domain.vocabulary import Door, Urgency
from ticketing.extensions import db
from ticketing.models import (
    Delivery,
    Enterprise,
    EnterpriseEntry,
    EnterpriseTicket,
    Membership,
    Person,
    Ticket,
)
from ticketing.services import notifications
from ticketing.services.notifications import Told
from ticketing.services.trace import request_id
from ticketing.services.wording import ACCOUNT_CHANGED, LETTERS


def tell_members(event: Event, told: Told) -> None:
    """Tell those who sent or took over a request, unless the same address is told as the requester's own."""
    ticket = db.session.get_one(Ticket, event.ticket_id)
    found = db.session.scalars(
        select(Person)
        .join(EnterpriseTicket, EnterpriseTicket.person_id == Person.id)
        .join(
            Membership,
            (Membership.person_id == Person.id)
            & (Membership.enterprise_id == EnterpriseTicket.enterprise_id)
            & Membership.ended_at.is_(None),
        )
        .where(EnterpriseTicket.ticket_id == ticket.id)
        .distinct()
    ).all()
    if not found or ticket.door == Door.IMPORT:
        return
    letter, values = LETTERS[event.name], notifications.values_of(event, ticket, told)
    known = {address for _channel, address in notifications.addresses(ticket)}
    rows = []
    for person in found:
        subject, body = letter.said(person.locale, values)
        data = {
            "sms": {"letter": event.name, "locale": person.locale, "values": values},
            "wechat": notifications.fields_of(ticket, subject, told),
        }
        rows += [
            _row(told, person, channel, address, subject=subject, body=body)
            | {
                "ticket_id": ticket.id,
                "data": data.get(channel, {}),
                "urgent": ticket.urgency == Urgency.CRITICAL,
                "due_at": notifications.send_at(channel, ticket, told.now),
            }
            for channel, address in _addresses(person)
            if channel in told.channels and address not in known
        ]
    _insert(rows)


def tell_managers(event: Event, told: Told) -> None:
    """Tell the managers of an account that its people have changed, whoever changed them."""
    entry = db.session.get_one(EnterpriseEntry, event.entry_id)  # type: ignore[attr-defined]
    enterprise = db.session.get_one(Enterprise, entry.enterprise_id)
    managers = db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.enterprise_id == enterprise.id,
            Membership.role == EnterpriseRole.MANAGER.value,
            Membership.ended_at.is_(None),
        )
    )
    what = Happened(entry.what)
    values = {
        "enterprise": enterprise.name,
        "who": entry.who,
        "what_zh": HAPPENED_WORDS[what] % entry.data,
        "what_en": HAPPENED_ENGLISH[what] % entry.data,
        "link": f"{told.address}/my/people",
    }
    rows = []
    for person in managers:
        subject, body = ACCOUNT_CHANGED.said(person.locale, values)
        data = {"letter": event.name, "locale": person.locale, "values": values}
        rows += [
            _row(told, person, channel, address, subject=subject, body=body)
            | {"ticket_id": None, "data": data, "urgent": False, "due_at": told.now}
            for channel, address in _addresses(person)
            if channel in told.channels and channel != "wechat"
        ]
    _insert(rows)


def _addresses(person: Person) -> list[tuple[str, str]]:
    known = (("sms", person.phone), ("mail", person.email), ("wechat", person.openid))
    return [(channel, address) for channel, address in known if address and channel in person.told_by]


def _row(
    told: Told, person: Person, channel: str, address: str, *, subject: str, body: str
) -> dict[str, Any]:
    return {
        "event_id": told.event_id,
        "recipient": f"person:{person.id}",
        "channel": channel,
        "address": address,
        "subject": subject,
        "body": body,
        "created_at": told.now,
        "request_id": request_id(),
        "status": "waiting",
        "attempts": 0,
    }


def _insert(rows: Iterable[dict[str, Any]]) -> None:
    given = list(rows)
    if given:
        db.session.execute(insert(Delivery.__table__).on_conflict_do_nothing(), given)

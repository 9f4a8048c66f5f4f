"""Calendars and policies for tests: drafted by one, published by another, taken to the open clocks."""

import dataclasses

from sqlalchemy import select

from tests.conftest import FrozenClock
from tests.support.people import actor
from ticketing.domain.actors import Actor, Grant
from ticketing.domain.vocabulary import ClockKind, Role
from ticketing.extensions import db
from ticketing.jobs import policies as jobs
from ticketing.models import ClockEntry, PolicyDocument, PolicyDraft, Ticket, TicketClock
from ticketing.services import policies, policy_texts, province
from ticketing.services.history import Act
from ticketing.services.pack_documents import CALENDAR, SLA

YEAR_2027 = """\
version: cn-2027
publisher: 国务院办公厅
published_on: 2026-11-05
basis: 关于2027年部分节假日安排的通知
year: 2027
holidays:
  - {date: 2027-01-01, name: 元旦}
  - {date: 2027-01-04, name: 元旦调休}
work:
  - 2027-01-02
"""
FLOOD = """\
version: flood-2020
publisher: 市人民政府
published_on: 2020-06-08
basis: 防汛停工通知
year: 2020
overlay: true
regions: ["230100"]
holidays:
  - {date: 2020-06-10, name: 防汛停工}
work: []
"""


@dataclasses.dataclass(frozen=True)
class Pair:
    """Who drafts, and who publishes."""

    author: Actor
    second: Actor


def pair() -> Pair:
    """Return an administrator who drafts and a supervisor who publishes."""
    return Pair(actor("drafter", Grant(Role.ADMIN)), actor("publisher", Grant(Role.SUPERVISOR)))


def looked_at(kind: str, text: str, people: Pair, clock: FrozenClock) -> PolicyDraft:
    """Return a draft whose what-if is there."""
    one = policies.begin(kind, text, Act(people.author, clock.now))
    policies.ask_what_if(one, Act(people.author, clock.now), province.current())
    db.session.commit()
    jobs.foresee()
    return policies.draft(one.id)


def publish(kind: str, text: str, people: Pair, clock: FrozenClock) -> PolicyDraft:
    """Draft, look, publish; the open clocks are not reached yet."""
    one = looked_at(kind, text, people, clock)
    policies.publish(one, Act(people.second, clock.now), province.current(), seen=one.looked_at)
    db.session.commit()
    return one


def policy_text(**changes: str) -> str:
    """Return the policy in force as text under the next version, with words replaced."""
    row = db.session.scalars(
        select(PolicyDocument).where(PolicyDocument.kind == SLA).order_by(PolicyDocument.id.desc())
    ).first()
    assert row is not None
    text = policy_texts.renamed(
        policy_texts.written(row.body), policy_texts.next_version(row.version), row.published_on
    )
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


__all__ = ["CALENDAR", "FLOOD", "SLA", "YEAR_2027", "Pair", "looked_at", "pair", "policy_text", "publish"]


def lose(one: Ticket, kind: str = "superseded") -> TicketClock:
    """Let the answer clock of a ticket name a calendar that nobody published: nobody can say what it shows.

    As `resumed` the line is out of turn as well, and the ledger does not even replay.
    """
    wanted = TicketClock.ticket_id == one.id, TicketClock.kind == ClockKind.ANSWER.value
    row = db.session.scalars(select(TicketClock).where(*wanted)).one()
    row.calendar_version, row.entries = "never-published", 2
    versions = {"policy_version": row.policy_version, "calendar_version": row.calendar_version}
    entry = {"seq": 2, "kind": kind, "at": row.started_at, "actor": "", "reason": "", "data": {}}
    db.session.add(ClockEntry(clock_id=row.id, **entry, **versions))
    db.session.commit()
    return row

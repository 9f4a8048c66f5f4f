"""The spring of 2020, told again through the real verbs: a holiday lengthened when it had already begun.

The story sees the calendar as it was known on each day (`Province.as_of`), so it needs no database of its own; who
tells it decides whether its ticket stays.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sla.instants import ZONE
from sla.rungs import ClockKind as PolicyClock
from sla.whatif import Book, Change, Held, what_if
from ticketing.domain.actors import SYSTEM, Actor, ActorKind, Grant
from ticketing.domain.errors import NotFound
from ticketing.domain.messages import Inbound
from ticketing.domain.vocabulary import ClockKind, Door, Role
from ticketing.extensions import db
from ticketing.models import Ticket
from ticketing.services import clocks, dispatch, escalation, handling, intake, proof, segments
from ticketing.services import province as provinces
from ticketing.services.clock_rows import Ledger
from ticketing.services.history import Act
from ticketing.services.province import Province

RECEIVED = dt.datetime(2020, 1, 20, 9, 0, tzinfo=ZONE)
ANNOUNCED = dt.datetime(2020, 1, 27, 9, 0, tzinfo=ZONE)
ANSWERED = dt.datetime(2020, 2, 4, 10, 0, tzinfo=ZONE)
#: A ladder has six rungs and a ticket a handful of clocks: more looks than this are a mistake.
LOOKS = 60


@dataclass(frozen=True)
class Line:
    """What happened at an instant."""

    at: dt.datetime
    words: str


@dataclass(frozen=True)
class Story:
    """The ticket, what happened, and what is left to be read of it."""

    ticket: Ticket
    lines: list[Line]
    told: proof.Told


def tell(province: Province) -> Story:
    """Live the story; the session sees the province of those days until it is told to forget.

    Raises:
        NotFound: the pack knows nothing of that spring.
    """
    first, lengthened = (province.as_of(day.date()) for day in (ANNOUNCED - dt.timedelta(days=1), ANNOUNCED))
    if first.calendar.version == lengthened.calendar.version:
        raise NotFound
    provinces.pretend(first)
    one = _received(first)
    lines = [Line(RECEIVED, f"received; 5 working days are due {_local(_answer(one).clock.due_at)}")]
    lines += _climb(one, ANNOUNCED, first)
    provinces.pretend(lengthened)
    lines += _announce(one, first, lengthened)
    lines += _climb(one, ANSWERED, lengthened)
    handler = _handler(one)
    act = Act(handler, ANSWERED)
    handling.propose_answer(one, act, lengthened, result="solved", text="材料已经齐全，可以开工。", basis="")
    lines.append(Line(ANSWERED, "answered"))
    db.session.flush()
    told = next(told for told in proof.tell(one, lengthened, ANSWERED) if told.kind is ClockKind.ANSWER)
    return Story(one, lines, told)


def _received(province: Province) -> Ticket:
    body = "我厂年后复工，备案材料还缺什么，请告知。"
    inbound = Inbound(
        door=Door.WEB, body=body, subject="复工备案", type="help", requester="王先生", phone="13904510020"
    )
    act = Act(Actor(ActorKind.REQUESTER, "王先生", Door.WEB), RECEIVED)
    receipt = intake.receive(
        inbound, act, province, intake.Options(dispatch=False, new_password=lambda: "246810")
    )
    one = db.session.get_one(Ticket, receipt.ticket_id)
    dispatch.dispatch(one, province.centre_code, Act(SYSTEM, RECEIVED), province)
    handler = _handler(one)
    handling.accept(one, Act(handler, RECEIVED))
    handling.contact(one, Act(handler, RECEIVED), how="电话", whom="", text="已联系企业。")
    db.session.flush()
    return one


def _handler(one: Ticket) -> Actor:
    return Actor(
        ActorKind.STAFF, "承办人", Door.DESK, grants=frozenset({Grant(Role.HANDLER, one.bureau_code)})
    )


def _answer(one: Ticket) -> Ledger:
    return next(ledger for ledger in clocks.ledgers(one, stopped=True) if ledger.kind is ClockKind.ANSWER)


def _climb(one: Ticket, until: dt.datetime, province: Province) -> Iterator[Line]:
    """Let the clockwork look whenever a rung of the ticket comes, up to an instant."""
    for _look in range(LOOKS):
        coming = [ledger.clock for ledger in clocks.ledgers(one) if ledger.clock.next_rung_at is not None]
        moments = sorted(clock.next_rung_at for clock in coming if clock.next_rung_at)
        if not moments or moments[0] > until:
            return
        for clock in coming:
            if clock.next_rung_at == moments[0] and clock.kind == ClockKind.ANSWER:
                yield Line(moments[0], f"rung {clock.next_rung}: told once")
        escalation.climb(moments[0], province, 1, set())
        db.session.flush()


def _announce(one: Ticket, before: Province, after: Province) -> Iterator[Line]:
    """Say what the notice would do, then let the clocks of the ticket go on by it."""
    ledgers = clocks.ledgers(one)
    where = segments.segment(one, after)
    held = [Held(one.clock.id, "", PolicyClock(one.kind.value), one.state, where) for one in ledgers]
    changes = list(what_if(held, before.calendars, Book(after.calendars, after.policy), ANNOUNCED))
    yield Line(ANNOUNCED, f"the holiday is lengthened: {_counted(changes)}")
    act = Act(SYSTEM, ANNOUNCED)
    for ledger in ledgers:
        clocks.catch_up(one, ledger, act, after)
    clocks.note_nearest_due(one)
    yield Line(
        ANNOUNCED, f"applied; due {_local(_answer(one).clock.due_at)}, the first promise stays in the ledger"
    )


def _counted(changes: list[Change]) -> str:
    unbreaches = sum(one.was_breached and not one.is_breached for one in changes)
    breaches = sum(one.is_breached and not one.was_breached for one in changes)
    return f"moves {len(changes)} of this ticket's clocks, un-breaches {unbreaches}, breaches {breaches}"


def _local(moment: dt.datetime | None) -> str:
    return f"{moment.astimezone(ZONE):%a %Y-%m-%d %H:%M}" if moment else "open"

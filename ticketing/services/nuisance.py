"""骚扰来电: a number that disturbs is asked for a message instead of ringing; nobody in danger is ever turned away.

A verdict never hangs up. Who is blocked or calls too often hears where help is (110, 119, 120) and can leave a message,
which becomes a duty like any other. Lines that promise to answer round the clock ring for a throttled caller all the
same, and so does whoever has an urgent ticket open or was just handed over to an emergency service.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import aliased

from ticketing.domain.contact import parse_phone
from ticketing.domain.errors import Invalid, NotAllowed, NotFound
from ticketing.domain.text import require
from ticketing.domain.vocabulary import State, Urgency
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Account, Call, CallerBlock, Ticket
from ticketing.services.history import Act

WINDOW = dt.timedelta(minutes=10)
MOST = 8
"""Calls of one number in the window after which the next ones are asked for a message."""
LONGEST = dt.timedelta(days=90)
LATELY = dt.timedelta(hours=24)


class Kind(StrEnum):
    """What happens to a call of a number."""

    RING = "ring"
    MESSAGE = "message"


@dataclass(frozen=True)
class Verdict:
    """Ring as ever, or offer a message first with the numbers of the emergency services said."""

    kind: Kind
    why: str = ""
    until: dt.datetime | None = None

    @property
    def rings(self) -> bool:
        """Tell whether the call goes its ordinary way."""
        return self.kind is Kind.RING


PASS = Verdict(Kind.RING)


def verdict(number: str, now: dt.datetime, *, round_the_clock: bool = False) -> Verdict:
    """Return what happens to a call of this number; a withheld one always rings.

    `round_the_clock`: the line promises to answer at any hour: it is never throttled, only a block asks for a message.
    """
    if not number:
        return PASS
    block = running(number, now)
    if block is None and (round_the_clock or _lately(number, now) <= MOST):
        return PASS
    if in_need(number, now):
        return PASS
    if block is not None:
        return Verdict(Kind.MESSAGE, "blocked", block.until)
    return Verdict(Kind.MESSAGE, "throttled", now + WINDOW)


def running(number: str, now: dt.datetime) -> CallerBlock | None:
    """Return the block of a number that holds now."""
    return db.session.scalar(
        select(CallerBlock).where(
            CallerBlock.number == number, CallerBlock.lifted_at.is_(None), CallerBlock.until > now
        )
    )


def _lately(number: str, now: dt.datetime) -> int:
    wanted = select(Call.id).where(Call.caller == number, Call.rang_at > now - WINDOW).limit(MOST + 2)
    return db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


def in_need(number: str, now: dt.datetime) -> bool:
    """Tell whether this caller may be in danger: an urgent ticket of theirs is open, or they were just handed over."""
    urgent = select(Ticket.id).where(
        Ticket.phone == number,
        Ticket.state != State.CLOSED.value,
        Ticket.urgency.in_([Urgency.CRITICAL.value, Urgency.PRESSING.value]),
    )
    handed = select(Call.id).where(
        Call.caller == number, Call.handed_over_to.is_not(None), Call.rang_at > now - LATELY
    )
    return db.session.scalar(select(or_(urgent.exists(), handed.exists()))) or False


def block(typed: str, reason: str, until: dt.datetime, act: Act) -> CallerBlock:
    """Ask a number for a message from now on until a day, for a reason.

    Raises:
        Invalid: no number, one that runs already, an end in the past or beyond 90 days, no reason.
    """
    number = parse_phone(typed, field="number").e164
    if running(number, act.now) is not None:
        raise Invalid(N_("这个号码已经在限制中。"), field="number")
    if not act.now < until <= act.now + LONGEST:
        raise Invalid(N_("请选择今天之后、90 天以内的日期。"), field="until")
    words = require(reason, field="reason", most=500)
    for old in db.session.scalars(
        select(CallerBlock).where(CallerBlock.number == number, CallerBlock.lifted_at.is_(None))
    ):
        old.lifted_at = old.until
    db.session.flush()
    row = CallerBlock(
        number=number, reason=words, blocked_by_id=act.actor.account_id, since=act.now, until=until
    )
    db.session.add(row)
    db.session.flush()
    return row


def review(block_id: int, act: Act) -> None:
    """A second person has looked at a block and agrees.

    Raises:
        NotFound: there is none that runs.
        NotAllowed: it is one's own.
    """
    row = _running(block_id, act.now)
    if row.blocked_by_id == act.actor.account_id:
        raise NotAllowed(N_("限制要由另一位督办员复核。"))
    row.reviewed_by_id, row.reviewed_at = act.actor.account_id, act.now


def lift(block_id: int, act: Act) -> None:
    """Let a number ring again.

    Raises:
        NotFound: there is none that runs.
    """
    row = _running(block_id, act.now)
    row.lifted_by_id, row.lifted_at = act.actor.account_id, act.now


def _running(block_id: int, now: dt.datetime) -> CallerBlock:
    row = db.session.get(CallerBlock, block_id)
    if row is None or row.lifted_at is not None or row.until <= now:
        raise NotFound
    return row


def listed(now: dt.datetime, limit: int = 100) -> Sequence[Row[Any]]:
    """Return the blocks, those that run first, with who made and who reviewed them and how often they called since."""
    reviewer = aliased(Account)
    since = (
        select(func.count())
        .where(Call.caller == CallerBlock.number, Call.rang_at >= CallerBlock.since)
        .correlate(CallerBlock)
        .scalar_subquery()
    )
    runs = CallerBlock.lifted_at.is_(None) & (CallerBlock.until > now)
    wanted = (
        select(
            CallerBlock,
            Account.name.label("by"),
            reviewer.name.label("reviewer"),
            since.label("calls"),
            runs.label("runs"),
        )
        .join(Account, Account.id == CallerBlock.blocked_by_id)
        .outerjoin(reviewer, reviewer.id == CallerBlock.reviewed_by_id)
        .order_by(runs.desc(), CallerBlock.id.desc())
        .limit(limit)
    )
    return db.session.execute(wanted).all()

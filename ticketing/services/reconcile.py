"""What we missed while we were down: the exchange is asked for its own list, and calls that never ended are asked for.

Both end in `calls.record`, which knows what was told before; so they may run at any time, twice, and together.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import func, or_, select, tuple_

from ticketing.domain.signals import Ended, Signal
from ticketing.extensions import db
from ticketing.models import Call, Callback
from ticketing.services import calls
from ticketing.services.province import Province

AT_ONCE = 200
ASK_AFTER = dt.timedelta(minutes=10)
"""A call without an end is asked for this long after it was last heard of, and after it was last asked for."""
GIVEN_UP = dt.timedelta(hours=6)
"""A call that nobody has heard of for so long is over, also where its exchange cannot say so."""
LOST = "lost"


class Listing(Protocol):
    """A provider that can say what it knows of its calls."""

    def calls_since(self, since: dt.datetime) -> Iterator[Signal]: ...
    def call(self, provider_id: str) -> list[Signal]: ...


@dataclass(frozen=True)
class Repaired:
    """What a batch of the list was worth."""

    calls: int
    new: int
    changed: int


def batches(signals: Iterable[Signal]) -> Iterator[list[Signal]]:
    """Cut a list into batches; the signals of one call may lie in several."""
    batch: list[Signal] = []
    for signal in signals:
        batch.append(signal)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def repair(batch: Sequence[Signal], now: dt.datetime, province: Province, *, provider: str) -> Repaired:
    """Take down a batch of the exchange's own list; tell how many calls were unknown or went on unheard."""
    keys = {(signal.exchange, signal.call) for signal in batch}
    wanted = select(Call.exchange, Call.provider_id, Call.state, Call.outcome)
    rows = db.session.execute(wanted.where(tuple_(Call.exchange, Call.provider_id).in_(list(keys))))
    before = {(exchange, call): (state, outcome) for exchange, call, state, outcome in rows}
    after = calls.record(batch, now, province, provider=provider)
    changed = [
        key for key, call in after.items() if key in before and before[key] != (call.state, call.outcome)
    ]
    return Repaired(len(after), len(after) - len(before), len(changed))


def silent(now: dt.datetime, limit: int) -> list[tuple[int, str, str]]:
    """Claim calls without an end of which nothing was heard for a while; return (id, provider, the provider's id)."""
    late = now - ASK_AFTER
    wanted = (
        select(Call)
        .where(
            Call.ended_at.is_(None),
            Call.heard_at <= late,
            or_(Call.asked_at.is_(None), Call.asked_at <= late),
        )
        .order_by(Call.rang_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = list(db.session.scalars(wanted))
    for call in found:
        call.asked_at = now
    return [(call.id, call.provider, call.provider_id) for call in found]


def close(call_id: int, told: Sequence[Signal], now: dt.datetime, province: Province) -> bool:
    """Take down what the exchange said of a silent call; one of which nobody knows anything for hours is over.

    Tells whether the call has ended.
    """
    call = db.session.get_one(Call, call_id)
    heard, provider = list(told), call.provider
    if not any(isinstance(one, Ended) for one in told) and call.heard_at <= now - GIVEN_UP:
        name = {"exchange": call.exchange, "call": call.provider_id}
        heard.append(Ended(**name, key="given-up", at=call.heard_at, exact=False, reason=LOST))
    if heard:
        calls.record(heard, now, province, provider=provider)
    return call.ended_at is not None


@dataclass(frozen=True)
class Account:
    """The books: every call has an outcome, an open duty, or is still going on."""

    calls: int
    going_on: int
    without_outcome_or_duty: int


def account() -> Account:
    """Count the calls of an installation; the last number has to be 0."""
    duty = select(Callback.id).where(Callback.call_id == Call.id, Callback.done_at.is_(None)).exists()
    row = db.session.execute(
        select(
            func.count(),
            func.count().filter(Call.ended_at.is_(None)),
            func.count().filter(Call.ended_at.is_not(None), Call.outcome.is_(None), ~duty),
        ).select_from(Call)
    ).one()
    return Account(*row)

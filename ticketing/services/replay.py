"""What another model, or other rules, would have done: tickets of the last months decided again by both.

Where a ticket ended is where it was answered or, while it is open, who accepted it. What a person had chosen
(topic, place) is told to both again; what the router had inferred then is not.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, func, insert, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from routing.decision import Decision, Kind, Request, decide
from routing.model import Model
from ticketing.domain.actors import Actor
from ticketing.domain.vocabulary import State
from ticketing.extensions import db
from ticketing.models import PolicyReplayMove, RoutingDecision, RoutingMove, Ticket
from ticketing.services.province import Province
from ticketing.services.visibility import readable
from ticketing.services.worklists import COLUMNS, Condition

NEIGHBOURS = 1_000
#: Moves that are kept to be looked at; all are counted.
KEPT_MOVES = 2_000
WANTED = (
    Ticket.id,
    Ticket.subject,
    Ticket.body,
    Ticket.type,
    Ticket.hotline_number,
    Ticket.bureau_code,
    RoutingDecision.reasons,
)


@dataclass(frozen=True)
class Move:
    """A ticket that the new model sends elsewhere than the old one."""

    ticket_id: int
    old: str | None
    new: str | None
    ended: str


@dataclass(frozen=True)
class Batch:
    """What a batch added: counts by name, the moves, and the last ticket looked at."""

    figures: Counter[str]
    moves: list[Move]
    last_id: int | None


def ended_since(since: dt.datetime, stride: int) -> Condition:
    """Return the condition of the tickets that are decided again: each `stride`-th that has found its bureau."""
    found = or_(
        Ticket.answered_at.is_not(None),
        and_(Ticket.accepted_at.is_not(None), Ticket.state.not_in([State.NEW.value, State.DISPATCHED.value])),
    )
    sampled = Ticket.id % stride == 0 if stride > 1 else Ticket.id > 0
    return and_(Ticket.received_at >= since, found, sampled, Ticket.dispatched_at.is_not(None))


def count(since: dt.datetime, stride: int) -> int:
    """Return how many tickets that are."""
    return db.session.scalar(select(func.count()).where(ended_since(since, stride))) or 0


def begin(since: dt.datetime) -> int:
    """Return a key before all tickets of the period: keys are given in the order of intake, but for neighbours."""
    first = (
        select(Ticket.id).where(Ticket.received_at >= since).order_by(Ticket.received_at).limit(NEIGHBOURS)
    )
    lowest = db.session.scalar(select(func.min(first.subquery().c.id)))
    return (lowest or 1) - 1


def batch(
    condition: Condition,
    after_id: int,
    size: int,
    models: tuple[Model | None, Model | None],
    province: Province,
    *,
    becomes: Province | None = None,
) -> Batch:
    """Decide the next `size` tickets by the old and the new model; `becomes`: by which the new one decides."""
    decided = (
        select(RoutingDecision)
        .ext(distinct_on(RoutingDecision.ticket_id))
        .where(RoutingDecision.ticket_id == Ticket.id)
        .order_by(RoutingDecision.ticket_id, RoutingDecision.id)
        .lateral()
    )
    wanted = (
        select(*WANTED[:-1], decided.c.reasons)
        .outerjoin(decided, decided.c.ticket_id == Ticket.id)
        .where(condition, Ticket.id > after_id)
        .order_by(Ticket.id)
        .limit(size)
    )
    rows = db.session.execute(wanted).all()
    figures, moves = compare(rows, models, province, becomes or province)
    return Batch(figures, moves, rows[-1].id if rows else None)


def compare(
    rows: Iterable[Row[Any]], models: tuple[Model | None, Model | None], province: Province, becomes: Province
) -> tuple[Counter[str], list[Move]]:
    """Count what both say of the rows, beside where these ended."""
    figures: Counter[str] = Counter()
    moves = []
    for row in rows:
        request = _request(row)
        old, new = (
            decide(request, by.directory, by.rules, model)
            for by, model in zip((province, becomes), models, strict=True)
        )
        figures.update(_counted("old", old, row.bureau_code) + _counted("new", new, row.bureau_code))
        figures["looked"] += 1
        if _best(old) != _best(new):
            moves.append(Move(row.id, _best(old), _best(new), row.bureau_code))
            figures["moved"] += 1
            figures["to_end"] += _best(new) == row.bureau_code
            figures["from_end"] += _best(old) == row.bureau_code
    return figures, moves


def _counted(which: str, decision: Decision, ended: str) -> Counter[str]:
    auto, right = decision.kind is Kind.AUTO, _best(decision) == ended
    return Counter(
        {
            f"{which}_right": int(right),
            f"{which}_auto": int(auto),
            f"{which}_auto_right": int(auto and right),
            f"{which}_abstained": int(decision.kind is Kind.ABSTAIN),
        }
    )


def _best(decision: Decision) -> str | None:
    """Return the bureau that the decision puts first, dispatched or not."""
    if decision.bureau_code is not None or not decision.candidates:
        return decision.bureau_code
    return decision.candidates[0].bureau_code


def _request(row: Row[Any]) -> Request:
    reasons: list[Mapping[str, Any]] = row.reasons or []
    topic = next((one["topic"] for one in reasons if one["kind"] == "topic"), None)
    regions = next((one["regions"] for one in reasons if one["kind"] == "region_explicit"), [None])
    return Request(
        subject=row.subject,
        body=row.body,
        topic_code=topic,
        hotline_number=row.hotline_number,
        region_code=regions[0],
        type=row.type,
    )


Moves = type[RoutingMove] | type[PolicyReplayMove]


def keep(table: Moves, moves: Sequence[Move], figures: Mapping[str, int], **owner: int) -> None:
    """Keep a batch's moves to be looked at, `KEPT_MOVES` in all; `figures` count the batch already."""
    room = KEPT_MOVES - (figures.get("moved", 0) - len(moves))
    rows = [
        {
            **owner,
            "ticket_id": one.ticket_id,
            "old_bureau_code": one.old,
            "new_bureau_code": one.new,
            "ended_bureau_code": one.ended,
        }
        for one in moves[: max(0, room)]
    ]
    if rows:
        db.session.execute(insert(table), rows)


def moved(
    table: Moves, whose: Condition, actor: Actor, after_id: int | None, most: int
) -> Sequence[Row[Any]]:
    """Return tickets that would have gone elsewhere, as far as the actor may read them, the newest first."""
    wanted = (
        select(*COLUMNS, table.old_bureau_code, table.new_bureau_code, table.ended_bureau_code)
        .join(table, table.ticket_id == Ticket.id)
        .where(whose, readable(actor))
        .order_by(table.ticket_id.desc())
        .limit(most)
    )
    if after_id is not None:
        wanted = wanted.where(table.ticket_id < after_id)
    return db.session.execute(wanted).all()

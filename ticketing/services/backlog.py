"""What the background has still to do: how much of each, since when, and what keeps failing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, literal, select, union_all, update

from ticketing.domain.audit import AuditKind
from ticketing.domain.errors import NotFound
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import (
    BulkAction,
    Delivery,
    MonthlyReport,
    OutboxEvent,
    PolicyDraft,
    PolicyRollout,
    RoutingRun,
    TicketClock,
)
from ticketing.services import audit
from ticketing.services.audit import Whom
from ticketing.services.history import Act

#: Later than this something is wrong: a worker that is away, a provider that does not answer.
LATE = dt.timedelta(minutes=5)
COUNTED = 10_000
FAILING = 50


@dataclass(frozen=True)
class Waiting:
    """One sort of work: its word, how much of it is due, and since when the oldest is."""

    name: str
    words: str
    count: int
    since: dt.datetime | None

    def late(self, now: dt.datetime) -> bool:
        """Tell whether the oldest should long be done."""
        return self.since is not None and now - self.since > LATE


def _sorts(now: dt.datetime) -> dict[str, tuple[str, ColumnElement[Any], tuple[Any, ...]]]:
    return {
        "relay": (N_("事件等待转达"), OutboxEvent.retry_at,
                  (OutboxEvent.relayed_at.is_(None), OutboxEvent.retry_at <= now)),
        "deliver": (N_("通知等待发送"), Delivery.due_at,
                    (Delivery.status.in_(["waiting", "sending"]), Delivery.due_at <= now)),
        "tick": (N_("时限提醒等待触发"), TicketClock.next_rung_at, (TicketClock.next_rung_at <= now,)),
        "many": (N_("批量操作等待办理"), BulkAction.run_at,
                 (BulkAction.done_at.is_(None), BulkAction.undone_at.is_(None), BulkAction.run_at <= now)),
        "foresee": (N_("试算等待完成"), PolicyDraft.wanted_at, (PolicyDraft.wanted_at.is_not(None),)),
        "roll_out": (N_("新版本等待应用"), PolicyRollout.retry_at,
                     (PolicyRollout.finished_at.is_(None), PolicyRollout.retry_at <= now)),
        "report": (N_("月报等待生成"), MonthlyReport.asked_at, (MonthlyReport.made_at.is_(None),)),
        "learn": (N_("路由训练等待完成"), RoutingRun.asked_at, (RoutingRun.finished_at.is_(None),)),
    }  # fmt: skip


def waiting(now: dt.datetime) -> list[Waiting]:
    """Return what is due of each sort, in one statement of capped counts over the indexes of what waits."""
    sorts = _sorts(now)
    parts = []
    for place, (_word, at, where) in enumerate(sorts.values()):
        capped = select(at.label("at")).where(*where).order_by(at).limit(COUNTED).subquery()
        parts.append(
            select(
                func.count().label("count"),
                func.min(capped.c.at).label("since"),
                literal(place).label("place"),
            )
        )
    found = {row.place: row for row in db.session.execute(union_all(*parts))}
    return [
        Waiting(name, word, found[place].count, found[place].since)
        for place, (name, (word, _at, _where)) in enumerate(sorts.items())
    ]


FAILED = (
    select(
        OutboxEvent.id,
        OutboxEvent.name,
        OutboxEvent.attempts,
        OutboxEvent.recorded_at,
        OutboxEvent.retry_at,
        OutboxEvent.error,
    )
    .where(OutboxEvent.relayed_at.is_(None), OutboxEvent.attempts > 0)
    .order_by(OutboxEvent.retry_at, OutboxEvent.id)
    .limit(FAILING)
)


def failing() -> Sequence[Row[Any]]:
    """Return the facts whose handlers keep failing; they are tried again by themselves, less and less often."""
    return db.session.execute(FAILED).all()


def retry_fact(event_id: int, act: Act) -> None:
    """Let a fact be told again at once.

    Raises:
        NotFound: there is none, or it has been told.
    """
    row = db.session.get(OutboxEvent, event_id, with_for_update=True)
    if row is None or row.relayed_at is not None:
        raise NotFound
    row.retry_at = act.now
    audit.record(AuditKind.RETRIED, act, Whom(f"event {row.id}"), {"name": row.name})


def failed_deliveries() -> int:
    """Return how many messages were given up, `COUNTED` at most."""
    capped = select(Delivery.id).where(Delivery.status == "failed").limit(COUNTED).subquery()
    return db.session.scalar(select(func.count()).select_from(capped)) or 0


def retry_deliveries(act: Act) -> int:
    """Let every message that was given up be tried again from the beginning; return how many."""
    given_up = select(Delivery.id).where(Delivery.status == "failed").order_by(Delivery.id).limit(COUNTED)
    wanted = update(Delivery).where(Delivery.id.in_(given_up.with_for_update(skip_locked=True)))
    rows = db.session.execute(
        wanted.values(status="waiting", due_at=act.now, attempts=0).returning(Delivery.id)
    ).all()
    audit.record(AuditKind.RETRIED, act, Whom("deliveries"), {"count": len(rows)})
    return len(rows)

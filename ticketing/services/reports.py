"""月报: what a director reads of a month. The figures are frozen when it is made; the paper is made of them.

On the first working day of a month that of the month before is asked for; a supervisor may ask for an earlier one.
The row is the queue: asked for, then made, or left with the sentence why it could not be.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from ticketing.domain.clock import local
from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Account, Blob, MonthlyReport, Ticket
from ticketing.services import listing, performance
from ticketing.services.performance import Asked, Borne, Counts
from ticketing.services.province import Province

#: When on the first working day it is asked for.
MORNING = dt.time(8)
#: Bureaus with fewer tickets than this are in no ranking.
RANKED = 5
BEST, WORST, TOPICS, MONTHS = 5, 8, 10, 6


def month_before(now: dt.datetime) -> dt.date:
    """Return the first day of the month before."""
    return (local(now).date().replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def is_time(now: dt.datetime, province: Province) -> bool:
    """Tell whether the first working day of this month has begun."""
    here = local(now)
    first = here.date().replace(day=1)
    while not province.calendar.is_working_day(first):
        first += dt.timedelta(days=1)
    return (here.date(), here.time()) >= (first, MORNING)


def ask(month: dt.date, now: dt.datetime, account_id: int | None = None) -> bool:
    """Ask for the report of a month; False where it was asked for before.

    Raises:
        Invalid: the month is not over.
    """
    if month.replace(day=1) > month_before(now):
        raise Invalid(N_("这个月还没有过完，下个月第一个工作日自动生成。"), field="month")
    row = {"month": month.replace(day=1), "asked_at": now, "asked_by_id": account_id}
    statement = insert(MonthlyReport.__table__).values(row).on_conflict_do_nothing()
    return db.session.execute(statement.returning(MonthlyReport.month)).first() is not None


def ask_again(month: dt.date) -> None:
    """Let a report whose paper could not be made be tried again; its figures stay as they are."""
    row = db.session.get(MonthlyReport, month, with_for_update=True)
    if row is not None and row.blob_sha256 is None:
        row.made_at, row.problem = None, ""


def asker(row: MonthlyReport) -> str:
    """Return the name of who asked for a report; nobody's where its day had come."""
    account = db.session.get(Account, row.asked_by_id) if row.asked_by_id else None
    return account.name if account else ""


def next_asked() -> MonthlyReport | None:
    """Return a report that was asked for, locked; None where none waits."""
    wanted = (
        select(MonthlyReport).where(MonthlyReport.made_at.is_(None)).order_by(MonthlyReport.month).limit(1)
    )
    return db.session.scalar(wanted.with_for_update(skip_locked=True))


def listed() -> list[MonthlyReport]:
    """Return the reports, the newest first."""
    return list(db.session.scalars(select(MonthlyReport).order_by(MonthlyReport.month.desc()).limit(60)))


def finish(row: MonthlyReport, now: dt.datetime, *, paper: bytes | None, problem: str = "") -> None:
    """Keep the paper, or why there is none."""
    row.made_at, row.problem = now, problem
    if paper is not None:
        digest = hashlib.sha256(paper).hexdigest()
        statement = insert(Blob.__table__).values(sha256=digest, content=paper).on_conflict_do_nothing()
        db.session.execute(statement)
        row.blob_sha256 = digest


def paper(row: MonthlyReport) -> bytes | None:
    """Return the PDF, where there is one."""
    blob = db.session.get(Blob, row.blob_sha256) if row.blob_sha256 else None
    return blob.content if blob is not None else None


def figures(month: dt.date, province: Province) -> dict[str, Any]:
    """Return everything that the paper says, as plain values."""
    months = [Asked(*span) for span in performance.months(month, MONTHS)]
    this, last = months[-1], months[-2]
    by_bureau = performance.table(this, "bureau", province)
    borne = performance.borne(this, province)
    start, end = performance.instants(this)
    return {
        "month": month.isoformat(),
        "came": _came(this),
        "came_before": _came(last),
        "total": by_bureau.total.numbers,
        "before": performance.total(last, province).numbers,
        "days": {day.isoformat(): _day(one) for day, one in sorted(by_bureau.days.items())},
        "months": [[one.first.isoformat(), performance.total(one, province).numbers] for one in months],
        "bureaus": _bureaus(by_bureau.rows, borne),
        "types": {code: one.numbers for code, one in performance.table(this, "type", province).rows.items()},
        "regions": {
            code: one.numbers for code, one in performance.table(this, "region", province).rows.items()
        },
        "topics": _topics(this, last, province),
        "callbacks": performance.callbacks(this, end),
        "listed": [[row.bureau_code, row.listed] for row in listing.between(start, end)],
    }


def _came(asked: Asked) -> int:
    start, end = performance.instants(asked)
    wanted = select(func.count()).where(Ticket.received_at >= start, Ticket.received_at < end)
    return db.session.scalar(wanted) or 0


def _day(one: Counts) -> list[int]:
    return [one.numbers["promised"], one.numbers["kept_first"]]


def _bureaus(rows: Mapping[str, Counts], borne: Mapping[str, Borne]) -> list[dict[str, Any]]:
    """Return the bureaus with their counts and what they bear, the worst kept promises first."""
    found = [
        {"code": code, "numbers": one.numbers, "share": one.share("kept_first")}
        | asdict(borne.get(code, Borne(0, 0, 0)))
        for code, one in rows.items()
    ]
    return sorted(found, key=lambda one: (one["share"] if one["share"] is not None else 2.0, one["code"]))


def _topics(this: Asked, last: Asked, province: Province) -> list[list[Any]]:
    """Return (topic, this month, the month before), the most asked first."""
    now, before = performance.topics(this, province), performance.topics(last, province)
    most = sorted(now, key=lambda code: (-now[code], code))[:TOPICS]
    return [[code, now[code], before.get(code, 0)] for code in most]

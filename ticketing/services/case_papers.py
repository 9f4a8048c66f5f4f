"""The record of a case on paper: asked for on a page, printed by a job, kept sealed for who asked, a week long.

The page that goes into the press is drawn when it is asked for, with what its reader may read then; the row is the
queue. Page and PDF can carry names, so neither lies in the database but sealed.
"""

import datetime as dt

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.dialects.postgresql import insert

from ticketing.extensions import db
from ticketing.models import CasePaper, CoordinationCase
from ticketing.services import case_secrets

KEPT = dt.timedelta(days=7)


def ask(case: CoordinationCase, account_id: int, page: str, now: dt.datetime, *, whole: bool) -> None:
    """Have a page printed; what the colleague asked for before is replaced."""
    row = {
        "asked_at": now,
        "made_at": None,
        "whole": whole,
        "problem": "",
        "sealed": case_secrets.seal_bytes(case, page.encode(), _place(account_id)),
    }
    statement = insert(CasePaper.__table__).values(case_id=case.id, account_id=account_id, **row)
    db.session.execute(statement.on_conflict_do_update(index_elements=["case_id", "account_id"], set_=row))


def of(case: CoordinationCase, account_id: int | None) -> CasePaper | None:
    """Return what a colleague asked for last."""
    mine = CasePaper.account_id == account_id
    return db.session.scalar(select(CasePaper).where(CasePaper.case_id == case.id, mine))


def next_asked() -> CasePaper | None:
    """Return a paper that was asked for, locked; None where none waits."""
    wanted = select(CasePaper).where(CasePaper.made_at.is_(None)).order_by(CasePaper.id).limit(1)
    return db.session.scalar(wanted.with_for_update(skip_locked=True))


def page(row: CasePaper) -> str:
    """Return the page for the press."""
    return _open(row).decode()


def content(row: CasePaper) -> bytes | None:
    """Return the PDF; nothing where it is not made, or could not be."""
    return _open(row) if row.made_at is not None and not row.problem else None


def finish(row: CasePaper, now: dt.datetime, *, paper: bytes | None, problem: str = "") -> None:
    """Keep the paper in the place of its page, or why there is none."""
    row.made_at, row.problem = now, problem
    if paper is not None:
        case = db.session.get_one(CoordinationCase, row.case_id)
        row.sealed = case_secrets.seal_bytes(case, paper, _place(row.account_id))


def drop_old(now: dt.datetime) -> int:
    """Forget papers of a week ago: they can be asked for again; return how many."""
    done = db.session.execute(delete(CasePaper).where(CasePaper.asked_at <= now - KEPT))
    return done.rowcount if isinstance(done, CursorResult) else 0


def _open(row: CasePaper) -> bytes:
    case = db.session.get_one(CoordinationCase, row.case_id)
    return case_secrets.opened_bytes(case, row.sealed, _place(row.account_id))


def _place(account_id: int) -> str:
    return f"paper:{account_id}"

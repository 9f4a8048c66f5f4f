"""The log of calls: newest first, by line, outcome, operator and day; keyset pages."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, select, tuple_

from ticketing.domain.calls import INCOMING
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Account, Call
from ticketing.services.callback_duties import PAGE
from ticketing.services.kept import Kept
from ticketing.services.worklists import FOREVER, Cursor

DAY = dt.timedelta(days=1)
#: What no outcome says: it lasts, waits for its operator, or was never picked up, whatever came of it later.
OPEN_ENDS = {"open": N_("进行中"), "unfiled": N_("待登记"), "lost": N_("没接到")}
ENDS = {
    "open": Call.ended_at.is_(None),
    "unfiled": and_(Call.ended_at.is_not(None), Call.outcome.is_(None)),
    "lost": and_(Call.ended_at.is_not(None), Call.answered_at.is_(None), Call.direction == INCOMING),
}


@dataclass(frozen=True)
class Wanted:
    """What the filters leave; empty means everything."""

    line: str = ""
    outcome: str = ""
    account_id: int | None = None
    since: dt.datetime | None = None


#: What the log shows of a call.
SHOWN = (
    Call.id, Call.caller, Call.hotline_number, Call.rang_at, Call.answered_at, Call.ended_at, Call.state,
    Call.outcome, Call.direction, Account.name.label("operator"),
)  # fmt: skip
ALL = (
    select(*SHOWN)
    .outerjoin(Account, Account.id == Call.account_id)
    .order_by(Call.rang_at.desc(), Call.id.desc())
    .limit(PAGE + 1)
)
NEWEST = Kept(ALL)


def page(wanted: Wanted, after: Cursor | None) -> Sequence[Row[Any]]:
    """Return calls with who answered them, one more than a page."""
    if wanted == Wanted() and after is None:
        return NEWEST.rows()
    found = ALL
    if wanted.line:
        found = found.where(Call.hotline_number == wanted.line)
    if wanted.outcome:
        found = found.where(ENDS.get(wanted.outcome, Call.outcome == wanted.outcome))
    if wanted.account_id is not None:
        found = found.where(Call.account_id == wanted.account_id)
    if wanted.since is not None:
        found = found.where(Call.rang_at >= wanted.since, Call.rang_at < wanted.since + DAY)
    if after is not None:
        found = found.where(tuple_(Call.rang_at, Call.id) < (after.at or FOREVER, after.id))
    return db.session.execute(found).all()

"""What operators are doing by their own word: ready, on a call, writing it up, away for a moment."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from ticketing.domain.errors import Invalid
from ticketing.domain.vocabulary import PresenceState
from ticketing.extensions import db
from ticketing.models import Presence
from ticketing.services.kept import Kept

#: A desk that was not heard of for so long is closed, whatever was said last.
SILENT = dt.timedelta(minutes=3)
SAID = Kept(
    select(Presence.state, Presence.seen_at).where(
        Presence.account_id == bindparam("account", type_=BigInteger)
    )
)
ORDER = (PresenceState.READY, PresenceState.WRAP_UP, PresenceState.BUSY, PresenceState.PAUSE)


def state_of(row: Any, now: dt.datetime) -> PresenceState | None:
    """Return what a colleague is doing; None where their desk is closed."""
    if row is None or now - row.seen_at > SILENT:
        return None
    return PresenceState(row.state)


def rank(row: Presence | None, now: dt.datetime) -> int:
    """Return the place in the order of ringing: the free ones first, those with a closed desk before a pause."""
    state = state_of(row, now)
    return 3 if state is None else ORDER.index(state) + (state is PresenceState.PAUSE)


def shown(account_id: int, now: dt.datetime) -> PresenceState | None:
    """Return what a colleague is doing, for a page."""
    rows = SAID.rows(account=account_id)
    return state_of(rows[0] if rows else None, now)


def of(account_id: int) -> Presence | None:
    """Return a colleague's row."""
    return db.session.get(Presence, account_id)


def say(account_id: int, state: str, now: dt.datetime) -> None:
    """Note what a colleague is doing from now on.

    Raises:
        Invalid: no such state.
    """
    if state not in frozenset(PresenceState):
        raise Invalid(field="state")
    values = {"account_id": account_id, "state": state, "since": now, "seen_at": now}
    statement = insert(Presence.__table__).values(values)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["account_id"], set_={"state": state, "since": now, "seen_at": now}
        )
    )


def seen(account_id: int, now: dt.datetime) -> None:
    """Note that a desk is open; one that was closed is ready again only when its operator says so."""
    row = of(account_id)
    if row is not None and now - row.seen_at >= dt.timedelta(seconds=30):
        if state_of(row, now) is None:
            row.state, row.since = PresenceState.PAUSE.value, now
        row.seen_at = now


def states(accounts: list[int], now: dt.datetime) -> dict[int, PresenceState | None]:
    """Return what each of these colleagues is doing."""
    rows = db.session.scalars(select(Presence).where(Presence.account_id.in_(accounts)))
    known = {row.account_id: state_of(row, now) for row in rows}
    return {account: known.get(account) for account in accounts}

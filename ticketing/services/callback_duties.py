"""回拨 as a duty: whose it is, tried three times, told to the supervisor when nobody did it in time."""

import datetime as dt
from collections import namedtuple
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert

from ticketing.domain.clock import local
from ticketing.domain.contact import mask_phone
from ticketing.domain.errors import Conflict, WrongState
from ticketing.domain.events import CallbackOverdue, Event
from ticketing.domain.text import limited
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Account, Call, Callback, CallbackTry, Notice
from ticketing.services import duty_gaps, outbox
from ticketing.services.history import Act
from ticketing.services.kept import INSTANT, Kept
from ticketing.services.notifications import MORNING, NIGHT_BEGINS, Told

TRIES = 3
UNREACHABLE = "unreachable"
AGAIN = dt.timedelta(hours=1)
PAGE = 50
OPEN = Callback.done_at.is_(None)
OVERDUE = N_("回拨超时，没有人办：%(caller)s（%(line)s）")
Condition = ColumnElement[bool]
_CALLBACK = namedtuple("_CALLBACK", Callback.__table__.columns.keys())  # type: ignore[misc]
_CALL = namedtuple("_CALL", Call.__table__.columns.keys())  # type: ignore[misc]


class Duty(NamedTuple):
    """A call-back with its call and the name of whoever has taken it on."""

    callback: Any
    call: Any
    owner: str | None


def own(duty: Callback, act: Act) -> None:
    """Take a duty on; it stays with whom it is.

    Raises:
        WrongState: it is done.
        Conflict: it is a colleague's.
    """
    if duty.done_at is not None:
        raise WrongState(N_("这件回拨已经办完。"))
    if duty.owner_id not in (None, act.actor.account_id):
        raise Conflict(N_("这件回拨已由同事认领。"))
    duty.owner_id = act.actor.account_id


def tried(duty: Callback, act: Act, *, text: str = "", reached: bool = False) -> None:
    """Note a try; after the third that reached nobody the duty ends, and its record says so.

    Who reached somebody then says what became of the call, which ends the duty too.

    Raises:
        WrongState: it is done.
        Invalid: the words are too long.
    """
    if duty.done_at is not None:
        raise WrongState(N_("这件回拨已经办完。"))
    words = limited(text, field="text", most=500)
    db.session.add(
        CallbackTry(
            callback_id=duty.id, account_id=act.actor.account_id, at=act.now, reached=reached, text=words
        )
    )
    duty.owner_id = duty.owner_id or act.actor.account_id
    duty.attempts += 1
    if reached:
        return
    if duty.attempts >= TRIES:
        duty.done_at, duty.outcome = act.now, UNREACHABLE
    else:
        duty.next_at = in_daytime(act.now + AGAIN)


def in_daytime(moment: dt.datetime) -> dt.datetime:
    """Return the instant itself, or the morning after where people sleep."""
    here = local(moment)
    if MORNING <= here.time() < NIGHT_BEGINS:
        return moment
    day = here.date() + dt.timedelta(days=1 if here.time() >= NIGHT_BEGINS else 0)
    return dt.datetime.combine(day, MORNING, here.tzinfo).astimezone(dt.UTC)


def tries_of(duty: Callback) -> Sequence[Row[Any]]:
    """Return the tries of a duty with who tried."""
    wanted = (
        select(CallbackTry.at, CallbackTry.reached, CallbackTry.text, Account.name)
        .join(Account, Account.id == CallbackTry.account_id)
        .where(CallbackTry.callback_id == duty.id)
        .order_by(CallbackTry.id)
    )
    return db.session.execute(wanted).all()


#: The lists of duties by name; `me`: an account, `now`: the instant.
LISTS: dict[str, Condition] = {
    "open": OPEN,
    "mine": and_(OPEN, Callback.owner_id == bindparam("me", type_=BigInteger)),
    "overdue": and_(OPEN, Callback.due_at < bindparam("now", type_=INSTANT), Callback.attempts == 0),
    "done": Callback.done_at.is_not(None),
}
COUNTED = ("open", "mine", "overdue")
COUNTS = Kept(
    select(*(func.count().filter(LISTS[name]) for name in COUNTED)).select_from(Callback).where(OPEN)
)


def counts(account_id: int, now: dt.datetime) -> dict[str, int]:
    """Return how many there are in each of the open lists, one statement."""
    return dict(zip(COUNTED, COUNTS.rows(me=account_id, now=now)[0], strict=True))


def listed(
    name: str, account_id: int, now: dt.datetime, after: tuple[dt.datetime, int] | None
) -> Sequence[Duty]:
    """Return the duties of a list, as `page` has them."""
    if after is not None:
        return page(LISTS[name], after, done=name == "done", values={"me": account_id, "now": now})
    return [_duty(row) for row in FIRST[name].rows(me=account_id, now=now)]


def page(
    condition: Condition,
    after: tuple[dt.datetime, int] | None,
    *,
    done: bool = False,
    values: dict[str, Any] | None = None,
) -> Sequence[Duty]:
    """Return duties with their calls: open ones by what is due next, done ones newest first; one row more."""
    wanted = _wanted(condition, done=done)
    if after is not None:
        here = tuple_(Callback.opened_at if done else Callback.due_at, Callback.id)
        wanted = wanted.where(here < after if done else here > after)
    return [_duty(row) for row in db.session.execute(wanted, values or {})]


def _duty(row: Sequence[Any]) -> Duty:
    """Put the columns of `_wanted` together again, as rows to look at."""
    calls = len(Callback.__table__.columns)
    return Duty(_CALLBACK(*row[:calls]), _CALL(*row[calls:-1]), row[-1])


def _wanted(condition: Condition, *, done: bool) -> Select[Any]:
    wanted = (
        select(*Callback.__table__.columns, *Call.__table__.columns, Account.name.label("owner"))
        .join(Call, Call.id == Callback.call_id)
        .outerjoin(Account, Account.id == Callback.owner_id)
        .where(condition)
        .limit(PAGE + 1)
    )
    newest_first = (Callback.opened_at.desc(), Callback.id.desc())
    return wanted.order_by(*(newest_first if done else (Callback.due_at, Callback.id)))


FIRST = {name: Kept(_wanted(condition, done=name == "done")) for name, condition in LISTS.items()}


def next_open(account_id: int, now: dt.datetime) -> int | None:
    """Return the call of the duty that comes next: one's own or nobody's, whose time to try has come."""
    return db.session.scalar(
        select(Callback.call_id)
        .where(
            OPEN,
            or_(Callback.owner_id.is_(None), Callback.owner_id == account_id),
            or_(Callback.next_at.is_(None), Callback.next_at <= now),
        )
        .order_by(Callback.due_at, Callback.id)
        .limit(1)
    )


def escalate(now: dt.datetime, batch: int = 200) -> int:
    """Tell the supervisors of duties that nobody tried in time, once each; return how many."""
    late = (
        select(Callback)
        .where(OPEN, Callback.due_at < now, Callback.attempts == 0, Callback.escalated_at.is_(None))
        .order_by(Callback.due_at)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    rows = db.session.scalars(late).all()
    for duty in rows:
        duty.escalated_at = now
        outbox.record(CallbackOverdue(None, duty.call_id), now)
    return len(rows)


def tell_supervisors(event: Event, told: Told) -> None:
    """Leave a notice with the supervisors."""
    call = db.session.get_one(Call, event.call_id)  # type: ignore[attr-defined]
    rows = [
        {
            "event_id": told.event_id,
            "account_id": account,
            "text": OVERDUE,
            "values": {
                "caller": mask_phone(call.caller),
                "line": call.hotline_number,
                "call": call.id,
            },
            "at": told.now,
        }
        for account in db.session.scalars(duty_gaps.supervisors(told.now))
    ]
    if rows:
        db.session.execute(insert(Notice.__table__).on_conflict_do_nothing(), rows)

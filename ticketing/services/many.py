"""One verb for many tickets: rehearsed first, carried out ten seconds later unless undone, each ticket on its own.

The rehearsal is the deed itself in a savepoint that is rolled back, so that what is refused then is refused in the
same words now. Undoing takes back the asking, never a line of a history.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from ticketing.domain.actors import Actor
from ticketing.domain.errors import Conflict, DomainError, Invalid, NotFound
from ticketing.domain.permissions import Permission, may
from ticketing.domain.words import N_
from ticketing.domain.workflow import TABLE, Action
from ticketing.extensions import db
from ticketing.models import Account, BulkAction, Ticket
from ticketing.services import accounts, dispatch, handling, moves, supervision
from ticketing.services.history import Act
from ticketing.services.province import Province

UNDO = dt.timedelta(seconds=10)
MOST = 100
BUSY = N_("工单正被别人修改，这次没有办。")
CHANGED = N_("您选中以后，别人先办了一步，所以这次没有办。请打开看看。")
Deed = Callable[[Ticket, dict[str, Any], Act, Province], object]


@dataclass(frozen=True)
class Verb:
    """What can be done to many tickets: the deed, whose right it is, and what it has to be told."""

    action: Action
    deed: Deed
    asks: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """The word on its button, the same as in the history."""
        return TABLE[self.action].word


VERBS: dict[str, Verb] = {
    "accept": Verb(Action.ACCEPT, lambda t, _v, a, _p: handling.accept(t, a)),
    "assign": Verb(Action.ASSIGN, lambda t, v, a, _p: handling.assign(t, int(v["account"]), a), ("account",)),
    "dispatch": Verb(
        Action.DISPATCH,
        lambda t, v, a, p: dispatch.dispatch(t, v["bureau"], a, p, reason=v["text"]),
        ("bureau", "text"),
    ),
    "remind": Verb(Action.REMIND, lambda t, v, a, _p: supervision.remind(t, v["text"], a), ("text",)),
    "note": Verb(Action.NOTE, lambda t, v, a, _p: handling.note(t, v["text"], a), ("text",)),
}


@dataclass(frozen=True)
class Rehearsed:
    """A ticket of a bulk action: whether it would be done, else why not."""

    ticket: Ticket
    refusal: DomainError | None


def chosen(identifiers: Iterable[int], actor: Actor) -> list[Ticket]:
    """Return the tickets that were picked, as far as the actor may read them.

    Raises:
        Invalid: none, or more than can be looked through.
    """
    wanted = sorted(set(identifiers))
    if not wanted:
        raise Invalid(N_("请先勾选工单。"))
    if len(wanted) > MOST:
        raise Invalid(N_("一次最多 %(most)s 件，请分批办理。"), most=MOST)
    found = db.session.scalars(select(Ticket).where(Ticket.id.in_(wanted)).order_by(Ticket.id))
    return [one for one in found if may(actor, Permission.READ_TICKET, one)]


def rehearse(
    verb: Verb, values: dict[str, Any], tickets: Sequence[Ticket], act: Act, province: Province
) -> list[Rehearsed]:
    """Try the verb on each ticket and take it back; say what would be refused and why."""
    return [Rehearsed(one, _tried(verb, values, one, act, province)) for one in tickets]


def _tried(
    verb: Verb, values: dict[str, Any], ticket: Ticket, act: Act, province: Province
) -> DomainError | None:
    savepoint = db.session.begin_nested()
    try:
        verb.deed(moves.locked(ticket.id), values, act, province)
        db.session.flush()
    except DomainError as refusal:
        return refusal
    finally:
        savepoint.rollback()
    return None


def ask(name: str, values: dict[str, Any], tickets: Sequence[Ticket], act: Act) -> BulkAction:
    """Ask for a verb on tickets as they were seen now; it waits to be undone."""
    row = BulkAction(
        account_id=act.actor.account_id,
        verb=name,
        values=values,
        tickets={str(one.id): one.history_seq for one in tickets},
        asked_at=act.now,
        run_at=act.now + UNDO,
    )
    db.session.add(row)
    db.session.flush()
    return row


def own(identifier: int, actor: Actor) -> BulkAction:
    """Return a bulk action of this person.

    Raises:
        NotFound: somebody else's, or none.
    """
    row = db.session.get(BulkAction, identifier)
    if row is None or row.account_id != actor.account_id:
        raise NotFound
    return row


def undo(row: BulkAction, now: dt.datetime) -> None:
    """Take back what was asked for.

    Raises:
        Invalid: it has been carried out already.
    """
    db.session.refresh(row, with_for_update=True)
    if row.done_at is not None:
        raise Invalid(N_("已经办了，不能再撤销；请到工单里继续处理。"))
    row.undone_at = row.undone_at or now


def carry_out(row: BulkAction, now: dt.datetime, province: Province) -> None:
    """Do it to each ticket with the rights that the person has now; a refused one costs only itself."""
    account = db.session.get_one(Account, row.account_id)
    act = Act(accounts.actor(account, now), now)
    verb = VERBS[row.verb]
    row.results = {
        identifier: _done(verb, row.values, (int(identifier), seen), act, province)
        for identifier, seen in sorted(row.tickets.items(), key=lambda one: int(one[0]))
    }
    row.done_at = now


def _done(
    verb: Verb, values: dict[str, Any], which: tuple[int, int], act: Act, province: Province
) -> dict[str, Any]:
    identifier, seen = which
    try:
        with db.session.begin_nested():
            verb.deed(moves.locked(identifier, seen=seen), values, act, province)
    except Conflict:
        return {"why": CHANGED, "values": {}}
    except DomainError as refusal:
        return {"why": refusal.message, "values": refusal.values}
    except OperationalError:
        return {"why": BUSY, "values": {}}
    return {}


def due(now: dt.datetime) -> BulkAction | None:
    """Return the next bulk action whose seconds are over, locked."""
    wanted = (
        select(BulkAction)
        .where(BulkAction.run_at <= now, BulkAction.done_at.is_(None), BulkAction.undone_at.is_(None))
        .order_by(BulkAction.run_at, BulkAction.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return db.session.scalar(wanted)

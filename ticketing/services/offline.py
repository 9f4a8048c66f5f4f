"""Calls written down while the server was away: numbers issued in advance, taken in later without doubles.

A block's passwords leave the house once, to the browser that asked for it; here only their hashes stay, as with every
ticket. An entry is known by the id that its browser gave it, so that sending it twice makes one ticket.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, text

from ticketing.domain import numbers
from ticketing.domain.clock import local
from ticketing.domain.errors import Invalid, NotFound, TooMany, Unavailable
from ticketing.domain.messages import Inbound
from ticketing.domain.numbers import ONLINE_SERIALS
from ticketing.domain.vocabulary import Door
from ticketing.domain.words import N_
from ticketing.extensions import db, vault
from ticketing.models import Account, NumberBlock, SealedNumber, Ticket
from ticketing.services import intake
from ticketing.services.history import Act
from ticketing.services.province import Province

SIZE = 20
MOST_A_DAY = 10
"""Blocks of one colleague: two hundred calls are more than a day has."""
LAST_SERIAL = 999_999
LATEST = dt.timedelta(days=7)
SOURCE = "offline"
LOCK = 7_361_002
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Issued:
    """A block with its passwords, in the clear for the only time."""

    block_id: int
    pairs: Sequence[tuple[str, str]]


def issue(act: Act) -> Issued:
    """Give the colleague the next block of today's numbers.

    Raises:
        TooMany: they have had enough for today.
        Unavailable: the day's numbers are used up.
    """
    db.session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
    day = local(act.now).date()
    today = select(func.max(NumberBlock.first + NumberBlock.size)).where(NumberBlock.day == day)
    had = select(func.count()).where(NumberBlock.day == day, NumberBlock.account_id == act.actor.account_id)
    first = db.session.scalar(today) or ONLINE_SERIALS
    if (db.session.scalar(had) or 0) >= MOST_A_DAY:
        raise TooMany(3600, N_("今天领的号段已经够多，请先把用过的同步上来。"))
    if first + SIZE - 1 > LAST_SERIAL:
        raise Unavailable(N_("今天的离线编码已经领完。"))
    block = NumberBlock(account_id=act.actor.account_id, day=day, first=first, size=SIZE, issued_at=act.now)
    db.session.add(block)
    db.session.flush()
    pairs = [(numbers.issue(act.now, first + n), intake.six_digits()) for n in range(SIZE)]
    db.session.add_all(
        SealedNumber(number=number, block_id=block.id, password_hash=vault.seal(password))
        for number, password in pairs
    )
    db.session.flush()
    return Issued(block.id, pairs)


@dataclass(frozen=True)
class Taken:
    """What became of an entry: a new ticket, or the one that was made of it before."""

    ticket_id: int
    number: str
    again: bool


def skew(sent_at: object, now: dt.datetime) -> dt.timedelta:
    """Return by how much a desk's clock is behind ours, by what it says the time is; without a word it is right."""
    try:
        said = dt.datetime.fromisoformat(str(sent_at))
    except ValueError:
        return dt.timedelta(0)
    return now - said if said.tzinfo is not None else dt.timedelta(0)


def take_in(entry: Mapping[str, Any], act: Act, province: Province, *, behind: dt.timedelta) -> Taken:
    """Make the ticket of an entry, under the number and password that were read out.

    `behind`: by how much the desk's clock is behind ours; its instants are put right by it.

    Raises:
        Invalid: the entry has no id, its number is not the colleague's, is used by another entry or was withdrawn.
        InvalidFields: what is wrong with the request itself.
    """
    identifier = str(entry.get("id", ""))
    if not _ID.fullmatch(identifier):
        raise Invalid(N_("这条记录没有标识，不能同步。"))
    sealed = _sealed(str(entry.get("number", "")), act)
    if sealed.ticket_id is not None:
        ticket = db.session.get_one(Ticket, sealed.ticket_id)
        if (ticket.source, ticket.source_id) == (SOURCE, identifier):
            return Taken(ticket.id, ticket.number, again=True)
        raise Invalid(N_("编码 %(number)s 已经用在另一件诉求上。"), number=numbers.shown(sealed.number))
    advance = intake.Advance(sealed.number, sealed.password_hash)
    receipt = intake.receive(
        _inbound(entry, identifier, act, behind), act, province, intake.Options(advance=advance)
    )
    if not receipt.duplicate:
        sealed.ticket_id, sealed.used_at = receipt.ticket_id, act.now
    return Taken(receipt.ticket_id, receipt.number, again=receipt.duplicate)


def _sealed(number: str, act: Act) -> SealedNumber:
    row = db.session.get(SealedNumber, number, with_for_update=True)
    block = db.session.get(NumberBlock, row.block_id) if row else None
    if row is None or block is None or block.account_id != act.actor.account_id:
        raise Invalid(N_("编码 %(number)s 不在您领的号段里。"), number=number[:13])
    if block.withdrawn_at is not None and row.ticket_id is None:
        raise Invalid(N_("编码 %(number)s 所在的号段已经作废。"), number=numbers.shown(number))
    return row


def _inbound(entry: Mapping[str, Any], identifier: str, act: Act, behind: dt.timedelta) -> Inbound:
    return Inbound(
        door=Door.TELEPHONE,
        body=str(entry.get("body", "")),
        received_at=_spoken(str(entry.get("at", "")), act.now, behind),
        hotline_number=str(entry.get("hotline", "")) or None,
        enterprise=str(entry.get("enterprise", "")),
        requester=str(entry.get("name", "")),
        phone=str(entry.get("phone", "")),
        source=SOURCE,
        source_id=identifier,
    )


def _spoken(typed: str, now: dt.datetime, behind: dt.timedelta) -> dt.datetime:
    """Return when the enterprise spoke, by the clock of the desk that was cut off.

    Raises:
        Invalid: no instant, or longer ago than a desk may stay away.
    """
    try:
        at = dt.datetime.fromisoformat(typed)
        at = at + behind
    except (ValueError, OverflowError):
        raise Invalid(N_("记录的时间读不懂。"), field="received_at") from None
    if at.tzinfo is None or at < now - LATEST:
        raise Invalid(N_("记录的时间太早，请核对电脑的时钟。"), field="received_at")
    return at


def withdraw(block_id: int, act: Act) -> None:
    """Make the unused numbers of a block worthless: a notebook was lost, or a passphrase seen.

    Raises:
        NotFound: it is not the colleague's.
    """
    block = db.session.get(NumberBlock, block_id)
    if block is None or block.account_id != act.actor.account_id:
        raise NotFound
    block.withdrawn_at = block.withdrawn_at or act.now


def blocks_of(account_id: int, limit: int = 20) -> Sequence[Row[Any]]:
    """Return a colleague's blocks, the newest first, with how many numbers were used."""
    used = (
        select(func.count())
        .where(SealedNumber.block_id == NumberBlock.id, SealedNumber.ticket_id.is_not(None))
        .correlate(NumberBlock)
        .scalar_subquery()
    )
    wanted = (
        select(NumberBlock, Account.name, used.label("used"))
        .join(Account, Account.id == NumberBlock.account_id)
        .where(NumberBlock.account_id == account_id)
        .order_by(NumberBlock.id.desc())
    )
    return db.session.execute(wanted.limit(limit)).all()

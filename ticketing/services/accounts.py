"""Accounts of staff: made, opened with a password, locked after guesses, read as actors of the moment."""

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select

from ticketing.domain.actors import Actor, ActorKind, Grant
from ticketing.domain.audit import AuditKind
from ticketing.domain.errors import Invalid, NotFound, TooMany
from ticketing.domain.text import NAME_MAX, clean, limited, require
from ticketing.domain.vocabulary import Door, Role
from ticketing.domain.words import N_
from ticketing.extensions import db, vault
from ticketing.models import Account, RoleGrant
from ticketing.services import audit
from ticketing.services.audit import Whom
from ticketing.services.colleagues import Colleague
from ticketing.services.history import Act

GUESSES = 5
LOCKED_FOR = dt.timedelta(minutes=15)
SHORTEST_PASSWORD = 10


@dataclass(frozen=True)
class NewAccount:
    """What an administrator says of a new colleague."""

    username: str
    name: str
    password: str
    locale: str = "zh"
    phone: str | None = None
    email: str | None = None


def create(new: NewAccount, grants: Iterable[Grant], now: dt.datetime, *, by: Act | None = None) -> Account:
    """Make an account with standing rights; `by` nobody, the system made it.

    Raises:
        Invalid: the user name is taken or empty, or the password is too short.
    """
    username = require(new.username, field="username", most=NAME_MAX)
    if by_username(username) is not None:
        raise Invalid(N_("这个账号名已经有人用了。"), field="username")
    account = Account(
        username=username,
        name=require(new.name, field="name", most=NAME_MAX),
        password_hash=_sealed(new.password),
        locale=new.locale,
        phone=new.phone,
        email=new.email,
        session_key=secrets.token_hex(16),
        created_at=now,
    )
    rights = list(dict.fromkeys((grant.role.value, grant.bureau_code) for grant in grants))
    account.grants = [RoleGrant(role=role, bureau_code=code) for role, code in rights]
    db.session.add(account)
    db.session.flush()
    act = by or audit.by_system(now)
    audit.record(AuditKind.CREATED, act, Whom(account=account), {"name": account.name})
    _told(AuditKind.GRANTED, account, rights, act)
    return account


def _told(kind: AuditKind, account: Account, rights: Iterable[tuple[str, str | None]], act: Act) -> None:
    for role, code in rights:
        audit.record(kind, act, Whom(account=account), {"role": role, "bureau": code})


def listed(query: str, after: str, limit: int) -> list[Account]:
    """Return accounts by user name, those beyond `after`, of a search those whose name or user name has it."""
    after, query = clean(after), clean(query)
    wanted = select(Account).where(Account.username > after).order_by(Account.username).limit(limit)
    if query:
        named = Account.name.icontains(query, autoescape=True)
        wanted = wanted.where(or_(named, Account.username.icontains(query, autoescape=True)))
    return list(db.session.scalars(wanted))


def by_username(username: str) -> Account | None:
    """Return the account with this name, as somebody typed it."""
    return db.session.scalar(select(Account).where(Account.username == clean(username)))


def ids_of(usernames: Iterable[str]) -> dict[str, int]:
    """Return the accounts with these user names, as far as there are any."""
    wanted = select(Account.username, Account.id).where(
        Account.username.in_([clean(one) for one in usernames])
    )
    return dict(db.session.execute(wanted).all())


def usernames(accounts: Iterable[int]) -> dict[int, str]:
    """Return the user names of accounts."""
    wanted = select(Account.id, Account.username).where(Account.id.in_(list(accounts)))
    return dict(db.session.execute(wanted).all())


def authenticate(username: str, password: str, now: dt.datetime, *, address: str = "") -> Account | None:
    """Return the account that the pair opens, or None; wrong names cost as much time as wrong passwords.

    The caller commits either way: failures are counted, the fifth in a row locks for a quarter of an hour.

    Raises:
        TooMany: the account is locked.
    """
    account = by_username(username)
    if account is not None and account.locked_until is not None and account.locked_until > now:
        raise TooMany(int((account.locked_until - now).total_seconds()))
    opened = vault.fits(account.password_hash if account else None, password, staff=True)
    if account is None or not account.active:
        return None
    if opened:
        account.failed_logins, account.locked_until, account.last_login_at = 0, None, now
        audit.record(AuditKind.LOGIN, Act(actor(account, now), now), Whom(account=account), address=address)
        return account
    account.failed_logins += 1
    stranger = audit.by_system(now)
    audit.record(AuditKind.LOGIN_FAILED, stranger, Whom(account=account), address=address)
    if account.failed_logins >= GUESSES:
        account.failed_logins, account.locked_until = 0, now + LOCKED_FOR
        audit.record(AuditKind.LOCKED, stranger, Whom(account=account), address=address)
    return None


def leave(act: Act) -> None:
    """Note that a colleague has logged out."""
    account = db.session.get_one(Account, act.actor.account_id)
    audit.record(AuditKind.LOGOUT, act, Whom(account=account))


def unlock(account: Account, act: Act) -> None:
    """Let a locked-out colleague try again."""
    account.failed_logins, account.locked_until = 0, None
    audit.record(AuditKind.UNLOCKED, act, Whom(account=account))


def describe(account: Account, name: str, phone: str | None, act: Act) -> None:
    """Change the name or the telephone of a colleague."""
    changed = [
        word
        for word, differs in (("name", name != account.name), ("phone", phone != account.phone))
        if differs
    ]
    account.name, account.phone = name, phone
    if changed:
        audit.record(AuditKind.CHANGED, act, Whom(account=account), {"fields": changed})


def set_password(account: Account, password: str, act: Act) -> None:
    """Change the password; sessions begun with the old one end.

    Raises:
        Invalid: too short.
    """
    account.password_hash = _sealed(password)
    account.session_key = secrets.token_hex(16)
    audit.record(AuditKind.PASSWORD, act, Whom(account=account))


def named(username: str) -> Account:
    """Return the account with this name.

    Raises:
        NotFound: no such account.
    """
    account = by_username(username)
    if account is None:
        raise NotFound
    return account


def set_telephone(account: Account, address: str | None) -> None:
    """Say which telephone stands on a colleague's desk, or none; calls that are picked up there are theirs.

    Raises:
        Invalid: field `desk_phone`: somebody else's, or too long.
    """
    typed = limited(address or "", field="desk_phone", most=NAME_MAX) or None
    taken = select(Account.id).where(Account.desk_phone == typed, Account.id != account.id)
    if typed and db.session.scalar(taken) is not None:
        raise Invalid(N_("这部电话已经分给另一位同事。"), field="desk_phone")
    account.desk_phone = typed


def set_grants(account: Account, grants: Iterable[Grant], act: Act) -> None:
    """Replace the standing rights; what a deputy holds for somebody stays. Running sessions end."""
    wanted = {(grant.role.value, grant.bureau_code) for grant in grants}
    gone = []
    for row in list(account.grants):
        key = (row.role, row.bureau_code)
        if row.deputy_for_id is None and key not in wanted:
            account.grants.remove(row)
            db.session.delete(row)
            gone.append(key)
        wanted.discard(key)
    _told(AuditKind.REVOKED, account, gone, act)
    _told(AuditKind.GRANTED, account, sorted(wanted, key=str), act)
    account.grants += [RoleGrant(role=role, bureau_code=code) for role, code in sorted(wanted, key=str)]
    account.session_key = secrets.token_hex(16)


def set_active(account: Account, act: Act, *, active: bool) -> None:
    """Let an account in or keep it out; keeping out ends its sessions at once."""
    account.active = active
    audit.record(AuditKind.ADMITTED if active else AuditKind.STOPPED, act, Whom(account=account))
    account.session_key = secrets.token_hex(16)


def actor(account: Account | Colleague, now: dt.datetime, door: Door = Door.DESK) -> Actor:
    """Return the account as an actor with its rights at `now`, those of a deputy included."""
    grants = frozenset(
        Grant(Role(row.role), row.bureau_code)
        for row in account.grants
        if (row.starts_at is None or row.starts_at <= now) and (row.ends_at is None or now < row.ends_at)
    )
    return Actor(ActorKind.STAFF, account.name, door, account_id=account.id, grants=grants)


def _sealed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(N_("密码至少要 %(least)s 个字符。"), field="password", least=SHORTEST_PASSWORD)
    return vault.seal(password, staff=True)


def names_of(account_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of accounts by key."""
    wanted = select(Account.id, Account.name).where(Account.id.in_(list(account_ids)))
    return {row[0]: row[1] for row in db.session.execute(wanted)}

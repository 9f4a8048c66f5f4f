"""Telephone systems of our own: each shows a token of which we keep a keyed digest alone."""

import datetime as dt
import hmac
import secrets

from sqlalchemy import select

from ticketing.domain.errors import Invalid, NotFound
from ticketing.domain.text import NAME_MAX, require
from ticketing.domain.words import N_
from ticketing.extensions import db, vault
from ticketing.models import Exchange


def by_token(token: str) -> Exchange | None:
    """Return the exchange that holds a token, None for a wrong one and for an exchange that was shut out."""
    mac = _mac(token)
    found = db.session.scalar(select(Exchange).where(Exchange.token_mac == mac))
    if found is None or not found.active or not hmac.compare_digest(found.token_mac or "", mac):
        return None
    return found


def add(name: str, provider: str, now: dt.datetime) -> str:
    """Make an exchange; return its token, which is told this once.

    Raises:
        Invalid: no name, or taken.
    """
    name = require(name, field="name", most=NAME_MAX)
    if db.session.get(Exchange, name) is not None:
        raise Invalid(N_("这个交换机名称已经有了。"), field="name")
    token = secrets.token_urlsafe(32)
    db.session.add(Exchange(name=name, provider=provider, token_mac=_mac(token), active=True, created_at=now))
    return token


def renew(name: str) -> str:
    """Return a new token; the old one no longer opens.

    Raises:
        NotFound: no such exchange.
    """
    exchange = _named(name)
    token = secrets.token_urlsafe(32)
    exchange.token_mac = _mac(token)
    return token


def shut(name: str) -> None:
    """Let an exchange in no more; its calls stay.

    Raises:
        NotFound: no such exchange.
    """
    _named(name).active = False


def all_of_them() -> list[Exchange]:
    """Return the exchanges by name."""
    return list(db.session.scalars(select(Exchange).order_by(Exchange.name)))


def _named(name: str) -> Exchange:
    exchange = db.session.get(Exchange, name)
    if exchange is None:
        raise NotFound(N_("没有这台交换机。"))
    return exchange


def _mac(token: str) -> str:
    return vault.mac(f"exchange:{token}")

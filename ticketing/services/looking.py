"""Who else is looking at a ticket: marks in Valkey that fade by themselves. Losing them costs nothing."""

import datetime as dt
from collections.abc import Iterable, Mapping

import redis
import structlog
from sqlalchemy import select

from ticketing.extensions import db, store
from ticketing.models import Account

#: A page says each fifteen seconds that it is open; after this long it is taken to be closed.
FADES = dt.timedelta(seconds=45)
log = structlog.get_logger()


def look(ticket_id: int, account_id: int, now: dt.datetime) -> None:
    """Note that somebody has the ticket open."""
    key = _key(ticket_id)
    try:
        with store.client.pipeline() as line:
            line.zadd(key, {str(account_id): now.timestamp()})
            line.zremrangebyscore(key, "-inf", (now - FADES).timestamp())
            line.expire(key, int(FADES.total_seconds()))
            line.execute()
    except redis.RedisError as error:
        log.warning("presence is not kept", error=type(error).__name__)


def others(ticket_ids: Iterable[int], account_id: int, now: dt.datetime) -> Mapping[int, list[str]]:
    """Return the names of who else looks at each ticket; tickets that nobody else looks at are left out."""
    wanted = list(ticket_ids)
    try:
        with store.client.pipeline() as line:
            for ticket_id in wanted:
                line.zrangebyscore(_key(ticket_id), f"({(now - FADES).timestamp()}", "+inf")
            found = line.execute()
    except redis.RedisError as error:
        log.warning("presence is not known", error=type(error).__name__)
        return {}
    seen = {
        ticket_id: [int(one) for one in accounts if int(one) != account_id]
        for ticket_id, accounts in zip(wanted, found, strict=True)
    }
    everybody = {one for accounts in seen.values() for one in accounts}
    if not everybody:
        return {}
    names = dict(db.session.execute(select(Account.id, Account.name).where(Account.id.in_(everybody))).all())
    return {ticket_id: [names[one] for one in accounts] for ticket_id, accounts in seen.items() if accounts}


def _key(ticket_id: int) -> str:
    return store.key("looking", str(ticket_id))

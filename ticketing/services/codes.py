"""Six digits sent to a telephone: kept as a keyed digest for ten minutes, good once, five tries, three an hour."""

import datetime as dt
import hmac
import json

import redis

from ticketing.domain.errors import Unavailable
from ticketing.extensions import store, vault
from ticketing.services import intake

CODE_LIVES = dt.timedelta(minutes=10)
CODE_TRIES = 5
CODES_AN_HOUR = 3


def draw(subject: str, now: dt.datetime) -> str | None:
    """Return a new code for what `subject` names; None once enough were drawn for it in this hour.

    Raises:
        Unavailable: nowhere to keep it.
    """
    code = intake.six_digits()
    if not _may_send(subject, now):
        return None
    until = int((now + CODE_LIVES).timestamp())
    _keep(subject, {"mac": vault.mac(f"{subject}:{code}"), "until": until, "tries": 0})
    return code


def fits(subject: str, code: str, now: dt.datetime) -> bool:
    """Compare a code; five wrong ones or one right one end it.

    Raises:
        Unavailable: it cannot be read.
    """
    try:
        raw = store.client.get(_key(subject))
        kept = json.loads(raw) if raw else None
        if kept is None or kept["until"] < now.timestamp() or kept["tries"] >= CODE_TRIES:
            return False
        if hmac.compare_digest(kept["mac"], vault.mac(f"{subject}:{code.strip()}")):
            store.client.delete(_key(subject))
            return True
        _keep(subject, kept | {"tries": kept["tries"] + 1})
    except redis.RedisError as error:
        raise Unavailable from error
    return False


def _key(subject: str) -> str:
    return store.key("code", vault.mac(subject))


def _keep(subject: str, kept: dict[str, object]) -> None:
    try:
        store.client.set(_key(subject), json.dumps(kept), ex=int(CODE_LIVES.total_seconds()) * 2)
    except redis.RedisError as error:
        raise Unavailable from error


def _may_send(subject: str, now: dt.datetime) -> bool:
    key = store.key("codes", vault.mac(subject), str(int(now.timestamp()) // 3600))
    try:
        sent = store.client.incr(key)
        store.client.expire(key, 3600)
    except redis.RedisError as error:
        raise Unavailable from error
    return int(sent) <= CODES_AN_HOUR

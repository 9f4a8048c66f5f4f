"""Six digits sent to a telephone: kept as a keyed digest for ten minutes, good once, five tries, three an hour."""

import datetime as dt
import hmac
import json

import redis

from ticketing.domain.errors import Unavailable
from ticketing.domain.words import N_
from ticketing.extensions import store, vault
from ticketing.services import intake

CODE_LIVES = dt.timedelta(minutes=10)
CODE_TRIES = 5
CODES_AN_HOUR = 3
WRONG_CODE = N_("验证码不对或已过期，请再看一遍短信，或重新获取。")
#: Seconds that the store keeps a code and its tries; `until` ends it earlier.
KEPT = int(CODE_LIVES.total_seconds()) * 2


def draw(subject: str, now: dt.datetime) -> str | None:
    """Return a new code for what `subject` names; None once enough were drawn for it in this hour.

    Raises:
        Unavailable: nowhere to keep it.
    """
    code = intake.six_digits()
    if not may_send(subject, now):
        return None
    kept = {"mac": vault.mac(f"{subject}:{code}"), "until": int((now + CODE_LIVES).timestamp())}
    try:
        store.client.set(_key(subject), json.dumps(kept), ex=KEPT)
        store.client.set(_tries(subject), 0, ex=KEPT)
    except redis.RedisError as error:
        raise Unavailable from error
    return code


def fits(subject: str, code: str, now: dt.datetime) -> bool:
    """Compare a code; five wrong ones or one right one end it.

    The try is counted before it is looked at, so that none of many at once is free.

    Raises:
        Unavailable: it cannot be read.
    """
    try:
        line = store.client.pipeline()
        line.incr(_tries(subject))
        line.expire(_tries(subject), KEPT)
        line.get(_key(subject))
        tries, _set, raw = line.execute()
        kept = json.loads(raw) if raw else None
        if kept is None or kept["until"] < now.timestamp() or int(tries) > CODE_TRIES:
            return False
        same = hmac.compare_digest(kept["mac"], vault.mac(f"{subject}:{code.strip()}"))
        return same and bool(store.client.delete(_key(subject)))
    except redis.RedisError as error:
        raise Unavailable from error


def _key(subject: str) -> str:
    return store.key("code", vault.mac(subject))


def _tries(subject: str) -> str:
    return store.key("code-tries", vault.mac(subject))


def may_send(subject: str, now: dt.datetime) -> bool:
    """Count one more code for `subject` in this hour; False once there were enough.

    Raises:
        Unavailable: it cannot be counted.
    """
    key = store.key("codes", vault.mac(subject), str(int(now.timestamp()) // 3600))
    try:
        sent = store.client.incr(key)
        store.client.expire(key, 3600)
    except redis.RedisError as error:
        raise Unavailable from error
    return int(sent) <= CODES_AN_HOUR

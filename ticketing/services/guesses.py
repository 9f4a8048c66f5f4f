"""How often one may guess: by ticket number, by address with growing delay, and for the system as a whole.

A stranger's guesses close a number for its password only; the code sent to the telephone on file still opens it,
and wrong codes count against who typed them and against the system, never against a number. Counters live in
Valkey; when it does not answer, the door stays closed.
"""

import datetime as dt
import ipaddress

import redis

from ticketing.domain.errors import TooMany, Unavailable
from ticketing.domain.words import N_
from ticketing.extensions import store, vault

WINDOW = 3600
PER_NUMBER = 8
FREE_PER_ADDRESS = 4
LONGEST_DELAY = 900
SYSTEM_BUDGET = 300
CODES_PER_ADDRESS = 20
#: An IPv6 network of this size belongs to one household, which may take any address in it.
HOUSEHOLD = 64
CLOSED = N_("这个编码试错次数过多，请 %(minutes)s 分钟后再试，或者用登记的手机号重新取得密码。")

FLOODED = N_("这个网络一小时内提交的诉求太多。您写的内容还在，请 %(minutes)s 分钟后再提交，或者拨打电话。")


def check(number: str, address: str, now: dt.datetime) -> bool:
    """Let an attempt pass, and tell whether the telephone's last digits are asked for besides.

    Raises:
        TooMany: the number or the address has to wait.
        Unavailable: the counters cannot be read.
    """
    try:
        until, failures, spent = store.client.mget(_until(address), _number(number, now), _system(now))
    except redis.RedisError as error:
        raise Unavailable from error
    wait = int(until or 0) - int(now.timestamp())
    if wait > 0:
        raise TooMany(wait)
    if int(failures or 0) >= PER_NUMBER:
        raise TooMany(WINDOW - int(now.timestamp()) % WINDOW, CLOSED)
    return int(spent or 0) >= SYSTEM_BUDGET


def failed(number: str, address: str, now: dt.datetime) -> None:
    """Count a wrong attempt; from the fifth on an address waits twice as long each time.

    `number` is empty where a code was wrong: many people's codes must not add up to one closed door.
    """
    keys = [_address(address), _system(now), *([_number(number, now)] if number else [])]
    try:
        count = _counted(*keys)
        if count > FREE_PER_ADDRESS:
            delay = min(LONGEST_DELAY, 2 ** (count - FREE_PER_ADDRESS + 1))
            store.client.set(_until(address), int(now.timestamp()) + delay, ex=LONGEST_DELAY)
    except redis.RedisError as error:
        raise Unavailable from error


def asked_for_code(address: str, now: dt.datetime) -> None:
    """Count a code that was asked for, so that nobody makes the telephones of a province ring.

    Raises:
        TooMany: this address has asked for enough codes in this hour.
        Unavailable: the counters cannot be read.
    """
    try:
        count = _counted(_this_hour("codes", address, now))
    except redis.RedisError as error:
        raise Unavailable from error
    if count > CODES_PER_ADDRESS:
        raise TooMany(WINDOW - int(now.timestamp()) % WINDOW)


def submitted(address: str, now: dt.datetime, *, most: int) -> None:
    """Count a request that comes in without an account, so that no program floods the desks.

    Where nobody counts, it passes: a request is worth more than the count.

    Raises:
        TooMany: this address has sent `most` in this hour.
    """
    try:
        count = _counted(_this_hour("submitted", address, now))
    except redis.RedisError:
        return
    if count > most:
        raise TooMany(WINDOW - int(now.timestamp()) % WINDOW, FLOODED)


def passed(number: str, address: str, now: dt.datetime) -> None:
    """Forget the failures that led to a success."""
    try:
        store.client.delete(_number(number, now), _address(address), _until(address))
    except redis.RedisError as error:
        raise Unavailable from error


def _counted(*keys: str) -> int:
    """Count one more under each key; return the first count."""
    pipe = store.client.pipeline()
    for key in keys:
        pipe.incr(key)
        pipe.expire(key, WINDOW)
    return int(pipe.execute()[0])


def _this_hour(what: str, address: str, now: dt.datetime) -> str:
    return store.key("guess", what, vault.mac(_house(address)), str(int(now.timestamp()) // WINDOW))


def _house(address: str) -> str:
    """Return what counts as one address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    inner = parsed.ipv4_mapped
    return str(inner or ipaddress.IPv6Network((parsed, HOUSEHOLD), strict=False))


def _number(number: str, now: dt.datetime) -> str:
    return store.key("guess", "number", vault.mac(number), str(int(now.timestamp()) // WINDOW))


def _system(now: dt.datetime) -> str:
    return store.key("guess", "system", str(int(now.timestamp()) // WINDOW))


def _address(address: str) -> str:
    return store.key("guess", "address", vault.mac(_house(address)))


def _until(address: str) -> str:
    return store.key("guess", "until", vault.mac(_house(address)))

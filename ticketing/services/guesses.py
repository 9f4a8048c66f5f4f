"""How often one may guess: by ticket number, by address with growing delay, and for the system as a whole.

A stranger's guesses close a number for its password only; the code sent to the telephone on file still opens it.
Counters live in Valkey; when it does not answer, the door stays closed.
"""

import datetime as dt

import redis

from ticketing.domain.errors import TooMany, Unavailable
from ticketing.domain.words import N_
from ticketing.extensions import store, vault

WINDOW = 3600
PER_NUMBER = 8
FREE_PER_ADDRESS = 4
LONGEST_DELAY = 900
SYSTEM_BUDGET = 300
CLOSED = N_("这个编码试错次数过多，请 %(minutes)s 分钟后再试，或者用登记的手机号重新取得密码。")


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
    """Count a wrong attempt; from the fifth on an address waits twice as long each time."""
    try:
        pipe = store.client.pipeline()
        for key in (_number(number, now), _system(now), _address(address)):
            pipe.incr(key)
            pipe.expire(key, WINDOW)
        count = int(pipe.execute()[4])
        if count > FREE_PER_ADDRESS:
            delay = min(LONGEST_DELAY, 2 ** (count - FREE_PER_ADDRESS + 1))
            store.client.set(_until(address), int(now.timestamp()) + delay, ex=LONGEST_DELAY)
    except redis.RedisError as error:
        raise Unavailable from error


def passed(number: str, address: str, now: dt.datetime) -> None:
    """Forget the failures that led to a success."""
    try:
        store.client.delete(_number(number, now), _address(address), _until(address))
    except redis.RedisError as error:
        raise Unavailable from error


def _number(number: str, now: dt.datetime) -> str:
    return store.key("guess", "number", vault.mac(number), str(int(now.timestamp()) // WINDOW))


def _system(now: dt.datetime) -> str:
    return store.key("guess", "system", str(int(now.timestamp()) // WINDOW))


def _address(address: str) -> str:
    return store.key("guess", "address", vault.mac(address))


def _until(address: str) -> str:
    return store.key("guess", "until", vault.mac(address))

"""Answers that read much, reckoned once for everybody who asks within some seconds.

What is kept is JSON in Valkey, with its instant. While one reader reckons anew the others are shown what was kept;
without Valkey each reckons for itself.
"""

import contextlib
import datetime as dt
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import redis

from ticketing.extensions import store

#: What is older than so many times its age is not shown while somebody reckons anew.
OUTLIVED = 6


class Lately(NamedTuple):
    """An answer as JSON gives it back, and the instant that it is of."""

    value: Any
    at: dt.datetime


def lately(question: str, now: dt.datetime, reckon: Callable[[], Any]) -> Lately:
    """Return the answer to a question as of `store.age` seconds ago at most; 0: as of now."""
    if not store.age:
        return Lately(_plain(reckon()), now)
    try:
        kept = _kept(question)
        if kept is not None and (_fresh(kept, now) or not _mine_to_reckon(question)):
            return kept
    except redis.RedisError:
        return Lately(_plain(reckon()), now)
    answer = Lately(_plain(reckon()), now)
    with contextlib.suppress(redis.RedisError):
        text = json.dumps([now.isoformat(), answer.value])
        store.client.set(_key(question), text, ex=store.age * OUTLIVED)
        store.client.delete(_key(question, "lock"))
    return answer


def _kept(question: str) -> Lately | None:
    text: bytes | None = store.client.get(_key(question))  # type: ignore[assignment]
    if text is None:
        return None
    at, value = json.loads(text)
    return Lately(value, dt.datetime.fromisoformat(at))


def _fresh(kept: Lately, now: dt.datetime) -> bool:
    return abs((now - kept.at).total_seconds()) < store.age


def _mine_to_reckon(question: str) -> bool:
    """Tell whether nobody reckons this answer yet; who does has as long as the answer's age."""
    return bool(store.client.set(_key(question, "lock"), 1, nx=True, ex=store.age))


def _key(question: str, what: str = "answer") -> str:
    return store.key("lately", what, question)


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value))

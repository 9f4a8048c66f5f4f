"""Server-sent events that only ever say "look": what there is to see is read from rows, with or without a stream.

An event's id is the version of the desk as read from rows, so a browser that comes back with `Last-Event-ID` is told
at once whether it missed anything. A stream holds a thread, so each process keeps a few, ends each after a while, and
sends everybody else to polling (204). See docs/adr.
"""

import threading
import time
from collections.abc import Callable, Iterator

from flask import Flask, Response
from sqlalchemy.exc import SQLAlchemyError

LIFETIME = 25.0
"""Seconds; shorter than gunicorn's grace at a restart, so that no stream holds a process back."""
PAUSE = 0.5
KEEPALIVE = 10
"""Looks without news after which a comment goes out: a browser that has left is noticed by it."""
LONGEST_ID = 100
Version = Callable[[], str]


class Streams:
    """The streams of one process: how many may be open, and one shared look at the rows for all of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._slots = threading.BoundedSemaphore(most) if most else None
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._version, self._looked = "", float("-inf")

    def enter(self) -> bool:
        """Take a slot if one is free."""
        return self._slots is not None and self._slots.acquire(blocking=False)

    def leave(self) -> None:
        """Give a slot back."""
        if self._slots is not None:
            self._slots.release()

    def stop(self, patience: float = 10.0) -> bool:
        """End all streams and wait until the last has let go of its connection; tell whether it has."""
        self.stopping.set()
        slots = self._slots
        return slots is None or all(slots.acquire(timeout=patience) for _ in range(self._most))

    def version(self, app: Flask, ask: Version) -> str:
        """Return the version of the desk, asked for at most once in half a second for all streams."""
        with self._lock:
            if time.monotonic() - self._looked >= PAUSE / 2:
                with app.app_context():
                    self._version = ask()
                self._looked = time.monotonic()
            return self._version


def init_app(app: Flask, *, most: int) -> None:
    """Let this process hold so many streams; 0 sends everybody to polling."""
    app.extensions["streams"] = Streams(most)


def answer(app: Flask, ask: Version, seen: str) -> Response:
    """Return a stream, or 204 where none is free: browsers stop asking then, and poll."""
    streams: Streams = app.extensions["streams"]
    if not streams.enter():
        return Response(status=204)
    told = Response(_told(app, streams, ask, seen[:LONGEST_ID]), mimetype="text/event-stream")
    told.headers["Cache-Control"] = "no-cache"
    told.headers["X-Accel-Buffering"] = "no"
    told.call_on_close(streams.leave)
    return told


def _told(app: Flask, streams: Streams, ask: Version, seen: str) -> Iterator[str]:
    """Say "look" at each change until the stream has lived long enough; the browser then comes back by itself."""
    yield "retry: 1000\n\n"
    until, quiet = time.monotonic() + LIFETIME, 0
    while time.monotonic() < until and not streams.stopping.is_set():
        try:
            version = streams.version(app, ask)
        except SQLAlchemyError:
            return  # the browser polls, and comes back when the database does
        quiet += 1
        if version != seen:
            seen, quiet = version, 0
            yield f"id: {version}\nevent: look\ndata: {version}\n\n"
        elif quiet % KEEPALIVE == 0:
            yield ": still here\n\n"
        streams.stopping.wait(PAUSE)

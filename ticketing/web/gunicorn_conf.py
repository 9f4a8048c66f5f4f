"""How gunicorn serves us: one import of the program, then workers with threads.

`preload_app` shares the memory of the program between workers; the price is that a worker must drop the
database connections it was born with, because two processes on one connection garble each other.
"""

import gc
from typing import Protocol

from flask import Flask

from ticketing.extensions import db

wsgi_app = "wsgi:app"
worker_class = "gthread"
preload_app = True
control_socket_disable = True
graceful_timeout = 30
timeout = 60
max_requests = 2000
max_requests_jitter = 200
accesslog = None
#: Containers made since the last round of the collector that start the next.
YOUNG = 20_000


class _Loader(Protocol):
    def wsgi(self) -> Flask: ...


class _Worker(Protocol):
    app: _Loader


def post_fork(_server: object, worker: _Worker) -> None:
    """Forget the parent's connections without closing them: they are still the parent's."""
    with worker.app.wsgi().app_context():
        db.engine.dispose(close=False)


def pre_fork(_server: object, _worker: object) -> None:
    """Take the loaded program out of the collector's rounds: it never becomes garbage, and each round reads it.

    The rounds come every few requests instead of several times in each: a request leaves next to no cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)

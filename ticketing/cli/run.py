"""`flask worker` and `flask scheduler`: the two programs beside the web."""

import signal
import threading

import click
from flask.cli import with_appcontext

from ticketing.jobs import schedule


@click.command("worker")
@click.option("--burst", is_flag=True, help="stop when nothing waits")
@with_appcontext
def worker(burst: bool) -> None:
    """Work the queue until SIGTERM."""
    schedule.work(burst=burst)


@click.command("scheduler")
@with_appcontext
def scheduler() -> None:
    """Ring for what waits, each second, until SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    schedule.keep_ringing(stop)

"""How long a sweep takes over rungs that are due: `python -m bench.sweep` (SWEEP_RUNGS=10000).

Tickets come in through the real intake, every clock with a ladder. Then the present is moved on and `jobs.tick`
runs as the worker would: once to the moment of the first warnings, once past the due times, where orders are
written. Two workers at once share the second half.
"""

import datetime as dt
import os
import random
import subprocess
import sys
import time

from flask import Flask
from sqlalchemy import func, select, text

import config
from bench import data
from routing.directory import Directory
from ticketing import engines
from ticketing.app import create_app
from ticketing.domain.actors import SYSTEM
from ticketing.domain.messages import Inbound
from ticketing.domain.vocabulary import Door
from ticketing.extensions import db, transaction
from ticketing.jobs import tick
from ticketing.models import ClockRung, TicketClock
from ticketing.services import intake, province
from ticketing.services.history import Act

RUNGS = int(os.environ.get("SWEEP_RUNGS", "10000"))
BEGAN = dt.datetime(2026, 6, 8, 1, 0, tzinfo=dt.UTC)
WARNED, ORDERED, LISTED = (BEGAN + dt.timedelta(days=days) for days in (4, 16, 30))
BATCH = 500
#: So many rungs a ticket at least come due by the last look.
A_TICKET = 4


def main() -> None:
    """Fill an empty database, sweep three times, tell."""
    settings = config.load(demo="1")
    with engines.acquire(settings.var_dir / "sweep") as lease:
        ready = settings.model_copy(update={"database_url": lease.database_url, "redis_url": lease.redis_url})
        data.prepare(application(ready, BEGAN), 0)
        with application(ready, BEGAN).app_context():
            db.session.execute(text("truncate ticket, outbox_event, listing, supervision_order cascade"))
            db.session.commit()
            fill(RUNGS // A_TICKET)
            db.session.remove()
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("vacuum analyze"))
        for name, now, workers in (
            ("warnings", WARNED, 1),
            ("orders", ORDERED, 1),
            ("lists, two workers", LISTED, 2),
        ):
            sweep(ready, name, now, workers)


def application(settings: config.Settings, now: dt.datetime) -> Flask:
    """Return the application at a present of our choosing."""
    quiet = settings.model_copy(update={"log_level": "ERROR"})
    return create_app(quiet, clock=lambda: now)


def fill(tickets: int) -> None:
    """Take tickets in through the intake, so that all their clocks start now."""
    chance = random.Random(7)
    options = intake.Options(notify=False, new_password=None)
    for begin in range(0, tickets, BATCH):
        with transaction():
            current = province.current()
            size = min(BATCH, tickets - begin)
            batch = [request(chance, current.directory) for _ in range(size)]
            intake.receive_many(batch, Act(SYSTEM, BEGAN), current, options)


def request(chance: random.Random, directory: Directory) -> Inbound:
    """Return a made-up request of some topic and place."""
    topic = chance.choice(list(directory.topics.values()))
    return Inbound(
        door=Door.IMPORT, subject=topic.name_zh, body=topic.example_zh, received_at=BEGAN, topic_code=topic.code,
        region_code=chance.choice(list(directory.regions)), enterprise="企业", requester="张三", phone="13904510021",
    )  # fmt: skip


def sweep(settings: config.Settings, name: str, now: dt.datetime, workers: int) -> None:
    """Let the workers run at `now` and say how many rungs they fired and how fast."""
    app = application(settings, now)
    with app.app_context():
        waiting = db.session.scalar(
            select(func.count()).where(TicketClock.next_rung_at <= now).select_from(TicketClock)
        )
        before = db.session.scalar(select(func.max(ClockRung.id))) or 0
        db.session.remove()
        began = time.perf_counter()
        others = [
            subprocess.Popen([sys.executable, "-m", "bench.sweep", now.isoformat()])
            for _ in range(workers - 1)
        ]
        tick.run()
        failed = any(one.wait() for one in others)
        took = time.perf_counter() - began
        fired = db.session.scalar(select(func.count(ClockRung.id)).where(ClockRung.id > before)) or 0
        print(
            f"{name:<20} {waiting:>7} clocks due, {fired:>7} rungs in {took:6.1f} s:"
            f" {took / max(fired, 1) * 10_000:5.1f} s per 10,000{' (a worker failed)' if failed else ''}",
            flush=True,
        )


def second(moment: str) -> None:
    """Be the second worker: sweep on the engines that the first one holds."""
    settings = config.load(demo="1")
    with engines.acquire(settings.var_dir / "sweep") as lease:
        ready = settings.model_copy(update={"database_url": lease.database_url, "redis_url": lease.redis_url})
        with application(ready, dt.datetime.fromisoformat(moment)).app_context():
            tick.run()


if __name__ == "__main__":
    second(sys.argv[1]) if len(sys.argv) > 1 else main()

"""The schedule as a table, the loop that rings, and the entry through which every job runs.

Rows are the queue and RQ is the alarm clock: a ring that is lost, doubled or cut short changes nothing.
"""

import datetime as dt
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import redis
import structlog
from flask import current_app
from rq import Queue, Worker
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ticketing.extensions import db
from ticketing.jobs import (
    deliver,
    imports,
    learn,
    many,
    openings,
    papers,
    policies,
    relay,
    report,
    roster,
    sweep,
    texts,
    tick,
    tidy,
)

QUEUE = "ticketing"
LOCK = 7_361_001
"""Advisory lock: of several schedulers one rings."""
MAIN = os.getpid()
log = structlog.get_logger()


@dataclass(frozen=True)
class Task:
    """What runs, how often at most (seconds), and the question whether anything waits."""

    run: Callable[[], int]
    every: int
    waiting: str | None


TASKS: dict[str, Task] = {
    "relay": Task(
        relay.run, 1, "select 1 from outbox_event where relayed_at is null and retry_at <= :now limit 1"
    ),
    "deliver": Task(
        deliver.run,
        1,
        "select 1 from delivery where status in ('waiting', 'sending') and due_at <= :now limit 1",
    ),
    "tick": Task(
        tick.run,
        5,
        "select 1 where exists (select 1 from ticket_clock where next_rung_at <= :now)"
        " or exists (select 1 from case_clock where next_rung_at <= :now)"
        " or exists (select 1 from ticket where wake_at <= :now)"
        " or exists (select 1 from approval where decision is null and escalated_at is null and due_at <= :now)"
        " or exists (select 1 from ticket_return"
        " where decision is null and due_at <= :now and late_told_at is null)",
    ),
    "openings": Task(
        openings.run, 30, "select 1 from listing where kind = 'case' and decision is null limit 1"
    ),
    "roster": Task(
        roster.run,
        60,
        "select 1 where exists (select 1 from duty_group where active)"
        " or exists (select 1 from callback where done_at is null and escalated_at is null and due_at < :now)",
    ),
    "foresee": Task(
        policies.foresee,
        1,
        "select 1 from policy_draft where wanted_at is not null and kind not in ('routing', 'topic') and"
        " coalesce(claimed_at, '-infinity') <= cast(:now as timestamptz) - interval '5 minutes' limit 1",
    ),
    "replay": Task(
        policies.replay,
        1,
        "select 1 from policy_draft where wanted_at is not null and kind in ('routing', 'topic') limit 1",
    ),
    "roll_out": Task(
        policies.roll_out,
        5,
        "select 1 from policy_rollout where finished_at is null and retry_at <= :now limit 1",
    ),
    "ask_report": Task(report.ask, 3600, None),
    "report": Task(report.run, 5, "select 1 from monthly_report where made_at is null limit 1"),
    "papers": Task(papers.run, 1, "select 1 from case_paper where made_at is null limit 1"),
    "sweep": Task(
        sweep.run,
        60,
        "select 1 from call where ended_at is null"
        " and greatest(heard_at, asked_at) <= cast(:now as timestamptz) - interval '10 minutes' limit 1",
    ),
    "texts": Task(texts.run, 60, None),
    "many": Task(
        many.run,
        1,
        "select 1 from bulk_action where run_at <= :now and done_at is null and undone_at is null limit 1",
    ),
    "imports": Task(imports.run, 5, "select 1 from import_job where state = 'running' limit 1"),
    "tidy": Task(tidy.run, 3600, None),
    "learn": Task(learn.run, 10, "select 1 from routing_run where finished_at is null limit 1"),
    "teach": Task(learn.start, 3600, None),
}


def perform(name: str) -> int:
    """Run a task by name in this process; a forked one first forgets its parent's connections."""
    if os.getpid() != MAIN:
        db.engine.dispose(close=False)
    try:
        return TASKS[name].run()
    finally:
        db.session.remove()


def connection() -> "redis.Redis[Any]":
    """Return a client of the queue's server."""
    return redis.Redis.from_url(current_app.config["REDIS_URL"])


def queue(client: "redis.Redis[Any]") -> Queue:
    """Return the one queue; jobs are JSON, so that who writes to it cannot make us run foreign code."""
    return Queue(QUEUE, connection=client, serializer=JSONSerializer)


def ring(now: dt.datetime, jobs: Queue) -> list[str]:
    """Enqueue what waits, once for each slot of its interval; return the names."""
    rung = []
    with db.engine.begin() as held:
        if not held.scalar(text("select pg_try_advisory_xact_lock(:key)"), {"key": LOCK}):
            return []
        for name, task in TASKS.items():
            if task.waiting is None or held.scalar(text(task.waiting), {"now": now}) is not None:
                slot = int(now.timestamp()) // task.every
                rung += [name] if _enqueue(jobs, name, slot, task.every) else []
    return rung


def _enqueue(jobs: Queue, name: str, slot: int, every: int) -> bool:
    try:
        jobs.enqueue(
            "ticketing.jobs.schedule.perform",
            name,
            job_id=f"{name}-{slot}",
            unique=True,
            result_ttl=0,
            failure_ttl=600,
            ttl=max(30, 2 * every),
            job_timeout=600,
        )
    except DuplicateJobError:
        return False
    return True


def keep_ringing(stop: threading.Event) -> None:
    """Ring each second until told to stop; a server that is away is waited for."""
    client = connection()
    jobs = queue(client)
    while not stop.is_set():
        try:
            ring(current_app.extensions["clock"](), jobs)
        except (SQLAlchemyError, redis.RedisError) as error:
            log.warning("the scheduler waits", error=type(error).__name__)
            db.engine.dispose()
        stop.wait(1.0)


def work(*, burst: bool = False) -> None:
    """Work the queue until asked to stop; each job in a process of its own."""
    client = connection()
    Worker([queue(client)], connection=client, serializer=JSONSerializer).work(
        burst=burst, logging_level="WARNING"
    )

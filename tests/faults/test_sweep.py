"""Sweeps and the telling of rungs, doubled, struck while another holds its tickets, and with the database restarted.

A child counts its own commits and strikes itself, just before or just after one: no timing is left to chance. What
must come out is always the same: each rung once, one notice and one text message a rung and colleague.
"""

import datetime as dt
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select, text

from tests.conftest import MONDAY, FrozenClock, make_app, settings_for
from tests.support.pack import load_pack
from tests.support.people import colleague
from tests.support.programs import Program, Start, starting
from tests.support.requests import sent
from ticketing import engines
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.engines import postgres
from ticketing.extensions import db, store, transaction
from ticketing.jobs import relay, tick
from ticketing.models import ClockRung, Delivery, Notice, OutboxEvent, TicketClock

#: Argument by argument: the job, the present, `before` or `after`, which commit, by which signal.
CHILD = """
import datetime, os, sys
from sqlalchemy import event
import config
from ticketing.app import create_app
from ticketing.extensions import db
from ticketing.jobs import relay, tick
job, now, when, place, sign = sys.argv[1:]
tick.BATCH = 3
left = int(place)
def strike(_session):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), int(sign))
app = create_app(config.load(), clock=lambda: datetime.datetime.fromisoformat(now))
with app.app_context():
    event.listen(db.session, f"{when}_commit", strike)
    {"tick": tick, "relay": relay}[job].run()
"""
NEVER = ("before", "1000000", "9")
TICKETS = 5
LATE = dt.datetime(2020, 6, 16, 9, 0, tzinfo=dt.UTC)


def runner(app: Flask, folder: Path) -> Iterator[Start]:
    """Start sweeps on the application's database, each in a process that can be struck."""
    for start in starting(app, folder):

        def begin(job: str, when: str, place: str, sign: str = "9", begin: Start = start) -> Program:
            return begin("-c", CHILD, job, LATE.isoformat(), when, place, sign)

        yield begin


@pytest.fixture
def run(committed: Flask, tmp_path: Path) -> Iterator[Start]:
    yield from runner(committed, tmp_path)


def late_tickets() -> None:
    """Tickets whose clocks are past due on the 16th, at a bureau whose head has a telephone; a supervisor too."""
    with transaction():
        colleague("head", Grant(Role.HEAD, "HRB-SWJ")).phone = "+8613904510031"
        colleague("boss", Grant(Role.SUPERVISOR)).phone = "+8613904510033"
        for _ in range(TICKETS):
            sent(MONDAY, type="help")
        db.session.execute(text("update outbox_event set relayed_at = now()"))


def count(*conditions: object) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(*conditions)) or 0


def each_rung_once() -> None:
    """Nothing is due any more, no rung stands twice, and each that speaks told its people by one notice and text."""
    assert count(TicketClock.next_rung_at <= LATE) == 0
    told = list(
        db.session.execute(select(OutboxEvent.payload).where(OutboxEvent.name == "RungReached")).scalars()
    )
    spoken = [(one["clock_id"], one["rung"]) for one in told]
    assert len(spoken) == len(set(spoken)) == count(ClockRung.outcome == "reached")
    assert count(OutboxEvent.relayed_at.is_(None)) == 0
    by_rung = select(func.count()).where(Delivery.recipient.like("account:%")).group_by(Delivery.event_id)
    assert set(db.session.scalars(by_rung)) == {1}
    assert count(Delivery.recipient.like("account:%")) == len(spoken)
    assert count(
        Notice.id > 0, Notice.text.in_(["超时已督办：%(subject)s", "时限已到，请尽快办理：%(subject)s"])
    ) == len(spoken)


WAITING = {"tick": TicketClock.next_rung_at <= LATE, "relay": OutboxEvent.relayed_at.is_(None)}


def finish(clock: FrozenClock) -> None:
    clock.now = LATE
    tick.run()
    relay.run()


def test_two_sweeps_at_once_share_the_work(committed: Flask, clock: FrozenClock, run: Start) -> None:
    late_tickets()
    both = [run("tick", *NEVER) for _ in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    both = [run("relay", *NEVER) for _ in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    finish(clock)
    each_rung_once()


def test_a_sweep_struck_while_another_holds_its_tickets_loses_nothing(
    committed: Flask, clock: FrozenClock, run: Start
) -> None:
    late_tickets()
    held = run("tick", "before", "2", str(int(signal.SIGSTOP)))
    assert held.until(held.stopped)  # it has three tickets locked and has not committed them
    assert run("tick", *NEVER).wait() == 0
    assert count(TicketClock.next_rung_at <= LATE) > 0
    held.kill()
    finish(clock)
    each_rung_once()


def test_a_database_restarted_in_the_middle_of_a_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "client", store.client)  # this application's counters end with its engines
    with tempfile.TemporaryDirectory() as folder, engines.acquire(Path(folder) / "var") as lease:
        clock = FrozenClock()
        app = make_app(settings_for(lease, "ticketing"), clock)
        with app.app_context():
            upgrade()
            load_pack(app.config["PROVINCE_PACK"], MONDAY)
            late_tickets()
            for run in runner(app, tmp_path):
                held = run("tick", "before", "5", str(int(signal.SIGSTOP)))
                assert held.until(held.stopped)
                db.session.remove()
                postgres.stop(lease.var / "postgres")
                postgres.start(lease.var / "postgres")
                held.signal(signal.SIGCONT)
                assert held.wait() == 1
                db.engine.dispose()
                assert count(ClockRung.id > 0) > 0
                finish(clock)
                each_rung_once()
            db.session.remove()
            db.engine.dispose()

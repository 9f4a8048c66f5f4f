"""Sweeps, the telling of rungs and the application of versions, struck dead before and after every commit there is.

A child process forks a worker for each point, which counts its commits and kills itself at one. The points are found,
not listed: they end with the run that comes to its end.
"""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from sla.verify import verify
from tests.conftest import MONDAY, FrozenClock
from tests.faults.test_sweep import LATE, count, each_rung_once, finish, late_tickets
from tests.support import policies as told
from tests.support.people import actor
from tests.support.programs import Program, starting
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.jobs import policies as jobs
from ticketing.jobs import relay, tick
from ticketing.models import (
    CaseClock,
    CaseClockEntry,
    CaseClockRung,
    ClockEntry,
    Delivery,
    OutboxEvent,
    PolicyRollout,
    TicketClock,
)
from ticketing.services import coordination, proof, province
from ticketing.services.history import Act

#: Forks a worker for each line "job when place" and prints how it ended; argument: the present.
SERVER = """
import datetime, functools, os, signal, sys
from sqlalchemy import event
import config
from tests.support.forks import warm
from ticketing.app import create_app
from ticketing.extensions import db
from ticketing.jobs import policies, relay, tick
from ticketing.services import rollout
tick.BATCH = 3
rollout.step = functools.partial(rollout.step, size=6)
now = datetime.datetime.fromisoformat(sys.argv[1])
app = warm(create_app(config.load(), clock=lambda: now))

def work(job, when, left):
    def strike(_session):
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    with app.app_context():
        event.listen(db.session, f"{when}_commit", strike)
        {"tick": tick.run, "relay": relay.run, "roll_out": policies.roll_out}[job]()

for line in sys.stdin:
    job, when, place = line.split()
    worker = os.fork()
    if worker == 0:
        try:
            work(job, when, int(place))
        finally:
            os._exit(3 if sys.exc_info()[0] else 0)
    print(os.waitpid(worker, 0)[1], flush=True)
"""
STRUCK, ENDED = int(signal.SIGKILL), 0
#: More points than any run has: a loop that never ends is a failure.
MOST = 60
Strike = Callable[[str, str, int], int]


@pytest.fixture
def strike(committed: Flask, tmp_path: Path) -> Iterator[Strike]:
    for start in starting(committed, tmp_path):
        server = start("-c", SERVER, LATE.isoformat())

        def begin(job: str, when: str, place: int, server: Program = server) -> int:
            db.session.rollback()
            return int(server.asked(f"{job} {when} {place}"))

        yield begin


def everywhere(strike: Strike, job: str, prepare: Callable[[], None]) -> Iterator[tuple[str, int]]:
    """Strike the job before and after each of its commits, on new work each time, until it ends by itself."""
    for when in ("before", "after"):
        for place in range(1, MOST):
            prepare()
            ended = strike(job, when, place)
            yield when, place
            if ended == ENDED:
                break
            assert ended == STRUCK
        else:
            raise AssertionError("it never ends")


def a_case() -> None:
    with transaction():
        one = sent(MONDAY, type="help", region_code="230103")
        opening = coordination.Opening("joint", "HRB-FGW", "联办", "涉及多部门")
        watcher = actor(f"watcher{one.id}", Grant(Role.SUPERVISOR))
        coordination.open_case(one, opening, Act(watcher, MONDAY), province.current())
        db.session.execute(text("update outbox_event set relayed_at = now()"))


def more() -> None:
    with transaction():
        for _ in range(4):
            sent(MONDAY, type="help")
        db.session.execute(text("update outbox_event set relayed_at = now() where name <> 'RungReached'"))


def steps_once() -> None:
    """Each rung of a step that speaks was recorded as a fact once."""
    spoken = [
        (one["step_id"], one["rung"])
        for one in db.session.scalars(
            select(OutboxEvent.payload).where(OutboxEvent.name == "StepRungReached")
        )
    ]
    assert len(spoken) == len(set(spoken)) == count(CaseClockRung.outcome == "reached") > 0
    assert count(CaseClock.next_rung_at <= LATE) == 0


def test_a_sweep_struck_at_every_commit_leaves_each_rung_once(
    committed: Flask, clock: FrozenClock, strike: Strike
) -> None:
    late_tickets()
    points = list(everywhere(strike, "tick", more))
    assert len(points) >= 2 * 8  # two batches with work, and the look that finds nothing, four commits each
    finish(clock)
    each_rung_once()


def test_a_sweep_of_steps_struck_at_every_commit_speaks_once(
    committed: Flask, clock: FrozenClock, strike: Strike
) -> None:
    points = list(everywhere(strike, "tick", a_case))
    assert len(points) >= 2 * 8
    clock.now = LATE
    tick.run()
    steps_once()


def test_the_telling_struck_at_every_commit_tells_each_once(
    committed: Flask, clock: FrozenClock, strike: Strike
) -> None:
    late_tickets()
    for _ in range(3):
        more()
    clock.now = LATE
    tick.run()
    with transaction():
        db.session.execute(text("update outbox_event set relayed_at = now()"))
    kept = 0

    def two_facts() -> None:
        nonlocal kept
        kept += 2
        with transaction():
            found = db.session.execute(
                text(
                    "update outbox_event set relayed_at = null where id in (select id from outbox_event where"
                    " name = 'RungReached' and relayed_at is not null and not exists"
                    " (select from handler_receipt where event_id = outbox_event.id) order by id limit 2)"
                    " returning id"
                )
            )
            assert len(found.all()) == 2

    points = list(everywhere(strike, "relay", two_facts))
    assert len(points) >= 2 * 3
    relay.run()
    assert count(OutboxEvent.relayed_at.is_(None)) == 0
    by_rung = select(func.count()).where(Delivery.recipient.like("account:%")).group_by(Delivery.event_id)
    assert list(db.session.scalars(by_rung)) == [1] * kept


def test_a_version_struck_at_every_commit_reaches_each_clock_once(
    committed: Flask, clock: FrozenClock, strike: Strike
) -> None:
    with transaction():
        for _ in range(4):
            sent(MONDAY, type="help", region_code="230103")
    a_case()
    people = told.pair()
    db.session.commit()
    published = 0

    def publish() -> None:
        nonlocal published
        jobs.roll_out()
        published += 1
        clock.now = LATE
        text_of = told.FLOOD.replace("flood-2020", f"flood-{published}")
        told.publish("calendar", text_of.replace("06-10", f"07-{published + 10}"), people, clock)

    points = list(everywhere(strike, "roll_out", publish))
    assert len(points) >= 2 * 5
    for _ in range(2):
        jobs.roll_out()
        clock.forward(minutes=2)
    db.session.rollback()
    assert count(PolicyRollout.finished_at.is_(None)) == 0
    for clocks, entries in ((TicketClock, ClockEntry), (CaseClock, CaseClockEntry)):
        running = select(clocks.id).where(clocks.stopped_at.is_(None))
        by_clock = (
            select(func.count())
            .where(entries.kind == "superseded", entries.clock_id.in_(running))
            .group_by(entries.clock_id)
        )
        assert set(db.session.scalars(by_clock)) == {published}
    assert [one for found in verify(proof.export(clock.now)) for one in found] == []

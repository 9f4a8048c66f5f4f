"""Real workers killed in the middle: nothing is lost, nothing is doubled, and the queue's loss changes nothing."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from tests.conftest import FrozenClock
from tests.support.people import colleague
from tests.support.programs import Program, Start, starting
from tests.support.requests import sent
from ticketing.domain import events
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.handlers import SUBSCRIBERS
from ticketing.jobs import schedule
from ticketing.models import ConsoleMessage, Delivery, HandlerReceipt, Notice, OutboxEvent, Ticket

JOB = """
import os, sys
import config
from ticketing.app import create_app
from ticketing.domain.clock import system_clock
from ticketing.jobs.schedule import TASKS
app = create_app(config.load(), clock=system_clock)
with app.app_context():
    print("begin", flush=True)
    TASKS[sys.argv[1]].run()
"""


@pytest.fixture
def start(committed: Flask, tmp_path: Path) -> Iterator[Start]:
    """Run a program of ours on the test's database, in a process that can be killed."""
    yield from starting(committed, tmp_path)


def many(number: int) -> None:
    with transaction():
        colleague("handler", Grant(Role.HANDLER, "HRB-SWJ"))
        for _ in range(number):
            sent()


def killed_after(program: Program, reached: Callable[[], bool]) -> None:
    """Kill a program as soon as the database shows that it is in the middle of its work."""
    program.until(reached)
    program.kill()


def all_due() -> None:
    """Let everything go out now, whatever the hour: at night text messages wait for the morning."""
    with transaction():
        db.session.execute(
            text("update delivery set due_at = now() - interval '1 second' where status <> 'sent'")
        )


def total(*conditions: object) -> Callable[[], int]:
    """Return what counts rows as they stand by then."""

    def count() -> int:
        db.session.rollback()
        return db.session.scalar(select(func.count()).where(*conditions)) or 0

    return count


def test_a_relay_killed_half_way_tells_everybody_once(committed: Flask, start: Start) -> None:
    many(60)
    told = total(OutboxEvent.relayed_at.is_not(None))
    killed_after(start("-c", JOB, "relay"), lambda: told() > 5)
    assert 5 < told() < 120
    start("-c", JOB, "relay").output()
    db.session.rollback()
    assert told() == 120
    assert total(Delivery.id > 0)() == 120
    assert total(Notice.id > 0)() == 60
    told = sum(len(SUBSCRIBERS[fact]) for fact in (events.TicketOpened, events.TicketDispatched))
    assert db.session.scalar(select(func.count()).select_from(HandlerReceipt)) == 60 * told


def test_a_delivery_killed_half_way_goes_on_after_its_claim(committed: Flask, start: Start) -> None:
    many(60)
    start("-c", JOB, "relay").output()
    all_due()
    shown = total(ConsoleMessage.delivery_key != "")
    killed_after(start("-c", JOB, "deliver"), lambda: shown() > 5)
    assert 5 < shown() < 120
    all_due()
    start("-c", JOB, "deliver").output()
    db.session.rollback()
    assert shown() == 120
    assert total(Delivery.status == "sent")() == 120


def test_two_schedulers_ring_once_a_slot(committed: Flask, clock: FrozenClock) -> None:
    many(1)
    rung: list[str] = []
    barrier = threading.Barrier(2)

    def ring() -> None:
        with committed.app_context():
            client = schedule.connection()
            barrier.wait()
            rung.extend(schedule.ring(clock.now, schedule.queue(client)))
            client.close()

    threads = [threading.Thread(target=ring) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with schedule.connection() as client:
        client.flushdb()
    assert sorted(rung) == sorted(set(rung))
    assert "relay" in rung


def test_a_worker_does_what_was_rung_and_a_flushed_queue_loses_nothing(
    committed: Flask, clock: FrozenClock, start: Start
) -> None:
    many(3)
    with schedule.connection() as client:
        schedule.ring(clock.now, schedule.queue(client))
        client.flushdb()
        start("-m", "flask", "--app", "wsgi", "worker", "--burst").output()
        assert total(OutboxEvent.relayed_at.is_not(None))() == 0
        clock.forward(seconds=1)
        schedule.ring(clock.now, schedule.queue(client))
        start("-m", "flask", "--app", "wsgi", "worker", "--burst").output()
    db.session.rollback()
    assert total(OutboxEvent.relayed_at.is_not(None))() == 6


def test_an_import_killed_half_way_ends_the_same(committed: Flask, start: Start, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    rows = [f"{n},2020-06-01,复工备案 {n},南岗区饭店餐饮复工备案材料不全 {n}\n" for n in range(1500)]
    file.write_text("id,submitted_at,subject,body\n" + "".join(rows))
    command = ("-m", "flask", "--app", "wsgi", "import", "messages", str(file))
    made = total(Ticket.id > 0)
    killed_after(start(*command), lambda: made() > 0)
    assert made() in (500, 1000)
    output = start(*command).output()
    db.session.rollback()
    assert made() == 1500
    assert "0 refused" in output
    assert start(*command).output().startswith("1500 rows: 0 new tickets, 1500 known already")

"""The four acceptance checks on deadlines that were drawn from the weaknesses of systems of this kind.

1 the spring of 2020 · 2 a pause over a weekend · 3 what never resets a promise · 4 one notice for each rung.
"""

import datetime as dt
import threading

import pytest
from flask import Flask
from sqlalchemy import func, select

from sla.arithmetic import due
from sla.ledger import Kind
from sla.values import Pause, Target, Unit
from tests.conftest import FrozenClock
from tests.support import policies as told
from tests.support.people import actor
from tests.support.requests import sent
from tests.support.times import local
from ticketing.domain.actors import Actor, Grant
from ticketing.domain.vocabulary import ClockKind, Role
from ticketing.extensions import db, transaction
from ticketing.jobs import policies as jobs
from ticketing.jobs import relay, tick
from ticketing.models import ClockRung, Notice, OutboxEvent, PolicyDocument, Ticket, TicketClock
from ticketing.services import clocks, dispatch, handling, judging, policies, proof, province
from ticketing.services.clock_rows import Ledger
from ticketing.services.history import Act

FIRST, LENGTHENED = dt.date(2020, 1, 26), dt.date(2020, 1, 27)
SWJ, SCJG = "HRB-SWJ", "HRB-SCJG"


def ledger(one: Ticket, kind: ClockKind = ClockKind.ANSWER) -> Ledger:
    return [found for found in clocks.ledgers(one, stopped=True) if found.kind is kind][-1]


def rungs(one: Ticket) -> list[tuple[str, int, str]]:
    wanted = select(ClockRung.rung, ClockRung.due_version, ClockRung.outcome).join(TicketClock).where(
        TicketClock.ticket_id == one.id, TicketClock.kind == ClockKind.ANSWER.value
    )  # fmt: skip
    return [tuple(row) for row in db.session.execute(wanted.order_by(ClockRung.id))]


def warned(one: Ticket) -> list[str]:
    """The rungs of the answer that were told to anybody."""
    wanted = select(OutboxEvent.payload).where(
        OutboxEvent.name == "RungReached", OutboxEvent.ticket_id == one.id
    )
    return [
        row["rung"]
        for row in db.session.scalars(wanted.order_by(OutboxEvent.id))
        if row["clock_kind"] == "answer"
    ]


def spring(clock: FrozenClock, announced: str) -> Ticket:
    """Five working days from Monday 20 January 2020; the holiday is lengthened at an instant."""
    today = province.current()
    province.pretend(today.as_of(FIRST))
    clock.now = local("2020-01-20 09:00")
    one = sent(clock.now, type="help")
    handler = actor("handler", Grant(Role.HANDLER, SWJ))
    handling.accept(one, Act(handler, clock.now))
    handling.contact(one, Act(handler, clock.now), how="电话", whom="", text="联系了。")
    until(clock, announced)
    document = db.session.scalars(
        select(PolicyDocument).where(PolicyDocument.version == "cn-2020-spring-festival")
    )
    policies.begin_rollout(document.one(), clock.now, by=None)
    province.pretend(today.as_of(LENGTHENED))
    jobs.roll_out()
    jobs.roll_out()
    return one


def until(clock: FrozenClock, moment: str) -> None:
    """Let the clockwork look twice an hour until then."""
    while clock.now < local(moment):
        clock.now = min(clock.forward(minutes=30), local(moment))
        tick.run()


@pytest.mark.parametrize("answered", ["2020-01-31 10:00", "2020-02-04 10:00", "2020-02-04 17:01"])
def test_peers_check_1_the_spring_of_2020(rolled_back: Flask, clock: FrozenClock, answered: str) -> None:
    one = spring(clock, "2020-01-27 09:00")
    assert ledger(one).clock.due_at == local("2020-02-04 17:00")
    until(clock, answered)
    act = Act(actor("other", Grant(Role.HANDLER, SWJ)), clock.now)
    handling.propose_answer(one, act, province.current(), result="solved", text="办好了。", basis="")
    told_of = next(t for t in proof.tell(one, province.current(), clock.now) if t.kind is ClockKind.ANSWER)
    assert [(truth.kind, truth.due) for truth in told_of.truths] == [
        (Kind.STARTED, local("2020-02-01 17:00")),
        (Kind.SUPERSEDED, local("2020-02-04 17:00")),
    ]
    assert [truth.kept for truth in told_of.truths] == [
        clock.now <= local("2020-02-01 17:00"),
        clock.now <= local("2020-02-04 17:00"),
    ]
    assert len(warned(one)) == len(set(warned(one)))
    assert [
        entry.calendar.partition("#")[0] for entry in told_of.entries if entry.kind is Kind.SUPERSEDED
    ] == ["cn-2020-spring-festival"]


def test_peers_check_1_nobody_is_warned_twice_where_the_change_comes_after_the_due_time(
    rolled_back: Flask, clock: FrozenClock
) -> None:
    one = spring(clock, "2020-02-02 09:00")  # the due rung has fired on Saturday the 1st
    assert warned(one) == ["half", "near", "due"]
    assert ledger(one).clock.due_at == local("2020-02-04 17:00")
    until(clock, "2020-02-04 18:00")
    assert warned(one) == ["half", "near", "due", "due"]  # the due time is another one, and has come again
    assert rungs(one) == [
        ("half", 0, "reached"),
        ("near", 0, "reached"),
        ("due", 0, "reached"),
        ("due", 1, "reached"),
    ]


def test_peers_check_2_a_pause_over_a_weekend_moves_by_business_time_alone(rolled_back: Flask) -> None:
    calendar = province.current().calendar
    pause = Pause(local("2020-06-05 16:00"), local("2020-06-08 10:00"))
    minutes = Target(Unit.WORKING_MINUTES, 240)
    start = local("2020-06-05 10:00")  # 90 minutes, lunch, 150 minutes: due as the pause begins, so not moved
    assert due(calendar, start, minutes, [pause]) == local("2020-06-05 16:00")
    later = local("2020-06-05 15:00")  # 60 minutes before the pause, 180 after it, over lunch
    assert due(calendar, later, minutes) == local("2020-06-08 10:30")
    assert due(calendar, later, minutes, [pause]) == local("2020-06-08 15:00")


@pytest.fixture
def people(rolled_back: Flask) -> dict[str, Actor]:
    return {
        "handler": actor("handler", Grant(Role.HANDLER, SWJ)),
        "operator": actor("operator", Grant(Role.OPERATOR)),
        "dispatcher": actor("dispatcher", Grant(Role.DISPATCHER)),
    }


def test_peers_check_3_a_policy_changed_while_paused_keeps_the_pause(
    people: dict[str, Actor], clock: FrozenClock
) -> None:
    one = sent(clock.now, type="help")
    handling.accept(one, Act(people["handler"], clock.now))
    handling.ask_requester(
        one, "请补图。", Act(people["handler"], clock.forward(hours=2)), province.current()
    )
    text = told.policy_text(**{"limits:\n": "reaches_open: [answer]\nlimits:\n"})
    told.publish("sla", text.replace("{working_days: 5}", "{working_days: 7}", 1), told.pair(), clock)
    jobs.roll_out()
    db.session.expire_all()
    assert ledger(one).clock.due_at is None
    handling.supply(one, "图在此。", Act(people["operator"], clock.forward(hours=48)))
    assert ledger(one).state.target == Target(Unit.WORKING_DAYS, 7)
    assert ledger(one).clock.due_at == local("2020-06-18 17:00")


def test_peers_check_3_another_bureau_while_overdue_resets_no_promise(
    people: dict[str, Actor], clock: FrozenClock
) -> None:
    one = sent(clock.now, type="help")
    handling.accept(one, Act(people["handler"], clock.now))
    promise, first = ledger(one).clock.due_at, ledger(one, ClockKind.SHARE).clock.id
    clock.now = local("2020-06-18 10:00")
    dispatch.dispatch(one, SCJG, Act(people["dispatcher"], clock.now), province.current())
    share = ledger(one, ClockKind.SHARE)
    assert (ledger(one).clock.due_at, ledger(one).clock.due_at < clock.now) == (promise, True)
    assert (share.clock.id != first, share.clock.started_at) == (True, clock.now)


def test_peers_check_3_reopening_after_closing_goes_on_with_the_same_promise(
    people: dict[str, Actor], clock: FrozenClock
) -> None:
    one = sent(clock.now, type="help")
    handling.accept(one, Act(people["handler"], clock.now))
    answer = ledger(one).clock.id
    clock.now = local("2020-06-16 10:00")  # a day late
    act = Act(people["handler"], clock.now)
    handling.propose_answer(one, act, province.current(), result="solved", text="好了。", basis="")
    judging.confirm(one, Act(people["operator"], clock.forward(hours=1)), ratings={}, text="")
    judging.contest(one, "没有解决。", Act(people["operator"], clock.forward(days=1)), province.current())
    promise = ledger(one)
    assert (promise.clock.id, promise.clock.due_at) == (answer, local("2020-06-15 17:00"))
    assert ledger(one, ClockKind.REWORK).clock.started_at == clock.now


def test_peers_check_4_two_workers_at_once_and_a_crash_give_one_notice_for_each_rung(
    committed: Flask, clock: FrozenClock
) -> None:
    with transaction():
        one = sent(clock.now, type="help")
        handling.accept(one, Act(actor("handler", Grant(Role.HANDLER, SWJ)), clock.now))
        actor("head", Grant(Role.HEAD, SWJ))
        number = one.id
    for moment in ("2020-06-11 12:00", "2020-06-15 09:00", "2020-06-15 17:00", "2020-06-16 17:00"):
        clock.now = local(moment)
        workers = [threading.Thread(target=_work, args=(committed,)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        _crash(clock)
    fired = select(func.count(), func.count(func.distinct(ClockRung.rung))).join(TicketClock).where(
        TicketClock.ticket_id == number, TicketClock.kind == ClockKind.ANSWER.value
    )  # fmt: skip
    assert tuple(db.session.execute(fired).one()) == (4, 4)
    notices = select(func.count(), func.count(func.distinct(Notice.event_id))).group_by(Notice.account_id)
    assert all(count == different for count, different in db.session.execute(notices))


def _work(app: Flask) -> None:
    with app.app_context():
        tick.run()
        relay.run()
        db.session.remove()


def _crash(clock: FrozenClock) -> None:
    """A worker that looked, acted, and died before its commit."""
    tick.escalation.climb(clock.now, province.current(), 100, set())
    db.session.rollback()

"""The ladder of steps: each rung once, spoken only while the step waits for its owner, thousands in a batch."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import MONDAY, FrozenClock
from tests.support.cases import Bridge, bridge, five
from tests.support.people import actor
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.jobs import relay, tick
from ticketing.models import (
    CaseClock,
    CaseClockRung,
    CaseStep,
    Delivery,
    Notice,
    OutboxEvent,
    SupervisionOrder,
)
from ticketing.services import case_sweep, case_two_sided, coordination
from ticketing.services import province as provinces
from ticketing.services.history import Act


def rungs(step: CaseStep) -> list[tuple[str, str]]:
    wanted = (
        select(CaseClockRung.rung, CaseClockRung.outcome).join(CaseClock).where(CaseClock.step_id == step.id)
    )
    return [tuple(row) for row in db.session.execute(wanted.order_by(CaseClockRung.id))]


def step(one: Bridge, number: int) -> CaseStep:
    wanted = select(CaseStep).where(CaseStep.case_id == one.case.id, CaseStep.number == number)
    return db.session.scalars(wanted).one()


def test_each_rung_is_climbed_once_in_its_time(clock: FrozenClock) -> None:
    one = bridge(confirmed=False)
    for _ in range(16):
        clock.forward(minutes=24)
        tick.run()
        tick.run()
    assert rungs(step(one, 1)) == [
        (code, "reached") for code in ("half", "near", "due", "plus_1_hour", "plus_4_hours")
    ]


def test_after_a_long_sleep_only_the_newest_speaks(clock: FrozenClock) -> None:
    one = bridge(confirmed=False)
    clock.forward(days=2)
    tick.run()
    assert [outcome for _, outcome in rungs(step(one, 1))] == ["late"] * 5 + ["reached"]
    spoken = db.session.scalars(
        select(OutboxEvent.payload).where(OutboxEvent.name == "StepRungReached")
    ).all()
    assert [payload["rung"] for payload in spoken] == ["plus_24_hours"]


def test_an_overdue_step_is_ordered_once_and_its_people_told(clock: FrozenClock) -> None:
    one = bridge(confirmed=False)
    clock.forward(minutes=361)
    tick.run()
    tick.run()
    relay.run()
    orders = db.session.scalars(select(SupervisionOrder)).all()
    told = set(db.session.scalars(select(Notice.account_id).where(Notice.text.startswith("协调环节超时"))))
    assert len(orders) == 1
    assert {one.accounts["convener"].id, one.accounts["watcher"].id} <= told


def test_a_side_that_has_handed_in_is_not_pressed(clock: FrozenClock) -> None:
    one = bridge()
    one.draw()
    clock.now = step(one, 4).due_at + dt.timedelta(days=3)
    tick.run()
    spoken = db.session.scalars(
        select(OutboxEvent.payload).where(OutboxEvent.name == "StepRungReached")
    ).all()
    assert step(one, 4).id not in {payload["step_id"] for payload in spoken}
    assert step(one, 5).id in {payload["step_id"] for payload in spoken}


def test_a_redraw_gives_the_time_back(clock: FrozenClock) -> None:
    one = bridge()
    one.draw()
    one.enter()
    one.confirm()
    before = step(one, 6).due_at
    case_two_sided.redraw(one.case, 4, "busy", one.act("supervisor", minutes=10), one.province)
    one.draw()
    one.enter(*five())
    one.confirm()
    waited = dt.timedelta(minutes=12)
    assert step(one, 6).due_at == before + waited


def test_an_outside_owner_is_told_by_text_message_without_a_name(clock: FrozenClock) -> None:
    one = bridge()
    clock.now = one.now
    relay.run()
    sent_to = db.session.scalars(select(Delivery).where(Delivery.event_id.is_not(None))).all()
    bodies = [row.body for row in sent_to if row.recipient == f"party:{one.parties['tenderer'].id}"]
    assert any("线下随机抽取专家" in body for body in bodies)


def test_a_row_that_is_out_of_date_is_put_right_and_does_not_keep_the_clockwork_busy(
    clock: FrozenClock,
) -> None:
    one = bridge(confirmed=False)
    stale = db.session.scalars(select(CaseClock).where(CaseClock.step_id == step(one, 1).id)).one()
    stale.next_rung_at = one.now
    clock.now = one.now
    tick.run()
    assert stale.next_rung_at > one.now
    assert rungs(step(one, 1)) == []


def test_a_locked_case_is_left_for_the_next_look(committed: Flask, clock: FrozenClock) -> None:
    with transaction():
        one = bridge(confirmed=False)
        identifier = one.case.id
    clock.forward(hours=3)
    with db.engine.connect() as other, other.begin():
        other.execute(
            db.text("select 1 from coordination_case where id = :id for update"), {"id": identifier}
        )
        with transaction():
            assert case_sweep.climb(clock.now, provinces.current(), 10) == 0
    with transaction():
        assert case_sweep.climb(clock.now, provinces.current(), 10) == 1


@pytest.mark.parametrize("count", [3, 12])
def test_a_batch_costs_the_same_number_of_statements(
    rolled_back: Flask, statements: list[str], clock: FrozenClock, count: int
) -> None:
    watcher, province = actor("w", Grant(Role.SUPERVISOR)), provinces.current()
    for _ in range(count):
        opening = coordination.Opening("transport-permit", "HRB-JTJ", "保通", "跨市")
        coordination.open_case(sent(type="help"), opening, Act(watcher, MONDAY), province)
    db.session.flush()
    statements.clear()
    looked = case_sweep.climb(MONDAY + dt.timedelta(minutes=70), province, 100)
    db.session.flush()
    assert looked == count
    assert db.session.scalar(select(func.count()).select_from(CaseClockRung)) == count
    assert len(statements) <= 10

"""Published versions reach the clocks of steps as they reach those of tickets: foreseen, applied once, proved."""

import datetime as dt
import json

from flask import Flask
from sqlalchemy import func, select, update

from sla.verify import verify
from tests.conftest import MONDAY, FrozenClock
from tests.support import policies as told
from tests.support.people import actor
from tests.support.requests import sent
from tests.support.times import local
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import policies as jobs
from ticketing.jobs import tick
from ticketing.models import (
    CaseClock,
    CaseClockEntry,
    CaseStep,
    CoordinationCase,
    PolicyEffect,
    PolicyRollout,
    Ticket,
)
from ticketing.services import case_clocks, climbing, coordination, proof, province, rollout
from ticketing.services.history import Act

HARBIN, QIQIHAR = "230103", "230202"


def opened(region: str, now: dt.datetime = MONDAY) -> tuple[CoordinationCase, Ticket]:
    """A case at a place: its first step has three working days, the others wait for one another."""
    ticket = sent(now, type="help", region_code=region)
    opening = coordination.Opening("joint", "HRB-FGW", "联办接通水电气热", "涉及多部门")
    watcher = actor(f"watcher{ticket.id}", Grant(Role.SUPERVISOR))
    return coordination.open_case(ticket, opening, Act(watcher, now), province.current()), ticket


def clock_of(case: CoordinationCase) -> CaseClock:
    return db.session.scalars(select(CaseClock).where(CaseClock.case_id == case.id)).one()


def shown(case: CoordinationCase) -> list[dt.datetime]:
    wanted = select(CaseStep.due_at).where(CaseStep.case_id == case.id).order_by(CaseStep.number)
    return list(db.session.scalars(wanted))


def kinds(case: CoordinationCase) -> list[str]:
    wanted = select(CaseClockEntry.kind).where(CaseClockEntry.clock_id == clock_of(case).id)
    return list(db.session.scalars(wanted.order_by(CaseClockEntry.seq)))


def test_an_overlay_moves_the_steps_of_its_place_and_those_that_wait_for_them(
    people: told.Pair, clock: FrozenClock
) -> None:
    (here, _), (there, _) = opened(HARBIN), opened(QIQIHAR)
    before = shown(there)
    assert shown(here) == before
    one = told.publish("calendar", told.FLOOD, people, clock)
    foreseen = select(PolicyEffect.due_at).where(PolicyEffect.case_clock_id == clock_of(here).id)
    assert db.session.scalars(foreseen).one() == local("2020-06-12 17:00")
    jobs.roll_out()
    db.session.expire_all()
    assert (before[0], clock_of(here).due_at) == (local("2020-06-11 17:00"), local("2020-06-12 17:00"))
    assert [kinds(case) for case in (here, there)] == [["started", "superseded"], ["started"]]
    assert [now > then for now, then in zip(shown(here), before, strict=True)] == [True] * 5
    assert shown(there) == before
    assert one.moved == db.session.scalar(select(func.sum(PolicyRollout.moved)))


def test_a_policy_gives_a_step_its_ladder_and_leaves_it_its_time(
    people: told.Pair, clock: FrozenClock
) -> None:
    case, _ = opened(HARBIN)
    was = clock_of(case).due_at
    reaches = {"limits:\n": "reaches_open: [share]\nlimits:\n  - {clock: share, target: {working_days: 9}}\n"}
    told.publish("sla", told.policy_text(**reaches), people, clock)
    jobs.roll_out()
    db.session.expire_all()
    newest = province.current().policy.version
    assert (clock_of(case).policy_version, clock_of(case).due_at, clock_of(case).amount) == (newest, was, 3)


def test_cut_anywhere_and_run_again_ends_the_same(people: told.Pair, clock: FrozenClock) -> None:
    cases = [opened(HARBIN)[0] for _ in range(3)]
    told.publish("calendar", told.FLOOD, people, clock)
    while not db.session.scalars(select(PolicyRollout.of_steps).order_by(PolicyRollout.id.desc())).first():
        assert rollout.step(clock.now, province.current(), size=5)
        db.session.commit()
    assert rollout.step(clock.now, province.current(), size=2)
    db.session.rollback()  # the worker died before it could commit
    assert rollout.step(clock.now, province.current(), size=2)
    db.session.commit()
    for _ in range(2):
        jobs.roll_out()
        clock.forward(minutes=2)
    db.session.expire_all()
    assert [kinds(case) for case in cases] == [["started", "superseded"]] * 3
    assert rollout.running() is None


def test_a_step_that_was_settled_goes_on_by_what_was_published_meanwhile(
    people: told.Pair, clock: FrozenClock
) -> None:
    case, _ = opened(HARBIN)
    first = db.session.scalars(
        select(CaseStep).where(CaseStep.case_id == case.id, CaseStep.number == 1)
    ).one()
    act = Act(actor("watcher", Grant(Role.SUPERVISOR)), clock.now)
    case_clocks.stop(first, act, province.current())
    db.session.commit()
    told.publish("calendar", told.FLOOD, people, clock)
    jobs.roll_out()
    db.session.expire_all()
    assert kinds(case) == ["started", "stopped"]
    case_clocks.begin(case, first, act, province.current())
    assert kinds(case) == ["started", "stopped", "resumed", "superseded"]
    assert first.due_at == clock_of(case).due_at == local("2020-06-12 17:00")


def test_steps_are_exported_and_a_changed_one_is_found(people: told.Pair, clock: FrozenClock) -> None:
    case, _ = opened(HARBIN)
    told.publish("calendar", told.FLOOD, people, clock)
    jobs.roll_out()
    assert [one for found in verify(proof.export(clock.now)) for one in found] == []
    db.session.execute(update(CaseClock).values(next_rung_at=MONDAY))
    [difference] = [one for found in verify(proof.export(clock.now)) for one in found]
    assert (difference.number, difference.field) == (f"{case.number}/1", "next_rung_at")


def test_commands_know_steps(app: Flask, clock: FrozenClock) -> None:
    case, ticket = opened(HARBIN)
    db.session.commit()
    clock.now = local("2020-06-11 17:30")
    name = f"{case.number}/1"
    said = app.test_cli_runner().invoke(args=["sla", "explain", ticket.number]).output
    assert f"step {name}: 3 working days" in said
    rows = json.loads(app.test_cli_runner().invoke(args=["sla", "sweep", "--dry-run", "--json"]).output)
    assert [(one["rung"], one["outcome"]) for one in rows if one["number"] == name] == [
        ("half", "late"), ("near", "late"), ("due", "reached"),
    ]  # fmt: skip
    tick.run()
    assert [one for one in climbing.foreseen(clock.now, province.current()) if one.number == name] == []

"""No order of actions reaches a case without a lead, a step without an owner and due time, a closed case half done."""

import datetime as dt
from collections.abc import Callable

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from sla.values import Target, Unit
from tests.support.cases import PLAN, Bridge, bridge, confirm_plan, drawn, five, record, sound
from ticketing.domain.errors import DomainError
from ticketing.extensions import db
from ticketing.models import CaseEntry
from ticketing.services import (
    case_answer,
    case_parties,
    case_planning,
    case_steps,
    case_sweep,
    case_two_sided,
    cases,
    coordination,
)
from ticketing.services.case_steps import Proof
from ticketing.services.case_two_sided import HandedIn

Deed = Callable[[Bridge, int], None]
WHO = ("watcher", "convener", "supervisor", "head", "tenderer", "operator")


def _who(n: int) -> str:
    return WHO[n % len(WHO)]


def _complete(one: Bridge, n: int) -> None:
    row = cases.step(one.case, n % 9 + 1)
    owner = {1: "convener", 3: "tenderer", 7: "operator", 8: "tenderer"}.get(row.number, "supervisor")
    values = {**PLAN, "none_interested": True, "all_told": True, "reference": "R"}
    who = owner if n % 5 else _who(n)
    case_steps.complete(one.case, row.number, Proof("办好了。", values), one.act(who), one.province)


def _draw(one: Bridge, n: int) -> None:
    act = one.act("tenderer")
    lines = drawn(*five()) if n % 3 else drawn(record(0, name="欧阳某"), *five()[1:])
    case_two_sided.hand_in(one.case, 4, HandedIn(lines, "库", 99, act.now, "甲"), act, one.province)


def _enter(one: Bridge, _n: int) -> None:
    case_two_sided.hand_in(one.case, 5, HandedIn(drawn(*five())), one.act("operator"), one.province)


def _confirm(one: Bridge, n: int) -> None:
    current = case_two_sided.current_round(one.case, 4)
    number, who = ((4, "tenderer"), (5, "operator"))[n % 2]
    digest = (current.digest if current else None) or "x"
    case_two_sided.confirm(one.case, number, digest, one.act(who), one.province)


def _rename(one: Bridge, n: int) -> None:
    role = ("tenderer", "platform_operator")[n % 2]
    new = case_parties.NewParty(role, name=f"第{n}家", contact="李", phone="13904520001")
    case_parties.name(one.case, new, one.act("head"), one.province)


def _add(one: Bridge, n: int) -> None:
    owner = cases.parties(one.case)[n % 4].id
    new = case_planning.NewStep("补一步", owner, Target(Unit.MINUTES, 30), (n % 9 + 1,), (n // 9 % 9 + 1,))
    case_planning.add(one.case, new, "需要", one.act("watcher"), one.province)


def _reorder(one: Bridge, n: int) -> None:
    numbers = [row.number for row in cases.steps(one.case)]
    waits = {n % 9 + 1: (n // 9 % 9 + 1,)}
    new = case_planning.NewOrder(waits, numbers, "换个次序")
    case_planning.reorder(one.case, new, one.act("watcher"), one.province)


def _answer(one: Bridge, _n: int) -> None:
    case_answer.answer(
        one.case, case_answer.OneAnswer("solved", "已办好。"), one.act("supervisor"), one.province
    )


def _onward(one: Bridge, n: int) -> None:
    """Do the next thing that a case of good people would do, so that orders of actions get far."""
    states = {row.number: row.state for row in cases.steps(one.case)}
    if one.case.state == "planning":
        confirm_plan(one)
    elif states[4] == "ready" or (states[4] == "disputed" and n % 2):
        _draw(one, 1)
    elif states[5] in ("ready", "disputed"):
        _enter(one, n)
    elif states[5] == "matched":
        one.confirm()
    elif states[8] == "done" and one.case.secrecy_lifted_at is None:
        case_answer.lift_secrecy(one.case, "中标", one.act("supervisor"), one.province)
    elif one.case.secrecy_lifted_at is not None:
        _answer(one, n)
    else:
        ready = [row.number for row in cases.steps(one.case) if row.state == "ready"]
        if ready:  # a dissolved case has none
            _complete(one, ready[0] - 1 + 9 * (ready[0] % 5 == 1))


DEEDS: dict[str, Deed] = {
    "onward": _onward,
    "onward too": _onward,
    "onward again": _onward,
    "complete": _complete,
    "draw": _draw,
    "enter": _enter,
    "confirm": _confirm,
    "rename": _rename,
    "add": _add,
    "reorder": _reorder,
    "answer": _answer,
    "skip": lambda o, n: case_planning.skip(o.case, n % 12 + 1, "跳过", o.act("watcher"), o.province),
    "redraw": lambda o, n: case_two_sided.redraw(o.case, 4 + n % 2, "busy", o.act("supervisor"), o.province),
    "agree": lambda o, n: case_planning.agree(
        o.case, n % 9 + 1, o.now + dt.timedelta(hours=n % 90), o.act("head"), o.province
    ),
    "plan": lambda o, _n: confirm_plan(o),
    "lead": lambda o, n: coordination.change_lead(
        o.case, ("QQHR-FGW", "QQHR-ZJJ")[n % 2], "换", o.act("watcher"), o.province
    ),
    "lift": lambda o, _n: case_answer.lift_secrecy(o.case, "中标", o.act("supervisor"), o.province),
    "dissolve": lambda o, n: (
        coordination.dissolve_case(o.case, "撤", o.act(_who(n)), o.province) if n > 85 else None
    ),
    "later": lambda o, n: o.act("head", hours=n % 30) and case_sweep.climb(o.now, o.province, 10) and None,
}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    planned=st.booleans(),
    deeds=st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), st.integers(0, 99)), min_size=4, max_size=25),
)
def test_no_order_of_actions_breaks_a_case(
    rolled_back: Flask, planned: bool, deeds: list[tuple[str, int]]
) -> None:
    outer = db.session.begin_nested()
    try:
        one = bridge(confirmed=planned)
        for name, n in deeds:
            before, kept = db.session.begin_nested(), one.now
            try:
                DEEDS[name](one, n)
                db.session.flush()
                before.commit()
            except DomainError:
                before.rollback()
                one.now = kept
            sound(one)
        lines = db.session.scalar(select(func.count()).where(CaseEntry.case_id == one.case.id))
        assert lines == one.case.log_seq
    finally:  # an example that fails leaves nothing to the next
        outer.rollback()
        db.session.expunge_all()

"""Cases through their verbs: planned against a limit, changed with reasons, answered once, found again."""

import datetime as dt
import threading

import pytest
from flask import Flask
from sqlalchemy import select

from sla.values import Target, Unit
from tests.conftest import MONDAY, FrozenClock
from tests.support.cases import bridge, states
from tests.support.people import actor
from tests.support.requests import sent
from ticketing.domain.actors import Actor, ActorKind, Grant
from ticketing.domain.case_plan import PlanTooLong
from ticketing.domain.errors import Conflict, Invalid, NotAllowed, WrongState
from ticketing.domain.vocabulary import ClockKind, Door, Role
from ticketing.extensions import db, transaction
from ticketing.jobs import relay
from ticketing.models import CaseClock, CoordinationCase, Notice, Ticket
from ticketing.services import (
    case_answer,
    case_minutes,
    case_parties,
    case_planning,
    case_steps,
    cases,
    clocks,
    coordination,
    judging,
    precedents,
)
from ticketing.services import province as provinces
from ticketing.services.case_planning import NewOrder, NewStep
from ticketing.services.case_steps import Proof
from ticketing.services.history import Act

LEAD, CO, THIRD = "HRB-SWJ", "HRB-SCJG", "HRB-ZJJ"
DAY = Target(Unit.WORKING_DAYS, 1)


class Plain:
    """A joint case with a lead and one co-bureau, its plan confirmed unless told otherwise."""

    def __init__(self, *, confirmed: bool = True, **values: object) -> None:
        self.province, self.now = provinces.current(), MONDAY
        self.people = {
            "watcher": actor("watcher", Grant(Role.SUPERVISOR)),
            "lead": actor("lead", Grant(Role.HANDLER, LEAD)),
            "head": actor("head", Grant(Role.HEAD, LEAD)),
            "co": actor("co", Grant(Role.HANDLER, CO)),
            "third": actor("third", Grant(Role.HANDLER, THIRD)),
        }
        self.ticket = sent(**{"type": "help", **values})
        opening = coordination.Opening("joint", LEAD, "一起解决排水问题", "涉及两家")
        self.case = coordination.open_case(self.ticket, opening, self.act("watcher"), self.province)
        self.co = case_parties.name(
            self.case, case_parties.NewParty("co_bureau", bureau_code=CO), self.act("lead"), self.province
        )
        if confirmed:
            case_planning.confirm(self.case, self.act("watcher"), self.province)

    def act(self, who: str, **later: float) -> Act:
        self.now += dt.timedelta(**later)
        return Act(self.people[who], self.now)

    def finish(self, *numbers: int) -> None:
        for number in numbers:
            who = "co" if number == 2 else "lead"
            case_steps.complete(self.case, number, Proof("办好了。"), self.act(who, hours=1), self.province)

    def answer(self, text: str = "排水管已修好，费用由两家分担。") -> None:
        said = case_answer.OneAnswer("solved", text)
        case_answer.answer(self.case, said, self.act("lead", hours=1), self.province)


@pytest.fixture
def one() -> Plain:
    return Plain()


def test_from_the_first_second_every_step_has_an_owner_and_a_due_time() -> None:
    one = Plain(confirmed=False)
    rows = cases.steps(one.case)
    assert all(row.owner_id and row.due_at > MONDAY for row in rows)
    assert states(one.case) == {1: "ready", 2: "waiting", 3: "waiting", 4: "waiting", 5: "waiting"}


def test_steps_follow_each_other_and_their_clocks_start_when_they_can(one: Plain) -> None:
    one.finish(1)
    assert states(one.case)[2] == "ready"
    found = dict(db.session.execute(select(CaseClock.step_id, CaseClock.started_at)).all())
    assert found[cases.step(one.case, 2).id] == one.now
    assert len(found) == 2


def test_a_plan_is_confirmed_by_the_supervisor_where_three_returns_opened_it() -> None:
    one = Plain(confirmed=False)
    one.case.plan_by_supervisor = True
    with pytest.raises(NotAllowed):
        case_planning.confirm(one.case, one.act("head"), one.province)
    case_planning.confirm(one.case, one.act("watcher"), one.province)
    assert one.case.plan_confirmed_at == one.now


def test_a_role_without_a_party_holds_the_plan_up() -> None:
    case = bridge(confirmed=False)
    with pytest.raises(Invalid, match="约定时间"):
        case_planning.confirm(case.case, case.act("head"), case.province)
    cases.step(case.case, 1).owner_id = case_parties.lead_of(case.case, case.province).id
    db.session.flush()
    db.session.delete(case.parties.pop("convener"))
    with pytest.raises(Invalid, match="营商环境部门"):
        case_planning.confirm(case.case, case.act("head"), case.province)


def test_a_plan_that_cannot_meet_its_limit_is_refused_with_its_path() -> None:
    one = Plain(confirmed=False)
    one.now += dt.timedelta(days=8)
    with pytest.raises(PlanTooLong) as refused:
        case_planning.confirm(one.case, one.act("watcher"), one.province)
    assert refused.value.schedule.critical == (1, 2, 3, 4, 5)
    assert one.case.state == "planning"


def test_each_co_bureau_has_a_step_of_its_own(one: Plain) -> None:
    new = case_parties.NewParty("co_bureau", bureau_code=THIRD)
    party = case_parties.name(one.case, new, one.act("lead"), one.province)
    one.finish(1, 2)
    assert states(one.case)[6] == "ready"
    assert states(one.case)[3] == "waiting"
    assert cases.step(one.case, 6).owner_id == party.id
    case_steps.complete(one.case, 6, Proof("同意。"), one.act("third"), one.province)
    assert states(one.case)[3] == "ready"


def test_a_step_is_its_owners_alone(one: Plain) -> None:
    for who in ("co", "watcher", "third"):
        with pytest.raises(NotAllowed):
            case_steps.complete(one.case, 1, Proof("我来。"), one.act(who), one.province)
    with pytest.raises(Invalid, match="办理方案"):
        case_steps.complete(one.case, 1, Proof(), one.act("lead"), one.province)


def test_a_supervisor_adds_a_step_that_others_wait_for(one: Plain) -> None:
    new = NewStep("请第三方检测", one.co.id, DAY, depends_on=(1,), before=(3,))
    row = case_planning.add(one.case, new, "争议太大", one.act("watcher"), one.province)
    one.finish(1, 2)
    assert (states(one.case)[row.number], states(one.case)[3]) == ("ready", "waiting")
    with pytest.raises(NotAllowed):
        case_planning.add(one.case, new, "再加", one.act("head"), one.province)


def test_what_is_added_makes_no_circle_and_keeps_the_limit(one: Plain) -> None:
    circle = NewStep("绕圈", one.co.id, DAY, depends_on=(4,), before=(3,))
    before = db.session.begin_nested()
    with pytest.raises(Invalid, match="互相等待"):
        case_planning.add(one.case, circle, "试", one.act("watcher"), one.province)
    before.rollback()
    long = NewStep("太久", one.co.id, Target(Unit.WORKING_DAYS, 20), depends_on=(1,), before=(3,))
    with pytest.raises(PlanTooLong):
        case_planning.add(one.case, long, "试", one.act("watcher"), one.province)


def test_a_skipped_step_says_why_and_lets_the_next_begin(one: Plain) -> None:
    one.finish(1)
    case_planning.skip(one.case, 2, "当场已经同意", one.act("watcher"), one.province)
    row = cases.step(one.case, 2)
    assert (row.state, row.skip_reason, states(one.case)[3]) == ("skipped", "当场已经同意", "ready")


def test_the_answer_cannot_be_skipped(one: Plain) -> None:
    with pytest.raises(Invalid):
        case_planning.skip(one.case, 5, "不答了", one.act("watcher"), one.province)


def test_what_the_law_demands_cannot_be_skipped() -> None:
    law = bridge()
    with pytest.raises(Invalid, match="法律"):
        case_planning.skip(law.case, 4, "省事", law.act("watcher"), law.province)


def test_reordering_makes_no_circle_and_touches_nothing_that_began(one: Plain) -> None:
    act = one.act("watcher")
    order = (1, 3, 2, 4, 5)
    case_planning.reorder(one.case, NewOrder({3: (1,), 4: (2, 3)}, order, "并行更快"), act, one.province)
    one.finish(1)
    assert (states(one.case)[2], states(one.case)[3]) == ("ready", "ready")
    with pytest.raises(Invalid, match="还没开始"):
        case_planning.reorder(one.case, NewOrder({2: ()}, order, "试"), act, one.province)
    with pytest.raises(Invalid, match="互相等待"):
        case_planning.reorder(one.case, NewOrder({4: (5,)}, order, "试"), act, one.province)


@pytest.mark.parametrize(
    ("order", "reason", "field"),
    [((1, 3, 2, 5, 4), "试", "place"), ((1, 2, 3), "试", "place"), ((1, 2, 3, 4, 5), "", "reason")],
)
def test_reordering_says_why_and_leaves_the_answer_last(
    one: Plain, order: tuple[int, ...], reason: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        case_planning.reorder(one.case, NewOrder({}, order, reason), one.act("watcher"), one.province)
    assert refused.value.field == field


def test_the_promise_stays_as_first_made_beside_the_plan(one: Plain) -> None:
    kinds = {ledger.kind: ledger.clock for ledger in clocks.ledgers(one.ticket)}
    assert kinds[ClockKind.ANSWER].started_at == MONDAY
    assert kinds[ClockKind.ANSWER].amount == 5
    assert (kinds[ClockKind.PLAN].amount, kinds[ClockKind.PLAN].due_at) == (25, one.case.plan_due_at)


def test_an_accompanied_project_has_no_limit() -> None:
    ticket = sent(type="help")
    opening = coordination.Opening("major-project", LEAD, "全程帮办到投产", "省重点项目")
    watcher = actor("w", Grant(Role.SUPERVISOR))
    case = coordination.open_case(ticket, opening, Act(watcher, MONDAY), provinces.current())
    assert case.plan_due_at is None
    assert ClockKind.PLAN not in {ledger.kind for ledger in clocks.ledgers(ticket)}


def test_one_answer_goes_to_every_ticket_and_waits_for_every_step(one: Plain) -> None:
    second = sent(type="help", subject="同一条街的排水")
    coordination.join(one.case, second, one.act("watcher"), one.province)
    with pytest.raises(Invalid, match="1、2、3、4"):
        one.answer()
    one.finish(1, 2, 3, 4)
    one.answer()
    assert [t.state for t in (one.ticket, second)] == ["answered", "answered"]
    assert states(one.case)[5] == "done"
    running = select(CaseClock).where(CaseClock.stopped_at.is_(None))
    assert not db.session.scalars(running).all()


def test_a_complaint_in_the_case_is_answered_by_the_head() -> None:
    one = Plain(type="complaint")
    one.finish(1, 2, 3, 4)
    said = case_answer.OneAnswer("solved", "已办好。")
    with pytest.raises(NotAllowed):
        case_answer.answer(one.case, said, one.act("lead"), one.province)
    case_answer.answer(one.case, said, one.act("head"), one.province)
    assert one.ticket.state == "answered"


def test_the_lead_changes_and_nothing_is_dissolved(one: Plain) -> None:
    coordination.change_lead(one.case, THIRD, "主责在住建", one.act("watcher"), one.province)
    assert (one.case.state, one.ticket.bureau_code, one.ticket.state) == ("running", THIRD, "coordinating")
    with pytest.raises(NotAllowed):
        case_steps.complete(one.case, 1, Proof("我来。"), one.act("lead"), one.province)
    case_steps.complete(one.case, 1, Proof("我来。"), one.act("third"), one.province)


def test_a_dissolved_case_leaves_no_open_step_and_no_running_clock(one: Plain) -> None:
    coordination.dissolve(one.ticket, "一家能办。", one.act("watcher"), one.province)
    assert set(states(one.case).values()) == {"skipped"}
    assert (one.case.state, one.ticket.state) == ("dissolved", "new")
    assert not db.session.scalars(select(CaseClock).where(CaseClock.stopped_at.is_(None))).all()


def test_a_case_ends_when_its_last_enterprise_withdraws(one: Plain, clock: FrozenClock) -> None:
    enterprise = Actor(ActorKind.REQUESTER, "x", Door.WEB, ticket_ids=frozenset({one.ticket.id}))
    judging.withdraw(one.ticket, "", Act(enterprise, one.now))
    clock.now = one.now
    relay.run()
    assert one.case.state == "dissolved"


def test_decisions_of_a_meeting_become_steps(one: Plain) -> None:
    decision = NewStep("商务局三日内出具意见", one.co.id, DAY)
    meeting = case_minutes.Meeting(MONDAY, "302 会议室", "商定如下。", {one.co.id: "王科长"}, (decision,))
    minutes = case_minutes.record(one.case, meeting, one.act("lead", hours=2), one.province)
    row = cases.step(one.case, 6)
    assert (row.minutes_id, row.owner_id, row.state) == (minutes.id, one.co.id, "ready")
    assert {"party_id": one.co.id, "name": one.co.name, "who": "王科长"} in minutes.attendance
    one.finish(1, 2, 3, 4)
    with pytest.raises(Invalid, match="6"):
        one.answer()


def test_owners_are_told_when_their_step_begins(one: Plain, clock: FrozenClock) -> None:
    one.finish(1)
    clock.now = one.now
    relay.run()
    texts = dict(db.session.execute(select(Notice.account_id, Notice.text)).all())
    assert texts[one.people["co"].account_id].startswith("协调环节轮到您")
    assert one.people["third"].account_id not in texts


def test_a_precedent_shows_what_was_done_and_is_started_like(one: Plain) -> None:
    new = NewStep("请第三方检测", one.co.id, DAY, depends_on=(1,), before=(3,))
    row = case_planning.add(one.case, new, "争议太大", one.act("watcher"), one.province)
    one.finish(1)
    case_steps.complete(one.case, row.number, Proof("已检测。"), one.act("co"), one.province)
    one.finish(2, 3, 4)
    one.answer()
    db.session.flush()
    assert precedents.like("出口退税", "海关手续很慢") == []
    [found] = precedents.like("门前排水问题", "想请两家一起解决排水，谁来分担费用")
    assert (found.number, found.lead_code, "分担" in found.answer) == (one.case.number, LEAD, True)
    ticket = sent(type="help")
    opening = coordination.Opening("joint", LEAD, "又一处排水", "和上次一样", like=found.case_id)
    case = coordination.open_case(ticket, opening, one.act("watcher"), one.province)
    assert "请第三方检测" in [step.name_zh for step in cases.steps(case)]
    assert cases.steps(case)[-1].number == 5


def test_an_open_case_is_no_precedent(one: Plain) -> None:
    assert precedents.like("一起解决排水问题", "") == []


def test_a_running_case_keeps_its_version(one: Plain) -> None:
    one.case.template_version = "1"
    assert cases.template(one.case, one.province).version == one.province.templates["joint"].version
    one.case.template_version = one.province.templates["joint"].version
    assert cases.template(one.case, one.province) is one.province.templates["joint"]


def test_who_saw_an_older_case_is_told(one: Plain) -> None:
    seen = one.case.log_seq
    one.finish(1)
    db.session.flush()
    with pytest.raises(Conflict):
        cases.locked(one.case.id, seen=seen)
    assert cases.locked(one.case.id, seen=one.case.log_seq).id == one.case.id


def test_a_closed_case_takes_nothing_more(one: Plain) -> None:
    one.finish(1, 2, 3, 4)
    one.answer()
    for deed in (
        one.answer,
        lambda: case_planning.skip(one.case, 1, "晚了", one.act("watcher"), one.province),
        lambda: coordination.dissolve_case(one.case, "晚了", one.act("watcher"), one.province),
    ):
        with pytest.raises(WrongState):
            deed()


def test_two_clerks_at_once_complete_a_step_once(committed: Flask, clock: FrozenClock) -> None:
    with transaction():
        one = Plain()
        identifier, seen = one.case.id, one.case.log_seq
        person = one.people["lead"]
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def clerk() -> None:
        with committed.app_context():
            barrier.wait()
            try:
                with transaction():
                    case = cases.locked(identifier, seen=seen)
                    case_steps.complete(case, 1, Proof("好了。"), Act(person, clock.now), provinces.current())
                outcomes.append("done")
            except Conflict:
                outcomes.append("conflict")

    threads = [threading.Thread(target=clerk) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "done"]
    assert db.session.get(CoordinationCase, identifier) is not None
    assert db.session.get(Ticket, one.ticket.id).state == "coordinating"

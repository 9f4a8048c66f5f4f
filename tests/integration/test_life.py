"""The life of a ticket through its verbs: who may, what the clocks do, what is refused and changes nothing."""

import datetime as dt
import threading

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import MONDAY, FrozenClock
from tests.support.people import actor, colleague
from tests.support.requests import sent
from tests.support.times import local
from ticketing.domain.actors import Actor, ActorKind, Grant
from ticketing.domain.errors import Conflict, Invalid, NotAllowed, WrongState
from ticketing.domain.vocabulary import ClockKind, Door, Role
from ticketing.extensions import db, transaction
from ticketing.models import Approval, CoordinationCase, HistoryEntry, RoleGrant, Ticket
from ticketing.services import (
    accounts,
    clocks,
    coordination,
    decisions,
    dispatch,
    handling,
    judging,
    linking,
    moves,
)
from ticketing.services import province as provinces
from ticketing.services.clock_rows import Ledger
from ticketing.services.history import Act
from ticketing.services.province import Province

SWJ, SCJG = "HRB-SWJ", "HRB-SCJG"


@pytest.fixture
def province() -> Province:
    return provinces.current()


@pytest.fixture
def people() -> dict[str, Actor]:
    return {
        "handler": actor("handler", Grant(Role.HANDLER, SWJ)),
        "head": actor("head", Grant(Role.HEAD, SWJ)),
        "dispatcher": actor("dispatcher", Grant(Role.DISPATCHER)),
        "supervisor": actor("supervisor", Grant(Role.SUPERVISOR)),
        "operator": actor("operator", Grant(Role.OPERATOR)),
    }


def enterprise(one: Ticket) -> Actor:
    return Actor(ActorKind.REQUESTER, one.requester, Door.WEB, ticket_ids=frozenset({one.id}))


def clock(one: Ticket, kind: ClockKind) -> Ledger:
    return [ledger for ledger in clocks.ledgers(one, stopped=True) if ledger.kind is kind][-1]


def accepted(people: dict[str, Actor], **values: object) -> Ticket:
    one = sent(**{"type": "help", **values})
    handling.accept(one, Act(people["handler"], MONDAY))
    return one


def answered(people: dict[str, Actor], province: Province, at: dt.datetime) -> Ticket:
    one = accepted(people)
    handling.propose_answer(
        one, Act(people["handler"], at), province, result="solved", text="好了。", basis=""
    )
    return one


def hours(n: float) -> dt.datetime:
    return MONDAY + dt.timedelta(hours=n)


def test_a_new_bureau_resets_no_promise(people: dict[str, Actor], province: Province) -> None:
    one = accepted(people)
    promise = clock(one, ClockKind.ANSWER).clock.due_at
    dispatch.dispatch(one, SCJG, Act(people["dispatcher"], hours(3)), province)
    shares = [ledger for ledger in clocks.ledgers(one, stopped=True) if ledger.kind is ClockKind.SHARE]
    assert clock(one, ClockKind.ANSWER).clock.due_at == promise
    assert [(s.clock.bureau_code, s.clock.stopped_at) for s in shares] == [(SWJ, hours(3)), (SCJG, None)]
    assert shares[1].clock.due_at == promise
    assert (one.hops, one.assignee_id, one.first_receiver_code) == (1, None, SWJ)


def test_waiting_for_the_enterprise_is_a_pause(people: dict[str, Actor], province: Province) -> None:
    one = accepted(people)
    handling.ask_requester(one, "请补图。", Act(people["handler"], hours(2)), province)
    assert clock(one, ClockKind.ANSWER).clock.due_at is None
    handling.supply(one, "图在此。", Act(enterprise(one), hours(2 + 48)))
    assert clock(one, ClockKind.ANSWER).clock.due_at == local("2020-06-16 17:00")
    assert clock(one, ClockKind.CONTACT).state.pauses == ()


def test_asking_a_third_time_is_refused(people: dict[str, Actor], province: Province) -> None:
    one = accepted(people)
    for n in (1, 3):
        handling.ask_requester(one, "请补图。", Act(people["handler"], hours(n)), province)
        handling.supply(one, "图在此。", Act(enterprise(one), hours(n + 1)))
    with pytest.raises(Invalid):
        handling.ask_requester(one, "还要。", Act(people["handler"], hours(9)), province)


def test_a_contest_goes_on_with_the_same_promise_and_a_rework_clock(
    people: dict[str, Actor], province: Province
) -> None:
    one = answered(people, province, hours(24))
    judging.contest(one, "没有解决。", Act(enterprise(one), hours(72)), province)
    promise, rework = clock(one, ClockKind.ANSWER), clock(one, ClockKind.REWORK)
    assert (one.state, one.contests, promise.clock.stopped_at) == ("in_progress", 1, None)
    assert promise.clock.due_at == local("2020-06-17 17:00")
    assert rework.clock.started_at == hours(72)
    assert rework.clock.due_at == promise.clock.due_at


def test_a_contest_after_fifteen_days_comes_too_late(people: dict[str, Actor], province: Province) -> None:
    one = answered(people, province, hours(1))
    with pytest.raises(Invalid):
        judging.contest(one, "没有解决。", Act(enterprise(one), hours(24 * 15 + 2)), province)


def test_an_extension_is_asked_in_time_and_granted_once(people: dict[str, Actor], province: Province) -> None:
    one = accepted(people)
    handling.ask_extension(one, 3, "等检测。", Act(people["handler"], hours(24)), province)
    [request] = db.session.scalars(select(Approval))
    decisions.decide(one, request, Act(people["supervisor"], hours(25)), province, approve=True, reason="")
    assert clock(one, ClockKind.ANSWER).clock.due_at == local("2020-06-18 17:00")
    assert one.extended
    with pytest.raises(Invalid):
        handling.ask_extension(one, 1, "再等。", Act(people["handler"], hours(26)), province)


def test_a_refused_extension_changes_nothing(people: dict[str, Actor], province: Province) -> None:
    one = accepted(people)
    before = clock(one, ClockKind.ANSWER).clock.due_at
    handling.ask_extension(one, 3, "等检测。", Act(people["handler"], hours(24)), province)
    [request] = db.session.scalars(select(Approval))
    decisions.decide(
        one, request, Act(people["supervisor"], hours(25)), province, approve=False, reason="不必。"
    )
    assert (clock(one, ClockKind.ANSWER).clock.due_at, one.extended) == (before, False)


@pytest.mark.parametrize(("amount", "at"), [(6, 24), (0, 24), (1, 24 * 7 + 5)])
def test_an_extension_too_long_or_too_late_is_refused(
    people: dict[str, Actor], province: Province, amount: int, at: int
) -> None:
    one = accepted(people)
    with pytest.raises(Invalid):
        handling.ask_extension(one, amount, "等检测。", Act(people["handler"], hours(at)), province)


@pytest.mark.parametrize(("days", "decider"), [(5, "head"), (6, "supervisor")])
def test_a_suspension_needs_the_power_for_its_length(
    people: dict[str, Actor], province: Province, days: int, decider: str
) -> None:
    one = accepted(people)
    handling.ask_suspension(
        one, Act(people["handler"], hours(1)), province, ground="inspection", days=days, reason="送检。"
    )
    [request] = db.session.scalars(select(Approval))
    other = "supervisor" if decider == "head" else "head"
    if decider == "supervisor":
        with pytest.raises(NotAllowed):
            decisions.decide(one, request, Act(people[other], hours(2)), province, approve=True, reason="")
    decisions.decide(one, request, Act(people[decider], hours(2)), province, approve=True, reason="")
    assert (one.state, one.suspended_days) == ("suspended", days)


def test_nobody_approves_what_they_asked_for(people: dict[str, Actor], province: Province) -> None:
    one = accepted(people)
    both = actor("both", Grant(Role.HANDLER, SWJ))
    handling.ask_extension(one, 1, "等。", Act(both, hours(1)), province)
    [request] = db.session.scalars(select(Approval))
    promoted = Actor(both.kind, both.name, both.door, both.account_id, frozenset({Grant(Role.SUPERVISOR)}))
    with pytest.raises(NotAllowed):
        decisions.decide(one, request, Act(promoted, hours(2)), province, approve=True, reason="")


def test_a_return_is_open_until_the_next_working_day_closes(
    people: dict[str, Actor], province: Province
) -> None:
    one, late = sent(type="help"), sent(type="help")
    in_time, too_late = local("2020-06-09 17:00"), local("2020-06-09 17:00:01")
    dispatch.return_ticket(one, "not_our_duty", "第三条", SCJG, Act(people["handler"], in_time), province)
    assert (one.state, one.bureau_code, one.returns) == ("new", province.centre_code, 1)
    with pytest.raises(Invalid):
        dispatch.return_ticket(
            late, "not_our_duty", "第三条", None, Act(people["handler"], too_late), province
        )


def test_a_refused_return_cannot_be_repeated_and_costs_the_bureau(
    people: dict[str, Actor], province: Province
) -> None:
    one = sent(type="help")
    dispatch.return_ticket(one, "not_our_duty", "第三条", None, Act(people["handler"], hours(1)), province)
    dispatch.adjudicate(one, SWJ, Act(people["dispatcher"], hours(2)), province, reason="属于你局。")
    assert (one.state, one.bureau_code, one.hops) == ("dispatched", SWJ, 0)
    assert clock(one, ClockKind.ACCEPTANCE).clock.started_at == MONDAY
    with pytest.raises(Invalid):
        dispatch.return_ticket(one, "not_our_duty", "再退", None, Act(people["handler"], hours(3)), province)


def test_an_upheld_return_starts_the_new_bureaus_clocks(people: dict[str, Actor], province: Province) -> None:
    one = sent(type="help")
    dispatch.return_ticket(one, "not_our_duty", "第三条", SCJG, Act(people["handler"], hours(1)), province)
    dispatch.adjudicate(one, SCJG, Act(people["dispatcher"], hours(2)), province, reason="登记事项。")
    assert (one.bureau_code, one.dispatched_at) == (SCJG, hours(2))
    assert clock(one, ClockKind.SHARE).clock.bureau_code == SCJG
    assert clock(one, ClockKind.ACCEPTANCE).clock.started_at == hours(2)


def test_the_third_return_opens_a_case_under_the_first_receiver(
    people: dict[str, Actor], province: Province
) -> None:
    one = sent(type="help")
    owners = [SWJ, SCJG, "HRB-ZJJ"]
    for place, code in enumerate(owners):
        handler = actor(f"h{place}", Grant(Role.HANDLER, code))
        dispatch.return_ticket(
            one, "not_our_duty", "不是我们", None, Act(handler, hours(place + 0.5)), province
        )
        if place < 2:
            dispatch.adjudicate(
                one, owners[place + 1], Act(people["dispatcher"], hours(place + 1)), province, reason="转。"
            )
    case = db.session.scalars(select(CoordinationCase)).one()
    assert (one.state, case.lead_bureau_code, case.template_code) == ("coordinating", SWJ, "joint")
    assert clock(one, ClockKind.PLAN).clock.amount == 25


def test_a_case_leaves_the_promise_as_it_was_and_dissolves(
    people: dict[str, Actor], province: Province
) -> None:
    one = accepted(people)
    promise = clock(one, ClockKind.ANSWER).clock.due_at
    opening = coordination.Opening("joint", "HRB-ZJJ", "一起解决", "涉及两家")
    coordination.open_case(one, opening, Act(people["supervisor"], hours(1)), province)
    assert (one.state, one.bureau_code) == ("coordinating", "HRB-ZJJ")
    assert clock(one, ClockKind.ANSWER).clock.due_at == promise
    coordination.dissolve(one, "一家能办。", Act(people["supervisor"], hours(5)), province)
    assert one.state == "in_progress"
    assert clock(one, ClockKind.PLAN).clock.stopped_at == hours(5)


def test_a_rejection_names_the_right_door_and_can_be_contested(
    people: dict[str, Actor], province: Province
) -> None:
    one = sent(type="help")
    act = Act(people["dispatcher"], hours(1))
    judging.ask_rejection(one, act, province, reason="in_court", basis="已立案", right_door="court")
    [request] = db.session.scalars(select(Approval))
    decisions.decide(one, request, Act(people["supervisor"], hours(2)), province, approve=True, reason="")
    assert (one.state, one.close_reason) == ("closed", "not_accepted")
    judging.contest(one, "没有立案。", Act(enterprise(one), hours(9)), province)
    assert (one.state, one.bureau_code) == ("new", province.centre_code)
    assert clock(one, ClockKind.DISPATCH).clock.stopped_at is None


def test_a_follower_keeps_its_own_and_gets_an_answer_of_its_own(
    people: dict[str, Actor], province: Province
) -> None:
    head, follower = accepted(people), accepted(people, subject="同一条街")
    linking.merge(follower, head, Act(people["dispatcher"], hours(1)))
    act = Act(people["handler"], hours(5))
    handling.propose_answer(head, act, province, result="solved", text="都办好了。", basis="")
    assert linking.offer_answer(head, act, province) == [follower.number]
    assert (follower.state, follower.number != head.number) == ("answered", True)
    judging.contest(follower, "我的没有。", Act(enterprise(follower), hours(6)), province)
    assert (follower.state, head.state) == ("in_progress", "answered")


@pytest.mark.parametrize("case", ["self", "report", "second level", "has followers"])
def test_what_cannot_be_merged_is_refused(people: dict[str, Actor], case: str) -> None:
    act = Act(people["dispatcher"], hours(1))
    one, two, three = (
        sent(type="help"),
        sent(type="report" if case == "report" else "help"),
        sent(type="help"),
    )
    if case in ("second level", "has followers"):
        linking.merge(two, three, act)
    pair = {
        "self": (one, one),
        "report": (one, two),
        "second level": (one, two),
        "has followers": (three, one),
    }[case]
    with pytest.raises(Invalid):
        linking.merge(*pair, act)


def test_unmerging_before_an_answer_is_as_if_never_merged(people: dict[str, Actor]) -> None:
    head, follower = sent(type="help"), sent(type="help")
    due = follower.due_at
    linking.merge(follower, head, Act(people["dispatcher"], hours(1)))
    linking.unmerge(follower, Act(people["dispatcher"], hours(2)))
    assert (follower.head_id, follower.due_at, follower.state) == (None, due, "dispatched")


def test_correcting_the_class_moves_the_promise_from_its_start(
    people: dict[str, Actor], province: Province
) -> None:
    one = sent(type="help")
    dispatch.reclassify(one, "complaint", "normal", Act(people["dispatcher"], hours(3)), province)
    promise = clock(one, ClockKind.ANSWER)
    assert promise.clock.due_at == local("2020-06-22 17:00")
    assert promise.state.started_at == MONDAY


def test_a_deputy_decides_only_between_the_dates(people: dict[str, Actor], province: Province) -> None:
    one = accepted(people, type="complaint")
    handling.propose_answer(
        one, Act(people["handler"], hours(1)), province, result="solved", text="好了。", basis=""
    )
    [request] = db.session.scalars(select(Approval))
    account = colleague("deputy", Grant(Role.HANDLER, SCJG))
    account.grants.append(
        RoleGrant(
            role="head", bureau_code=SWJ, deputy_for_id=account.id, starts_at=hours(2), ends_at=hours(4)
        )
    )
    early, right = accounts.actor(account, hours(1)), accounts.actor(account, hours(3))
    with pytest.raises(NotAllowed):
        decisions.decide(one, request, Act(early, hours(1)), province, approve=True, reason="")
    decisions.decide(one, request, Act(right, hours(3)), province, approve=True, reason="")
    assert one.state == "answered"


def test_a_request_for_approval_lapses_with_its_ticket(people: dict[str, Actor], province: Province) -> None:
    one = accepted(people)
    handling.ask_extension(one, 1, "等。", Act(people["handler"], hours(1)), province)
    judging.withdraw(one, "", Act(enterprise(one), hours(2)))
    assert db.session.scalars(select(Approval.decision)).one() == "lapsed"


@pytest.mark.parametrize("who", ["operator", "dispatcher", "supervisor"])
def test_handling_is_the_bureaus_alone(people: dict[str, Actor], who: str) -> None:
    with pytest.raises(NotAllowed):
        handling.accept(sent(), Act(people[who], hours(1)))


def test_a_step_that_the_table_does_not_have_changes_nothing(people: dict[str, Actor]) -> None:
    one = sent()
    with pytest.raises(WrongState):
        handling.contact(one, Act(people["handler"], hours(1)), how="电话", whom="", text="说了。")
    assert (one.state, one.history_seq) == ("dispatched", 2)


def test_history_cannot_be_changed(people: dict[str, Actor]) -> None:
    sent()
    with pytest.raises(Exception, match="append-only"):
        db.session.execute(db.update(HistoryEntry).values(text="anders"))


def test_every_ledger_replays_to_what_its_row_says(people: dict[str, Actor], province: Province) -> None:
    one = answered(people, province, hours(24))
    judging.contest(one, "没有。", Act(enterprise(one), hours(30)), province)
    for ledger in clocks.ledgers(one, stopped=True):
        assert ledger.clock.stopped_at == ledger.state.stopped_at
        assert ledger.clock.started_at == ledger.state.started_at
        assert ledger.clock.entries >= 1


def test_two_clerks_at_once_are_one_after_the_other(committed: Flask, clock: FrozenClock) -> None:
    with transaction():
        handler = actor("handler", Grant(Role.HANDLER, SWJ))
        identifier, seen = (one := sent(type="help")).id, one.history_seq
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def clerk() -> None:
        with committed.app_context():
            barrier.wait()
            try:
                with transaction():
                    handling.accept(moves.locked(identifier, seen=seen), Act(handler, clock.now))
                outcomes.append("accepted")
            except Conflict:
                outcomes.append("conflict")

    threads = [threading.Thread(target=clerk) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["accepted", "conflict"]

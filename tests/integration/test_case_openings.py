"""The five ways in which a case comes to be, each with its reason: supervisor, head, ladder, third return, trigger."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import MONDAY, FrozenClock
from tests.support.people import actor
from tests.support.requests import sent
from ticketing.domain.actors import Actor, Grant
from ticketing.domain.errors import NotAllowed
from ticketing.domain.vocabulary import Door, Role
from ticketing.extensions import db
from ticketing.jobs import openings, relay, tick
from ticketing.models import CoordinationCase, Notice, Ticket
from ticketing.services import (
    case_openings,
    case_planning,
    cases,
    coordination,
    dispatch,
    handling,
    listing,
)
from ticketing.services import province as provinces
from ticketing.services.history import Act

SWJ = "HRB-SWJ"
BRIDGE = {
    "type": "help", "topic_code": "T0202", "region_code": "230202",
    "subject": "桥梁工程后天开标，评标委员会组不成", "body": "系统内抽不够评标专家，请协调各方。",
}  # fmt: skip


@pytest.fixture(autouse=True)
def app(rolled_back: Flask) -> Flask:
    return rolled_back


def opened(ticket: Ticket) -> CoordinationCase:
    """Return the case of the ticket: in its first state, with its reason and every step owned and timed."""
    case = coordination.current_case(ticket)
    assert case is not None
    assert (case.state, ticket.state) == ("planning", "coordinating")
    assert case.reason
    assert all(row.owner_id and row.due_at for row in cases.steps(case))
    assert cases.entries(case)[0].data == {"way": case.way}
    return case


def by_hand(ticket: Ticket, who: Actor) -> CoordinationCase:
    asked = coordination.Opening("joint", SWJ, "一起解决", "涉及两家")
    return coordination.open_case(ticket, asked, Act(who, MONDAY), provinces.current())


def told(clock: FrozenClock, *days: int) -> None:
    for day in days:
        clock.now = MONDAY + dt.timedelta(days=day)
        tick.run()
        openings.run()


def in_hand(clock: FrozenClock) -> Ticket:
    ticket = sent(type="help")
    handling.accept(ticket, Act(actor("handler", Grant(Role.HANDLER, SWJ)), clock.now))
    return ticket


def test_a_supervisor_opens_one() -> None:
    ticket = sent(type="help")
    by_hand(ticket, actor("boss", Grant(Role.SUPERVISOR)))
    assert opened(ticket).way == "supervisor"


def test_the_head_of_the_bureau_that_has_it_opens_one_and_no_other_head() -> None:
    ticket, other = sent(type="help"), sent(type="help")
    by_hand(ticket, actor("head", Grant(Role.HEAD, SWJ)))
    assert opened(ticket).way == "head"
    for who in (Grant(Role.HEAD, "HRB-SCJG"), Grant(Role.HANDLER, SWJ), Grant(Role.OPERATOR)):
        with pytest.raises(NotAllowed):
            by_hand(other, actor(f"no{who.role}", who))


def test_the_ladder_opens_one_three_working_days_past_due_and_once(clock: FrozenClock) -> None:
    ticket = in_hand(clock)
    told(clock, 10)
    assert ticket.state == "in_progress"
    told(clock, 11, 11, 12, 20)
    case = opened(ticket)
    assert (case.way, case.lead_bureau_code, case.opened_by_id) == ("ladder", SWJ, None)
    assert len(db.session.scalars(select(CoordinationCase)).all()) == 1


def test_what_the_ladder_opened_waits_for_the_supervisor(clock: FrozenClock) -> None:
    ticket, boss = in_hand(clock), actor("boss", Grant(Role.SUPERVISOR))
    told(clock, 11)
    assert [row.number for row in listing.proposed(listing.Kind.CASE).rows] == [ticket.number]
    relay.run()
    texts = db.session.scalars(select(Notice.text).where(Notice.account_id == boss.account_id))
    assert any("超时启动协调" in text for text in texts)
    head, case = Act(actor("head", Grant(Role.HEAD, SWJ)), clock.now), opened(ticket)
    with pytest.raises(NotAllowed):
        case_planning.confirm(case, head, provinces.current())
    coordination.dissolve(ticket, "已约定日期，一家能办。", Act(boss, clock.now), provinces.current())
    told(clock, 12, 13)
    assert coordination.current_case(ticket) is None
    assert listing.proposed(listing.Kind.CASE).rows == []


def test_what_was_answered_meanwhile_is_no_case(clock: FrozenClock) -> None:
    ticket = in_hand(clock)
    clock.now = MONDAY + dt.timedelta(days=11)
    tick.run()
    handler = Act(actor("h", Grant(Role.HANDLER, SWJ)), clock.now)
    handling.give_answer(ticket, handler, provinces.current(), result="solved", text="好了。", basis="")
    assert (openings.run(), openings.run(), ticket.state) == (1, 0, "answered")
    assert not db.session.scalars(select(CoordinationCase)).all()


def test_the_third_return_opens_one(clock: FrozenClock) -> None:
    ticket, province = sent(type="help"), provinces.current()
    desk = Act(actor("desk", Grant(Role.DISPATCHER)), MONDAY)
    for bureau, then in ((SWJ, "HRB-SCJG"), ("HRB-SCJG", SWJ), (SWJ, "")):
        handler = actor(f"at{bureau}{then}", Grant(Role.HANDLER, bureau))
        dispatch.return_ticket(ticket, "not_our_duty", "权责清单 3.2", None, Act(handler, MONDAY), province)
        if then:
            dispatch.adjudicate(ticket, then, desk, province, reason="按职责。")
    case = opened(ticket)
    assert (case.way, case.lead_bureau_code, case.plan_by_supervisor) == ("third_return", SWJ, True)


def test_a_trigger_opens_one_when_the_bureau_has_the_request(clock: FrozenClock) -> None:
    ticket, plain = sent(**BRIDGE), sent(type="help")
    bureau = ticket.bureau_code
    for _ in range(2):
        relay.run()
    case = opened(ticket)
    assert (case.way, case.template_code, case.lead_bureau_code) == ("trigger", "bid-committee", bureau)
    assert plain.state == "dispatched"
    assert len(db.session.scalars(select(CoordinationCase)).all()) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"topic_code": "T0203"},
        {"subject": "开标时间推迟", "body": "请协调各方。"},
        {"door": Door.IMPORT},
    ],
)
def test_one_sign_alone_opens_none(clock: FrozenClock, changed: dict[str, object]) -> None:
    ticket = sent(**(BRIDGE | changed))
    relay.run()
    assert ticket.state in ("dispatched", "new")


def test_what_a_person_dissolved_is_not_opened_again(clock: FrozenClock) -> None:
    ticket = sent(**BRIDGE)
    relay.run()
    boss = Act(actor("boss", Grant(Role.SUPERVISOR)), clock.now)
    coordination.dissolve(ticket, "招标人已自行抽齐。", boss, provinces.current())
    dispatch.dispatch(
        ticket, "QQHR-ZJJ", Act(actor("d", Grant(Role.DISPATCHER)), clock.now), provinces.current()
    )
    relay.run()
    assert ticket.state == "dispatched"


def test_where_two_lines_are_needed_joint_handling_is_offered_first() -> None:
    joint = provinces.current().templates["joint"]
    assert joint.meant(None, "排水管没人修", lines=2)
    assert not joint.meant(None, "排水管没人修", lines=1)
    assert not joint.opens_for(None, "两家互相推诿", lines=2)
    ticket = sent(type="help")
    assert case_openings.lines_of(ticket, provinces.current()) == {"commerce"}

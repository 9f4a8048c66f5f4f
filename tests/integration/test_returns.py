"""Returns and their adjudication: who may, who bears the time, what is late, what ends undecided, what it teaches."""

import datetime as dt

import pytest
from sqlalchemy import select

from sla.ledger import parts
from tests.conftest import MONDAY
from tests.support.people import actor
from tests.support.requests import sent, ticket
from ticketing.domain.actors import Actor, Grant
from ticketing.domain.errors import Invalid
from ticketing.domain.vocabulary import ClockKind, Role
from ticketing.extensions import db
from ticketing.jobs import tick
from ticketing.models import CoordinationCase, OutboxEvent, RoutingLesson, Ticket, TicketReturn
from ticketing.services import clocks, dispatch, judging, returns
from ticketing.services import province as provinces
from ticketing.services.history import Act
from ticketing.services.province import Province

SWJ, SCJG = "HRB-SWJ", "HRB-SCJG"
LATE = MONDAY + dt.timedelta(days=1)


@pytest.fixture
def province() -> Province:
    return provinces.current()


@pytest.fixture
def people() -> dict[str, Actor]:
    return {
        SWJ: actor("swj", Grant(Role.HANDLER, SWJ)),
        SCJG: actor("scjg", Grant(Role.HANDLER, SCJG)),
        "dispatcher": actor("dispatcher", Grant(Role.DISPATCHER)),
        "supervisor": actor("supervisor", Grant(Role.SUPERVISOR)),
    }


def hours(n: float) -> dt.datetime:
    return MONDAY + dt.timedelta(hours=n)


class Desk:
    """The people of a return, each act half an hour after the last."""

    def __init__(self, people: dict[str, Actor], province: Province) -> None:
        self.people, self.province, self.at = people, province, MONDAY

    def act(self, who: str) -> Act:
        self.at += dt.timedelta(minutes=30)
        return Act(self.people[who], self.at)

    def back(self, one: Ticket, proposed: str | None = None) -> TicketReturn:
        act = self.act(one.bureau_code)
        return dispatch.return_ticket(one, "not_our_duty", "第三条", proposed, act, self.province)

    def rule(self, one: Ticket, bureau: str, who: str = "dispatcher", reason: str = "按职责。") -> None:
        dispatch.adjudicate(one, bureau, self.act(who), self.province, reason=reason)


@pytest.fixture
def desk(people: dict[str, Actor], province: Province) -> Desk:
    return Desk(people, province)


def stays(one: Ticket, province: Province, now: dt.datetime) -> list[tuple[str, str, bool]]:
    [promise] = [ledger for ledger in clocks.ledgers(one) if ledger.kind is ClockKind.ANSWER]
    return [
        (part.holder, part.bearer, part.returned) for part in parts(promise.state, province.calendar, now)
    ]


def lessons() -> list[tuple[str, str]]:
    return [(one.bureau_code, one.source) for one in db.session.scalars(select(RoutingLesson))]


def test_ping_pong_ends_in_a_case_of_the_first_receiver(desk: Desk, province: Province) -> None:
    one, other = sent(type="help"), sent(type="help")
    desk.back(one, SCJG)
    desk.rule(one, SCJG)
    desk.back(one, SWJ)
    desk.rule(one, SWJ)
    assert (one.hops, one.returns, one.state) == (2, 2, "dispatched")
    third = desk.back(one, SCJG)
    case = db.session.scalars(select(CoordinationCase)).one()
    assert (one.state, one.returns, case.lead_bureau_code, third.decision) == ("coordinating", 3, SWJ, "case")
    assert (other.state, other.hops) == ("dispatched", 0)
    centre = province.centre_code
    assert [stay[:2] for stay in stays(one, province, desk.at)] == [
        (SWJ, centre), (centre, centre), (SCJG, centre), (centre, centre), (SWJ, SWJ),
        (centre, centre), (SWJ, SWJ),
    ]  # fmt: skip


def test_a_refused_return_is_borne_by_who_tried_with_the_time_at_the_desk(
    desk: Desk, province: Province
) -> None:
    one = sent(type="help")
    desk.back(one)
    desk.rule(one, SWJ)
    assert stays(one, province, desk.at) == [
        (SWJ, SWJ, True), (province.centre_code, SWJ, False), (SWJ, SWJ, False),
    ]  # fmt: skip


def test_the_time_to_adjudicate_is_four_working_hours(desk: Desk) -> None:
    returned = desk.back(sent(type="help"))  # at 10:30, with two hours of lunch from 11:30
    assert returned.due_at == desk.at + dt.timedelta(hours=6)


def test_a_late_adjudication_is_told_once_and_stays_possible(desk: Desk) -> None:
    one, punctual = sent(type="help"), sent(type="help")
    returned = desk.back(one)
    desk.back(punctual)
    desk.rule(punctual, SWJ)
    assert returns.tell_late(returned.due_at - dt.timedelta(seconds=1), 10) == 0
    assert [returns.tell_late(LATE, 10) for _ in range(2)] == [1, 0]
    told = db.session.scalars(select(OutboxEvent).where(OutboxEvent.name == "AdjudicationLate")).one()
    assert told.ticket_id == one.id
    desk.rule(one, SCJG, who="supervisor")
    assert one.bureau_code == SCJG


def test_the_clockwork_looks_for_late_adjudications(desk: Desk, clock: object) -> None:
    returned = desk.back(sent(type="help"))
    clock.now = LATE  # type: ignore[attr-defined]
    tick.run()
    assert returned.late_told_at == LATE


@pytest.mark.parametrize("way", ["withdrawn", "case"])
def test_a_return_ends_undecided_where_the_ticket_leaves_by_another_way(
    desk: Desk, province: Province, way: str
) -> None:
    one, other = sent(type="help"), sent(type="help")
    returned, waiting = desk.back(one), desk.back(other)
    if way == "withdrawn":
        operator = actor("operator", Grant(Role.OPERATOR))
        judging.withdraw(one, "", Act(operator, hours(3)))
    else:
        opening = dispatch.coordination.Opening("joint", SWJ, "一起解决", "涉及两家")
        act = Act(desk.people["supervisor"], hours(3))
        dispatch.coordination.open_case(one, opening, act, province)
    db.session.refresh(returned)
    assert (returned.decision, waiting.decision) == ("lapsed", None)


def test_a_return_is_adjudicated_and_not_dispatched_over(desk: Desk, province: Province) -> None:
    one = sent(type="help")
    desk.back(one)
    with pytest.raises(Invalid):
        dispatch.dispatch(one, SCJG, desk.act("dispatcher"), province)


def test_a_bureau_cannot_propose_itself(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desk.back(sent(type="help"), SWJ)
    assert refused.value.field == "proposed"


def test_following_the_proposal_adopts_its_basis_and_nothing_else_does(desk: Desk) -> None:
    one, other = sent(type="help"), sent(type="help")
    returned = desk.back(one, SCJG)
    desk.rule(one, SCJG, reason=" ")
    assert returned.decision_reason == "第三条"
    desk.back(other, SCJG)
    with pytest.raises(Invalid):
        desk.rule(other, SWJ, reason=" ")


def test_returns_teach_when_they_are_decided(desk: Desk) -> None:
    one, refused, waiting = (sent(type="help") for _ in range(3))
    for each in (one, refused, waiting):
        desk.back(each)
    desk.rule(one, SCJG)
    desk.rule(refused, SWJ)
    assert lessons() == [(SCJG, "upheld"), (SWJ, "refused")]


def test_a_correction_teaches_and_a_plain_dispatch_does_not(desk: Desk, province: Province) -> None:
    dispatch.dispatch(ticket(body="希望关心。"), SWJ, desk.act("dispatcher"), province)
    assert lessons() == []
    one = sent(type="help")
    dispatch.dispatch(one, SCJG, desk.act("dispatcher"), province)
    assert lessons() == [(SCJG, "correction")]


def test_correcting_a_colleague_teaches_too(desk: Desk, province: Province) -> None:
    one = ticket(body="希望关心。")
    for code in (SWJ, SCJG):
        dispatch.dispatch(one, code, desk.act("dispatcher"), province)
    assert lessons() == [(SCJG, "correction")]

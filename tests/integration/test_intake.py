"""The one intake: owner and deadline from the first second, a batch like single requests, nothing twice."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from tests.conftest import MONDAY
from tests.support.requests import SURE, WEB, inbound, sent, ticket
from ticketing.domain import numbers
from ticketing.domain.errors import InvalidFields
from ticketing.domain.vocabulary import Door
from ticketing.extensions import db, vault
from ticketing.models import (
    ClockEntry,
    ClockRung,
    HistoryEntry,
    OutboxEvent,
    RoutingDecision,
    Ticket,
    TicketClock,
)
from ticketing.services import intake, province
from ticketing.services.history import Act

ACT = Act(WEB, MONDAY)


def receive(**values: object) -> intake.Receipt:
    return intake.receive(inbound(**values), ACT, province.current())


def clocks_of(one: Ticket) -> dict[str, TicketClock]:
    rows = db.session.scalars(select(TicketClock).where(TicketClock.ticket_id == one.id))
    return {row.kind: row for row in rows}


def test_what_the_router_is_sure_of_is_at_its_bureau_at_once() -> None:
    one = sent()
    assert (one.state, one.bureau_code, one.dispatched_at) == ("dispatched", "HRB-SWJ", MONDAY)
    clocks = clocks_of(one)
    assert set(clocks) == {"dispatch", "contact", "answer", "acceptance", "share"}
    assert clocks["dispatch"].stopped_at == MONDAY
    assert clocks["answer"].due_at == dt.datetime(2020, 6, 15, 9, 0, tzinfo=dt.UTC)


def test_what_it_is_not_sure_of_is_the_centres_with_a_dispatch_clock() -> None:
    one = ticket(subject="一点情况", body="最近生意很难，希望领导关心。")
    assert (one.state, one.bureau_code) == ("new", "HLJ-YSJ")
    assert one.due_at == MONDAY + dt.timedelta(hours=2)
    assert db.session.scalar(select(RoutingDecision.kind)) == "abstain"


def test_the_promise_starts_when_the_enterprise_spoke() -> None:
    friday = MONDAY - dt.timedelta(days=3)
    one = sent(received_at=friday, door=Door.TELEPHONE)
    assert clocks_of(one)["answer"].started_at == friday
    assert clocks_of(one)["share"].started_at == MONDAY


def test_a_late_registration_records_its_past_rungs_as_missed() -> None:
    one = sent(received_at=MONDAY - dt.timedelta(days=30), door=Door.TELEPHONE)
    clock = clocks_of(one)["answer"]
    rungs = db.session.scalars(select(ClockRung).where(ClockRung.clock_id == clock.id)).all()
    assert {rung.outcome for rung in rungs} == {"missed_on_import"}
    assert len(rungs) == clock.rungs_passed == 6
    assert clock.next_rung_at is None


def test_number_and_password_open_it() -> None:
    receipt = receive()
    one = db.session.get_one(Ticket, receipt.ticket_id)
    assert numbers.parse(receipt.number) == one.number
    assert one.number.startswith("200608")
    assert vault.fits(one.password_hash, receipt.password)
    assert len(receipt.password) == 6


def test_a_batch_of_many_is_like_many_of_one() -> None:
    batch = [inbound(**SURE), inbound(body=""), inbound(subject="一点情况", body="希望关心。")]
    outcomes = intake.receive_many(batch, ACT, province.current())
    assert [type(one).__name__ for one in outcomes] == ["Receipt", "InvalidFields", "Receipt"]
    assert [one.state for one in outcomes if isinstance(one, intake.Receipt)] == ["dispatched", "new"]
    assert db.session.scalar(select(func.count(Ticket.id))) == 2


def test_history_and_facts_stand_beside_the_ticket() -> None:
    one = sent()
    lines = db.session.scalars(select(HistoryEntry).order_by(HistoryEntry.seq)).all()
    assert [(line.action, line.actor_kind, line.public) for line in lines] == [
        ("open", "requester", True),
        ("dispatch", "system", True),
    ]
    assert one.history_seq == 2
    assert db.session.scalars(select(OutboxEvent.name).order_by(OutboxEvent.id)).all() == [
        "TicketOpened",
        "TicketDispatched",
    ]


def test_every_clock_begins_its_ledger() -> None:
    sent()
    first = select(ClockEntry.kind).where(ClockEntry.seq == 1)
    assert set(db.session.scalars(first)) == {"started"}
    assert db.session.scalar(select(func.count(ClockEntry.id))) == 6


def test_the_same_from_the_same_source_is_the_same_ticket() -> None:
    first, again = receive(source="s", source_id="7"), receive(source="s", source_id="7", body="别的话")
    assert (again.ticket_id, again.duplicate, again.password) == (first.ticket_id, True, None)
    other = receive(source="s", source_id="8")
    assert other.ticket_id != first.ticket_id


def test_twice_in_one_batch_is_once() -> None:
    batch = [inbound(source="s", source_id="7"), inbound(source="s", source_id="7")]
    one, two = intake.receive_many(batch, ACT, province.current())
    assert isinstance(one, intake.Receipt)
    assert isinstance(two, intake.Receipt)
    assert (one.ticket_id, two.duplicate) == (two.ticket_id, True)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"body": " \x00 "}, "body"),
        ({"body": "很" * 1_000_000}, "body"),
        ({"phone": "12"}, "phone"),
        ({"phone": ""}, "phone"),
        ({"hotline_number": "+8610000"}, "hotline_number"),
        ({"received_at": MONDAY + dt.timedelta(days=1)}, "received_at"),
        ({"topic_code": "T9999"}, "topic_code"),
        ({"email": "nobody"}, "email"),
        ({"register_code": "123"}, "register_code"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(values: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidFields) as told:
        receive(**values)
    assert [problem.field for problem in told.value.problems] == [field]


@pytest.mark.parametrize(
    "phone", ["+86 139 0451 0021", "１３９０４５１００２１", "0451-87001234-8001", "400-123-4567"]
)
def test_telephone_numbers_are_taken_as_people_write_them(phone: str) -> None:
    one = db.session.get_one(Ticket, receive(phone=phone).ticket_id)
    assert one.phone is not None
    assert one.phone.startswith("+86")


def test_a_request_nobody_answers_telephone_for_needs_no_number() -> None:
    assert receive(door=Door.TELEPHONE, phone="").ticket_id


@pytest.mark.parametrize("typed", ["<b>急</b> 🔥 请帮忙", "\\u0000 \"引号' %s :rows {}", "第一行\n\t第二行"])
def test_words_stay_as_they_were_typed(typed: str) -> None:
    assert db.session.get_one(Ticket, receive(body=typed).ticket_id).body == typed


def test_danger_in_the_words_is_critical_and_says_why() -> None:
    one = ticket(subject="饭店后厨有瓦斯味", body="已经关阀门。", door=Door.TELEPHONE)
    assert one.urgency == "critical"
    line = db.session.scalars(select(HistoryEntry)).first()
    assert line is not None
    assert line.data["hint"] == "瓦斯味"


def test_a_batch_costs_a_fixed_number_of_statements(statements: list[str]) -> None:
    intake.receive_many([inbound(**SURE) for _ in range(50)], ACT, province.current())
    assert len(statements) < 20

"""The ladder over days: each rung once, late ones quietly, waiting that ends by itself."""

import datetime as dt

import pytest
from sqlalchemy import select

from tests.conftest import MONDAY, FrozenClock
from tests.support.people import actor
from tests.support.requests import sent, ticket
from ticketing.domain.actors import Actor, Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import tick
from ticketing.models import ClockRung, HistoryEntry, OutboxEvent, SupervisionOrder, Ticket, TicketClock
from ticketing.services import handling, judging, province
from ticketing.services.history import Act


@pytest.fixture
def handler() -> Actor:
    return actor("handler", Grant(Role.HANDLER, "HRB-SWJ"))


def rungs(one: Ticket, kind: str) -> list[tuple[str, str]]:
    wanted = select(ClockRung.rung, ClockRung.outcome).join(TicketClock).where(
        TicketClock.ticket_id == one.id, TicketClock.kind == kind
    )  # fmt: skip
    return [tuple(row) for row in db.session.execute(wanted.order_by(ClockRung.id))]


def working(handler: Actor, clock: FrozenClock, **values: object) -> Ticket:
    one = sent(clock.now, type="help", **values)
    act = Act(handler, clock.now)
    handling.accept(one, act)
    handling.contact(one, act, how="电话", whom="", text="联系了。")
    return one


def test_each_rung_is_climbed_once_in_its_time(handler: Actor, clock: FrozenClock) -> None:
    one = working(handler, clock)
    for _ in range(15):
        clock.forward(days=1)
        tick.run()
        tick.run()
    codes = ["half", "near", "due", "plus_1_day", "plus_3_days", "plus_5_days"]
    assert rungs(one, "answer") == [(code, "reached") for code in codes]


def test_after_a_long_sleep_all_are_recorded_and_only_the_newest_speaks(
    handler: Actor, clock: FrozenClock
) -> None:
    one = working(handler, clock)
    clock.forward(days=20)
    tick.run()
    assert [outcome for _, outcome in rungs(one, "answer")] == ["late"] * 5 + ["reached"]
    spoken = select(OutboxEvent.payload).where(OutboxEvent.name == "RungReached")
    kinds = [payload["rung"] for payload in db.session.scalars(spoken) if payload["clock_kind"] == "answer"]
    assert kinds == ["plus_5_days"]


def test_overdue_is_urged_then_ordered_with_a_number(handler: Actor, clock: FrozenClock) -> None:
    one = working(handler, clock)
    clock.now = dt.datetime(2020, 6, 15, 9, 0, tzinfo=dt.UTC)
    tick.run()
    lines = select(HistoryEntry.action).where(
        HistoryEntry.ticket_id == one.id, HistoryEntry.actor_kind == "system"
    )
    assert "remind" in db.session.scalars(lines).all()
    clock.forward(days=1)
    tick.run()
    order = db.session.scalars(select(SupervisionOrder)).one()
    assert (order.ticket_id, order.issued_by_id) == (one.id, None)
    assert order.due_at == dt.datetime(2020, 6, 17, 9, 0, tzinfo=dt.UTC)


def test_one_order_at_a_time_is_enough(handler: Actor, clock: FrozenClock) -> None:
    sent(clock.now, type="help")
    for _ in range(20):
        clock.forward(days=1)
        tick.run()
    assert len(db.session.scalars(select(SupervisionOrder)).all()) == 1


def test_a_stopped_clock_climbs_no_more(handler: Actor, clock: FrozenClock) -> None:
    one = working(handler, clock)
    act = Act(handler, clock.now)
    handling.propose_answer(one, act, province.current(), result="solved", text="好了。", basis="")
    clock.forward(days=5)
    tick.run()
    assert rungs(one, "answer") == []


def test_a_paused_clock_waits(handler: Actor, clock: FrozenClock) -> None:
    one = working(handler, clock)
    handling.ask_requester(one, "请补图。", Act(handler, clock.now), province.current())
    clock.forward(days=6)
    tick.run()
    assert rungs(one, "answer") == []


def test_a_question_nobody_answers_ends_after_five_working_days(handler: Actor, clock: FrozenClock) -> None:
    one = working(handler, clock)
    handling.ask_requester(one, "请补图。", Act(handler, clock.now), province.current())
    clock.now = dt.datetime(2020, 6, 15, 8, 59, tzinfo=dt.UTC)
    tick.run()
    assert one.state == "awaiting_requester"
    clock.forward(minutes=1)
    tick.run()
    assert one.state == "in_progress"


def test_silence_of_seven_days_closes_and_is_counted_apart(handler: Actor, clock: FrozenClock) -> None:
    one = working(handler, clock)
    act = Act(handler, clock.now)
    handling.propose_answer(one, act, province.current(), result="solved", text="好了。", basis="")
    clock.forward(days=7)
    tick.run()
    assert (one.state, one.close_reason) == ("closed", "no_objection")


def test_three_calls_that_reach_nobody_on_three_days_close(handler: Actor, clock: FrozenClock) -> None:
    one = working(handler, clock)
    act = Act(handler, clock.now)
    handling.propose_answer(one, act, province.current(), result="solved", text="好了。", basis="")
    operator = actor("operator", Grant(Role.OPERATOR))
    for _ in range(3):
        judging.follow_up(one, Act(operator, clock.now), reached=False, text="")
        clock.forward(days=1)
    tick.run()
    assert (one.state, one.close_reason) == ("closed", "no_objection")


def test_three_calls_on_one_day_do_not(handler: Actor, clock: FrozenClock) -> None:
    one = working(handler, clock)
    act = Act(handler, clock.now)
    handling.propose_answer(one, act, province.current(), result="solved", text="好了。", basis="")
    operator = actor("operator", Grant(Role.OPERATOR))
    for _ in range(4):
        judging.follow_up(one, Act(operator, clock.forward(hours=1)), reached=False, text="")
    tick.run()
    assert one.state == "answered"


def test_round_the_clock_clocks_climb_at_night(clock: FrozenClock) -> None:
    clock.now = MONDAY + dt.timedelta(hours=12)
    one = ticket(clock.now, subject="后厨有瓦斯味", body="已经关阀门。")
    clock.forward(minutes=15)
    tick.run()
    assert rungs(one, "dispatch") == [("half", "late"), ("near", "late"), ("due", "reached")]


def test_looking_for_rungs_uses_their_index(clock: FrozenClock) -> None:
    db.session.execute(db.text("set enable_seqscan = off"))
    plan = db.session.execute(
        db.text(
            "explain select ticket_id from ticket_clock where next_rung_at <= now() order by next_rung_at limit 9"
        )
    )
    assert "ix_ticket_clock_rung" in " ".join(row[0] for row in plan)

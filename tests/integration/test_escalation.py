"""The ladder over days: each rung once, late ones quietly, waiting that ends by itself."""

import datetime as dt

import pytest
from sqlalchemy import select

from tests.conftest import MONDAY, FrozenClock
from tests.support import duty
from tests.support.people import actor, colleague
from tests.support.requests import sent, ticket
from ticketing.domain.actors import Actor, Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import relay, tick
from ticketing.models import (
    ClockEntry,
    ClockRung,
    Delivery,
    HistoryEntry,
    Listing,
    Notice,
    OutboxEvent,
    SupervisionOrder,
    Ticket,
    TicketClock,
)
from ticketing.services import escalation, handling, judging, listing, province
from ticketing.services.history import Act
from ticketing.services.wording import RUNG_NOTICES


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


def test_a_clock_that_steps_back_an_hour_fires_nothing_twice_and_nothing_early(
    handler: Actor, clock: FrozenClock
) -> None:
    one = working(handler, clock)
    clock.now = dt.datetime(2020, 6, 15, 9, 0, 1, tzinfo=dt.UTC)  # a second past due
    tick.run()
    fired = rungs(one, "answer")
    assert fired[-1] == ("due", "reached")
    for minutes in (-60, 30, 30):
        clock.forward(minutes=minutes)
        tick.run()
        assert rungs(one, "answer") == fired
    spoken = select(OutboxEvent.payload).where(OutboxEvent.name == "RungReached")
    kinds = [one["rung"] for one in db.session.scalars(spoken) if one["clock_kind"] == "answer"]
    assert kinds == ["due"]


def test_a_machine_asleep_over_a_weekend_wakes_to_each_rung_once(handler: Actor, clock: FrozenClock) -> None:
    one = working(handler, clock)
    clock.now = dt.datetime(2020, 6, 12, 8, 0, tzinfo=dt.UTC)  # Friday, an hour before the second warning
    tick.run()
    before = rungs(one, "answer")
    clock.now = dt.datetime(2020, 6, 15, 9, 30, tzinfo=dt.UTC)  # Monday, half an hour past due
    tick.run()
    tick.run()
    assert [code for code, _ in before] == ["half"]
    assert rungs(one, "answer") == [*before, ("near", "late"), ("due", "reached")]


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
    # With the few rows of a test a sort may cost less: what counts is that the index gives the order.
    db.session.execute(db.text("set enable_seqscan = off; set enable_sort = off"))
    sql = escalation.DUE.params(now=clock.now, most=9, unreadable=[0])
    sql = sql.compile(db.engine, compile_kwargs={"literal_binds": True})
    plan = db.session.execute(db.text(f"explain {sql}"))
    shown = " ".join(row[0] for row in plan)
    assert "Index Scan using ix_ticket_clock_rung" in shown
    assert "Sort" not in shown


def late(handler: Actor, clock: FrozenClock, day: int) -> Ticket:
    """A ticket due on Monday 15 June, looked at on a later day of June."""
    one = working(handler, clock)
    clock.now = dt.datetime(2020, 6, day, 9, 0, tzinfo=dt.UTC)
    tick.run()
    return one


def listings(kind: str) -> list[tuple[str, str | None]]:
    wanted = select(Listing.bureau_code, Listing.decision).where(Listing.kind == kind)
    return [tuple(row) for row in db.session.execute(wanted)]


def test_three_days_late_it_is_proposed_and_five_days_late_listed(handler: Actor, clock: FrozenClock) -> None:
    one = late(handler, clock, 18)
    assert (listings("list"), listings("case")) == ([("HRB-SWJ", None)], [("HRB-SWJ", None)])
    clock.now = dt.datetime(2020, 6, 22, 9, 0, tzinfo=dt.UTC)
    tick.run()
    assert listings("list") == [("HRB-SWJ", "listed")]
    assert db.session.query(OutboxEvent).filter_by(name="BureauListed", ticket_id=one.id).count() == 1


def test_papers_are_made_up_for_after_a_long_sleep(handler: Actor, clock: FrozenClock) -> None:
    late(handler, clock, 30)
    assert listings("list") == [("HRB-SWJ", "listed")]
    assert len(db.session.scalars(select(SupervisionOrder)).all()) == 1


def test_whom_a_supervisor_spared_the_ladder_does_not_list(handler: Actor, clock: FrozenClock) -> None:
    one = late(handler, clock, 18)
    boss = Act(actor("boss", Grant(Role.SUPERVISOR)), clock.now)
    row = db.session.scalars(select(Listing).where(Listing.kind == "list")).one()
    listing.decide(one, row.id, boss, listed=False, reason="企业要求延后")
    clock.now = dt.datetime(2020, 6, 22, 9, 0, tzinfo=dt.UTC)
    tick.run()
    assert listings("list") == [("HRB-SWJ", "spared")]
    assert ("answer", "plus_5_days") in [("answer", code) for code, _ in rungs(one, "answer")]


def test_around_the_clock_it_is_ordered_after_four_hours_and_listed_after_a_day(clock: FrozenClock) -> None:
    clock.now = MONDAY + dt.timedelta(hours=12)
    one = ticket(clock.now, subject="后厨有瓦斯味", body="已经关阀门。")
    clock.forward(minutes=15 + 60)
    tick.run()
    assert rungs(one, "dispatch")[-1] == ("plus_1_hour", "reached")
    assert db.session.query(SupervisionOrder).count() == 0
    clock.forward(hours=3)
    tick.run()
    assert db.session.query(SupervisionOrder).count() == 1
    clock.forward(hours=20)
    tick.run()
    assert rungs(one, "dispatch")[-1] == ("plus_24_hours", "reached")
    assert [decision for _, decision in listings("list")] == ["listed"]


def test_a_clock_that_steps_back_an_hour_repeats_nothing(handler: Actor, clock: FrozenClock) -> None:
    one = late(handler, clock, 15)
    fired, told = rungs(one, "answer"), db.session.query(OutboxEvent).filter_by(name="RungReached").count()
    clock.forward(hours=-1)
    tick.run()
    clock.forward(hours=1)
    tick.run()
    assert rungs(one, "answer") == fired
    assert db.session.query(OutboxEvent).filter_by(name="RungReached").count() == told


def test_a_ledger_that_cannot_be_read_stops_nobody_else(handler: Actor, clock: FrozenClock) -> None:
    broken, sound = (
        working(handler if n == 0 else actor("h2", Grant(Role.HANDLER, "HRB-SWJ")), clock) for n in range(2)
    )
    clock_id = db.session.scalar(
        select(TicketClock.id).where(TicketClock.ticket_id == broken.id, TicketClock.kind == "answer")
    )
    db.session.add(
        ClockEntry(
            clock_id=clock_id,
            seq=9,
            kind="started",
            at=MONDAY,
            actor="",
            policy_version="",
            calendar_version="",
        )
    )
    clock.now = dt.datetime(2020, 6, 15, 9, 0, tzinfo=dt.UTC)
    tick.run()
    assert rungs(broken, "answer") == []
    assert rungs(sound, "answer")[-1] == ("due", "reached")


def texts(one: Ticket) -> list[Delivery]:
    wanted = select(Delivery).where(Delivery.ticket_id == one.id, Delivery.recipient.like("account:%"))
    return list(db.session.scalars(wanted.order_by(Delivery.id)))


def with_phones() -> None:
    for username, grant, phone in (
        ("head", Grant(Role.HEAD, "HRB-SWJ"), "+8613904510031"),
        ("mute", Grant(Role.HEAD, "HRB-SWJ"), None),
        ("duty", Grant(Role.DISPATCHER), "+8613904510032"),
        ("landline", Grant(Role.DISPATCHER), "+8645187001111"),
    ):
        colleague(username, grant).phone = phone


def test_staff_are_texted_past_due_once_and_not_before(handler: Actor, clock: FrozenClock) -> None:
    with_phones()
    one = late(handler, clock, 12)
    relay.run()
    assert texts(one) == []
    clock.now = dt.datetime(2020, 6, 15, 9, 0, tzinfo=dt.UTC)
    for _ in range(2):
        tick.run()
        relay.run()
    answers = [row for row in texts(one) if "答复承诺时限" in row.body]
    assert [(row.address, row.due_at) for row in answers] == [("+8613904510031", clock.now)]


def test_at_night_a_text_waits_for_the_morning_and_a_critical_one_does_not(clock: FrozenClock) -> None:
    with_phones()
    colleague("boss", Grant(Role.SUPERVISOR)).phone = "+8613904510033"
    clock.now = MONDAY + dt.timedelta(hours=12)
    plain = ticket(clock.now, subject="一点情况", body="希望关心。")
    urgent = ticket(clock.now, subject="后厨有瓦斯味", body="已经关阀门。")
    clock.forward(hours=3)
    tick.run()
    relay.run()
    morning = dt.datetime(2020, 6, 9, 0, 0, tzinfo=dt.UTC)
    assert {row.due_at for row in texts(plain)} == {morning}
    assert {row.due_at for row in texts(urgent)} == {clock.now}
    assert db.session.query(Notice).filter_by(ticket_id=plain.id).count() > 0


def test_nobody_is_warned_of_a_clock_that_stopped_before_the_word_went_out(
    handler: Actor, clock: FrozenClock
) -> None:
    one = working(handler, clock)
    clock.now = dt.datetime(2020, 6, 12, 6, 0, tzinfo=dt.UTC)
    tick.run()
    act = Act(handler, clock.now)
    handling.propose_answer(one, act, province.current(), result="solved", text="好了。", basis="")
    relay.run()
    assert (
        db.session.query(Notice).filter(Notice.ticket_id == one.id, Notice.text.like("时限临近%")).count()
        == 0
    )


def test_an_hour_past_due_the_supervisor_on_duty_hears_of_it_or_all_where_nobody_is_on(
    clock: FrozenClock,
) -> None:
    on, off = (colleague(name, Grant(Role.SUPERVISOR)) for name in ("on", "off"))
    desk = duty.group("总值班", on, is_desk=True)
    duty.always(desk, on, hours=duty.DAYTIME)

    def told() -> set[int]:
        tick.run()
        relay.run()
        wanted = select(Notice.account_id).where(Notice.text == RUNG_NOTICES["overdue"])
        return set(db.session.scalars(wanted.where(Notice.at == clock.now)))

    ticket(clock.now, subject="后厨有瓦斯味", body="已经关阀门。")
    clock.forward(minutes=15 + 60)
    assert told() == {on.id}
    clock.forward(hours=11)  # past eight in the evening nobody is on
    ticket(clock.now, subject="后厨有瓦斯味", body="已经关阀门。")
    clock.forward(minutes=15 + 60)
    assert told() == {on.id, off.id}

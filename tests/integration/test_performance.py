"""Figures that resist gaming: what each counts, what it does not let be hidden, the rows behind them."""

import datetime as dt

import pytest
from sqlalchemy import select

from tests.conftest import MONDAY, FrozenClock
from tests.support.people import actor
from tests.support.requests import inbound, sent, ticket
from ticketing.domain.actors import SYSTEM, Actor, ActorKind, Grant
from ticketing.domain.vocabulary import Door, Role
from ticketing.extensions import db
from ticketing.jobs import relay
from ticketing.models import BureauTime, OutboxEvent, Ticket, TicketFact
from ticketing.services import dispatch, facts, handling, intake, judging, performance, province
from ticketing.services.history import Act
from ticketing.services.measured import FIGURES, base_of
from ticketing.services.performance import Asked

JUNE = Asked(dt.date(2020, 6, 1), dt.date(2020, 6, 30))
SWJ, SCJG = "HRB-SWJ", "HRB-SCJG"


@pytest.fixture
def handler() -> Actor:
    return actor("handler", Grant(Role.HANDLER, SWJ), Grant(Role.HANDLER, SCJG))


@pytest.fixture
def desk() -> Actor:
    return actor("desk", Grant(Role.DISPATCHER), Grant(Role.OPERATOR))


def at(day: int, hour: int = 10, minute: int = 0) -> dt.datetime:
    """An instant of June 2020 as the clocks of Heilongjiang show it."""
    return dt.datetime(2020, 6, day, hour, minute, tzinfo=dt.UTC) - dt.timedelta(hours=8)


def answer(one: Ticket, handler: Actor, when: dt.datetime, result: str = "solved") -> None:
    act = Act(handler, when)
    if one.state == "dispatched":
        handling.accept(one, act)
    handling.propose_answer(one, act, province.current(), result=result, text="好了。", basis="")


def count(asked: Asked = JUNE) -> dict[str, int]:
    """Tell what waits to be told, then count."""
    relay.run()
    return performance.total(asked, province.current()).numbers


def help_due_monday_15(**values: object) -> Ticket:
    return sent(MONDAY, type="help", **values)


def test_in_time_is_counted_against_both_promises(handler: Actor) -> None:
    late, extended, kept = (help_due_monday_15() for _ in range(3))
    boss = Act(actor("boss", Grant(Role.SUPERVISOR), Grant(Role.HEAD, SWJ)), at(9))
    handling.accept(extended, Act(handler, at(9)))
    handling.ask_extension(extended, 3, "要会同检测", boss, province.current())
    answer(kept, handler, at(15, 16))
    answer(late, handler, at(16))
    answer(extended, handler, at(16))
    numbers = count()
    assert (numbers["promised"], numbers["kept_first"], numbers["kept"]) == (3, 1, 2)


def test_what_is_not_answered_is_not_kept_and_cannot_hide(handler: Actor) -> None:
    help_due_monday_15()
    numbers = count()
    assert (numbers["promised"], numbers["kept_first"], numbers["unanswered"]) == (1, 0, 1)


def test_a_ticket_belongs_to_the_day_of_its_first_promise_whenever_it_is_answered(
    handler: Actor, clock: FrozenClock
) -> None:
    answer(help_due_monday_15(), handler, dt.datetime(2020, 7, 20, tzinfo=dt.UTC))
    clock.now = dt.datetime(2020, 7, 20, tzinfo=dt.UTC)
    assert count(Asked(dt.date(2020, 6, 15), dt.date(2020, 6, 15)))["promised"] == 1
    assert count(Asked(dt.date(2020, 7, 1), dt.date(2020, 7, 31)))["promised"] == 0


def test_what_the_enterprise_withdrew_before_an_answer_breaks_no_promise(handler: Actor) -> None:
    one, noise = help_due_monday_15(), help_due_monday_15()
    judging.withdraw(
        one, "", Act(Actor(ActorKind.REQUESTER, "张", Door.WEB, ticket_ids=frozenset({one.id})), at(9))
    )
    answer(noise, handler, at(9))
    numbers = count()
    assert (numbers["all"], numbers["promised"], numbers["unanswered"]) == (2, 1, 0)


def test_an_answer_in_the_last_hour_is_noticed_and_one_before_it_is_not(handler: Actor) -> None:
    answer(help_due_monday_15(), handler, at(15, 16))
    answer(help_due_monday_15(), handler, at(15, 15, 59))
    answer(help_due_monday_15(), handler, at(15, 17, 1))
    assert count()["last_hour"] == 1


def test_a_pause_opened_close_to_due_is_noticed_and_an_early_one_is_not(handler: Actor) -> None:
    close, early = help_due_monday_15(), help_due_monday_15()
    for one, when in ((early, at(9)), (close, at(15, 11))):
        handling.accept(one, Act(handler, when))
        handling.ask_requester(one, "请补图。", Act(handler, when), province.current())
    assert count()["late_pause"] == 1


def test_a_contest_is_no_late_pause_and_the_enterprises_word_is_not_the_bureaus(
    handler: Actor, desk: Actor
) -> None:
    confirmed, silent, contested = (help_due_monday_15() for _ in range(3))
    for one in (confirmed, silent, contested):
        answer(one, handler, at(15, 11))
    judging.confirm(confirmed, Act(desk, at(16)), ratings={})
    judging.silence(silent, Act(SYSTEM, at(22, 12)))
    judging.contest(contested, "没有解决", Act(desk, at(16)), province.current())
    numbers = count()
    assert (numbers["confirmed"], numbers["silent"], numbers["contested"]) == (1, 1, 1)
    assert (numbers["claimed"], numbers["late_pause"]) == (2, 0)


def test_the_first_dispatch_is_right_where_nobody_had_to_correct_it(handler: Actor, desk: Actor) -> None:
    moved, refused, noise = (
        help_due_monday_15(),
        help_due_monday_15(),
        ticket(MONDAY, type="help", body="希望关心。", subject="一点情况"),
    )
    dispatch.dispatch(moved, SCJG, Act(desk, at(9)), province.current())
    dispatch.return_ticket(refused, "not_our_duty", "第三条", SCJG, Act(handler, at(9)), province.current())
    dispatch.adjudicate(refused, SWJ, Act(desk, at(9, 11)), province.current(), reason="是你们的")
    numbers = count()
    assert (numbers["dispatched"], numbers["right_first"], numbers["moved"], numbers["hops"]) == (2, 1, 1, 1)
    assert (numbers["upheld"], numbers["refused"]) == (0, 1)
    assert noise.dispatched_at is None


def test_time_and_returns_are_borne_by_who_bears_them(handler: Actor, desk: Actor) -> None:
    one = help_due_monday_15()
    dispatch.return_ticket(one, "not_our_duty", "第三条", SCJG, Act(handler, at(9)), province.current())
    dispatch.adjudicate(one, SCJG, Act(desk, at(9, 11)), province.current(), reason="是他们的")
    answer(one, handler, at(10))
    relay.run()
    centre = province.current().centre_code
    borne = performance.borne(JUNE, province.current())
    minutes = {code: row.seconds // 60 for code, row in borne.items()}
    assert minutes == {SWJ: 0, centre: 390 + 60, SCJG: 330}
    assert {code: (row.upheld, row.refused) for code, row in borne.items()}[SWJ] == (1, 0)


def test_rows_and_days_add_up_to_the_whole_and_conditions_narrow(handler: Actor) -> None:
    for kind in ("help", "help", "consultation"):
        sent(MONDAY, type=kind)
    table = performance.table(JUNE, "type", province.current())
    assert {code: one.numbers["promised"] for code, one in table.rows.items()} == {
        "help": 2,
        "consultation": 1,
    }
    assert sum(one.numbers["promised"] for one in table.days.values()) == table.total.numbers["promised"] == 3
    only = Asked(JUNE.first, JUNE.last, type="help", region="230100")
    assert performance.total(only, province.current()).numbers["promised"] == 2
    assert (
        performance.total(Asked(JUNE.first, JUNE.last, region="230200"), province.current()).numbers["all"]
        == 0
    )


@pytest.mark.parametrize("name", list(FIGURES))
def test_the_list_behind_a_figure_holds_what_was_counted(name: str, handler: Actor, desk: Actor) -> None:
    kept, late, open_one = (help_due_monday_15() for _ in range(3))
    answer(kept, handler, at(12))
    answer(late, handler, at(16))
    judging.confirm(kept, Act(desk, at(16)), ratings={})
    dispatch.dispatch(open_one, SCJG, Act(desk, at(9)), province.current())
    numbers = count()
    here = province.current()
    hits = performance.behind(name, JUNE, here, miss=False, after=None).rows
    misses = performance.behind(name, JUNE, here, miss=True, after=None).rows
    assert len(hits) == numbers[name]
    assert len(hits) + len(misses) == numbers[base_of(name)]


def test_rows_of_facts_can_be_lost_and_derived_again(handler: Actor) -> None:
    one, noise = help_due_monday_15(), help_due_monday_15()
    answer(one, handler, at(12))
    before = count()
    db.session.query(BureauTime).delete()
    db.session.query(TicketFact).delete()
    assert facts.rebuild(0, 1, province.current()) == (one.id, 1)
    assert facts.rebuild(one.id, 9, province.current()) == (noise.id, 1)
    assert count() == before


def test_an_older_reading_never_overwrites_a_newer(handler: Actor) -> None:
    one = help_due_monday_15()
    answer(one, handler, at(12))
    relay.run()
    db.session.query(TicketFact).update({"seq": 99, "hops": 7})
    assert facts.refresh([one.id], province.current()) == 0
    assert db.session.scalar(select(TicketFact.hops)) == 7


def test_imports_have_their_rows_without_a_word_to_anybody() -> None:
    options = intake.Options(notify=False, new_password=None)
    intake.receive_many([inbound(type="help"), inbound()], Act(SYSTEM, MONDAY), province.current(), options)
    assert db.session.query(TicketFact).count() == 2
    assert db.session.query(OutboxEvent).count() == 0


def test_a_period_is_read_from_its_index() -> None:
    db.session.execute(db.text("set enable_seqscan = off"))
    wanted = select(*performance.COUNTED).where(performance.condition(JUNE, province.current()))
    sql = wanted.compile(db.engine, compile_kwargs={"literal_binds": True})
    plan = " ".join(row[0] for row in db.session.execute(db.text(f"explain {sql}")))
    assert "Index Cond: ((due_day >= '2020-06-01'::date) AND (due_day <= '2020-06-30'::date))" in plan

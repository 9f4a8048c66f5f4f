"""Extensions and suspensions by approval: their limits, whose decision, what nobody decided, what a refusal leaves."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import MONDAY, FrozenClock
from tests.support.people import actor
from tests.support.requests import sent
from tests.support.times import local
from ticketing.domain import events
from ticketing.domain.actors import Actor, Grant
from ticketing.domain.errors import Invalid, NotAllowed
from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import ClockKind, Role
from ticketing.extensions import db
from ticketing.jobs import relay, tick
from ticketing.models import (
    Account,
    Approval,
    ClockEntry,
    HistoryEntry,
    Notice,
    OutboxEvent,
    Ticket,
    TicketClock,
)
from ticketing.services import decisions, handling, notifications, province
from ticketing.services.history import Act
from ticketing.services.wording import LETTERS

SWJ = "HRB-SWJ"
PLACE = "230103"


@pytest.fixture
def people() -> dict[str, Actor]:
    return {
        "handler": actor("handler", Grant(Role.HANDLER, SWJ)),
        "head": actor("head", Grant(Role.HEAD, SWJ)),
        "supervisor": actor("supervisor", Grant(Role.SUPERVISOR)),
        "elsewhere": actor("elsewhere", Grant(Role.HEAD, "HRB-SCJG")),
    }


def accepted(people: dict[str, Actor], **values: Any) -> Ticket:
    one = sent(**{"type": "help", "region_code": PLACE, **values})
    handling.accept(one, Act(people["handler"], MONDAY))
    return one


def extend(one: Ticket, people: dict[str, Actor], at: dt.datetime, amount: int = 2) -> Approval:
    handling.ask_extension(one, amount, "等检测报告。", Act(people["handler"], at), province.current())
    return waiting(one)


def suspend(one: Ticket, people: dict[str, Actor], at: dt.datetime, days: int, who: str = "handler") -> None:
    act = Act(people[who], at)
    handling.ask_suspension(one, act, province.current(), ground="inspection", days=days, reason="送检。")


def waiting(one: Ticket) -> Approval:
    wanted = select(Approval).where(Approval.ticket_id == one.id, Approval.decision.is_(None))
    return db.session.scalars(wanted).one()


def decide(one: Ticket, who: Actor, at: dt.datetime, *, approve: bool = True) -> None:
    decisions.decide(
        one, waiting(one), Act(who, at), province.current(), approve=approve, reason="依据规定。"
    )


def due(one: Ticket, kind: ClockKind = ClockKind.ANSWER) -> dt.datetime | None:
    wanted = TicketClock.ticket_id == one.id, TicketClock.kind == kind.value, TicketClock.stopped_at.is_(None)
    return db.session.scalars(select(TicketClock.due_at).where(*wanted)).one()


def ledgers() -> list[Any]:
    """Everything that clocks consist of, to the letter."""
    rows = db.session.execute(select(ClockEntry.__table__).order_by(ClockEntry.id)).all()
    clocks = db.session.execute(select(TicketClock.__table__).order_by(TicketClock.id)).all()
    return [*rows, *clocks]


def test_asked_a_working_day_before_due_and_decided_later_is_granted(people: dict[str, Actor]) -> None:
    one = accepted(people)
    assert due(one) == local("2020-06-15 17:00")
    extend(one, people, local("2020-06-12 16:59"))
    decide(one, people["supervisor"], local("2020-06-15 10:00"))
    assert due(one) == due(one, ClockKind.SHARE) == local("2020-06-17 17:00")


@pytest.mark.parametrize("at", ["2020-06-15 08:30", "2020-06-15 16:59"])
def test_asked_on_the_day_it_is_due_is_too_late(people: dict[str, Actor], at: str) -> None:
    with pytest.raises(Invalid, match="1 个工作日"):
        extend(accepted(people), people, local(at))


@pytest.mark.parametrize(("hours", "granted"), [(18.0, True), (18.1, False)])
def test_an_hour_clock_is_extended_while_a_quarter_is_left(
    people: dict[str, Actor], hours: float, granted: bool
) -> None:
    one = accepted(people, urgency="critical")
    at = MONDAY + dt.timedelta(hours=hours)
    if granted:
        extend(one, people, at, amount=60)
        decide(one, people["supervisor"], at)
        assert due(one) == MONDAY + dt.timedelta(hours=25)
    else:
        with pytest.raises(Invalid, match="四分之一"):
            extend(one, people, at, amount=60)


def test_a_quarter_is_a_quarter_of_the_target_and_not_of_the_pauses(people: dict[str, Actor]) -> None:
    one = accepted(people, urgency="critical")
    hours = [MONDAY + dt.timedelta(hours=n) for n in (1, 61, 78.5)]
    handling.ask_requester(one, "请补图。", Act(people["handler"], hours[0]), province.current())
    handling.supply(one, "图在此。", Act(actor("operator", Grant(Role.OPERATOR)), hours[1]))
    with pytest.raises(Invalid, match="四分之一"):
        extend(one, people, hours[2], amount=60)


def test_an_extension_is_as_long_as_the_target_at_most_and_granted_once(people: dict[str, Actor]) -> None:
    one = accepted(people)
    with pytest.raises(Invalid, match="最多 5"):
        extend(one, people, MONDAY, amount=6)
    extend(one, people, MONDAY, amount=5)
    decide(one, people["supervisor"], MONDAY)
    assert due(one) == local("2020-06-22 17:00")
    with pytest.raises(Invalid, match="延期过一次"):
        extend(one, people, MONDAY, amount=1)


@pytest.mark.parametrize("who", ["head", "handler", "elsewhere"])
def test_an_extension_is_the_supervisors_to_decide(people: dict[str, Actor], who: str) -> None:
    one = accepted(people)
    extend(one, people, MONDAY)
    with pytest.raises(NotAllowed):
        decide(one, people[who], MONDAY)


@pytest.mark.parametrize("kind", ["extension", "suspension"])
def test_a_refusal_changes_nothing_not_even_a_ledger(people: dict[str, Actor], kind: str) -> None:
    one = accepted(people)
    before = ledgers()
    facts = (one.state, one.due_at, one.extended, one.suspended_days, one.wake_at)
    if kind == "extension":
        extend(one, people, MONDAY)
    else:
        suspend(one, people, MONDAY, days=3)
    decide(one, people["supervisor"], MONDAY, approve=False)
    db.session.flush()
    assert ledgers() == before
    assert (one.state, one.due_at, one.extended, one.suspended_days, one.wake_at) == facts
    told = select(HistoryEntry.public).where(HistoryEntry.action.in_(["submit", "refuse"]))
    assert list(db.session.scalars(told)) == [False, False]
    assert db.session.scalars(select(OutboxEvent).where(OutboxEvent.name == "PromiseMoved")).all() == []


def test_suspensions_add_up_to_a_heads_five_days_and_thirty_in_all(people: dict[str, Actor]) -> None:
    one = accepted(people)
    at = MONDAY
    for days, who in ((5, "head"), (1, "supervisor"), (24, "supervisor")):
        suspend(one, people, at, days)
        power = Permission.APPROVE_AT_BUREAU if who == "head" else Permission.APPROVE_AS_SUPERVISOR
        assert waiting(one).permission == power
        decide(one, people[who], at)
        at = one.wake_at or at
        handling.resume(one, Act(people["handler"], at))
    with pytest.raises(Invalid, match="最多 0"):
        suspend(one, people, at, 1)


def test_days_that_a_suspension_did_not_need_may_be_asked_for_again(people: dict[str, Actor]) -> None:
    one = accepted(people)
    suspend(one, people, MONDAY, 5, who="head")
    assert one.wake_at == local("2020-06-15 17:00")
    handling.resume(one, Act(people["handler"], local("2020-06-10 12:00")))
    assert one.suspended_days == 2


def test_two_suspensions_do_not_slip_past_the_heads_power(people: dict[str, Actor]) -> None:
    one = accepted(people)
    suspend(one, people, MONDAY, 4)
    asked = waiting(one)
    one.suspended_days = 3  # another one was granted meanwhile
    with pytest.raises(Invalid, match="督办员"):
        decide(one, people["head"], MONDAY)
    db.session.expire(asked)


def test_a_request_is_due_in_four_working_hours_at_its_place(people: dict[str, Actor]) -> None:
    asked = extend(accepted(people), people, local("2020-06-08 15:00"))
    assert asked.due_at == local("2020-06-09 10:30")


def notices(text: str) -> set[str]:
    wanted = select(Account.username).join(Notice, Notice.account_id == Account.id)
    return set(db.session.scalars(wanted.where(Notice.text.contains(text))))


def test_what_nobody_decided_in_time_goes_to_the_supervisors_once(
    people: dict[str, Actor], clock: FrozenClock
) -> None:
    one = accepted(people)
    suspend(one, people, local("2020-06-08 15:00"), 3)
    version, lines = one.version, one.history_seq
    for moment in ("2020-06-09 10:29", "2020-06-09 10:30", "2020-06-09 10:31"):
        clock.now = local(moment)
        tick.run()
    events = select(OutboxEvent).where(OutboxEvent.name == "ApprovalOverdue")
    assert len(db.session.scalars(events).all()) == 1
    relay.run()
    assert notices("审核已超时") == {"head", "supervisor"}
    assert (waiting(one).escalated_at, one.version, one.history_seq) == (
        local("2020-06-09 10:30"),
        version,
        lines,
    )
    decide(one, people["supervisor"], clock.now)
    assert one.state == "suspended"


def test_a_decision_in_time_is_not_passed_on(people: dict[str, Actor], clock: FrozenClock) -> None:
    one = accepted(people)
    extend(one, people, MONDAY)
    decide(one, people["supervisor"], MONDAY)
    clock.forward(days=2)
    tick.run()
    assert db.session.scalars(select(OutboxEvent).where(OutboxEvent.name == "ApprovalOverdue")).all() == []


def test_a_moved_deadline_is_told_with_its_reason_where_there_is_one(people: dict[str, Actor]) -> None:
    one = accepted(people)
    extend(one, people, MONDAY)
    decide(one, people["supervisor"], MONDAY)
    told = notifications.Told(1, MONDAY, "https://desk", frozenset())
    wanted = select(HistoryEntry).where(HistoryEntry.ticket_id == one.id, HistoryEntry.text != "")
    line = db.session.scalars(wanted.order_by(HistoryEntry.seq.desc())).first()
    for seq, words in ((line.seq, f"，原因：{line.text.rstrip('。')}，答复期限"), (999, "有变化，答复期限")):
        values = notifications.values_of(events.PromiseMoved(one.id, seq), one, told)
        assert words in LETTERS["PromiseMoved"].said("zh", values)[1]

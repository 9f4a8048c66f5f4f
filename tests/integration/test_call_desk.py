"""What an operator does with a call, and the duties that calls leave."""

import datetime as dt

import pytest
from sqlalchemy import select

from tests.conftest import MONDAY, FrozenClock
from tests.support.calls import ALWAYS, BY_DAY, CALLER, answered, ended, rang, told
from tests.support.people import actor, colleague
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.errors import Conflict, Invalid, WrongState
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import relay, roster
from ticketing.models import Call, Callback, CallEvent, Notice
from ticketing.services import call_desk, callback_duties, province
from ticketing.services.history import Act

MINUTE = dt.timedelta(minutes=1)


def operator(name: str = "op", now: dt.datetime = MONDAY) -> Act:
    return Act(actor(name, Grant(Role.OPERATOR)), now)


def later(act: Act, minutes: float) -> Act:
    return Act(act.actor, act.now + minutes * MINUTE)


def duty_of(call: Call) -> Callback | None:
    return db.session.scalar(select(Callback).where(Callback.call_id == call.id))


def test_a_call_taken_at_the_desk_is_answered_by_who_took_it() -> None:
    act, call = operator(), told(rang("1"))
    call_desk.taken(call, act, province.current())
    assert (call.state, call.account_id, call.answered_at) == ("talking", act.actor.account_id, MONDAY)


def test_the_exchanges_own_instant_wins_over_the_desks() -> None:
    act, call = operator(), told(rang("1"))
    call_desk.taken(call, later(act, 1), province.current())
    told(answered("1", by=""))
    assert (call.answered_at, call.account_id) == (MONDAY + dt.timedelta(seconds=8), act.actor.account_id)


def test_a_colleagues_call_cannot_be_taken_unless_it_was_transferred() -> None:
    one, other, call = operator("one"), operator("other"), told(rang("1"))
    call_desk.taken(call, one, province.current())
    with pytest.raises(Conflict):
        call_desk.taken(call, later(other, 1), province.current())
    call_desk.line_verb(call, "transfer", BY_DAY, later(one, 2), province.current())
    call_desk.taken(call, later(other, 3), province.current())
    assert (call.transferred_to, call.account_id) == (BY_DAY, other.actor.account_id)


def test_hold_and_resume_are_counted() -> None:
    act, call = operator(), told(rang("1"), answered("1"))
    call_desk.line_verb(call, "hold", "", later(act, 1), province.current())
    assert call.state == "held"
    call_desk.line_verb(call, "resume", "", later(act, 3), province.current())
    assert (call.state, call.held_seconds) == ("talking", 120)


def test_an_emergency_is_handed_over_with_its_record() -> None:
    act, call = operator(), told(rang("1"), answered("1"))
    call_desk.note(call, "后厨有瓦斯味", MONDAY)
    call_desk.line_verb(call, "emergency", "119", act, province.current())
    told(ended("1"))
    assert (call.handed_over_to, call.notes) == ("119", "后厨有瓦斯味")
    assert [one.kind for one in call_desk.events_of(call)] == ["Ringing", "HandedOver", "Answered", "Ended"]


@pytest.mark.parametrize(("verb", "to"), [("transfer", "+8610"), ("emergency", "114"), ("fly", "")])
def test_where_nobody_is_nothing_goes(verb: str, to: str) -> None:
    act, call = operator(), told(rang("1"), answered("1"))
    with pytest.raises(Invalid):
        call_desk.line_verb(call, verb, to, act, province.current())
    assert db.session.query(CallEvent).count() == 2


def test_what_is_over_cannot_be_taken_or_held() -> None:
    act, call = operator(), told(rang("1"), ended("1"))
    for deed in (
        lambda: call_desk.taken(call, act, province.current()),
        lambda: call_desk.line_verb(call, "hold", "", act, province.current()),
    ):
        with pytest.raises(WrongState):
            deed()


def test_a_call_without_a_ticket_says_why() -> None:
    act, call = operator(), told(rang("1"), answered("1"), ended("1"))
    with pytest.raises(Invalid):
        call_desk.no_ticket(call, "because", "", act, province.current())
    call_desk.no_ticket(call, "wrong", "找银行", act, province.current())
    assert (call.outcome, call.reason, duty_of(call).done_at) == ("no_ticket", "wrong: 找银行", MONDAY)


def test_answered_on_the_call_may_leave_a_closed_ticket() -> None:
    act, call, ticket = operator(), told(rang("1"), answered("1")), sent()
    call_desk.filed(call, ticket, act, province.current(), answered=True)
    told(ended("1"))
    assert (call.outcome, call.ticket_id, duty_of(call)) == ("answered", ticket.id, None)


def test_a_promised_call_back_outlives_the_end_of_the_call() -> None:
    act, call = operator(), told(rang("1"), answered("1"))
    duty = call_desk.promise(call, "查到政策后回", MONDAY + 90 * MINUTE, act, province.current())
    told(ended("1"))
    assert (duty.kind, duty.owner_id, duty.done_at) == ("promised", act.actor.account_id, None)
    call_desk.no_ticket(call, "repeat", "", later(act, 60), province.current())
    assert (duty.done_at, duty.outcome) == (MONDAY + 60 * MINUTE, "no_ticket")


def test_nothing_can_be_promised_to_a_withheld_number_or_for_the_past() -> None:
    act = operator()
    hidden, known = told(rang("1", caller="")), told(rang("2"))
    for call, due in ((hidden, None), (known, MONDAY)):
        with pytest.raises(Invalid):
            call_desk.promise(call, "回", due, act, province.current())


def test_three_tries_end_a_duty_and_are_kept() -> None:
    act, call = operator(), told(rang("1"), ended("1", 40))
    duty = duty_of(call)
    for minutes in (1, 70, 140):
        callback_duties.tried(duty, later(act, minutes), text="无人接听")
    assert (duty.attempts, duty.outcome, duty.owner_id) == (3, "unreachable", act.actor.account_id)
    assert [row.reached for row in callback_duties.tries_of(duty)] == [False] * 3
    with pytest.raises(WrongState):
        callback_duties.tried(duty, later(act, 150))


def test_the_next_try_waits_an_hour_and_for_the_morning() -> None:
    act, call = operator(), told(rang("1"), ended("1", 40))
    duty = duty_of(call)
    callback_duties.tried(duty, act)
    assert duty.next_at == MONDAY + 60 * MINUTE
    callback_duties.tried(duty, later(act, 10 * 60 + 30))
    assert duty.next_at == dt.datetime(2020, 6, 9, 0, 0, tzinfo=dt.UTC)


def test_a_duty_belongs_to_who_took_it_on() -> None:
    one, other = operator("one"), operator("other")
    duty = duty_of(told(rang("1"), ended("1", 40)))
    callback_duties.own(duty, one)
    callback_duties.own(duty, one)
    with pytest.raises(Conflict):
        callback_duties.own(duty, other)


def test_the_next_duty_is_ones_own_or_nobodys_and_its_time_has_come() -> None:
    one, other = operator("one"), operator("other")
    first, second, third = (told(rang(n), ended(n, 40)) for n in "123")
    callback_duties.own(duty_of(first), other)
    callback_duties.tried(duty_of(second), one)
    account = one.actor.account_id
    assert callback_duties.next_open(account, MONDAY) == third.id
    assert callback_duties.next_open(account, MONDAY + 61 * MINUTE) == second.id


def test_what_nobody_does_in_time_is_told_to_the_supervisors_once(clock: FrozenClock) -> None:
    boss = colleague("boss", Grant(Role.SUPERVISOR))
    act = operator()
    late, tried = (told(rang(n), ended(n, 40)) for n in "12")
    callback_duties.tried(duty_of(tried), act)
    told(rang("3", called=BY_DAY), ended("3", 40))
    moment = clock.forward(minutes=20)
    assert [callback_duties.escalate(moment) for _ in range(2)] == [1, 0]
    relay.run()
    notices = db.session.scalars(select(Notice).where(Notice.account_id == boss.id)).all()
    assert [one.values["call"] for one in notices if "call" in one.values] == [late.id]


def test_the_job_escalates(clock: FrozenClock) -> None:
    told(rang("1"), ended("1", 40))
    clock.forward(minutes=30)
    assert roster.run() == 1


def test_the_version_of_the_desk_changes_with_what_it_shows() -> None:
    act, seen = operator(), [call_desk.version()]
    call = told(rang("1"))
    seen.append(call_desk.version())
    call_desk.taken(call, act, province.current())
    seen.append(call_desk.version())
    told(ended("1"), now=MONDAY + MINUTE)
    seen.append(call_desk.version())
    assert call_desk.version() == seen[-1]
    assert len(set(seen)) == 4


def test_callers_are_known_by_their_last_request() -> None:
    sent(enterprise="旧名火锅店")
    sent(MONDAY + MINUTE, enterprise="老灶火锅店")
    sent(phone="13900000000", enterprise="别家")
    assert call_desk.known_callers([CALLER, "", "+8613811112222"]) == {CALLER: ("老灶火锅店", 2)}
    assert call_desk.enterprise_of(CALLER).enterprise == "老灶火锅店"


def test_calls_that_last_are_listed_by_waiting_time() -> None:
    told(rang("over"), ended("over"))
    second = told(rang("2", at=MONDAY + MINUTE))
    first = told(rang("1", called=ALWAYS))
    assert [one.id for one in call_desk.live()] == [first.id, second.id]

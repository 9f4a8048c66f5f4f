"""Every call has a row, once, and an ended one has an outcome or an open duty."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.conftest import MONDAY, FrozenClock
from tests.support import duty
from tests.support.calls import ALWAYS, BY_DAY, CALLER, answered, ended, named, rang, told
from tests.support.people import colleague
from ticketing.domain.actors import Grant
from ticketing.domain.calls import Outcome
from ticketing.domain.errors import Invalid
from ticketing.domain.signals import CallbackAsked, Signal, Voicemail
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import relay
from ticketing.models import Call, Callback, CallEvent, Notice, OutboxEvent
from ticketing.services import calls, province


def duty_of(call: Call) -> Callback | None:
    return db.session.scalar(select(Callback).where(Callback.call_id == call.id))


def rows(model: type[object]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_call_has_a_row_from_its_first_signal() -> None:
    noise = told(rang("other"))
    call = told(rang("1", BY_DAY, caller="13904510021"))
    assert (call.state, call.hotline_number, call.bureau_code) == ("ringing", BY_DAY, "HLJ-FGW")
    assert (call.caller, call.outcome, call.language) == (CALLER, None, "zh")
    assert call.id != noise.id
    assert duty_of(call) is None


def test_a_number_that_is_nobodys_is_the_central_lines() -> None:
    call = told(rang("1", "+8645100000000"))
    assert (call.called, call.hotline_number) == ("+8645100000000", ALWAYS)


STORY: list[Signal] = [
    rang("s"),
    answered("s", 8),
    ended("s", 95),
    Voicemail(**named("s", "tape", 80), recording="RE1"),
    CallbackAsked(**named("s", "key", 5)),
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(STORY), st.lists(st.integers(1, 3), min_size=1, max_size=3))
def test_however_it_is_told_the_row_ends_the_same(order: list[Signal], cuts: list[int]) -> None:
    with db.session.begin_nested() as attempt:
        left = [*order, order[0]]
        for cut in [*cuts, len(left)]:
            batch, left = left[:cut], left[cut:]
            if batch:
                call = told(*batch)
        names = (column.name for column in Call.__table__.columns if column.name not in ("id", "heard_at"))
        row = {name: getattr(call, name) for name in names}
        assert (row["state"], row["answered_at"]) == ("ended", MONDAY + dt.timedelta(seconds=8))
        assert (row["outcome"], row["voicemail"], row["callback_asked"]) == (None, "RE1", True)
        assert (duty_of(call).kind, rows(CallEvent), rows(Call)) == ("unfiled", 5, 1)
        attempt.rollback()


def test_a_missed_call_on_a_line_round_the_clock_is_called_back_in_a_quarter_of_an_hour() -> None:
    duty = duty_of(told(rang("1"), ended("1", 60)))
    assert (duty.kind, duty.due_at, duty.caller) == ("missed", MONDAY + dt.timedelta(minutes=16), CALLER)


def test_a_missed_call_on_another_line_waits_for_the_next_opening() -> None:
    friday = MONDAY + dt.timedelta(days=4)
    call = told(rang("1", BY_DAY, at=friday), ended("1", 4 * 86400 + 60))
    assert duty_of(call).due_at == dt.datetime(2020, 6, 15, 0, 30, tzinfo=dt.UTC)


def test_what_is_learned_late_changes_the_duty() -> None:
    call = told(rang("1"), ended("1"))
    assert (call.outcome, duty_of(call).kind) == ("missed", "missed")
    told(Voicemail(**named("1", "tape", 40), recording="RE1"))
    assert (call.outcome, duty_of(call).kind) == ("voicemail", "voicemail")
    told(answered("1"))
    assert (call.outcome, duty_of(call).kind) == (None, "unfiled")


def test_what_a_person_said_no_signal_changes() -> None:
    call = told(rang("1"), answered("1"))
    calls.file(call, Outcome.NO_TICKET, MONDAY, province.current(), reason="打错了")
    told(ended("1"))
    assert (call.outcome, call.reason, duty_of(call)) == ("no_ticket", "打错了", None)


def test_filing_an_ended_call_ends_its_duty() -> None:
    call = told(rang("1"), answered("1"), ended("1"))
    assert duty_of(call).kind == "unfiled"
    calls.file(call, Outcome.ANSWERED, MONDAY, province.current())
    assert duty_of(call).done_at == MONDAY


@pytest.mark.parametrize(
    ("outcome", "more"),
    [
        (Outcome.MISSED, {}),
        (Outcome.TICKET, {}),
        (Outcome.NO_TICKET, {}),
        (Outcome.NO_TICKET, {"ticket_id": 7, "reason": "打错了"}),
    ],
)
def test_an_outcome_that_says_nothing_is_refused(outcome: Outcome, more: dict[str, Any]) -> None:
    call = told(rang("1"), answered("1"))
    with pytest.raises(Invalid):
        calls.file(call, outcome, MONDAY, province.current(), **more)


def test_the_telephone_that_was_picked_up_names_the_operator() -> None:
    colleague("other").desk_phone = "client:other"
    operator = colleague("op")
    operator.desk_phone = "client:op"
    db.session.flush()
    assert told(rang("1"), answered("1")).account_id == operator.id
    assert told(rang("2"), answered("2", by="client:nobody")).account_id is None


def test_those_on_duty_hear_once_of_a_missed_call(clock: FrozenClock) -> None:
    colleague("handler", Grant(Role.HANDLER, "HRB-SWJ"))
    duty.operator("off")
    operator = duty.operator("op")
    duty.always(duty.group("组", operator, lines=(ALWAYS,)), operator)
    for _ in range(2):
        told(rang("1"), ended("1"))
    assert rows(OutboxEvent) == 1
    relay.run()
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.account_id, notice.values["caller"]) == (operator.id, "139****0021")


def test_many_calls_cost_as_many_statements_as_one(statements: list[str]) -> None:
    def cost(*names: str) -> int:
        statements.clear()
        signals = [signal for name in names for signal in (rang(name), answered(name))]
        calls.record(signals, MONDAY, province.current(), provider="test")
        return len(statements)

    province.current()
    assert cost("b", "c", "d", "e") == cost("a")

"""The roster on a real database: who a line rings, gaps told before a call is missed, handing over, presence."""

import datetime as dt

import pytest
from sqlalchemy import select

from tests.conftest import MONDAY
from tests.support.calls import ended, rang, told
from tests.support.duty import DAY_LINE, DAYTIME, LINE, OTHER, SINCE, always, group, operator
from tests.support.people import colleague
from ticketing.domain.actors import Grant
from ticketing.domain.errors import Invalid, NotFound
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import relay, roster
from ticketing.models import Callback, DutyGap, DutyShift, Notice
from ticketing.services import duty, duty_gaps, presence, province
from ticketing.services import duty_keeping as keeping
from ticketing.services.duty_keeping import Hours

#: Monday 10:00 and 21:00 here.
EVENING = MONDAY + dt.timedelta(hours=11)


def rung(line: str, now: dt.datetime = MONDAY) -> list[str]:
    return [one.username for one in duty.on_duty(line, now, province.current())]


def test_a_line_rings_its_own_group_in_the_order_of_its_members() -> None:
    ann, bob, cat = operator("ann"), operator("bob"), operator("cat")
    own = group("一组", bob, ann, cat, lines=(LINE,))
    always(own, ann, bob)
    always(group("另一组", cat, lines=(OTHER,)), cat)
    assert rung(LINE) == ["bob", "ann"]


def test_the_duty_desk_takes_what_a_group_does_not() -> None:
    ann, bob = operator("ann"), operator("bob")
    always(group("一组", ann, lines=(LINE,)), ann, hours=DAYTIME)
    always(group("总值班席", bob, is_desk=True), bob)
    assert [rung(LINE), rung(LINE, EVENING), rung(OTHER)] == [["ann"], ["bob"], ["bob"]]


def test_the_free_ones_are_rung_first_and_nobody_is_left_out() -> None:
    people = [operator(name) for name in ("away", "busy", "closed", "free")]
    always(group("一组", *people, lines=(LINE,)), *people)
    presence.say(people[0].id, "pause", MONDAY)
    presence.say(people[1].id, "busy", MONDAY)
    presence.say(people[2].id, "ready", MONDAY - dt.timedelta(hours=1))
    presence.say(people[3].id, "ready", MONDAY)
    assert rung(LINE) == ["free", "busy", "closed", "away"]


def test_somebody_whose_account_is_closed_is_not_rung() -> None:
    ann = operator("ann")
    always(group("一组", ann, lines=(LINE,)), ann)
    ann.active = False
    assert rung(LINE) == []


def gaps() -> list[DutyGap]:
    return list(db.session.scalars(select(DutyGap).order_by(DutyGap.starts_at)))


def test_a_gap_hours_ahead_is_told_once_to_the_supervisors() -> None:
    boss, ann = colleague("boss", Grant(Role.SUPERVISOR)), operator("ann")
    always(group("一组", ann, lines=(LINE,)), ann, hours=DAYTIME)
    assert [duty_gaps.watch(MONDAY, province.current()) for _ in range(2)] == [1, 0]
    assert gaps()[0].starts_at == MONDAY + dt.timedelta(hours=10)
    relay.run()
    notices = db.session.scalars(select(Notice)).all()
    assert [(one.account_id, one.values["group"]) for one in notices] == [(boss.id, "一组")]


def test_a_gap_that_has_begun_is_the_same_gap_a_minute_later() -> None:
    group("一组", lines=(LINE,))
    found = [duty_gaps.watch(MONDAY + dt.timedelta(minutes=n), province.current()) for n in range(3)]
    assert found == [1, 0, 0]
    assert gaps()[0].starts_at == MONDAY


def test_who_may_no_longer_log_in_leaves_a_gap() -> None:
    ann, bob = operator("ann"), operator("bob")
    always(group("一组", ann, lines=(LINE,)), ann)
    always(group("二组", bob, lines=(OTHER,)), bob)
    assert duty_gaps.watch(MONDAY, province.current()) == 0
    ann.active = False
    db.session.flush()
    assert duty_gaps.watch(MONDAY, province.current()) == 1


def test_lines_of_no_group_without_a_desk_are_told_once_and_until_there_is_one() -> None:
    boss, ann = colleague("boss", Grant(Role.SUPERVISOR)), operator("ann")
    minutes = [MONDAY + dt.timedelta(minutes=n) for n in range(3)]
    assert duty_gaps.watch_lines(MONDAY, province.current()) == 0
    always(group("一组", ann, lines=(LINE,)), ann)
    assert [duty_gaps.watch_lines(one, province.current()) for one in minutes] == [1, 0, 0]
    relay.run()
    assert [one.account_id for one in db.session.scalars(select(Notice))] == [boss.id]
    assert [group for _gap, group in duty_gaps.open_gaps(minutes[2])] == [None]
    group("总值班席", is_desk=True)
    assert duty_gaps.watch_lines(minutes[2], province.current()) == 0
    assert duty_gaps.open_gaps(minutes[2]) == []


def test_a_gap_that_is_filled_is_closed() -> None:
    ann = operator("ann")
    own = group("一组", ann, lines=(LINE,))
    duty_gaps.watch(MONDAY, province.current())
    always(own, ann)
    duty_gaps.watch(MONDAY, province.current())
    assert (gaps()[0].closed_at, duty_gaps.open_gaps(MONDAY)) == (MONDAY, [])


def test_a_line_of_office_hours_needs_nobody_at_night() -> None:
    ann = operator("ann")
    always(group("一组", ann, lines=(DAY_LINE,)), ann, hours=DAYTIME)
    assert duty_gaps.watch(EVENING, province.current()) == 0


def test_the_desk_behind_a_bare_group_makes_it_a_lesser_gap_and_its_leaving_a_new_one() -> None:
    ann = operator("ann")
    desk = group("总值班席", ann, is_desk=True)
    always(desk, ann)
    group("一组", lines=(LINE,))
    duty_gaps.watch(MONDAY, province.current())
    assert [(gap.group_id == desk.id, gap.desk_takes_it) for gap in gaps()] == [(False, True)]
    later = MONDAY + dt.timedelta(minutes=5)
    keeping.note_leave(ann.id, later, later + dt.timedelta(days=1), reason="病假", by=ann.id)
    assert duty_gaps.watch(later, province.current()) == 2
    assert [gap.desk_takes_it for gap, _ in duty_gaps.open_gaps(later)] == [False, False]


def test_the_job_looks(rolled_back: object) -> None:
    assert roster.run() == 0
    group("一组", lines=(LINE,))
    assert roster.run() == 2


def test_a_line_rings_one_group_and_moves_with_it() -> None:
    ann, bob = operator("ann"), operator("bob")
    first = group("一组", ann, lines=(LINE, OTHER))
    second = group("二组", bob)
    always(first, ann)
    always(second, bob)
    keeping.set_lines(second, [LINE])
    assert [rung(LINE), rung(OTHER)] == [["bob"], ["ann"]]


def test_who_leaves_a_group_loses_the_shifts_in_it() -> None:
    ann, bob = operator("ann"), operator("bob")
    own, other = group("一组", ann, bob), group("二组", ann)
    always(own, ann, bob)
    always(other, ann)
    keeping.set_members(own, [bob.id])
    kept = db.session.execute(select(DutyShift.group_id, DutyShift.account_id).order_by(DutyShift.id)).all()
    assert kept == [(own.id, bob.id), (other.id, ann.id)]


def test_a_pattern_that_has_begun_keeps_its_past() -> None:
    ann = operator("ann")
    own = group("一组", ann, lines=(LINE,))
    shift = keeping.add_shift(own, ann.id, "working", DAYTIME, since=SINCE)
    keeping.end_shift(own, shift.id, dt.date(2020, 6, 8))
    db.session.flush()
    assert shift.until == dt.date(2020, 6, 7)
    assert rung(LINE) == []


def test_only_members_can_be_put_on() -> None:
    ann = operator("ann")
    own = group("一组")
    with pytest.raises(Invalid):
        keeping.add_shift(own, ann.id, "working", DAYTIME, since=SINCE)


def test_there_is_one_duty_desk() -> None:
    group("总值班席", is_desk=True)
    with pytest.raises(Invalid):
        keeping.make_group("第二值班席", "Second", is_desk=True)


def test_an_exception_puts_somebody_on_for_a_day() -> None:
    ann, bob = operator("ann"), operator("bob")
    own = group("一组", ann, bob, lines=(LINE,))
    always(own, ann)
    keeping.except_on(own, ann.id, dt.date(2020, 6, 8), None, note="换班")
    keeping.except_on(own, bob.id, dt.date(2020, 6, 8), Hours(dt.time(9), dt.time(12)))
    assert rung(LINE) == ["bob"]


def test_a_handover_waits_until_it_is_taken() -> None:
    ann, bob = operator("ann"), operator("bob")
    own = group("一组", ann, bob)
    handed = keeping.hand_over(own, ann.id, bob.id, "三号线回声大", MONDAY)
    assert keeping.waiting_for(bob.id) == [handed]
    with pytest.raises(NotFound):
        keeping.take_over(handed.id, ann.id, MONDAY)
    keeping.take_over(handed.id, bob.id, MONDAY)
    db.session.flush()
    assert keeping.waiting_for(bob.id) == []


def test_a_desk_that_was_closed_is_not_ready_by_itself() -> None:
    ann = operator("ann")
    presence.say(ann.id, "ready", MONDAY)
    later = MONDAY + dt.timedelta(minutes=10)
    assert presence.states([ann.id], later) == {ann.id: None}
    presence.seen(ann.id, later)
    assert presence.states([ann.id], later) == {ann.id: "pause"}


def test_open_duties_go_along_with_a_handover() -> None:
    ann, bob = operator("ann"), operator("bob")
    own = group("一组", ann, bob)
    for name in ("one", "two", "three"):
        told(rang(name), ended(name))
    mine, anothers, done = db.session.scalars(select(Callback).order_by(Callback.id))
    mine.owner_id, done.owner_id, done.done_at = ann.id, ann.id, MONDAY
    assert keeping.hand_over(own, ann.id, bob.id, "回拨一件", MONDAY).duties == 1
    db.session.expire_all()
    assert [one.owner_id for one in (mine, anothers, done)] == [bob.id, None, ann.id]

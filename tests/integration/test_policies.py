"""Versions with a life: drafted, looked at, published by a second person, taken to the open clocks once."""

import datetime as dt
import threading

import pytest
from flask import Flask
from sqlalchemy import func, select

from sla.verify import verify
from tests.conftest import MONDAY, FrozenClock
from tests.support import policies as told
from tests.support.people import actor
from tests.support.requests import sent
from tests.support.times import local
from ticketing.domain.actors import Grant
from ticketing.domain.errors import Conflict, Invalid, NotAllowed
from ticketing.domain.vocabulary import ClockKind, Role
from ticketing.extensions import db, transaction
from ticketing.jobs import policies as jobs
from ticketing.models import (
    ClockEntry,
    HistoryEntry,
    Notice,
    OutboxEvent,
    PolicyDocument,
    PolicyEffect,
    PolicyRollout,
    Ticket,
    TicketClock,
)
from ticketing.services import foresight, handling, judging, policies, policy_texts, proof, province, rollout
from ticketing.services.history import Act

HARBIN, QIQIHAR = "230103", "230202"


def answer(one: Ticket) -> TicketClock:
    wanted = TicketClock.ticket_id == one.id, TicketClock.kind == ClockKind.ANSWER.value
    return db.session.scalars(select(TicketClock).where(*wanted)).one()


def kinds(one: Ticket) -> list[str]:
    wanted = select(ClockEntry.kind).where(ClockEntry.clock_id == answer(one).id)
    return list(db.session.scalars(wanted.order_by(ClockEntry.seq)))


def test_every_published_body_is_written_as_text_that_reads_back_to_it() -> None:
    for row in db.session.scalars(select(PolicyDocument).where(PolicyDocument.kind.in_(["calendar", "sla"]))):
        report = policy_texts.Report()
        file = policy_texts.parse_yaml(policy_texts.written(row.body), "x", report)
        assert file is not None
        assert policy_texts.document(row.kind, row.code, file, report).body == row.body


@pytest.mark.parametrize(
    ("kind", "old", "new", "line", "words"),
    [
        ("sla", "working_days: 5}", "weeks: 5}", 20, "limits.14.target.weeks: unknown key"),
        ("sla", "region: ['230100']", "region: ['999999']", 6, "999999 is not known"),
        ("sla", "to: [handler]", "to: [nobody]", 41, "nobody is not known"),
        ("calendar", "name: 元旦调休", "nam: 元旦调休", 8, "holidays.1"),
        ("calendar", "  - 2027-01-02", "  - 2027-01-05", 10, "no weekend day"),
        ("calendar", "version: cn-2027", "version: cn-2026", 1, "given twice"),
        ("calendar", "year: 2027", "year: [2027", 6, ""),
        ("calendar", "name: 元旦}", "name: &a 元旦, x: *a}", 7, "an alias"),
        ("calendar", "2027-01-01", "2027-02-30", 1, "day is out of range"),
        ("calendar", "year: 2027", "year: " + "[" * 20_000, 5, "nested too deeply"),
    ],
)
def test_mistakes_name_their_line(kind: str, old: str, new: str, line: int, words: str) -> None:
    text = told.YEAR_2027 if kind == "calendar" else told.policy_text()
    text = text.replace(
        "limits:\n", "limits:\n  - {clock: answer, when: {region: ['230100']}, target: {working_days: 9}}\n"
    )
    assert old in text
    [problem, *_] = policy_texts.read(kind, text.replace(old, new, 1), province.current()).problems
    assert words in problem.message
    assert problem.line == line


def test_a_policy_that_leaves_somebody_without_a_deadline_is_refused() -> None:
    text = told.policy_text(**{"type: [suggestion, report]": "type: suggestion"})
    [problem] = policy_texts.read("sla", text, province.current()).problems
    assert "no row gives answer for report" in problem.message


def test_the_author_publishes_nothing_of_their_own(people: told.Pair, clock: FrozenClock) -> None:
    one = told.looked_at("calendar", told.YEAR_2027, people, clock)
    with pytest.raises(NotAllowed):
        policies.publish(one, Act(people.author, clock.now), province.current(), seen=one.looked_at)
    handler = actor("handler", Grant(Role.HANDLER, "HRB-SWJ"))
    with pytest.raises(NotAllowed):
        policies.publish(one, Act(handler, clock.now), province.current(), seen=one.looked_at)
    assert "cn-2027" not in {notice.version for notice in province.current().calendars.notices}


def test_nothing_is_published_without_a_look_at_what_is_in_force(
    people: told.Pair, clock: FrozenClock
) -> None:
    one = policies.begin("calendar", told.YEAR_2027, Act(people.author, clock.now))
    with pytest.raises(Invalid):
        policies.publish(one, Act(people.second, clock.now), province.current(), seen=None)
    one = told.looked_at("calendar", told.YEAR_2027, people, clock)
    with pytest.raises(Conflict):
        policies.publish(
            one, Act(people.second, clock.now), province.current(), seen=MONDAY - dt.timedelta(1)
        )
    told.publish("calendar", told.FLOOD, people, clock)
    with pytest.raises(Invalid):
        policies.publish(one, Act(people.second, clock.now), province.current(), seen=one.looked_at)


def test_a_changed_text_forgets_what_was_foreseen(people: told.Pair, clock: FrozenClock) -> None:
    sent(type="help", region_code=HARBIN)
    one = told.looked_at("calendar", told.FLOOD, people, clock)
    assert one.moved > 0
    with pytest.raises(NotAllowed):
        policies.save(one, "version: x", Act(people.second, clock.now))
    policies.save(one, told.FLOOD.replace("06-10", "06-11"), Act(people.author, clock.now))
    assert (one.looked_at, one.moved) == (None, 0)
    assert db.session.scalar(select(func.count(PolicyEffect.id))) == 0


def test_a_look_whose_worker_died_is_taken_up_by_another(people: told.Pair, clock: FrozenClock) -> None:
    one = policies.begin("calendar", told.FLOOD, Act(people.author, clock.now))
    policies.ask_what_if(one, Act(people.author, clock.now), province.current())
    assert foresight.claim(clock.now) is not None  # and died
    assert foresight.claim(clock.forward(minutes=4)) is None
    db.session.commit()
    clock.forward(minutes=1)
    assert jobs.foresee() == 1
    assert policies.draft(one.id).looked_at == clock.now


def test_a_discarded_draft_stays_readable_and_ends(people: told.Pair, clock: FrozenClock) -> None:
    one = policies.begin("calendar", told.FLOOD, Act(people.author, clock.now))
    policies.discard(one, Act(people.second, clock.now))
    with pytest.raises(Invalid):
        policies.save(one, "", Act(people.author, clock.now))
    assert (one.state, one.text) == ("discarded", told.FLOOD)


def test_what_is_foreseen_is_what_is_done(people: told.Pair, clock: FrozenClock) -> None:
    mine = sent(type="help", region_code=HARBIN)
    sent(type="help", region_code=QIQIHAR)
    one = told.publish("calendar", told.FLOOD, people, clock)
    foreseen = {
        row.clock_id: row.due_at
        for row in db.session.execute(select(PolicyEffect.clock_id, PolicyEffect.due_at))
    }
    assert answer(mine).id in foreseen
    assert one.moved == len(foreseen)
    jobs.roll_out()
    db.session.expire_all()
    after = dict(map(tuple, db.session.execute(select(TicketClock.id, TicketClock.due_at))))
    assert {clock_id: after[clock_id] for clock_id in foreseen} == foreseen


def test_a_clock_that_cannot_be_read_stops_nobody_elses(people: told.Pair, clock: FrozenClock) -> None:
    lost, one = sent(type="help", region_code=HARBIN), sent(type="help", region_code=HARBIN)
    told.lose(lost, kind="resumed")
    before = answer(lost).due_at
    told.publish("calendar", told.FLOOD, people, clock)
    jobs.roll_out()
    clock.forward(minutes=2)
    jobs.roll_out()
    db.session.expire_all()
    assert "superseded" in kinds(one)
    assert (answer(lost).due_at, kinds(lost)) == (before, ["started", "resumed"])
    newest = select(PolicyRollout).order_by(PolicyRollout.id.desc()).limit(1)
    assert db.session.scalars(newest).one().finished_at is not None


def test_a_citys_overlay_moves_its_clocks_alone(people: told.Pair, clock: FrozenClock) -> None:
    here, there = sent(type="help", region_code=HARBIN), sent(type="help", region_code=QIQIHAR)
    nowhere = sent(type="help")
    before = [answer(one).due_at for one in (here, there)]
    told.publish("calendar", told.FLOOD, people, clock)
    jobs.roll_out()
    db.session.expire_all()
    assert before == [local("2020-06-15 17:00")] * 2
    assert [answer(one).due_at for one in (here, there)] == [local("2020-06-16 17:00"), before[1]]
    assert [kinds(one) for one in (here, there)] == [["started", "superseded"], ["started"]]
    assert "flood-2020" in answer(here).calendar_version
    later = sent(type="help", region_code=HARBIN)
    assert (answer(later).due_at, answer(later).entries) == (local("2020-06-16 17:00"), 1)
    assert answer(nowhere).due_at == answer(here).due_at  # the request names Nangang in its words


def test_a_recomputation_is_no_update_of_the_ticket(people: told.Pair, clock: FrozenClock) -> None:
    one = sent(type="help", region_code=HARBIN)
    db.session.commit()
    counted = [select(func.count()).select_from(table) for table in (HistoryEntry, OutboxEvent, Notice)]
    before = (one.version, one.history_seq, [db.session.scalar(count) for count in counted])
    due = one.due_at
    told.publish("calendar", told.FLOOD, people, clock)
    jobs.roll_out()
    db.session.expire_all()
    assert (one.version, one.history_seq, [db.session.scalar(count) for count in counted]) == before
    assert one.due_at == due  # the nearest is the acceptance, which falls due today
    assert (
        db.session.scalars(select(ClockEntry.actor).where(ClockEntry.kind == "superseded")).first()
        == "publisher先生"
    )


def test_the_nearest_due_time_of_the_lists_follows(people: told.Pair, clock: FrozenClock) -> None:
    one = sent(type="help", region_code=HARBIN)
    act = Act(actor("handler", Grant(Role.HANDLER, "HRB-SWJ")), clock.now)
    handling.accept(one, act)
    handling.contact(one, act, how="电话", whom="", text="联系了。")
    told.publish("calendar", told.FLOOD, people, clock)
    jobs.roll_out()
    db.session.expire_all()
    assert one.due_at == local("2020-06-16 17:00")


def test_cut_anywhere_and_run_again_ends_the_same(people: told.Pair, clock: FrozenClock) -> None:
    tickets = [sent(type="help", region_code=HARBIN) for _ in range(3)]
    told.publish("calendar", told.FLOOD, people, clock)
    assert rollout.step(clock.now, province.current(), size=4)
    db.session.commit()
    assert rollout.step(clock.now, province.current(), size=4)
    db.session.rollback()  # the worker died before it could commit
    jobs.roll_out()
    jobs.roll_out()
    db.session.expire_all()
    assert [kinds(one) for one in tickets] == [["started", "superseded"]] * 3
    row = db.session.scalars(select(PolicyRollout).order_by(PolicyRollout.id.desc())).first()
    assert row is not None
    assert (row.looked, row.whole, row.finished_at) == (row.whole, row.whole, None)
    clock.forward(minutes=2)
    jobs.roll_out()
    db.session.expire_all()
    assert row.finished_at == clock.now
    assert [kinds(one) for one in tickets] == [["started", "superseded"]] * 3


def test_who_began_a_clock_by_the_old_versions_is_reached_by_the_last_look(
    people: told.Pair, clock: FrozenClock
) -> None:
    before = province.current()
    told.publish("calendar", told.FLOOD, people, clock)
    jobs.roll_out()
    province.pretend(before)  # a transaction that had begun before the publication
    late = sent(type="help", region_code=HARBIN)
    province.forget()
    db.session.commit()
    assert answer(late).due_at == local("2020-06-15 17:00")
    clock.forward(minutes=1)
    jobs.roll_out()
    db.session.expire_all()
    assert answer(late).due_at == local("2020-06-16 17:00")


def test_a_policy_reaches_open_clocks_only_where_it_says_so(people: told.Pair, clock: FrozenClock) -> None:
    old = sent(type="help")
    longer = {"target: {working_days: 5}": "target: {working_days: 7}"}
    told.publish("sla", told.policy_text(**longer), people, clock)
    jobs.roll_out()
    new = sent(type="help")
    db.session.expire_all()
    assert [answer(one).due_at for one in (old, new)] == [
        local("2020-06-15 17:00"),
        local("2020-06-17 17:00"),
    ]
    told.publish("sla", told.policy_text(**{"limits:\n": "reaches_open: [answer]\nlimits:\n"}), people, clock)
    jobs.roll_out()
    db.session.expire_all()
    assert [answer(one).due_at for one in (old, new)] == [local("2020-06-17 17:00")] * 2
    assert kinds(old) == ["started", "superseded"]


def test_a_due_time_beyond_the_last_year_is_provisional_until_its_notice(
    people: told.Pair, clock: FrozenClock
) -> None:
    clock.now = local("2026-12-29 10:00")
    one, soon = sent(clock.now, type="help"), sent(clock.now, type="consultation")
    assert (answer(one).due_at, answer(one).provisional) == (local("2027-01-06 17:00"), True)
    told.publish("calendar", told.YEAR_2027, people, clock)
    jobs.roll_out()
    db.session.expire_all()
    assert (answer(one).due_at, answer(one).provisional) == (local("2027-01-06 17:00"), False)
    assert kinds(one) == ["started", "superseded"]
    assert (answer(soon).due_at, answer(soon).provisional) == (local("2027-01-02 17:00"), False)


def test_a_clock_that_stood_goes_on_by_what_was_published_meanwhile(
    people: told.Pair, clock: FrozenClock
) -> None:
    one = sent(type="help", region_code=HARBIN)
    act = Act(actor("handler", Grant(Role.HANDLER, "HRB-SWJ")), clock.now)
    handling.accept(one, act)
    handling.propose_answer(one, act, province.current(), result="solved", text="好了。", basis="")
    told.publish("calendar", told.FLOOD, people, clock)
    jobs.roll_out()
    db.session.expire_all()
    assert kinds(one) == ["started", "stopped"]
    requester = actor("operator", Grant(Role.OPERATOR))
    judging.contest(one, "没有解决。", Act(requester, clock.now), province.current())
    assert kinds(one)[-2:] == ["resumed", "superseded"]
    assert answer(one).due_at == local("2020-06-16 17:00")


def test_looking_reads_only_ledgers_that_would_change(
    people: told.Pair, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for region in (HARBIN, QIQIHAR, QIQIHAR):
        sent(type="help", region_code=region)
    read: list[int] = []
    replay = foresight.replay
    monkeypatch.setattr(foresight, "replay", lambda entries: read.append(1) or replay(entries))
    one = told.looked_at("calendar", told.FLOOD, people, clock)
    running = db.session.scalar(select(func.count(TicketClock.id)).where(TicketClock.stopped_at.is_(None)))
    assert one.clocks == running
    assert len(read) == running // 3


def test_what_was_applied_verifies_with_nothing_but_the_library(
    people: told.Pair, clock: FrozenClock
) -> None:
    sent(type="help", region_code=HARBIN)
    told.publish("calendar", told.FLOOD, people, clock)
    jobs.roll_out()
    found = list(verify(proof.export(clock.now)))
    assert (len(found) > 4, [one for clock in found for one in clock]) == (True, [])


def test_two_workers_and_a_person_at_once_leave_one_entry_each(committed: Flask, clock: FrozenClock) -> None:
    with transaction():
        tickets = [sent(type="help", region_code=HARBIN) for _ in range(4)]
    held = tickets[0].id
    told.publish("calendar", told.FLOOD, told.pair(), clock)
    with db.engine.connect() as person, person.begin():
        person.execute(select(Ticket.id).where(Ticket.id == held).with_for_update())
        workers = [threading.Thread(target=_work, args=(committed,)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    db.session.expire_all()
    assert [kinds(one)[1:] for one in tickets] == [[], *[["superseded"]] * 3]
    clock.forward(seconds=10)
    jobs.roll_out()
    db.session.expire_all()
    assert [kinds(one)[1:] for one in tickets] == [["superseded"]] * 4


def _work(app: Flask) -> None:
    with app.app_context():
        jobs.roll_out()
        db.session.remove()

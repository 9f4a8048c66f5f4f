"""The two-sided step and the closing of a case, each verb struck dead on its way: all of it happened, or nothing.

A helper process begins a child for each verb (a fork: nothing is loaded anew), which strikes itself: in the middle
of its statements, just before its commit, or just after. Then whoever got no answer does it again, as a person would.
"""

import datetime as dt
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import FrozenClock
from tests.faults.test_at_once import meanwhile
from tests.support.cases import Bridge, bridge, reread, sound, states
from tests.support.programs import Program, starting
from ticketing.domain.errors import DomainError
from ticketing.extensions import db, transaction
from ticketing.models import CaseEntry, CaseList, CaseRound, OutboxEvent
from ticketing.services import case_answer, case_two_sided, cases

Verb = Callable[[Bridge], None]

CHILD = """
import datetime, os, sys
from sqlalchemy import event
import config
from tests.support.cases import five, record, reread
from tests.support.forks import warm
from ticketing.app import create_app
from ticketing.extensions import db, transaction
from ticketing.services import case_answer, case_two_sided
case_id = int(sys.argv[1])
def strike(*_):
    if when != "never":
        os.kill(os.getpid(), 9)
def confirm(number, who):
    digest = case_two_sided.current_round(one.case, 4).digest
    case_two_sided.confirm(one.case, number, digest, one.act(who), one.province)
VERBS = {
    "draw": lambda: one.draw(),
    "enter wrong": lambda: one.enter(record(0, name="欧阳静按"), *five()[1:]),
    "enter": lambda: one.enter(),
    "confirm": lambda: confirm(4, "tenderer"),
    "settle": lambda: confirm(5, "operator"),
    "redraw": lambda: case_two_sided.redraw(one.case, 4, "busy", one.act("supervisor"), one.province),
    "award": lambda: one.to_award(),
    "lift": lambda: case_answer.lift_secrecy(one.case, "中标 2020-017", one.act("supervisor"), one.province),
    "answer": lambda: case_answer.answer(
        one.case, case_answer.OneAnswer("solved", "评标已完成。"), one.act("supervisor"), one.province),
}
def child():
    global one
    with app.app_context():
        one = reread(case_id, now)
        name = {"flush": "after_flush", "before": "before_commit"}.get(when, "after_commit")
        event.listen(db.session, name, strike)
        with transaction():
            VERBS[verb]()
app = warm(create_app(config.load(), clock=lambda: now))
for line in sys.stdin:
    now, verb, when = line.strip().split("|")
    now = datetime.datetime.fromisoformat(now)
    pid = os.fork()
    if pid == 0:
        try:
            child()
        except BaseException:
            os._exit(1)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
#: A case from the draw to its answer, with a dispute and a redraw on the way.
PATH = (
    "draw",
    "enter wrong",
    "enter",
    "confirm",
    "redraw",
    "draw",
    "enter",
    "confirm",
    "settle",
    "award",
    "lift",
    "answer",
)
#: What is refused when it is done already; a list may be handed in again until it is confirmed.
ONCE = frozenset({"confirm", "settle", "award", "lift", "answer"})


class Striker:
    """Does verbs in processes of their own, on one database."""

    def __init__(self, case_id: int, helper: Program) -> None:
        self.case_id, self.now = case_id, dt.datetime(2020, 6, 8, 3, 0, tzinfo=dt.UTC)
        self.helper = helper

    def do(self, verb: str, when: str) -> int:
        """Do a verb in a child; return how it ended."""
        self.now += dt.timedelta(minutes=1)
        return int(self.helper.asked(f"{self.now.isoformat()}|{verb}|{when}"))

    def seen(self) -> tuple[object, ...]:
        """Return what a half-done verb would change; check that the case is sound."""
        db.session.rollback()
        db.session.expire_all()
        one = reread(self.case_id, self.now)
        sound(one)
        models = (CaseEntry, CaseList, CaseRound, OutboxEvent)
        counted = [db.session.scalar(select(func.count()).select_from(model)) for model in models]
        return (one.case.state, one.case.log_seq, one.case.log_hash, one.case.secrecy_lifted_at, *counted)


@pytest.fixture
def striker(committed: Flask, clock: FrozenClock, tmp_path: Path) -> Iterator[Striker]:
    with transaction():
        case_id = bridge().case.id
    for start in starting(committed, tmp_path):
        yield Striker(case_id, start("-c", CHILD, str(case_id)))


@pytest.mark.parametrize("when", ["flush", "before"])
def test_struck_before_its_commit_nothing_happened_and_it_can_be_done_again(
    striker: Striker, when: str
) -> None:
    for verb in PATH:
        before = striker.seen()
        assert striker.do(verb, when) == -signal.SIGKILL, verb
        assert striker.seen() == before, verb
        assert striker.do(verb, "never") == 0, verb
    assert striker.seen()[0] == "closed"


def test_struck_after_its_commit_it_happened_once_and_is_not_done_twice(striker: Striker) -> None:
    for verb in PATH:
        before = striker.seen()
        assert striker.do(verb, "after") == -signal.SIGKILL, verb
        done = striker.seen()
        assert done != before, verb
        if verb in ONCE:
            assert striker.do(verb, "never") == 1, verb
            assert striker.seen() == done, verb
    assert striker.seen()[0] == "closed"


def at_once(app: Flask, case_id: int, now: dt.datetime, ours: Verb, theirs: Verb) -> object:
    """Do ours, hold it before its commit until theirs stands in the queue; return what theirs came to."""

    def other() -> str:
        cases.locked(case_id)
        try:
            theirs(reread(case_id, now))
        except DomainError as refused:
            db.session.rollback()
            return type(refused).__name__
        return "done"

    cases.locked(case_id)
    ours(reread(case_id, now))
    db.session.flush()
    outcome = meanwhile(app, other)()
    db.session.expire_all()
    sound(reread(case_id, now))
    return outcome


def confirm(number: int, who: str) -> Verb:
    def verb(one: Bridge) -> None:
        digest = case_two_sided.current_round(one.case, 4).digest or ""
        case_two_sided.confirm(one.case, number, digest, one.act(who), one.province)

    return verb


def redraw(one: Bridge) -> None:
    case_two_sided.redraw(one.case, 4, "busy", one.act("supervisor"), one.province)


def test_two_at_once_at_every_turn_of_the_two_sided_step(committed: Flask, clock: FrozenClock) -> None:
    with transaction():
        one = bridge()
        case_id, now = one.case.id, one.now
    later = now + dt.timedelta(hours=1)
    assert at_once(committed, case_id, later, Bridge.draw, Bridge.enter) == "done"
    assert states(reread(case_id, later).case)[4] == "matched"
    assert at_once(committed, case_id, later, redraw, confirm(4, "tenderer")) == "WrongCaseState"
    assert at_once(committed, case_id, later, Bridge.draw, Bridge.draw) == "done"
    assert at_once(committed, case_id, later, Bridge.enter, Bridge.enter) == "WrongCaseState"
    assert states(reread(case_id, later).case)[5] == "matched"
    assert at_once(committed, case_id, later, confirm(4, "tenderer"), confirm(4, "tenderer")) == "Invalid"
    assert (
        at_once(committed, case_id, later, confirm(5, "operator"), confirm(5, "operator")) == "WrongCaseState"
    )
    with transaction():
        last = reread(case_id, later)
        last.to_award()
        case_answer.lift_secrecy(last.case, "中标", last.act("supervisor"), last.province)
    said = case_answer.OneAnswer("solved", "评标已完成。")

    def answer(one: Bridge) -> None:
        case_answer.answer(one.case, said, one.act("supervisor", hours=2), one.province)

    assert at_once(committed, case_id, later, answer, answer) == "WrongCaseState"

"""Ledgers: what may follow what, a contest as a pause, extension once, shares that add up."""

import datetime as dt
from itertools import pairwise

import pytest

from sla.calendar import Calendar
from sla.instants import ZONE
from sla.ladder import key, next_step, rearmed, steps
from sla.ledger import Entry, Kind, LedgerError, evaluate, follow, parts, replay
from sla.policy import Policy, Segment
from sla.rungs import ClockKind
from sla.shares import rest_target
from sla.values import Target, Unit

FIVE = Target(Unit.WORKING_DAYS, 5)
MONDAY = dt.datetime(2020, 6, 8, 10, 0, tzinfo=ZONE)


def hour(n: float) -> dt.datetime:
    return MONDAY + dt.timedelta(hours=n)


def entry(kind: Kind, at: float, target: Target | None = None, **more: object) -> Entry:
    return Entry(kind, hour(at), "王敏", target=target, **more)  # type: ignore[arg-type]


START = entry(Kind.STARTED, 0, FIVE, holder="A")


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [entry(Kind.PAUSED, 1)],
        [START, entry(Kind.STARTED, 1, FIVE)],
        [START, entry(Kind.RESUMED, 1)],
        [START, entry(Kind.PAUSED, 2), entry(Kind.PAUSED, 3)],
        [START, entry(Kind.PAUSED, 2), entry(Kind.RESUMED, 1)],
        [START, entry(Kind.STOPPED, 1), entry(Kind.STOPPED, 2)],
        [START, entry(Kind.STOPPED, 1), entry(Kind.EXTENDED, 2, FIVE)],
        [START, entry(Kind.EXTENDED, 1, Target(Unit.WORKING_DAYS, 6))],
        [START, entry(Kind.EXTENDED, 1, Target(Unit.MINUTES, 1))],
        [START, entry(Kind.EXTENDED, 1, FIVE), entry(Kind.EXTENDED, 2, FIVE)],
        [START, entry(Kind.HANDED_OVER, 1)],
        [START, entry(Kind.SUPERSEDED, 1, FIVE, due_version=2)],
    ],
)
def test_what_cannot_follow_is_refused(lines: list[Entry]) -> None:
    with pytest.raises(LedgerError):
        replay(lines)


def test_a_contest_makes_the_time_since_the_answer_a_pause(calendar: Calendar) -> None:
    state = replay([START, entry(Kind.STOPPED, 24), entry(Kind.RESUMED, 48)])
    assert (state.cycle, state.stopped_at) == (1, None)
    assert [(p.start, p.end) for p in state.pauses] == [(hour(24), hour(48))]
    assert state.stops == (hour(24),)
    assert evaluate(state, calendar, hour(48)).due == hour(24 * 8 + 7)


def test_an_extension_counts_from_the_same_start(calendar: Calendar) -> None:
    state = replay([START, entry(Kind.EXTENDED, 5, Target(Unit.WORKING_DAYS, 3))])
    assert evaluate(state, calendar, hour(5)).due == dt.datetime(2020, 6, 18, 17, 0, tzinfo=ZONE)


def test_in_time_is_up_to_the_due_second(calendar: Calendar) -> None:
    due = evaluate(replay([START]), calendar, hour(0)).due
    assert due is not None
    stopped = follow(replay([START]), Entry(Kind.STOPPED, due, "x"))
    late = follow(replay([START]), Entry(Kind.STOPPED, due + dt.timedelta(seconds=1), "x"))
    assert not evaluate(stopped, calendar, hour(999)).breached
    assert evaluate(late, calendar, hour(999)).breached


def test_the_parts_of_the_holders_add_up(calendar: Calendar) -> None:
    lines = [START, entry(Kind.HANDED_OVER, 3, holder="B"), entry(Kind.PAUSED, 6), entry(Kind.RESUMED, 30),
             entry(Kind.HANDED_OVER, 50, holder="C"), entry(Kind.STOPPED, 73)]  # fmt: skip
    state = replay(lines)
    shares = parts(state, calendar, hour(99))
    assert [one.holder for one in shares] == ["A", "B", "C"]
    assert all(one.until == two.since for one, two in pairwise(shares))
    [whole] = parts(replay([line for line in lines if line.kind is not Kind.HANDED_OVER]), calendar, hour(99))
    assert sum(one.seconds for one in shares) == whole.seconds


def test_rungs_come_in_order_and_wait_for_a_pause(calendar: Calendar, policy: Policy) -> None:
    rungs = policy.rungs(ClockKind.ANSWER, FIVE)
    moments = [step.moment for step in steps(rungs, calendar, replay([START]))]
    assert len(moments) == 6
    assert moments == sorted(moments)
    paused = replay([START, entry(Kind.PAUSED, 1)])
    assert next_step(rungs, calendar, paused) is None


def test_a_moved_due_time_never_repeats_what_came_before_due(policy: Policy) -> None:
    rungs = policy.rungs(ClockKind.ANSWER, FIVE)
    assert rearmed(rungs, passed=4, due_version=0, new_due=hour(500), now=hour(200)) == (2, 1)
    assert rearmed(rungs, passed=1, due_version=0, new_due=hour(500), now=hour(2)) == (1, 1)
    assert rearmed(rungs, passed=4, due_version=0, new_due=hour(100), now=hour(200)) == (4, 0)


def test_rungs_before_due_have_one_key_for_all_due_versions(calendar: Calendar, policy: Policy) -> None:
    state = replay([START, entry(Kind.SUPERSEDED, 1, Target(Unit.WORKING_DAYS, 9), due_version=1)])
    versions = [key(rung, state).due_version for rung in policy.rungs(ClockKind.ANSWER, FIVE)]
    assert versions == [0, 0, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("urgency", "kind", "target"),
    [
        ("critical", "complaint", Target(Unit.MINUTES, 1440)),
        ("pressing", "complaint", Target(Unit.WORKING_DAYS, 3)),
        ("normal", "complaint", Target(Unit.WORKING_DAYS, 10)),
        ("normal", "help", Target(Unit.WORKING_DAYS, 5)),
        ("normal", "consultation", Target(Unit.WORKING_DAYS, 3)),
        ("normal", "report", Target(Unit.WORKING_DAYS, 15)),
    ],
)
def test_the_limits_of_the_default_policy(policy: Policy, urgency: str, kind: str, target: Target) -> None:
    assert policy.target(ClockKind.ANSWER, Segment(kind, urgency)) == target


def test_a_share_is_what_the_promise_has_left_and_never_nothing(calendar: Calendar, policy: Policy) -> None:
    limit = policy.limit(ClockKind.SHARE, Segment("help", "normal"))
    assert limit is not None
    assert rest_target(limit, calendar, replay([START]), hour(24)) == Target(Unit.WORKING_DAYS, 4)
    assert rest_target(limit, calendar, replay([START]), hour(24 * 30)) == Target(Unit.WORKING_DAYS, 1)

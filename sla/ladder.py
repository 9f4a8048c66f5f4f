"""When the rungs of a clock come, which one is next, and which are armed anew when a due time moves."""

from dataclasses import dataclass
from datetime import datetime

from sla.calendar import Calendar
from sla.course import Course
from sla.ledger import ClockState
from sla.rungs import DUE, Rung


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of a clock, its place in the ladder and its moment."""

    index: int
    rung: Rung
    moment: datetime


@dataclass(frozen=True, slots=True)
class FiringKey:
    """What makes a firing unique within a clock: once each, whatever crashes or runs twice (section 4)."""

    cycle: int
    rung: str
    due_version: int


def key(rung: Rung, state: ClockState) -> FiringKey:
    """Return the key of a rung fired now; rungs before due keep version 0: a moved due never repeats them."""
    return FiringKey(state.cycle, rung.code, 0 if rung.before_due else state.due_version)


def moment_of(rung: Rung, course: Course) -> datetime | None:
    """Return when a rung comes, or None while an open pause holds it off."""
    if rung.percent < DUE:
        return course.at(rung.percent)
    return course.due if rung.offset is None else course.past(rung.offset)


def steps(rungs: tuple[Rung, ...], calendar: Calendar, state: ClockState) -> list[Step]:
    """Return all rungs that have a moment, in order; an import records the past ones as missed."""
    course = state.course(calendar)
    found = [_step(rungs, index, course, state) for index in range(len(rungs))]
    return [step for step in found if step is not None]


def next_step(
    rungs: tuple[Rung, ...], calendar: Calendar, state: ClockState, *, passed: int = 0
) -> Step | None:
    """Return the first rung still to come, `passed` being how many are done; None when none is left.

    A stopped clock has none. A paused one has those that came before the pause: ask again when it resumes.
    """
    return next_on(rungs, state.course(calendar), state, passed=passed)


def next_on(rungs: tuple[Rung, ...], course: Course, state: ClockState, *, passed: int) -> Step | None:
    """Return the same for who has worked out the course of the state already."""
    if state.stopped_at is not None:
        return None
    for index in range(passed, len(rungs)):
        step = _step(rungs, index, course, state)
        if step is not None:
            return step
    return None


def rearmed(
    rungs: tuple[Rung, ...], *, passed: int, due_version: int, new_due: datetime | None, now: datetime
) -> tuple[int, int]:
    """Return (passed, due_version) after a due time moved by an extension, a calendar or a policy.

    Where the new due time lies in the future (or is held off by a pause) the due rung and those after it are
    armed anew under the next version. Where it lies in the past nothing changes. Rungs before due stay as
    they are either way.
    """
    if new_due is not None and new_due <= now:
        return passed, due_version
    below = sum(rung.before_due for rung in rungs)
    return min(passed, below), due_version + 1


def _step(rungs: tuple[Rung, ...], index: int, course: Course, state: ClockState) -> Step | None:
    """Return the step, or None: held off, or behind the contest that began this cycle."""
    moment = moment_of(rungs[index], course)
    if moment is None or (state.cycle_since is not None and moment < state.cycle_since):
        return None
    return Step(index, rungs[index], moment)

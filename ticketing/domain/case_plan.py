"""The plan of a case as arithmetic: when each step can begin and end, which steps decide the end, what is too long.

Pure: steps in, a schedule out. A step begins when all that it depends on has ended; its own time runs by `sla`
from there, or it ends at the hour that was agreed.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sla.arithmetic import due
from sla.calendar import Calendar
from sla.values import Target
from ticketing.domain.clock import local
from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_


@dataclass(frozen=True)
class PlanStep:
    """A step as the plan sees it: `time` is its own target, or the instant agreed; `ended_at` where it is settled."""

    number: int
    time: Target | dt.datetime
    depends_on: tuple[int, ...] = ()
    begun_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None


@dataclass(frozen=True)
class Slot:
    """From when to when a step runs, and which step it waited for last."""

    begin: dt.datetime
    end: dt.datetime
    after: int | None


@dataclass(frozen=True)
class Schedule:
    """All slots, the end of the whole, and the chain of steps that decides it."""

    slots: Mapping[int, Slot]
    finish: dt.datetime
    critical: tuple[int, ...]

    def path(self) -> str:
        """Return the critical path for people: each step's number with the end of its time."""
        return " → ".join(f"{n}（{local(self.slots[n].end):%m-%d %H:%M}）" for n in self.critical)


class PlanTooLong(Invalid):
    """A plan that cannot meet its limit; `schedule` shows why."""

    def __init__(self, schedule: Schedule, limit: dt.datetime) -> None:
        super().__init__(
            N_("按这个方案要到 %(finish)s 才能完成，超过时限 %(limit)s。决定工期的环节：%(path)s。"),
            field="plan",
            finish=f"{local(schedule.finish):%Y-%m-%d %H:%M}",
            limit=f"{local(limit):%Y-%m-%d %H:%M}",
            path=schedule.path(),
        )
        self.schedule = schedule


def circle(depends: Mapping[int, Sequence[int]]) -> tuple[int, ...] | None:
    """Return a circle of steps that wait for each other, the first one repeated at its end; None without one."""
    done: set[int] = set()
    for first in depends:
        trail: list[int] = []
        if found := _walk(first, depends, done, trail):
            return found
    return None


def _walk(
    number: int, depends: Mapping[int, Sequence[int]], done: set[int], trail: list[int]
) -> tuple[int, ...] | None:
    if number in done:
        return None
    if number in trail:
        return (*trail[trail.index(number) :], number)
    trail.append(number)
    for other in depends.get(number, ()):
        if found := _walk(other, depends, done, trail):
            return found
    trail.pop()
    done.add(number)
    return None


def check_order(depends: Mapping[int, Sequence[int]]) -> None:
    """Refuse a step that waits for one that is not there, and circles.

    Raises:
        Invalid: field `depends_on`, naming the steps.
    """
    for number, others in depends.items():
        if unknown := [str(other) for other in others if other not in depends]:
            raise Invalid(
                N_("第 %(number)s 个环节所等待的环节不存在：%(unknown)s。"),
                field="depends_on", number=number, unknown="、".join(unknown),
            )  # fmt: skip
    if found := circle(depends):
        raise Invalid(
            N_("环节互相等待，永远不能开始：%(circle)s。"),
            field="depends_on", circle=" → ".join(map(str, found)),
        )  # fmt: skip


def schedule(steps: Sequence[PlanStep], *, start: dt.datetime, calendar: Calendar) -> Schedule:
    """Return when everything happens if each owner uses its whole time.

    An hour agreed before its step can begin is taken as the moment at which it can: `check_hours` refuses it.

    Raises:
        Invalid: circles or unknown steps.
    """
    check_order({step.number: step.depends_on for step in steps})
    by_number = {step.number: step for step in steps}
    slots: dict[int, Slot] = {}
    for step in steps:
        _place(step, by_number, slots, start=start, calendar=calendar)
    finish = max((slot.end for slot in slots.values()), default=start)
    return Schedule(slots, finish, _critical(slots))


def _place(
    step: PlanStep,
    by_number: Mapping[int, PlanStep],
    slots: dict[int, Slot],
    *,
    start: dt.datetime,
    calendar: Calendar,
) -> Slot:
    """Give a step its slot, those that it waits for first; the order has no circles."""
    if step.number in slots:
        return slots[step.number]
    before = [
        (_place(by_number[n], by_number, slots, start=start, calendar=calendar).end, n)
        for n in step.depends_on
    ]
    ready, after = max(before, default=(start, None))
    begin = step.begun_at or max(ready, start)
    slots[step.number] = Slot(begin, step.ended_at or _end(step, begin, calendar), after)
    return slots[step.number]


def _end(step: PlanStep, begin: dt.datetime, calendar: Calendar) -> dt.datetime:
    if isinstance(step.time, Target):
        return due(calendar, begin, step.time) or begin
    return max(step.time, begin)


def check_hours(plan: Schedule, steps: Sequence[PlanStep]) -> None:
    """Refuse an hour agreed before its step can begin.

    Raises:
        Invalid: field `plan`, naming the step and the earliest hour.
    """
    for step in steps:
        begin = plan.slots[step.number].begin
        if isinstance(step.time, dt.datetime) and step.begun_at is None and step.time < begin:
            raise Invalid(
                N_("第 %(number)s 个环节约定在 %(agreed)s，而它最早要到 %(begin)s 才能开始。"),
                field="plan",
                number=step.number,
                agreed=f"{local(step.time):%Y-%m-%d %H:%M}",
                begin=f"{local(begin):%Y-%m-%d %H:%M}",
            )


def _critical(slots: Mapping[int, Slot]) -> tuple[int, ...]:
    """Walk back from the step that ends last along what each waited for last."""
    if not slots:
        return ()
    path: list[int] = []
    at: int | None = max(slots, key=lambda number: (slots[number].end, number))
    while at is not None:
        path.append(at)
        at = slots[at].after
    return tuple(reversed(path))


def check_limit(plan: Schedule, limit: dt.datetime | None) -> None:
    """Refuse a plan that ends after its limit; a case without one (an accompanied project) runs on.

    Raises:
        PlanTooLong: with the critical path.
    """
    if limit is not None and plan.finish > limit:
        raise PlanTooLong(plan, limit)

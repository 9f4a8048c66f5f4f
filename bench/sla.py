"""Due time and next rung for many clocks: `make bench-sla` (SLA_CLOCKS=200000).

The same rows of ledgers go through `sla` (entries, replay, derive) and through one plain loop written for speed alone:
integers, a day table made beforehand, the three units and the ladder inline, no checks. Both must give the same due time
and rung for every clock, or the bench ends with the first that differs. What PyPI offers is timed on what it can do:
due times of working days (`numpy.busday_offset`, all clocks at once, no pauses) and of working minutes
(`businesstimedelta`, no pauses).
"""

import datetime as dt
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import businesstimedelta
import numpy as np
import pytz
import yaml

from sla.calendar import Calendar
from sla.derived import derive
from sla.instants import DAY, EPOCH, ZONE, day_of
from sla.ledger import KINDS, Entry, replay
from sla.policy import Policy
from sla.rungs import ClockKind
from sla.values import UNITS, Target, Unit

CLOCKS = int(os.environ.get("SLA_CLOCKS", "200000"))
ROOT = Path(__file__).resolve().parent.parent
PACK = ROOT / "provinces" / "heilongjiang"
FIRST = dt.datetime(2019, 1, 2, tzinfo=ZONE)
#: Of each hundred clocks: working days, working minutes, round the clock.
MIX = (
    (70, Unit.WORKING_DAYS, (3, 5, 10, 15)),
    (85, Unit.WORKING_MINUTES, (240,)),
    (100, Unit.MINUTES, (120, 1440)),
)
SMALL = 5_000
Answer = tuple[dt.datetime | None, dt.datetime | None]


@dataclass(frozen=True)
class Line:
    """A row as the database gives it."""

    kind: str
    at: dt.datetime
    unit: str
    amount: int


def main() -> None:
    """Make the rows, run both, compare, tell."""
    calendar, policy = read()
    ledgers = rows(CLOCKS)
    ours, took = timed(lambda: through_sla(ledgers, calendar, policy))
    plain, floor = timed(lambda: through_a_loop(ledgers, calendar, policy))
    for place, (one, other) in enumerate(zip(ours, plain, strict=True)):
        if one != other:
            raise SystemExit(f"clock {place} differs: {one} and {other}: {ledgers[place]}")
    million = 1_000_000 / CLOCKS
    print(f"{CLOCKS} clocks, {sum(map(len, ledgers))} entries; due time and next rung, seconds per million:")
    print(f"  sla                       {took * million:8.1f}")
    print(
        f"  plain loop, day table     {floor * million:8.1f}   sla is {took / floor:.1f} times this (target 3)"
    )
    libraries(calendar)


def read() -> tuple[Calendar, Policy]:
    """Return the pack's calendar and policy."""
    notices = [yaml.safe_load(one.read_text()) for one in sorted((PACK / "calendar").glob("*.yaml"))]
    notices.sort(key=lambda body: str(body["published_on"]))
    return Calendar.from_documents(notices), Policy.from_document(
        yaml.safe_load(next((PACK / "sla").glob("*.yaml")).read_text())
    )


def rows(count: int) -> list[list[Line]]:
    """Return ledgers as they come: most only started, some paused and resumed, a few paused now."""
    chance = random.Random(3)
    found = []
    for _ in range(count):
        at = FIRST + dt.timedelta(seconds=chance.randrange(6 * 365 * DAY))
        share = chance.randrange(100)
        unit, amounts = next((unit, amounts) for most, unit, amounts in MIX if share < most)
        lines = [Line("started", at, unit.value, chance.choice(amounts))]
        for _ in range(chance.choice((0, 0, 0, 1, 1, 2))):
            for kind in ("paused", "resumed"):
                at += dt.timedelta(seconds=chance.randrange(3 * DAY))
                lines.append(Line(kind, at, "", 0))
        if chance.random() < 0.05:
            lines.append(Line("paused", at + dt.timedelta(hours=3), "", 0))
        found.append(lines)
    return found


def timed(run: Callable[[], list[Answer]]) -> tuple[list[Answer], float]:
    """Return what a run gave and the least of three times on the processor: the machine is never quite alone."""
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        answers = run()
        best = min(best, time.process_time() - began)
    return answers, best


def through_sla(ledgers: Sequence[Sequence[Line]], calendar: Calendar, policy: Policy) -> list[Answer]:
    """The product's own way from rows to what indexes keep."""
    answers = []
    for lines in ledgers:
        state = replay([_entry(line) for line in lines])
        rungs = policy.rungs(ClockKind.ANSWER, state.target)
        row = derive(state, calendar, rungs, passed=0)
        answers.append((row.due_at, row.next_rung_at))
    return answers


def _entry(line: Line) -> Entry:
    target = Target(UNITS[line.unit], line.amount) if line.unit else None
    return Entry(KINDS[line.kind], line.at, "x", target=target, policy="p", calendar="c")


def through_a_loop(ledgers: Sequence[Sequence[Line]], calendar: Calendar, policy: Policy) -> list[Answer]:
    """The floor: the same answers by integers alone."""
    table = Table(calendar)
    halves = {unit: policy.rungs(ClockKind.ANSWER, Target(unit, 2))[0].percent for _, unit, _ in MIX}
    answers: list[Answer] = []
    for lines in ledgers:
        first = lines[0]
        gap = first.at - EPOCH
        start = gap.days * DAY + gap.seconds
        pauses, since = [], None
        for line in lines[1:]:
            gap = line.at - EPOCH
            second = gap.days * DAY + gap.seconds
            if line.kind == "paused":
                since = second
            else:
                pauses.append((since, second))
                since = None
        if since is not None:
            pauses.append((since, None))
        due, rung = table.reckon(first.unit, start, first.amount, pauses, halves[Unit(first.unit)])
        answers.append(
            (
                None if due is None else EPOCH + dt.timedelta(seconds=due),
                None if rung is None else EPOCH + dt.timedelta(seconds=rung),
            )
        )
    return answers


class Table:
    """Days as a list: how many were worked before each, and which they are."""

    def __init__(self, calendar: Calendar) -> None:
        self.base = 17_000
        self.flags = [calendar.works(day) for day in range(self.base, self.base + 4000)]
        self.before = [0]
        for flag in self.flags:
            self.before.append(self.before[-1] + flag)
        self.days = [day for day, flag in enumerate(self.flags, start=self.base) if flag]

    def reckon(
        self, unit: str, start: int, amount: int, pauses: list[tuple[int, int | None]], percent: int
    ) -> tuple[int | None, int | None]:
        """Return the due time and the first rung."""
        if unit == "minutes":
            whole = amount * 60
            share = -(-whole * percent // 100)
            return self.passed(start, whole, pauses), self.passed(start, share, pauses)
        if unit == "working_minutes":
            whole = amount * 60
            share = -(-whole * percent // 100)
            return self.worked(start, whole, pauses), self.worked(start, share, pauses)
        full, rest = divmod(amount * percent, 100)
        rung = self.closes(start, full + (rest > 0), pauses)
        if rest and rung is not None:
            into = -(-23_400 * rest // 100)
            morning = rung // DAY * DAY
            second = self.worked(morning, into, pauses)
            rung = rung if second is None else min(second, rung)
        return self.closes(start, amount, pauses), rung

    def closes(self, start: int, amount: int, pauses: list[tuple[int, int | None]]) -> int | None:
        """Working days."""
        origin = self.before[start // DAY - self.base + 1]
        goal = origin + amount
        for begin, end in pauses:
            day = begin // DAY - self.base
            count = max(self.before[day] + (begin % DAY >= 61_200 and self.flags[day]), origin)
            if count >= goal:
                break
            if end is None:
                return None
            last = (end - 1) // DAY - self.base
            goal += max(0, self.before[last] + ((end - 1) % DAY >= 61_200 and self.flags[last]) - count)
        return self.days[goal - 1] * DAY + 61_200

    def seconds(self, second: int) -> int:
        """Working seconds up to an instant."""
        day, into = second // DAY - self.base, second % DAY
        total = self.before[day] * 23_400
        if self.flags[day]:
            total += min(max(into - 30_600, 0), 10_800) + min(max(into - 48_600, 0), 12_600)
        return total

    def worked(self, start: int, amount: int, pauses: list[tuple[int, int | None]]) -> int | None:
        """Working minutes."""
        origin = self.seconds(start)
        goal = origin + amount
        for begin, end in pauses:
            count = max(self.seconds(begin), origin)
            if count >= goal:
                break
            if end is None:
                return None
            goal += max(0, self.seconds(end) - count)
        day, rest = divmod(goal - 1, 23_400)
        into = 30_600 + rest + 1 if rest < 10_800 else 48_600 + rest + 1 - 10_800
        return self.days[day] * DAY + into

    def passed(self, start: int, amount: int, pauses: list[tuple[int, int | None]]) -> int | None:
        """Minutes around the clock."""
        goal = start + amount
        for begin, end in pauses:
            count = max(begin, start)
            if count >= goal:
                break
            if end is None:
                return None
            goal += max(0, end - count)
        return goal


def libraries(calendar: Calendar) -> None:
    """Time what PyPI offers on the part that it can do, and say where it is wrong."""
    chance = random.Random(5)
    starts = [FIRST.date() + dt.timedelta(days=chance.randrange(6 * 365)) for _ in range(CLOCKS)]
    days = np.array(starts, dtype="datetime64[D]")
    flags = {day: calendar.works(day) for day in range(17_000, 21_000)}
    holidays = np.array([day_of(day) for day, flag in flags.items() if not flag], dtype="datetime64[D]")
    began = time.process_time()
    week = np.busday_offset(np.busday_offset(days, 0, roll="backward", weekmask="1111111", holidays=holidays), 5,
                            weekmask="1111111", holidays=holidays)  # fmt: skip
    took = time.process_time() - began
    million = 1_000_000 / CLOCKS
    print(
        f"  numpy.busday_offset       {took * million:8.1f}   all at once; 5 working days, due day alone, no pauses, no rungs;"
    )
    print(
        "                                       make-up days only by listing every day off and calling the week all worked"
    )
    assert week.shape == days.shape
    zone = pytz.timezone("Asia/Shanghai")
    work = [businesstimedelta.WorkDayRule(start_time=begin, end_time=end, working_days=[0, 1, 2, 3, 4], tz=zone)
            for begin, end in ((dt.time(8, 30), dt.time(11, 30)), (dt.time(13, 30), dt.time(17)))]  # fmt: skip
    rules = businesstimedelta.Rules([*work])
    few = starts[:SMALL]
    began = time.process_time()
    for day in few:
        zone.localize(dt.datetime.combine(day, dt.time(9))) + businesstimedelta.BusinessTimeDelta(
            rules, hours=4
        )
    took = time.process_time() - began
    print(
        f"  businesstimedelta         {took * 1_000_000 / len(few):8.1f}   240 working minutes; knows no make-up days, no pauses, no rungs"
    )


if __name__ == "__main__":
    main()

"""What must hold of every clock, and a slow second reckoning that is right by looking at it.

`Slow` steps from minute to minute, or from day to day, and counts: no table, no running sum, no formula of the
library's. It knows of the calendar only which days are worked.
"""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.arithmetic import due, elapsed, moment_at, remaining
from sla.calendar import Calendar
from sla.derived import derive
from sla.instants import ZONE
from sla.ledger import ClockState, Entry, Handing, Kind, follow, parts, replay
from sla.policy import Policy
from sla.rungs import ClockKind
from sla.values import Pause, Target, Unit

DAYS, WORKED, MINUTES = Unit.WORKING_DAYS, Unit.WORKING_MINUTES, Unit.MINUTES
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
CLOSE = dt.time(17)
WORK = ((dt.time(8, 30), dt.time(11, 30)), (dt.time(13, 30), CLOSE))


class Slow:
    """The rules of domain section 5, counted on the fingers."""

    def __init__(self, calendar: Calendar, pauses: Sequence[Pause]) -> None:
        self.calendar, self.pauses = calendar, pauses

    def paused(self, moment: dt.datetime) -> bool:
        """A pause holds from its first moment to just before its end."""
        return any(one.start <= moment and (one.end is None or moment < one.end) for one in self.pauses)

    def lost(self, close: dt.datetime) -> bool:
        """A day is lost where pauses cover its close from before until after; touching ones are one."""
        joined = False
        for begin, end in self._joined():
            joined |= begin < close and (end is None or close < end)
        return joined

    def _joined(self) -> list[tuple[dt.datetime, dt.datetime | None]]:
        found: list[tuple[dt.datetime, dt.datetime | None]] = []
        for one in sorted(self.pauses, key=lambda pause: pause.start):
            if one.start == one.end:
                continue
            if found and (found[-1][1] is None or one.start <= found[-1][1]):
                ends = (found[-1][1], one.end)
                found[-1] = (found[-1][0], None if None in ends else max(ends))
            else:
                found.append((one.start, one.end))
        return found

    def minute_counts(self, minute: dt.datetime, unit: Unit) -> bool:
        """Whether the minute that begins here passes."""
        if self.paused(minute):
            return False
        if unit is MINUTES:
            return True
        inside = any(begin <= minute.time() < end for begin, end in WORK)
        return inside and self.calendar.is_working_day(minute.date())

    def close_counts(self, day: dt.date) -> bool:
        """Whether the close of this day is counted."""
        return self.calendar.is_working_day(day) and not self.lost(dt.datetime.combine(day, CLOSE, ZONE))

    def due(self, start: dt.datetime, target: Target) -> dt.datetime | None:
        """Return when the target is used up; None where an open pause never lets it."""
        counted, horizon = 0, start + dt.timedelta(days=120)
        step, moment = (DAY, start + DAY) if target.unit is DAYS else (MINUTE, start)
        while moment < horizon:
            if target.unit is DAYS:
                counted += self.close_counts(moment.date())
                end = dt.datetime.combine(moment.date(), CLOSE, ZONE)
            else:
                counted += self.minute_counts(moment, target.unit)
                end = moment + MINUTE
            if counted == target.amount:
                return end
            moment += step
        return None

    def elapsed(self, start: dt.datetime, unit: Unit, now: dt.datetime) -> int:
        """Return how many closes, or seconds, have been counted."""
        if unit is DAYS:
            days = ((start + DAY * n).date() for n in range(1, (now - start).days + 3))
            return sum(self.close_counts(day) for day in days if dt.datetime.combine(day, CLOSE, ZONE) <= now)
        minutes = int((now - start) / MINUTE)
        return 60 * sum(self.minute_counts(start + MINUTE * n, unit) for n in range(minutes))


minutes = st.datetimes(dt.datetime(2019, 2, 1), dt.datetime(2026, 10, 1)).map(  # noqa: DTZ001  zoned below
    lambda one: one.replace(second=0, microsecond=0, tzinfo=ZONE)
)
seconds = st.datetimes(dt.datetime(2019, 2, 1), dt.datetime(2026, 10, 1)).map(  # noqa: DTZ001  zoned below
    lambda one: one.replace(microsecond=0, tzinfo=ZONE)
)
small = st.one_of(
    st.builds(Target, st.just(DAYS), st.integers(1, 8)),
    st.builds(Target, st.just(WORKED), st.integers(1, 1000)),
    st.builds(Target, st.just(MINUTES), st.integers(1, 3000)),
)
targets = st.one_of(small, st.builds(Target, st.just(Unit.SECONDS), st.integers(1, 100_000)))
#: (minutes after the start, length) of pauses; they may overlap, touch, be empty.
holds = st.lists(st.tuples(st.integers(-600, 9000), st.integers(0, 4000)), max_size=4)


def pauses_of(start: dt.datetime, held: Sequence[tuple[int, int]]) -> list[Pause]:
    return [Pause(start + MINUTE * begin, start + MINUTE * (begin + length)) for begin, length in held]


@settings(max_examples=60, deadline=None)
@given(start=minutes, target=small, held=holds, open_at=st.one_of(st.none(), st.integers(0, 9000)))
def test_the_slow_reckoning_finds_the_same_due_time(
    calendar: Calendar, start: dt.datetime, target: Target, held: list[tuple[int, int]], open_at: int | None
) -> None:
    pauses = pauses_of(start, held) + ([Pause(start + MINUTE * open_at)] if open_at is not None else [])
    assert due(calendar, start, target, pauses) == Slow(calendar, pauses).due(start, target)


@settings(max_examples=30, deadline=None)
@given(start=minutes, target=small, held=holds, later=st.integers(0, 12_000))
def test_the_slow_reckoning_counts_the_same(
    calendar: Calendar, start: dt.datetime, target: Target, held: list[tuple[int, int]], later: int
) -> None:
    pauses, now = pauses_of(start, held), start + MINUTE * later
    assert elapsed(calendar, start, target.unit, now, pauses=pauses) == Slow(calendar, pauses).elapsed(
        start, target.unit, now
    )


@pytest.mark.parametrize("unit", [DAYS, WORKED, MINUTES])
def test_the_slow_reckoning_itself_knows_the_worked_example(calendar: Calendar, unit: Unit) -> None:
    start = dt.datetime(2020, 6, 24, 16, 0, tzinfo=ZONE)
    target = {DAYS: Target(DAYS, 5), WORKED: Target(WORKED, 240), MINUTES: Target(MINUTES, 90)}[unit]
    expected = {DAYS: (7, 2, 17, 0), WORKED: (6, 28, 11, 30), MINUTES: (6, 24, 17, 30)}[unit]
    month, day, hour, minute = expected
    assert Slow(calendar, []).due(start, target) == dt.datetime(2020, month, day, hour, minute, tzinfo=ZONE)


@given(start=seconds, target=targets, held=holds)
def test_at_the_due_time_just_the_target_is_used(
    calendar: Calendar, start: dt.datetime, target: Target, held: list[tuple[int, int]]
) -> None:
    pauses = pauses_of(start, held)
    moment = due(calendar, start, target, pauses)
    assert moment is not None
    assert elapsed(calendar, start, target.unit, moment, pauses=pauses) == target.ticks
    assert remaining(calendar, start, target, moment - dt.timedelta(seconds=1), pauses=pauses) > 0


@given(
    start=seconds, target=targets, held=holds, more=st.tuples(st.integers(-600, 9000), st.integers(0, 4000))
)
def test_one_pause_more_never_makes_it_earlier(
    calendar: Calendar, start: dt.datetime, target: Target, held: list[tuple[int, int]], more: tuple[int, int]
) -> None:
    before, after = pauses_of(start, held), pauses_of(start, [*held, more])
    plain, paused = due(calendar, start, target, before), due(calendar, start, target, after)
    assert plain is not None
    assert paused is not None
    assert paused >= plain


@given(start=seconds, target=targets, held=holds, cut=st.integers(1, 3999), percent=st.integers(1, 100))
def test_a_pause_cut_into_two_that_touch_is_the_same_pause(
    calendar: Calendar,
    start: dt.datetime,
    target: Target,
    held: list[tuple[int, int]],
    cut: int,
    percent: int,
) -> None:
    whole = pauses_of(start, held)
    pieces = pauses_of(
        start, [p for b, n in held for p in ((b, min(cut, n)), (b + min(cut, n), n - min(cut, n)))]
    )
    now = start + MINUTE * 5000
    for reading in (
        lambda pauses: due(calendar, start, target, pauses),
        lambda pauses: moment_at(calendar, start, target, percent, pauses=pauses),
        lambda pauses: elapsed(calendar, start, target.unit, now, pauses=pauses),
    ):
        assert reading(pieces) == reading(whole)


@given(
    start=seconds, target=targets, held=holds, looks=st.lists(st.integers(0, 800_000), min_size=2, max_size=6)
)
def test_elapsed_never_falls(
    calendar: Calendar, start: dt.datetime, target: Target, held: list[tuple[int, int]], looks: list[int]
) -> None:
    pauses = pauses_of(start, held)
    seen = [
        elapsed(calendar, start, target.unit, start + dt.timedelta(seconds=later), pauses=pauses)
        for later in sorted(looks)
    ]
    assert all(0 <= earlier <= later for earlier, later in pairwise(seen))


@st.composite
def ledgers(draw: st.DrawFn) -> list[Entry]:
    """A ledger that could be: hand-overs, pauses, an extension, an answer, a contest, in random order and gaps."""
    at = draw(seconds)
    target = draw(small)
    entries = [Entry(Kind.STARTED, at, "x", target=target, holder="A", policy="p", calendar="c")]
    state: ClockState = replay(entries)
    for _ in range(draw(st.integers(0, 8))):
        at += dt.timedelta(seconds=draw(st.integers(0, 200_000)))
        entry = _next(draw, state, at)
        state = follow(state, entry)
        entries.append(entry)
    return entries


def _next(draw: st.DrawFn, state: ClockState, at: dt.datetime) -> Entry:
    """Draw an entry that may follow."""
    kinds = [Kind.HANDED_OVER, Kind.SUPERSEDED]
    kinds += [Kind.RESUMED] if not state.running else [Kind.PAUSED]
    kinds += [Kind.STOPPED] if state.stopped_at is None else []
    kinds += [Kind.EXTENDED] if state.stopped_at is None and not state.extended_by else []
    kind = draw(st.sampled_from(kinds))
    if kind is Kind.HANDED_OVER:
        why = draw(st.sampled_from(Handing))
        return Entry(kind, at, "x", reason=why.value, holder=draw(st.sampled_from("ABC")))
    target = Target(state.target.unit, 1) if kind is Kind.EXTENDED else None
    return Entry(kind, at, "x", target=target)


@given(entries=ledgers(), later=st.integers(0, 900_000))
def test_the_parts_of_all_who_had_it_add_up_to_the_whole(
    calendar: Calendar, entries: list[Entry], later: int
) -> None:
    now = entries[-1].at + dt.timedelta(seconds=later)
    state = replay(entries)
    [whole] = parts(replay([one for one in entries if one.kind is not Kind.HANDED_OVER]), calendar, now)
    shares = parts(state, calendar, now)
    assert sum(one.seconds for one in shares) == whole.seconds
    assert {one.bearer for one in shares} <= {holding.holder for holding in state.holders}


@given(entries=ledgers(), size=st.integers(1, 9))
def test_read_in_batches_of_any_size_a_ledger_gives_the_same_row(
    calendar: Calendar, policy: Policy, entries: list[Entry], size: int
) -> None:
    whole = replay(entries)
    state: ClockState | None = None
    for begin in range(0, len(entries), size):
        for entry in entries[begin : begin + size]:
            state = follow(state, entry)
    assert state == whole
    rungs = policy.rungs(ClockKind.ANSWER, whole.target)
    assert derive(state, calendar, rungs, passed=1) == derive(whole, calendar, rungs, passed=1)

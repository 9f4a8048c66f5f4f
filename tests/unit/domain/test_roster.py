"""Who is on duty when: shifts over midnight, holidays, make-up days, exceptions, leave, gaps."""

import datetime as dt

import pytest

from ticketing.domain.clock import LOCAL
from ticketing.domain.errors import Invalid
from ticketing.domain.roster import (
    Dated,
    Leave,
    Roster,
    Shift,
    Span,
    checked_days,
    gaps,
    merged,
    promised,
    subtract,
)

MONDAY = dt.date(2020, 6, 22)
#: Dragon Boat: Thursday 25 to Saturday 27 June off, Sunday 28 worked.
OFF = {dt.date(2020, 6, n) for n in (20, 21, 25, 26, 27)}
ANN, BOB = 1, 2
DAY = (dt.time(8), dt.time(20))
NIGHT = (dt.time(20), dt.time(8))


def works(day: dt.date) -> bool:
    return day not in OFF


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2020, 6, day, hour, minute, tzinfo=LOCAL)


def on(roster: Roster, day: int, hour: int, minute: int = 0) -> list[int]:
    return roster.on_at(at(day, hour, minute), works)


def test_a_night_shift_belongs_to_the_day_on_which_it_begins() -> None:
    roster = Roster([Shift(ANN, "1", *NIGHT)])
    moments = [(22, 19, 59), (22, 20, 0), (23, 7, 59), (23, 8, 0), (23, 21, 0)]
    assert [on(roster, *moment) for moment in moments] == [[], [ANN], [ANN], [], []]


def test_working_days_are_those_of_the_calendar() -> None:
    roster = Roster([Shift(ANN, "working", *NIGHT), Shift(BOB, "off", *NIGHT)])
    nights = [on(roster, day, 23) for day in (24, 25, 27, 28)]
    assert nights == [[ANN], [BOB], [BOB], [ANN]]
    assert on(roster, 25, 7) == [ANN]


def test_equal_times_are_a_whole_day() -> None:
    roster = Roster([Shift(ANN, "2", dt.time(9), dt.time(9))])
    assert [on(roster, 23, 8, 59), on(roster, 23, 9), on(roster, 24, 8, 59), on(roster, 24, 9)] == [
        [], [ANN], [ANN], []
    ]  # fmt: skip


def test_a_pattern_holds_between_its_days() -> None:
    shift = Shift(ANN, "1234567", *DAY, since=dt.date(2020, 6, 23), until=dt.date(2020, 6, 24))
    assert [on(Roster([shift]), day, 12) for day in (22, 23, 24, 25)] == [[], [ANN], [ANN], []]


def test_a_dated_exception_swaps_two_people() -> None:
    tuesday = dt.date(2020, 6, 23)
    swapped = [Dated(ANN, tuesday, on=False), Dated(BOB, tuesday, True, *DAY)]
    roster = Roster([Shift(ANN, "12", *DAY)], swapped)
    assert [on(roster, 22, 12), on(roster, 23, 12)] == [[ANN], [BOB]]


def test_leave_cuts_a_shift_in_two() -> None:
    roster = Roster([Shift(ANN, "1", *DAY)], leaves=[Leave(ANN, at(22, 10), at(22, 12))])
    found = roster.stretches(at(22, 0), at(23, 0), works)
    assert found == [(at(22, 8), at(22, 10), ANN), (at(22, 12), at(22, 20), ANN)]


def test_anothers_leave_changes_nothing() -> None:
    roster = Roster([Shift(ANN, "1", *DAY)], leaves=[Leave(BOB, at(22, 0), at(23, 0))])
    assert on(roster, 22, 12) == [ANN]


def test_a_window_cuts_what_reaches_beyond_it() -> None:
    roster = Roster([Shift(ANN, "1", *NIGHT)])
    assert roster.stretches(at(22, 22), at(23, 2), works) == [(at(22, 22), at(23, 2), ANN)]


def test_gaps_are_what_nobody_covers() -> None:
    roster = Roster([Shift(ANN, "1", *DAY), Shift(BOB, "1", dt.time(21), dt.time(23))])
    found = gaps([Span(at(22, 6), at(23, 0))], roster.stretches(at(22, 0), at(23, 0), works))
    assert found == [(at(22, 6), at(22, 8)), (at(22, 20), at(22, 21)), (at(22, 23), at(23, 0))]


def test_office_hours_are_promised_on_working_days_alone() -> None:
    spans = promised("Mon-Fri 08:30-17:00", at(24, 12), at(28, 10), works)
    assert spans == [(at(24, 12), at(24, 17)), (at(28, 8, 30), at(28, 10))]


def test_a_line_round_the_clock_is_promised_all_the_time() -> None:
    assert promised("24h", at(25, 1), at(25, 3), works) == [(at(25, 1), at(25, 3))]


def test_hours_that_no_pack_may_hold_are_no_hours() -> None:
    with pytest.raises(ValueError, match="no hours"):
        promised("always", at(22, 0), at(23, 0), works)


def test_spans_that_touch_are_one() -> None:
    spans = [Span(at(22, 9), at(22, 10)), Span(at(22, 8), at(22, 9)), Span(at(22, 11), at(22, 12))]
    assert merged(spans) == [(at(22, 8), at(22, 10)), (at(22, 11), at(22, 12))]


def test_nothing_is_left_of_what_is_covered() -> None:
    assert subtract(Span(at(22, 9), at(22, 10)), [Span(at(22, 8), at(22, 11))]) == []


@pytest.mark.parametrize("days", ["working", "off", "1", "135", "1234567"])
def test_patterns_of_days(days: str) -> None:
    assert checked_days(days) == days


@pytest.mark.parametrize("days", ["", "0", "8", "31", "11", "work"])
def test_no_patterns_of_days(days: str) -> None:
    with pytest.raises(Invalid):
        checked_days(days)

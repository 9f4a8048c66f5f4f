"""Due times: 480 worked vectors, the examples of the rules, properties that must hold everywhere."""

import csv
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.arithmetic import due, elapsed, left, moment_at, remaining, used_seconds
from sla.calendar import Calendar
from sla.instants import ZONE
from sla.values import Pause, Target, Unit, merge_pauses
from sla.vectors import RowError, due_rows, written
from ticketing.services.pack import Pack

DAYS, WORKED, MINUTES, SECONDS = Unit.WORKING_DAYS, Unit.WORKING_MINUTES, Unit.MINUTES, Unit.SECONDS


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_every_worked_vector(calendar: Calendar, data: Path) -> None:
    with (data / "sla_vectors.csv").open() as stream:
        expected = {row["id"]: row["due"] for row in csv.DictReader(stream)}
    with (data / "sla_vectors.csv").open() as stream:
        reckoned = {identifier: written(moment) for identifier, moment in due_rows(stream, calendar)}
    assert len(expected) == 480
    assert reckoned == expected


@pytest.mark.parametrize(
    ("start", "target", "pauses", "expected"),
    [
        ("2020-01-20 09:00", Target(DAYS, 5), [], "2020-02-04 17:00"),
        ("2020-06-05 16:50", Target(DAYS, 1), [], "2020-06-08 17:00"),
        ("2020-06-06 10:00", Target(DAYS, 3), [], "2020-06-10 17:00"),
        ("2020-06-24 10:00", Target(DAYS, 5), [], "2020-07-02 17:00"),
        ("2020-06-03 10:00", Target(DAYS, 3), [("2020-06-05 16:00", "2020-06-08 10:00")], "2020-06-09 17:00"),
        ("2020-06-03 10:00", Target(DAYS, 3), [("2020-06-04 10:00", "2020-06-04 16:00")], "2020-06-08 17:00"),
        ("2020-06-24 16:00", Target(WORKED, 240), [], "2020-06-28 11:30"),
        ("2026-02-11 10:00", Target(DAYS, 5), [], "2026-02-25 17:00"),
        ("2020-06-03 10:00", Target(DAYS, 3), [("2020-06-05 16:00", "2020-06-05 17:00")], "2020-06-08 17:00"),
        (
            "2020-06-03 10:00",
            Target(MINUTES, 90),
            [("2020-06-03 11:30", "2020-06-03 12:30")],
            "2020-06-03 11:30",
        ),
    ],
)
def test_the_examples_of_the_rules(
    calendar: Calendar, start: str, target: Target, pauses: list[tuple[str, str]], expected: str
) -> None:
    held = [Pause(at(begin), at(end)) for begin, end in pauses]
    assert due(calendar, at(start), target, held) == at(expected)


def test_before_the_holiday_was_lengthened_it_was_due_on_saturday(pack: Pack) -> None:
    first = [
        one.body
        for one in pack.documents
        if one.kind == "calendar" and one.version != "cn-2020-spring-festival"
    ]
    assert due(Calendar.from_documents(first), at("2020-01-20 09:00"), Target(DAYS, 5)) == at(
        "2020-02-01 17:00"
    )


def test_an_open_pause_leaves_no_due_time_unless_it_was_due_before(calendar: Calendar) -> None:
    start, target = at("2020-06-03 10:00"), Target(DAYS, 1)
    assert due(calendar, start, target, [Pause(at("2020-06-04 09:00"))]) is None
    assert due(calendar, start, target, [Pause(at("2020-06-04 17:00"))]) == at("2020-06-04 17:00")


def test_eighty_per_cent_of_a_day_is_312_working_minutes_into_it(calendar: Calendar) -> None:
    moment = moment_at(calendar, at("2020-06-08 10:00"), Target(DAYS, 1), 80)
    assert moment == at("2020-06-09 15:42")


def test_half_of_five_days_is_two_closes_and_half_a_day(calendar: Calendar) -> None:
    moment = moment_at(calendar, at("2020-06-05 10:00"), Target(DAYS, 5), 50)
    assert moment == at("2020-06-10 13:45")


def test_a_close_counts_at_the_second_it_strikes(calendar: Calendar) -> None:
    start = at("2020-06-08 10:00")
    assert elapsed(calendar, start, DAYS, at("2020-06-09 16:59:59")) == 0
    assert elapsed(calendar, start, DAYS, at("2020-06-09 17:00:00")) == 1
    assert remaining(calendar, start, Target(DAYS, 1), at("2020-06-10 17:00")) == -1


def test_touching_and_overlapping_pauses_are_one() -> None:
    a, b, c, d = (at(f"2020-06-08 1{n}:00") for n in range(4))
    assert merge_pauses([Pause(b, d), Pause(a, b), Pause(c, c)]) == (Pause(a, d),)
    assert merge_pauses([Pause(c), Pause(a, b)]) == (Pause(a, b), Pause(c))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("x,working_days,0,2020-06-03,", "line 2"),
        ("x,weeks,1,2020-06-03,", "line 2: unit: 'weeks' is none of"),
        ("x,minutes,1,soon,", "line 2: 'soon' is no time like"),
        ("x,minutes,many,2020-06-03,", "line 2: target: 'many' is no whole number"),
        ("x,minutes,1,2020-06-03T10:00,2020-06-04T10:00/2020-06-03T10:00", "line 2"),
        ("x,working_days,99999,2020-06-03T10:00,", "line 2"),
    ],
)
def test_a_bad_row_is_told_with_its_line(calendar: Calendar, row: str, told: str) -> None:
    with pytest.raises(RowError, match=told):
        list(due_rows(iter(["id,unit,target,start,pauses\n", row + "\n"]), calendar))  # type: ignore[arg-type]


moments = st.datetimes(dt.datetime(2019, 1, 1), dt.datetime(2026, 12, 1)).map(  # noqa: DTZ001  zoned below
    lambda one: one.replace(microsecond=0, tzinfo=ZONE)
)
targets = st.one_of(
    st.builds(Target, st.just(DAYS), st.integers(1, 25)),
    st.builds(Target, st.just(WORKED), st.integers(1, 3000)),
    st.builds(Target, st.sampled_from([MINUTES, SECONDS]), st.integers(1, 5000)),
)


@given(start=moments, target=targets)
def test_at_the_due_time_the_whole_target_is_used_and_not_before(
    calendar: Calendar, start: dt.datetime, target: Target
) -> None:
    moment = due(calendar, start, target)
    assert moment is not None
    assert elapsed(calendar, start, target.unit, moment) == target.ticks
    assert elapsed(calendar, start, target.unit, moment - dt.timedelta(seconds=1)) < target.ticks


@given(start=moments, target=targets, begin=st.integers(0, 9 * 86400), length=st.integers(0, 5 * 86400))
def test_a_pause_never_makes_it_earlier(
    calendar: Calendar, start: dt.datetime, target: Target, begin: int, length: int
) -> None:
    since = start + dt.timedelta(seconds=begin)
    held = [Pause(since, since + dt.timedelta(seconds=length))]
    plain, paused = due(calendar, start, target), due(calendar, start, target, held)
    assert plain is not None
    assert paused is not None
    assert paused >= plain
    if since >= plain:
        assert paused == plain


@given(edges=st.lists(moments, min_size=3, max_size=3), unit=st.sampled_from(Unit))
def test_the_parts_of_used_time_add_up_exactly(
    calendar: Calendar, edges: list[dt.datetime], unit: Unit
) -> None:
    a, b, c = sorted(edges)
    parts = used_seconds(calendar, a, b, unit=unit) + used_seconds(calendar, b, c, unit=unit)
    assert parts == used_seconds(calendar, a, c, unit=unit)


@given(
    start=moments,
    target=st.builds(Target, st.just(DAYS), st.integers(2, 20)),
    later=st.integers(0, 10 * 86400),
)
def test_a_share_ends_with_its_promise(
    calendar: Calendar, start: dt.datetime, target: Target, later: int
) -> None:
    now = start + dt.timedelta(seconds=later)
    rest = left(calendar, start, target, now)
    if rest >= 1:
        assert due(calendar, now, Target(DAYS, rest)) == due(calendar, start, target)

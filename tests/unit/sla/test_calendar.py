"""The calendar of the pack, held against an independent witness, and its mistakes told with their place."""

import datetime as dt

import chinese_calendar
import pytest

from sla.calendar import Calendar
from sla.notices import CalendarError, Notice

NOTICE = {
    "version": "x-2020",
    "publisher": "省政府",
    "published_on": "2019-11-01",
    "basis": "通知",
    "year": 2020,
    "holidays": [{"date": "2020-01-01", "name": "元旦"}],
    "work": ["2020-01-04"],
}


@pytest.mark.parametrize("year", range(2019, 2027))
def test_each_announced_year_agrees_with_a_second_source(calendar: Calendar, year: int) -> None:
    first = dt.date(year, 1, 1)
    days = [first + dt.timedelta(days=n) for n in range((dt.date(year + 1, 1, 1) - first).days)]
    assert [d for d in days if calendar.is_working_day(d) != chinese_calendar.is_workday(d)] == []


def test_2020_has_249_working_days_and_six_that_make_up(calendar: Calendar) -> None:
    days = [dt.date(2020, 1, 1) + dt.timedelta(days=n) for n in range(366)]
    assert sum(map(calendar.is_working_day, days)) == 249
    made_up = [f"{d:%m-%d}" for d in days if calendar.day_reason(d) == "调休上班"]
    assert made_up == ["01-19", "04-26", "05-09", "06-28", "09-27", "10-10"]


def test_a_year_that_nobody_announced_is_provisional_and_keeps_fixed_holidays(calendar: Calendar) -> None:
    day = dt.date(2027, 10, 1)
    assert calendar.is_provisional(day)
    assert not calendar.is_working_day(day)
    assert calendar.day_reason(day) == "国庆节"
    assert not calendar.is_provisional(dt.date(2026, 10, 1))


def test_versions_tell_calendars_apart(calendar: Calendar) -> None:
    assert calendar.version.startswith("cn-2026#")
    assert Calendar([Notice.from_document(NOTICE)]).version != calendar.version


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"work": ["2020-01-06"]}, ("work", 0)),
        ({"work": ["2020-01-01"]}, ("work",)),
        ({"holidays": [{"date": "2024-01-01", "name": "x"}]}, ("holidays", 0, "date")),
        ({"holidays": [{"date": "2020-01-01"}]}, ("holidays", 0)),
        ({"hours": [["11:00", "10:00"]]}, ("hours",)),
        ({"colour": "red"}, ("colour",)),
        ({"year": "soon"}, ("year",)),
    ],
)
def test_a_mistake_is_told_with_its_place(change: dict[str, object], path: tuple[object, ...]) -> None:
    with pytest.raises(CalendarError) as told:
        Notice.from_document(NOTICE | change)
    assert told.value.path[: len(path)] == path


def test_an_amendment_of_nothing_is_refused() -> None:
    with pytest.raises(CalendarError, match="does not come before it"):
        Calendar([Notice.from_document(NOTICE | {"amends": "cn-1999"})])


def test_other_hours_are_a_matter_of_the_document() -> None:
    calendar = Calendar([Notice.from_document(NOTICE | {"hours": [["09:00", "12:00"], ["14:00", "18:00"]]})])
    assert calendar.day_seconds == 7 * 3600
    assert calendar.close == 18 * 3600

"""The published numbers as the telephone needs them: which line was meant, and whether it answers now."""

import datetime as dt

from routing.directory import Hotline
from sla.instants import day_number
from ticketing.domain import opening
from ticketing.domain.clock import LOCAL, local
from ticketing.services.province import Province


def line_of(number: str, province: Province) -> Hotline:
    """Return the line with this number; the central one where a number is nobody's, so that nobody is lost."""
    lines = province.archive.hotlines
    return lines.get(number) or lines[str(province.sheet["central_line"])]


def is_open(line: Hotline, now: dt.datetime, province: Province) -> bool:
    """Tell whether the line's own group answers now; its duty desk does round the clock."""
    calendar = province.calendars.at(province.around(line.region_code))
    here = local(now)
    return opening.is_open(line.hours, here, works=calendar.is_working_day(here.date()))


def opens_next(line: Hotline, moment: dt.datetime, province: Province) -> dt.datetime:
    """Return the opening of the first working day after the day of `moment`."""
    calendar = province.calendars.at(province.around(line.region_code))
    day = local(moment).date() + dt.timedelta(days=1)
    while not calendar.works(day_number(day)):
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, opening.opens_at(line.hours), LOCAL).astimezone(dt.UTC)

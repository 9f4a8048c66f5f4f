"""Groups, members and shifts for tests."""

import datetime as dt

from tests.support.people import colleague
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.models import Account, DutyGroup
from ticketing.services import duty_keeping as keeping
from ticketing.services.duty_keeping import Hours

WHOLE = Hours(dt.time(0), dt.time(0))
DAYTIME = Hours(dt.time(8), dt.time(20))
LINE, DAY_LINE, OTHER = "+8645187005501", "+8645187005502", "+8645187005551"
SINCE = dt.date(2020, 1, 1)


def operator(username: str) -> Account:
    return colleague(username, Grant(Role.OPERATOR))


def group(name: str, *people: Account, lines: tuple[str, ...] = (), is_desk: bool = False) -> DutyGroup:
    """Return a group to which these people belong."""
    row = keeping.make_group(name, name, is_desk=is_desk)
    keeping.set_members(row, [one.id for one in people])
    keeping.set_lines(row, lines)
    return row


def always(row: DutyGroup, *people: Account, hours: Hours = WHOLE) -> None:
    """Put people on every day."""
    for one in people:
        keeping.add_shift(row, one.id, "1234567", hours, since=SINCE)

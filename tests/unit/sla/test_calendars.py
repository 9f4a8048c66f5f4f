"""Versions of the calendar by name, overlays by place, and what another version would do to clocks."""

import datetime as dt
from typing import Any

import pytest

from sla.calendar import Calendar
from sla.calendars import Calendars
from sla.instants import ZONE
from sla.ledger import ClockState, Entry, Handing, Kind, parts, replay
from sla.notices import CalendarError
from sla.policy import Policy, Segment
from sla.rungs import ClockKind
from sla.values import Target, Unit
from sla.whatif import Book, Held, successor, what_if
from ticketing.services import pack as packs

FIVE = Target(Unit.WORKING_DAYS, 5)
OVERLAY = {
    "version": "qqhr-flood", "publisher": "齐齐哈尔市人民政府", "published_on": "2020-08-01", "basis": "防汛停工通知",
    "year": 2020, "overlay": True, "regions": ["230200"], "work": [],
    "holidays": [{"date": "2020-08-05", "name": "防汛停工"}],
}  # fmt: skip


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture(scope="module")
def documents(pack: packs.Pack) -> list[Any]:
    return [one.body for one in pack.documents if one.kind == "calendar"]


def test_every_version_is_found_again_by_its_name(documents: list[Any]) -> None:
    whole = Calendars.from_documents([*documents, OVERLAY])
    for until in range(1, len(documents) + 1):
        then = Calendar.from_documents(documents[:until])
        assert whole.named(then.version).version == then.version


def test_an_overlay_holds_in_its_place_alone(documents: list[Any]) -> None:
    whole = Calendars.from_documents([*documents, OVERLAY])
    there, elsewhere = whole.at(frozenset({"230203", "230200", "230000"})), whole.at(frozenset({"230100"}))
    day = dt.date(2020, 8, 5)
    assert (there.is_working_day(day), elsewhere.is_working_day(day)) == (False, True)
    assert there.day_reason(day) == "防汛停工"
    assert whole.named(there.version) is there
    assert elsewhere is whole.national


@pytest.mark.parametrize("name", ["cn-2020#00000000", "cn-1999#12345678", "nothing"])
def test_a_name_that_the_notices_do_not_give_is_refused(documents: list[Any], name: str) -> None:
    with pytest.raises(CalendarError):
        Calendars.from_documents(documents).named(name)


def started(on: str, calendar: Calendar, policy: Policy, **more: object) -> ClockState:
    first = Entry(Kind.STARTED, at(on), "x", target=FIVE, holder="A", calendar=calendar.version,
                  policy=policy.version, **more)  # type: ignore[arg-type]  # fmt: skip
    return replay([first])


HELP = Segment("help", "normal", regions=frozenset({"230200", "230000"}))


def test_the_lengthened_spring_holiday_moves_deadlines_and_breaches_none(
    documents: list[Any], policy: Policy
) -> None:
    amended = next(n for n, one in enumerate(documents) if one["version"] == "cn-2020-spring-festival")
    first = Calendars.from_documents(documents[:amended])
    book = Book(Calendars.from_documents(documents[: amended + 1]), policy)
    held = Held(1, "n", ClockKind.ANSWER, started("2020-01-20T09:00", first.national, policy), HELP)
    noise = Held(2, "n", ClockKind.ANSWER, started("2020-03-02T09:00", first.national, policy), HELP)
    [change] = what_if([held, noise], first, book, at("2020-02-02T09:00"))
    assert (change.held.id, change.was, change.becomes) == (1, at("2020-02-01T17:00"), at("2020-02-04T17:00"))
    assert (change.was_breached, change.is_breached) == (True, False)


def test_a_policy_reaches_the_running_clocks_that_it_says(calendar: Calendar, pack: packs.Pack) -> None:
    body = next(one.body for one in pack.documents if one.kind == "sla")
    old, calendars = Policy.from_document(body), Calendars([])
    held = Held(1, "n", ClockKind.ANSWER, started("2020-06-08T10:00", calendars.national, old), HELP)
    silent = Policy.from_document(body | {"version": "v2"})
    told = Policy.from_document(body | {"version": "v2", "reaches_open": ["answer"]})
    assert successor(held, Book(calendars, silent)) is None
    step = successor(held, Book(calendars, told))
    assert step is not None
    assert (step.policy, step.target) == ("v2", None)


def handed(hour: float, holder: str, why: Handing) -> Entry:
    return Entry(Kind.HANDED_OVER, at("2020-06-08T10:00") + dt.timedelta(hours=hour), "x", why, holder=holder)


@pytest.mark.parametrize(
    ("verdict", "to", "bearers"),
    [(Handing.UPHELD, "C", ["centre", "centre", "C"]), (Handing.REFUSED, "A", ["A", "A", "A"])],
)
def test_an_adjudication_says_who_bears_the_time(
    calendar: Calendar, policy: Policy, verdict: Handing, to: str, bearers: list[str]
) -> None:
    start = Entry(Kind.STARTED, at("2020-06-08T10:00"), "x", target=FIVE, holder="A")
    state = replay([start, handed(2, "centre", Handing.RETURN), handed(5, to, verdict)])
    stays = parts(state, calendar, at("2020-06-09T10:00"))
    assert [stay.bearer for stay in stays] == bearers
    assert [stay.returned for stay in stays] == [True, False, False]
    assert sum(stay.seconds for stay in stays) == 6.5 * 3600

"""A calendar notice: the days off and the make-up working days that one document names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise

from sla.documents import DocumentError, Node

SATURDAY = 5


class CalendarError(DocumentError):
    """A calendar document that cannot be used, or a day that no calendar reaches."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One document. An amendment or an overlay changes only the days it names and announces no year."""

    version: str
    publisher: str
    published_on: date
    basis: str
    year: int
    off: Mapping[date, str]
    work: frozenset[date]
    amends: str | None
    overlay: bool
    #: The places where alone it holds (an overlay of a province or city); empty: everywhere.
    regions: frozenset[str]
    hours: tuple[tuple[time, time], ...] | None
    fixed: Mapping[tuple[int, int], str] | None

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> "Notice":
        """Check one document and return it; raises CalendarError with the path of what is wrong."""
        root = Node(document, error=CalendarError)
        part = root.fields(
            required={"version", "publisher", "published_on", "basis", "year", "holidays", "work"},
            optional={"amends", "overlay", "regions", "hours", "fixed"},
        )
        year = part["year"].whole()
        off, work = _off(part["holidays"], year), _work(part["work"], year)
        if clash := sorted(off.keys() & work):
            raise part["work"].fail(f"{clash[0]} is named both off and working")
        notice = cls(
            version=part["version"].text(),
            publisher=part["publisher"].text(),
            published_on=part["published_on"].day(),
            basis=part["basis"].text(),
            year=year,
            off=off,
            work=frozenset(work),
            amends=part["amends"].text() if "amends" in part else None,
            overlay=_flag(part["overlay"]) if "overlay" in part else False,
            regions=frozenset(part["regions"].texts()) if "regions" in part else frozenset(),
            hours=_hours(part["hours"]) if "hours" in part else None,
            fixed=_fixed(part["fixed"]) if "fixed" in part else None,
        )
        if notice.regions and not notice.overlay:
            raise part["regions"].fail("only an overlay holds in some regions alone")
        if bad := {"+", "#"} & set(notice.version):
            raise part["version"].fail(f"{bad.pop()} separates the parts of a calendar's name")
        if notice.announces_year:
            _only_weekends(work)
        return notice

    @property
    def announces_year(self) -> bool:
        """Whether the days of `year` stop being provisional with this document."""
        return self.amends is None and not self.overlay


def read_notices(documents: Sequence[Mapping[str, object]]) -> list[Notice]:
    """Return the notices of parsed documents; an error's path starts with the document's index."""
    notices = []
    for index, document in enumerate(documents):
        try:
            notices.append(Notice.from_document(document))
        except CalendarError as error:
            raise CalendarError((index, *error.path), error.message) from None
    return notices


def _near(node: Node, year: int) -> date:
    day = node.day()
    if abs(day.year - year) > 1:
        raise node.fail(f"{day} is too far from {year}")
    return day


def _off(node: Node, year: int) -> dict[date, str]:
    days: dict[date, str] = {}
    for item in node.items():
        part = item.fields(required={"date", "name"})
        day = _near(part["date"], year)
        if day in days:
            raise part["date"].fail(f"{day} is named twice")
        days[day] = part["name"].text()
    return days


def _work(node: Node, year: int) -> dict[date, Node]:
    days: dict[date, Node] = {}
    for item in node.items():
        day = _near(item, year)
        if day in days:
            raise item.fail(f"{day} is named twice")
        days[day] = item
    return days


def _only_weekends(work: Mapping[date, Node]) -> None:
    for day, item in work.items():
        if day.weekday() < SATURDAY:
            raise item.fail(f"{day} is no weekend day: a year's notice names only weekends as working")


def _flag(node: Node) -> bool:
    if not isinstance(node.value, bool):
        raise node.fail("true or false is expected")
    return node.value


def _time(node: Node) -> time:
    try:
        return time.fromisoformat(node.text())
    except ValueError:
        raise node.fail('a time like "08:30" is expected, in quotes') from None


def _hours(node: Node) -> tuple[tuple[time, time], ...]:
    spans = []
    for item in node.items():
        pair = item.items()
        if len(pair) != 2:
            raise item.fail("a start and an end are expected")
        spans.append((_time(pair[0]), _time(pair[1])))
    flat = [moment for span in spans for moment in span]
    if not flat or any(later <= earlier for earlier, later in pairwise(flat)):
        raise node.fail("working hours must be in order and must not touch")
    return tuple(spans)


def _fixed(node: Node) -> dict[tuple[int, int], str]:
    days: dict[tuple[int, int], str] = {}
    for item in node.items():
        part = item.fields(required={"month", "day", "name"})
        month, day = part["month"].whole(), part["day"].whole()
        try:
            date(2000, month, day)
        except ValueError:
            raise item.fail("no such day") from None
        days[month, day] = part["name"].text()
    return days

"""Every calendar that the published notices give: today's at each place, and each one ever in force, by name.

A notice with `regions` is an overlay of a province or city and holds only there. A calendar's name says which
notices made it (`last national notice + overlays # hash of the days`), so that a ledger that names a version
can be read again years later from the notices alone.
"""

from collections.abc import Mapping, Sequence

from sla.calendar import Calendar, check_order
from sla.notices import CalendarError, Notice, read_notices

NOWHERE: frozenset[str] = frozenset()
JOINT, HASH = "+", "#"


class Calendars:
    """Notices in the order of their publication; calendars are laid out when asked for and kept."""

    def __init__(self, notices: Sequence[Notice]) -> None:
        """Keep the notices; raises CalendarError where one amends what does not come before it."""
        check_order(notices)
        self.notices = tuple(notices)
        self._national = [notice for notice in self.notices if not notice.regions]
        self._laid: dict[tuple[str, ...], Calendar] = {}
        self._named: dict[str, Calendar] = {}
        self._places: dict[frozenset[str], Calendar] = {}
        self._overlaid = NOWHERE.union(*(notice.regions for notice in self.notices))
        self.national = self._lay(self._national)

    @classmethod
    def from_documents(cls, documents: Sequence[Mapping[str, object]]) -> "Calendars":
        """Build from parsed documents, oldest first; an error's path starts with the document's index."""
        return cls(read_notices(documents))

    def at(self, regions: frozenset[str] = NOWHERE) -> Calendar:
        """Return the calendar in force at a place: `regions` are its code and those of all around it."""
        if regions.isdisjoint(self._overlaid):
            return self.national
        if regions not in self._places:
            found = [one for one in self.notices if not one.regions or one.regions & regions]
            self._places[regions] = self._lay(found)
        return self._places[regions]

    def named(self, version: str) -> Calendar:
        """Return the calendar with this version name.

        Raises:
            CalendarError: the notices give no such calendar, or other days than the name's hash says.
        """
        if version not in self._named:
            self._named[version] = self._find(version)
        return self._named[version]

    def _find(self, version: str) -> Calendar:
        last, *overlays = version.partition(HASH)[0].split(JOINT)
        known = [notice.version for notice in self._national]
        until = known.index(last) + 1 if last in known else 0
        wanted = {*known[:until], *overlays}
        calendar = self._lay([notice for notice in self.notices if notice.version in wanted])
        if calendar.version != version:
            raise CalendarError((), f"the notices give no calendar {version}")
        return calendar

    def _lay(self, notices: Sequence[Notice]) -> Calendar:
        key = tuple(notice.version for notice in notices)
        if key not in self._laid:
            self._laid[key] = Calendar(notices)
        return self._laid[key]

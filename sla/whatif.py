"""What another calendar or policy would do to clocks: asked before it is published, and done after it is.

`successor` is the one answer to "by what does this clock go on?", so that what was shown beforehand and what is
applied afterwards cannot differ. `Book.passes_by` tells from a clock's versions alone that it goes on as it is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sla.calendar import Calendar
from sla.calendars import Calendars
from sla.ledger import ClockState
from sla.policy import Limit, Policy, Segment
from sla.rungs import ClockKind
from sla.values import Target


@dataclass(frozen=True, slots=True)
class Held:
    """A clock as it stands: whose, which, its state, and what a policy may look at.

    `own_target`: whether its time is its own (a step's, by the template of its case) and no policy's.
    """

    id: int
    number: str
    kind: ClockKind
    state: ClockState
    segment: Segment
    own_target: bool = False


class Book:
    """The calendars and the policy that would be in force; rows found once are kept: segments are few."""

    def __init__(self, calendars: Calendars, policy: Policy, *, always: bool = False) -> None:
        """Keep both; `always`: as if the policy had been in force all along, whatever it says it reaches."""
        self.calendars, self.policy, self._always = calendars, policy, always
        self._limits: dict[tuple[ClockKind, Segment], Limit | None] = {}

    def limit(self, kind: ClockKind, segment: Segment) -> Limit | None:
        """Return the policy's row for a clock of a segment."""
        key = (kind, segment)
        if key not in self._limits:
            self._limits[key] = self.policy.limit(kind, segment)
        return self._limits[key]

    def reaches(self, kind: ClockKind, policy: str) -> bool:
        """Whether the policy takes over a clock of this kind that runs by another one."""
        return policy != self.policy.version and (self._always or kind in self.policy.reaches_open)

    def passes_by(self, kind: ClockKind, regions: frozenset[str], *, policy: str, calendar: str) -> bool:
        """Whether a clock that reckons by these versions goes on as it is."""
        return not self.reaches(kind, policy) and calendar == self.calendars.at(regions).version


@dataclass(frozen=True, slots=True)
class Successor:
    """By what a clock goes on; `target` is None where it keeps its own."""

    policy: str
    calendar: str
    target: Target | None

    def of(self, state: ClockState) -> ClockState:
        """Return the state that a superseding entry gives."""
        return state._replace(policy=self.policy, calendar=self.calendar, target=self.target or state.target)


@dataclass(frozen=True, slots=True)
class Change:
    """A clock whose due time or breach would be another."""

    held: Held
    was: datetime | None
    becomes: datetime | None
    was_breached: bool
    is_breached: bool


def successor(held: Held, book: Book) -> Successor | None:
    """Return by what a clock goes on under `book`, or None where nothing of it changes.

    A calendar reaches every clock of its place. A policy reaches the running clocks that it says it reaches
    (domain section 5.4); what an extension granted stays on top. Clocks that are the rest of another one, or
    that a case's template sets, keep their targets.
    """
    state = held.state
    if book.passes_by(held.kind, held.segment.regions, policy=state.policy, calendar=state.calendar):
        return None
    calendar = book.calendars.at(held.segment.regions).version
    if not book.reaches(held.kind, state.policy):
        return Successor(state.policy, calendar, None)
    return Successor(book.policy.version, calendar, _target(held, book))


def _target(held: Held, book: Book) -> Target | None:
    row = None if held.own_target else book.limit(held.kind, held.segment)
    if row is None or row.rest_of is not None or row.by_template:
        return None
    more = held.state.extended_by if row.target.unit is held.state.target.unit else 0
    target = Target(row.target.unit, row.target.amount + more)
    return None if target == held.state.target else target


def what_if(clocks: Iterable[Held], before: Calendars, book: Book, now: datetime) -> Iterator[Change]:
    """Return the clocks that `book` would move or whose breach it would change, in the order given."""
    found = (change(held, before, book, now) for held in clocks)
    return (one for one in found if one is not None)


def change(held: Held, before: Calendars, book: Book, now: datetime) -> Change | None:
    """Return what `book` would change of one clock, or None.

    Raises:
        CalendarError: the clock names a calendar that no notice gives.
    """
    step = successor(held, book)
    if step is None:
        return None
    was, was_breached = _promise(held.state, before.named(held.state.calendar), now)
    becomes, is_breached = _promise(step.of(held.state), book.calendars.named(step.calendar), now)
    if (was, was_breached) == (becomes, is_breached):
        return None
    return Change(held, was, becomes, was_breached, is_breached)


def _promise(state: ClockState, calendar: Calendar, now: datetime) -> tuple[datetime | None, bool]:
    moment = state.course(calendar).due
    end = now if state.stopped_at is None else min(now, state.stopped_at)
    return moment, moment is not None and end > moment

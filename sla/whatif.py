"""What another calendar or policy would do to clocks: asked before it is published, and done after it is.

`successor` is the one answer to "by what does this clock go on?", so that what was shown beforehand and what is
applied afterwards cannot differ.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sla.calendars import Calendars
from sla.ledger import ClockState, evaluate
from sla.policy import Policy, Segment
from sla.rungs import ClockKind
from sla.values import Target


@dataclass(frozen=True, slots=True)
class Held:
    """A clock as it stands: whose, which, its state, and what a policy may look at."""

    id: int
    number: str
    kind: ClockKind
    state: ClockState
    segment: Segment


@dataclass(frozen=True, slots=True)
class Book:
    """The calendars and the policy that would be in force."""

    calendars: Calendars
    policy: Policy


@dataclass(frozen=True, slots=True)
class Successor:
    """By what a clock goes on; `target` is None where it keeps its own."""

    policy: str
    calendar: str
    target: Target | None

    def of(self, state: ClockState) -> ClockState:
        """Return the state that a superseding entry gives."""
        return replace(state, policy=self.policy, calendar=self.calendar, target=self.target or state.target)


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
    calendar = book.calendars.at(held.segment.regions).version
    policy, target = state.policy, None
    if held.kind in book.policy.reaches_open and state.policy != book.policy.version:
        policy = book.policy.version
        target = _target(held, book.policy)
    if (policy, calendar) == (state.policy, state.calendar):
        return None
    return Successor(policy, calendar, target)


def _target(held: Held, policy: Policy) -> Target | None:
    row = policy.limit(held.kind, held.segment)
    if row is None or row.rest_of is not None or row.by_template:
        return None
    more = held.state.extended_by if row.target.unit is held.state.target.unit else 0
    target = Target(row.target.unit, row.target.amount + more)
    return None if target == held.state.target else target


def what_if(clocks: Iterable[Held], before: Calendars, book: Book, now: datetime) -> Iterator[Change]:
    """Return the clocks that `book` would move or whose breach it would change, in the order given."""
    for held in clocks:
        step = successor(held, book)
        if step is None:
            continue
        was = evaluate(held.state, before.named(held.state.calendar), now)
        new = evaluate(step.of(held.state), book.calendars.named(step.calendar), now)
        if (was.due, was.breached) != (new.due, new.breached):
            yield Change(held, was.due, new.due, was.breached, new.breached)

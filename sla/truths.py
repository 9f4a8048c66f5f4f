"""Each promise that a ledger ever made, side by side: the first, those after it, and the one in force.

A holiday that is lengthened, an extension, another policy: each moves the due time by one more entry, and what
was promised before stays readable. "In time" is told for every one of them: by the first promise, by the last.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sla.arithmetic import due
from sla.calendars import Calendars
from sla.ledger import ClockState, Entry, Kind, LedgerError, follow
from sla.values import Target


@dataclass(frozen=True, slots=True)
class Truth:
    """A promise from `since` on, as it stands with all pauses up to now; `kept` is None while it is open."""

    since: datetime
    kind: Kind
    target: Target
    policy: str
    calendar: str
    due: datetime | None
    kept: bool | None


def truths(entries: Iterable[Entry], calendars: Calendars, now: datetime) -> tuple[Truth, ...]:
    """Return the promises of a ledger, oldest first; a line that changed no promise adds none.

    Pauses belong to all of them alike: what the enterprise or the law made wait, no promise counts. Kept or
    broken is told of the first answer, or of now where there is none and the due time has passed.
    """
    made: list[tuple[Entry, ClockState]] = []
    state: ClockState | None = None
    for entry in entries:
        before, state = state, follow(state, entry)
        if before is None or _terms(before) != _terms(state):
            made.append((entry, state))
    if state is None:
        raise LedgerError("a ledger without entries")
    return _distinct(_truth(entry, then, state, calendars, now) for entry, then in made)


def _terms(state: ClockState) -> tuple[Target, str, str]:
    return state.target, state.policy, state.calendar


def _truth(entry: Entry, then: ClockState, last: ClockState, calendars: Calendars, now: datetime) -> Truth:
    moment = due(calendars.named(then.calendar), then.started_at, then.target, last.held)
    return Truth(
        since=entry.at,
        kind=entry.kind,
        target=then.target,
        policy=then.policy,
        calendar=then.calendar,
        due=moment,
        kept=_kept(moment, last.stops[0] if last.stops else None, now),
    )


def _kept(moment: datetime | None, answered: datetime | None, now: datetime) -> bool | None:
    if moment is None:
        return None
    if answered is not None:
        return answered <= moment
    return False if now > moment else None


def _distinct(found: Iterable[Truth]) -> tuple[Truth, ...]:
    """Leave out what promised the same moment as the one before it: another version, no other promise."""
    kept: list[Truth] = []
    for truth in found:
        if not kept or kept[-1].due != truth.due:
            kept.append(truth)
    return tuple(kept)

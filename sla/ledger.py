"""The ledger of one clock: an append-only list of entries, of which every reading is a pure function.

Nothing here is stored by this package. A due time shown once can be shown again years later from the same
entries; a correction is one more entry (`superseded`), never a changed one (domain section 5.4 and 5.5).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple

from sla.arithmetic import elapsed, used_seconds
from sla.calendar import Calendar
from sla.course import Course
from sla.values import Pause, Target


class LedgerError(ValueError):
    """An entry that cannot follow those before it."""


class Kind(StrEnum):
    """What an entry records."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"
    HANDED_OVER = "handed_over"
    STOPPED = "stopped"
    SUPERSEDED = "superseded"


KINDS = {kind.value: kind for kind in Kind}
"""The kinds by their words: rows come by the million, and a look-up is three times as quick as `Kind(word)`."""


class Entry(NamedTuple):
    """One fact about a clock.

    `target`: for `started` the amount allowed, for `extended` the amount added, for `superseded` the new
    amount where the policy changed it. `policy` and `calendar`: the versions in force from here on.
    `holder`: who has it from here on (`started`, `handed_over`). `due_version`: counts the times the due time
    moved into the future, see `sla.ladder.rearmed`.
    """

    kind: Kind
    at: datetime
    actor: str
    reason: str = ""
    target: Target | None = None
    policy: str = ""
    calendar: str = ""
    holder: str = ""
    due_version: int = 0


class Handing(StrEnum):
    """Why a matter changes hands; the `reason` of a hand-over."""

    DISPATCH = "dispatch"
    RETURN = "return"
    UPHELD = "upheld"
    REFUSED = "refused"
    CASE = "case"


class Holding(NamedTuple):
    """From when on somebody has the matter, and how it came to them."""

    since: datetime
    holder: str
    why: str = Handing.DISPATCH.value


class ClockState(NamedTuple):
    """What the entries add up to. `stops` holds every answer's instant: the first counts and the accepted.

    A tuple, since replaying copies it once an entry and millions of clocks are replayed.
    """

    started_at: datetime
    last_at: datetime
    target: Target
    granted: Target
    pauses: tuple[Pause, ...] = ()
    paused_since: datetime | None = None
    stopped_at: datetime | None = None
    stops: tuple[datetime, ...] = ()
    extended_by: int = 0
    holders: tuple[Holding, ...] = ()
    policy: str = ""
    calendar: str = ""
    due_version: int = 0
    cycle: int = 0
    cycle_since: datetime | None = None

    @property
    def held(self) -> tuple[Pause, ...]:
        """Return all pauses, the open one last."""
        return self.pauses if self.paused_since is None else (*self.pauses, Pause(self.paused_since))

    @property
    def running(self) -> bool:
        """Whether time passes now."""
        return self.stopped_at is None and self.paused_since is None

    def course(self, calendar: Calendar) -> Course:
        """Return the way to its due time and its rungs; `calendar` is the one that the state names."""
        return Course(calendar, self.started_at, self.target, self.held)


def replay(entries: Iterable[Entry]) -> ClockState:
    """Return the state that the entries give; raises LedgerError for one that cannot follow."""
    state: ClockState | None = None
    for entry in entries:
        state = follow(state, entry)
    if state is None:
        raise LedgerError("a ledger without entries")
    return state


def follow(state: ClockState | None, entry: Entry) -> ClockState:
    """Return the state after one more entry, so that a writer can check it before it appends."""
    if state is None:
        return _started(entry)
    if entry.at < state.last_at:
        raise LedgerError(f"{entry.kind} at {entry.at} is before the last entry at {state.last_at}")
    if entry.due_version and entry.due_version not in (state.due_version, state.due_version + 1):
        raise LedgerError(f"due version {entry.due_version} cannot follow {state.due_version}")
    changes = _STEPS[entry.kind](state, entry)
    if entry.due_version > state.due_version:
        changes["due_version"] = entry.due_version
    changes["last_at"] = entry.at
    if entry.policy:
        changes["policy"] = entry.policy
    if entry.calendar:
        changes["calendar"] = entry.calendar
    return state._replace(**changes)


Changes = dict[str, Any]
"""What one entry makes different; the state is copied once an entry, not once a change."""


def _started(entry: Entry) -> ClockState:
    if entry.kind is not Kind.STARTED or entry.target is None:
        raise LedgerError("a ledger begins with a start and its target")
    at, target = entry.at, entry.target
    first = (Holding(at, entry.holder),)
    return ClockState(at, at, target, target, holders=first, policy=entry.policy, calendar=entry.calendar)


def _again(_state: ClockState, _entry: Entry) -> Changes:
    raise LedgerError("a clock starts once")


def _paused(state: ClockState, entry: Entry) -> Changes:
    if not state.running:
        raise LedgerError("only a running clock can be paused")
    return {"paused_since": entry.at}


def _resumed(state: ClockState, entry: Entry) -> Changes:
    """Go on after a pause, or after a stop: a contest makes the time since the answer a pause (section 3)."""
    since = state.stopped_at or state.paused_since
    if since is None:
        raise LedgerError("a running clock cannot be resumed")
    pauses = (*state.pauses, Pause(since, entry.at))
    if state.stopped_at is None:
        return {"pauses": pauses, "paused_since": None}
    return {"pauses": pauses, "stopped_at": None, "cycle": state.cycle + 1, "cycle_since": entry.at}


def _extended(state: ClockState, entry: Entry) -> Changes:
    """Make the target n + m from the same start, once, with m ≤ n (section 3)."""
    if entry.target is None or entry.target.unit is not state.target.unit:
        raise LedgerError(f"an extension is given in {state.target.unit}")
    if state.stopped_at is not None or state.extended_by:
        raise LedgerError("a clock that stands or was extended already cannot be extended")
    if entry.target.amount > state.target.amount:
        raise LedgerError(f"an extension of {entry.target.amount} is longer than {state.target.amount}")
    longer = Target(state.target.unit, state.target.amount + entry.target.amount)
    return {"target": longer, "extended_by": entry.target.amount}


def _handed_over(state: ClockState, entry: Entry) -> Changes:
    if not entry.holder:
        raise LedgerError("a hand-over names the new holder")
    return {"holders": (*state.holders, Holding(entry.at, entry.holder, entry.reason))}


def _stopped(state: ClockState, entry: Entry) -> Changes:
    """Stop for good or until a contest; a pause still open ends here."""
    if state.stopped_at is not None:
        raise LedgerError("a clock that stands cannot be stopped")
    pauses = state.pauses
    if state.paused_since is not None:
        pauses = (*pauses, Pause(state.paused_since, entry.at))
    return {
        "pauses": pauses,
        "paused_since": None,
        "stopped_at": entry.at,
        "stops": (*state.stops, entry.at),
    }


def _superseded(_state: ClockState, entry: Entry) -> Changes:
    """Go on under another calendar or policy; a new target is the whole amount, extension included."""
    return {} if entry.target is None else {"target": entry.target}


_STEPS = {
    Kind.STARTED: _again,
    Kind.PAUSED: _paused,
    Kind.RESUMED: _resumed,
    Kind.EXTENDED: _extended,
    Kind.HANDED_OVER: _handed_over,
    Kind.STOPPED: _stopped,
    Kind.SUPERSEDED: _superseded,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a clock shows. `elapsed` and `remaining` are in ticks of the target's unit (closes or seconds)."""

    due: datetime | None
    elapsed: int
    remaining: int
    breached: bool
    provisional: bool


def evaluate(state: ClockState, calendar: Calendar, now: datetime) -> Reading:
    """Read the clock at `now`; a stopped one reads as it stood when it stopped.

    Breached means past its due time: an answer at the due second itself is in time.
    """
    end = now if state.stopped_at is None else min(now, state.stopped_at)
    course = state.course(calendar)
    moment = course.due
    ticks = elapsed(calendar, state.started_at, state.target.unit, end, pauses=state.held)
    return Reading(
        due=moment,
        elapsed=ticks,
        remaining=state.target.ticks - ticks,
        breached=moment is not None and end > moment,
        provisional=course.provisional,
    )


@dataclass(frozen=True, slots=True)
class Part:
    """One stay of the matter: `seconds` are working seconds (round-the-clock clocks: seconds).

    `bearer`: to whom the time is reckoned. A return that is upheld puts the time spent on the centre, one that is
    refused on the bureau that tried (section 3); every other stay is its holder's. `returned`: how it ended.
    """

    holder: str
    bearer: str
    since: datetime
    until: datetime
    seconds: int
    returned: bool


def parts(state: ClockState, calendar: Calendar, now: datetime) -> Sequence[Part]:
    """Return the stays of the matter in order; they add up to the whole used time exactly.

    Who gets it after the clock stood has used nothing of it.
    """
    end = state.stopped_at or now
    stays = state.holders
    edges = [*(min(stay.since, end) for stay in stays), end]
    return [
        Part(
            holder=stay.holder,
            bearer=_bearer(stays, place),
            since=since,
            until=until,
            seconds=_used(state, calendar, since, until),
            returned=_why(stays, place + 1) == Handing.RETURN,
        )
        for place, (stay, (since, until)) in enumerate(zip(stays, pairwise(edges), strict=True))
    ]


def _why(stays: Sequence[Holding], place: int) -> str:
    return stays[place].why if place < len(stays) else ""


def _bearer(stays: Sequence[Holding], place: int) -> str:
    if _why(stays, place + 1) == Handing.REFUSED:
        return stays[place + 1].holder
    if _why(stays, place + 1) == Handing.RETURN and _why(stays, place + 2) == Handing.UPHELD:
        return stays[place + 1].holder
    return stays[place].holder


def _used(state: ClockState, calendar: Calendar, since: datetime, until: datetime) -> int:
    return used_seconds(calendar, since, until, unit=state.target.unit, pauses=state.held)

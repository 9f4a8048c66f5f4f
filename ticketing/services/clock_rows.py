"""Between the rows of a clock and the pure ledger of `sla`: reading, appending, arming the next rung."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from sla.derived import derive
from sla.ladder import key, steps
from sla.ledger import KINDS, ClockState, Entry, follow, replay
from sla.rungs import ClockKind as PolicyClock
from sla.rungs import Rung
from sla.values import UNITS, Target
from ticketing.domain.vocabulary import ClockKind
from ticketing.models import CaseClock, CaseClockEntry, ClockEntry, TicketClock
from ticketing.services.province import Province


def to_entry(row: ClockEntry | CaseClockEntry | Row[Any]) -> Entry:
    """Return the ledger's value of a row."""
    data = row.data
    target = Target(UNITS[data["unit"]], data["amount"]) if "unit" in data else None
    return Entry(
        kind=KINDS[row.kind],
        at=row.at,
        actor=row.actor,
        reason=row.reason,
        target=target,
        policy=row.policy_version,
        calendar=row.calendar_version,
        holder=data.get("holder", ""),
        due_version=data.get("due_version", 0),
    )


def entry_columns(entry: Entry, *, clock_id: int, seq: int) -> dict[str, Any]:
    """Return the columns of a ledger line."""
    data: dict[str, Any] = {}
    if entry.target is not None:
        data |= {"unit": entry.target.unit.value, "amount": entry.target.amount}
    if entry.holder:
        data["holder"] = entry.holder
    if entry.due_version:
        data["due_version"] = entry.due_version
    return {
        "clock_id": clock_id,
        "seq": seq,
        "kind": entry.kind.value,
        "at": entry.at,
        "actor": entry.actor,
        "reason": entry.reason,
        "policy_version": entry.policy,
        "calendar_version": entry.calendar,
        "data": data,
    }


def derived_columns(state: ClockState, kind: ClockKind, province: Province, *, passed: int) -> dict[str, Any]:
    """Return what a clock's row keeps of its ledger for indexes: due time, next rung, versions."""
    calendar = province.calendar_of(state)
    return derive(state, calendar, ladder(kind, state, province), passed=passed)._asdict()


def ladder(kind: ClockKind, state: ClockState, province: Province) -> tuple[Rung, ...]:
    """Return the rungs that a clock climbs, by the policy that its ledger names."""
    return province.policy_of(state).rungs(PolicyClock(kind.value), state.target)


@dataclass
class Ledger:
    """A clock's row with the state that its entries add up to."""

    clock: TicketClock | CaseClock | Row[Any]
    state: ClockState

    @classmethod
    def read(
        cls,
        clock: TicketClock | CaseClock | Row[Any],
        entries: Iterable[ClockEntry | CaseClockEntry | Row[Any]],
    ) -> "Ledger":
        """Replay the rows of one clock, oldest first."""
        return cls(clock, replay(to_entry(row) for row in entries))

    @property
    def kind(self) -> ClockKind:
        """Which promise it keeps."""
        return ClockKind(self.clock.kind)

    def append(self, entry: Entry, province: Province) -> ClockEntry | CaseClockEntry:
        """Return the row of one more entry, having brought the clock's own row up to date.

        Raises:
            LedgerError: when the entry cannot follow.
        """
        before = self.state.cycle
        self.state = follow(self.state, entry)
        passed = 0 if self.state.cycle != before else self.clock.rungs_passed
        self.rearm(province, passed=passed)
        self.clock.entries += 1
        line = CaseClockEntry if isinstance(self.clock, CaseClock) else ClockEntry
        return line(**entry_columns(entry, clock_id=self.clock.id, seq=self.clock.entries))

    def rearm(self, province: Province, *, passed: int) -> None:
        """Bring the derived columns up to date; a recomputation is not a change of the ticket."""
        for column, value in derived_columns(self.state, self.kind, province, passed=passed).items():
            setattr(self.clock, column, value)


def missed_rungs(
    state: ClockState, kind: ClockKind, province: Province, now: dt.datetime, *, clock_id: int
) -> list[dict[str, Any]]:
    """Return rows for the rungs that lay in the past when a clock was imported: recorded, never sent."""
    rows = []
    for step in steps(ladder(kind, state, province), province.calendar_of(state), state):
        if step.moment > now:
            break
        firing = key(step.rung, state)
        rows.append(
            {
                "clock_id": clock_id,
                "cycle": firing.cycle,
                "rung": firing.rung,
                "due_version": firing.due_version,
                "planned_at": step.moment,
                "reached_at": now,
                "outcome": "missed_on_import",
            }
        )
    return rows

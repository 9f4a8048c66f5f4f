"""Which rungs of a clock have come, whoever's clock it is, and the rows by which each is climbed once."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sla.ladder import Step, key, next_step
from ticketing.extensions import db
from ticketing.services.clock_rows import Ledger, ladder
from ticketing.services.clock_tables import ALL, Tables
from ticketing.services.province import Province

REACHED, LATE = "reached", "late"


def come(ledger: Ledger, now: dt.datetime, province: Province) -> list[Step]:
    """Return the rungs that have come since the last one was climbed, lowest first."""
    rungs, calendar = ladder(ledger.kind, ledger.state, province), province.calendar_of(ledger.state)
    steps: list[Step] = []
    passed = ledger.clock.rungs_passed
    while (step := next_step(rungs, calendar, ledger.state, passed=passed)) and step.moment <= now:
        steps.append(step)
        passed = step.index + 1
    return steps


def rung_rows(ledger: Ledger, steps: Sequence[Step], now: dt.datetime) -> list[dict[str, Any]]:
    """Return a row for each, `late` where a newer one speaks."""
    firings = [(step, key(step.rung, ledger.state)) for step in steps]
    return [
        {
            "clock_id": ledger.clock.id,
            "cycle": firing.cycle,
            "rung": firing.rung,
            "due_version": firing.due_version,
            "planned_at": step.moment,
            "reached_at": now,
            "outcome": REACHED if step is steps[-1] else LATE,
        }
        for step, firing in firings
    ]


@dataclass(frozen=True)
class Foreseen:
    """A rung that the next look would climb."""

    number: str
    kind: str
    rung: str
    planned_at: dt.datetime
    outcome: str


def foreseen(now: dt.datetime, province: Province) -> Iterator[Foreseen]:
    """Return what the next look would climb, of tickets and of steps, in the order of the clocks; touch nothing."""
    for tables in ALL:
        yield from _foreseen(tables, now, province)


def _foreseen(tables: Tables, now: dt.datetime, province: Province) -> Iterator[Foreseen]:
    clock = tables.clock
    due = tables.facts.add_columns(clock).where(clock.next_rung_at <= now)
    found = db.session.execute(due.order_by(None).order_by(clock.next_rung_at, clock.id)).all()
    lines: dict[int, list[Any]] = {row.id: [] for row in found}
    for line in db.session.scalars(tables.entries, {"clocks": list(lines)}):
        lines[line.clock_id].append(line)
    for row in found:
        steps = come(Ledger.read(row[-1], lines[row.id]), now, province)
        for step in steps:
            outcome = REACHED if step is steps[-1] else LATE
            yield Foreseen(row.number, row.kind, step.rung.code, step.moment, outcome)

"""The clocks of steps: each starts when its step can begin, and climbs the ladder of a bureau's share of time."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select

from sla.ledger import Entry, Kind
from sla.rungs import ClockKind as PolicyClock
from sla.values import Target, Unit
from sla.whatif import Held
from ticketing.domain.vocabulary import ClockKind
from ticketing.extensions import db
from ticketing.models import CaseClock, CaseClockEntry, CaseParty, CaseStep, CoordinationCase
from ticketing.services import clocks, segments
from ticketing.services.clock_rows import Ledger, derived_columns, entry_columns
from ticketing.services.clock_tables import STEPS
from ticketing.services.history import Act
from ticketing.services.province import Province

#: A step is its owner's share of the plan: the policy gives it the ladder of a share.
KIND = ClockKind.SHARE


def target_of(step: CaseStep, now: dt.datetime) -> Target:
    """Return the step's own time, or what is left until the hour agreed."""
    if step.unit is not None and step.amount is not None:
        return Target(Unit(step.unit), step.amount)
    until = step.agreed_at or step.due_at
    return Target(Unit.SECONDS, max(1, int((until - now).total_seconds())))


def begin(case: CoordinationCase, step: CaseStep, act: Act, province: Province) -> None:
    """Start the clock of a step that can begin; one that began before goes on where it stood."""
    ledger = ledger_of(step)
    if ledger is None:
        _start(case, step, act, province)
    elif ledger.state.paused_since is not None or ledger.state.stopped_at is not None:
        append(
            ledger, clocks.entry(Kind.RESUMED, act, clocks.versions_of(ledger.state), reason="step"), province
        )
        _catch_up(case, ledger, act, province)
        note_due(step, ledger)


def _catch_up(case: CoordinationCase, ledger: Ledger, act: Act, province: Province) -> None:
    """Let a clock that stood while something was published go on by it."""
    where = segments.segment_of(segments.Facts("", "", region=case.region_code), province)
    held = Held(ledger.clock.id, "", PolicyClock(KIND.value), ledger.state, where, own_target=True)
    clocks.go_on_by(held, ledger, act, province)


def _start(case: CoordinationCase, step: CaseStep, act: Act, province: Province) -> None:
    owner = db.session.get_one(CaseParty, step.owner_id)
    versions = clocks.versions_at(province.around(case.region_code), province)
    holder = owner.bureau_code or owner.name
    entry, state = clocks.first_entry(
        KIND, target_of(step, act.now), act, versions, at=act.now, holder=holder
    )
    clock = CaseClock(
        case_id=case.id,
        step_id=step.id,
        kind=KIND.value,
        entries=1,
        **derived_columns(state, KIND, province, passed=0),
    )
    db.session.add(clock)
    db.session.flush()
    db.session.add(CaseClockEntry(**entry_columns(entry, clock_id=clock.id, seq=1)))
    step.due_at = clock.due_at or step.due_at


def hold(step: CaseStep, act: Act, province: Province) -> None:
    """Let the clock stand while what the step waits for is done once more."""
    ledger = ledger_of(step)
    if ledger is not None and ledger.state.running:
        append(
            ledger, clocks.entry(Kind.PAUSED, act, clocks.versions_of(ledger.state), reason="hold"), province
        )


def stop(step: CaseStep, act: Act, province: Province) -> None:
    """Stop the clock of a step that is settled."""
    ledger = ledger_of(step)
    if ledger is not None and ledger.state.stopped_at is None:
        append(
            ledger, clocks.entry(Kind.STOPPED, act, clocks.versions_of(ledger.state), reason="step"), province
        )


def retime(step: CaseStep, act: Act, province: Province) -> None:
    """Let a running clock end at the hour that was agreed anew."""
    ledger = ledger_of(step)
    if ledger is None or ledger.state.stopped_at is not None:
        return
    left = target_of(step, ledger.state.started_at)
    said = clocks.entry(Kind.SUPERSEDED, act, clocks.versions_of(ledger.state), reason="agreed")
    append(ledger, said._replace(target=left), province)
    note_due(step, ledger)


def hand_over(step: CaseStep, holder: str, act: Act, province: Province) -> None:
    """Note in the ledger of a running step who has it from now on."""
    ledger = ledger_of(step)
    if ledger is not None and ledger.state.stopped_at is None and ledger.state.holders[-1].holder != holder:
        said = clocks.entry(Kind.HANDED_OVER, act, clocks.versions_of(ledger.state), reason="case")
        append(ledger, said._replace(holder=holder), province)


def note_due(step: CaseStep, ledger: Ledger) -> None:
    """Keep on the step the due time of its clock; while the clock stands the last one shown stays."""
    step.due_at = ledger.clock.due_at or step.due_at


def append(ledger: Ledger, entry: Entry, province: Province) -> None:
    """Append a line to a step's ledger; one that had to wait for a lock happened right after what it waited for."""
    entry = entry._replace(at=max(entry.at, ledger.state.last_at))
    db.session.add(ledger.append(entry, province))


def ledger_of(step: CaseStep) -> Ledger | None:
    """Return the clock of a step with its state; None before it began."""
    clock = db.session.scalar(select(CaseClock).where(CaseClock.step_id == step.id))
    return None if clock is None else ledgers([clock])[0]


def ledgers(found: Sequence[CaseClock]) -> list[Ledger]:
    """Return clocks with their states; one statement however many there are."""
    rows: dict[int, list[CaseClockEntry]] = {clock.id: [] for clock in found}
    for row in db.session.scalars(STEPS.entries, {"clocks": list(rows)}):
        rows[row.clock_id].append(row)
    return [Ledger.read(clock, rows[clock.id]) for clock in found]

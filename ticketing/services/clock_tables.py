"""Where clocks stand: those of tickets, and those of the steps of cases (ADR 17).

What goes through all clocks (a version that is applied, a what-if, the proof of all deadlines) goes through `ALL`, by
the same columns and statements, so that no kind is forgotten.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Select, Text, any_, bindparam, func, literal, null, select

from ticketing.models import (
    CaseClock,
    CaseClockEntry,
    CaseStep,
    ClockEntry,
    CoordinationCase,
    Ticket,
    TicketClock,
)


@dataclass(frozen=True)
class Tables:
    """One kind of clock.

    `facts`: id, kind, versions, the number that people know it by, and what a policy may look at; `owner_id` is what
    is locked before a line is written. `own_targets`: whether the time allowed is a template's, not the policy's.
    """

    clock: Any
    entry: Any
    owner: Any
    facts: Select[Any]
    own_targets: bool

    @property
    def entries(self) -> Select[Any]:
        """Return the statement for the lines of some ledgers (`clocks`: one array of ids), as objects."""
        return self._of_clocks(select(self.entry))

    @property
    def lines(self) -> Select[Any]:
        """Return the same as plain rows, for those who read a hundred thousand."""
        names = "clock_id", "kind", "at", "actor", "reason", "policy_version", "calendar_version", "data"
        return self._of_clocks(select(*(getattr(self.entry, name) for name in names)))

    def _of_clocks(self, wanted: Select[Any]) -> Select[Any]:
        #: By one array: five thousand parameters of their own cost more than the query.
        chosen = self.entry.clock_id == any_(bindparam("clocks", type_=ARRAY(BigInteger)))
        return wanted.where(chosen).order_by(self.entry.clock_id, self.entry.seq)


TICKETS = Tables(
    TicketClock,
    ClockEntry,
    Ticket,
    select(
        TicketClock.id,
        TicketClock.kind,
        TicketClock.policy_version,
        TicketClock.calendar_version,
        TicketClock.ticket_id.label("owner_id"),
        Ticket.number,
        Ticket.type,
        Ticket.urgency,
        Ticket.line,
        Ticket.region_code,
        Ticket.hotline_number,
        Ticket.enterprise_lists,
    )
    .join(Ticket, Ticket.id == TicketClock.ticket_id)
    .order_by(TicketClock.id),
    own_targets=False,
)
STEP_NUMBER = func.concat(CoordinationCase.number, "/", CaseStep.number)
"""A step's clock is named by its case and its step: 12/4."""
STEPS = Tables(
    CaseClock,
    CaseClockEntry,
    CoordinationCase,
    select(
        CaseClock.id,
        CaseClock.kind,
        CaseClock.policy_version,
        CaseClock.calendar_version,
        CaseClock.case_id.label("owner_id"),
        STEP_NUMBER.label("number"),
        literal("").label("type"),
        literal("").label("urgency"),
        null().label("line"),
        CoordinationCase.region_code,
        null().label("hotline_number"),
        literal([], ARRAY(Text)).label("enterprise_lists"),
    )
    .join(CoordinationCase, CoordinationCase.id == CaseClock.case_id)
    .join(CaseStep, CaseStep.id == CaseClock.step_id)
    .order_by(CaseClock.id),
    own_targets=True,
)
ALL = (TICKETS, STEPS)

"""延期: the answer's target made longer, once, from the same start."""

import datetime as dt

from sla.arithmetic import after, remaining
from sla.ledger import Kind
from sla.values import Target, Unit
from ticketing.domain.errors import Invalid
from ticketing.domain.vocabulary import ClockKind
from ticketing.domain.words import N_
from ticketing.models import Ticket
from ticketing.services import clocks
from ticketing.services.clock_rows import Ledger
from ticketing.services.history import Act
from ticketing.services.province import Province

#: The clocks that an extension makes longer, the one that is asked about first.
EXTENDABLE = (ClockKind.REWORK, ClockKind.ANSWER)
ASK_BEFORE = Target(Unit.WORKING_DAYS, 1)
#: Round-the-clock clocks: an extension is asked while at least this share is left.
LEFT_PERCENT = 25


def check_extension(ticket: Ticket, amount: int, asked_at: dt.datetime, province: Province) -> Ledger:
    """Return the clock that an extension of `amount`, asked for at an instant, would make longer.

    Raises:
        Invalid: extended before, no such clock runs, asked too late, or more than the target itself.
    """
    if ticket.extended:
        raise Invalid(N_("已经延期过一次，不能再延。"), field="amount")
    running = {ledger.kind: ledger for ledger in clocks.ledgers(ticket)}
    ledger = next((running[kind] for kind in EXTENDABLE if kind in running), None)
    if ledger is None:
        raise Invalid(N_("没有正在计时的答复时限。"), field="amount")
    if not 1 <= amount <= ledger.state.target.amount:
        raise Invalid(
            N_("延期不能超过原时限，最多 %(most)s。"), field="amount", most=ledger.state.target.amount
        )
    _check_time(ledger, asked_at, province)
    return ledger


def _check_time(ledger: Ledger, asked_at: dt.datetime, province: Province) -> None:
    state, calendar, due_at = ledger.state, province.calendar_of(ledger.state), ledger.clock.due_at
    if due_at is None:
        return
    if state.target.unit.round_the_clock:
        left = remaining(calendar, state.started_at, state.target, asked_at, pauses=state.held)
        if left * 100 < state.target.ticks * LEFT_PERCENT:
            raise Invalid(N_("按小时计的时限，要在还剩四分之一以上时申请延期，现在已晚。"), field="amount")
        return
    latest = after(calendar, asked_at, ASK_BEFORE)
    if latest is None or latest > due_at:
        raise Invalid(N_("延期要在到期前至少 1 个工作日提出，现在已晚。"), field="amount")


def extend(
    ticket: Ticket, amount: int, act: Act, province: Province, *, asked_at: dt.datetime
) -> dt.datetime | None:
    """Make the target n + m from the same start, for promise and share; return the promise's due time.

    Raises:
        Invalid: as `check_extension`.
    """
    ledger = check_extension(ticket, amount, asked_at, province)
    more = Target(ledger.state.target.unit, amount)
    said = clocks.entry(Kind.EXTENDED, act, clocks.versions_of(ledger.state), reason=Kind.EXTENDED.value)
    clocks.move_due(ledger, said._replace(target=more), act, province)
    share = next((one for one in clocks.ledgers(ticket) if one.kind == ClockKind.SHARE), None)
    if share is not None and share.state.target.unit == more.unit:
        longer = Target(more.unit, share.state.target.amount + amount)
        clocks.supersede(share, longer, clocks.versions_of(share.state), act, province)
    clocks.note_nearest_due(ticket)
    return ledger.clock.due_at

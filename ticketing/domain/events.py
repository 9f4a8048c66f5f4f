"""Facts that the desk tells after commit; each is stored with its fields and goes to its subscribers."""

import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Event:
    """Something that became true of one ticket, or of a call that has none."""

    ticket_id: int | None

    @property
    def name(self) -> str:
        """The name under which it is stored and subscribed to."""
        return type(self).__name__

    def payload(self) -> dict[str, Any]:
        """The fields beside the ticket, ready for JSON."""
        fields = dataclasses.asdict(self)
        del fields["ticket_id"]
        return fields


@dataclass(frozen=True)
class TicketOpened(Event):
    """A request became a ticket with an owner and a deadline."""


@dataclass(frozen=True)
class TicketDispatched(Event):
    """A bureau has it now."""

    bureau_code: str


@dataclass(frozen=True)
class TicketAssigned(Event):
    """A person of the bureau has it now."""

    account_id: int


@dataclass(frozen=True)
class TicketReturned(Event):
    """A bureau says that it is not theirs."""

    return_id: int


@dataclass(frozen=True)
class ReturnAdjudicated(Event):
    """The dispatcher upheld or refused a return."""

    return_id: int


@dataclass(frozen=True)
class AdjudicationLate(Event):
    """A return has waited longer than it may."""

    return_id: int


@dataclass(frozen=True)
class RequesterAsked(Event):
    """The enterprise is asked for something; the answer clocks wait."""

    history_seq: int


@dataclass(frozen=True)
class RequesterSupplied(Event):
    """The enterprise handed it in, or its time ran out."""

    supplied: bool


@dataclass(frozen=True)
class RequesterTold(Event):
    """Staff wrote to the enterprise."""

    history_seq: int


@dataclass(frozen=True)
class RequesterWrote(Event):
    """The enterprise wrote unasked: a reminder."""

    history_seq: int


@dataclass(frozen=True)
class FileAdded(Event):
    """The enterprise added a file unasked."""

    history_seq: int


@dataclass(frozen=True)
class PromiseMoved(Event):
    """Suspended, resumed or extended: the enterprise is told why and until when."""

    history_seq: int


@dataclass(frozen=True)
class TicketAnswered(Event):
    """The bureau answered."""

    history_seq: int


@dataclass(frozen=True)
class AnswerContested(Event):
    """The enterprise does not accept the answer."""

    contests: int


@dataclass(frozen=True)
class TicketClosed(Event):
    """Closed, with its reason."""

    reason: str


@dataclass(frozen=True)
class ApprovalAsked(Event):
    """Somebody waits for a decision: of a head, or of a supervisor."""

    approval_id: int
    by_supervisor: bool


@dataclass(frozen=True)
class ApprovalOverdue(Event):
    """Nobody decided in time: it is passed on to the supervisors."""

    approval_id: int


@dataclass(frozen=True)
class ApprovalDecided(Event):
    """The decision is there."""

    approval_id: int


@dataclass(frozen=True)
class CaseOpened(Event):
    """Several bureaus solve it together from now on."""

    case_id: int


@dataclass(frozen=True)
class StepReady(Event):
    """A step of a case can begin: its owner is told. Ticket: the first that the case carries."""

    case_id: int
    step_id: int


@dataclass(frozen=True)
class StepDisputed(Event):
    """Two lists differ; the lead is told which field."""

    case_id: int
    step_id: int


@dataclass(frozen=True)
class StepRungReached(Event):
    """The clock of a step reached a rung of its ladder."""

    case_id: int
    step_id: int
    rung: str
    act: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class CaseClosed(Event):
    """The case gave its one answer."""

    case_id: int


@dataclass(frozen=True)
class OrderIssued(Event):
    """A numbered supervision order."""

    order_id: int


@dataclass(frozen=True)
class RungReached(Event):
    """A clock reached a rung of its ladder."""

    clock_id: int
    clock_kind: str
    rung: str
    act: str
    roles: tuple[str, ...]
    bureau_code: str | None


@dataclass(frozen=True)
class DutyGapFound(Event):
    """A group's lines are promised, and nobody of it will be on."""

    gap_id: int


@dataclass(frozen=True)
class BureauListed(Event):
    """A bureau stands on the public criticism list for this ticket."""

    listing_id: int


@dataclass(frozen=True)
class CallMissed(Event):
    """Nobody answered; a call-back is due."""

    call_id: int


@dataclass(frozen=True)
class VoicemailLeft(Event):
    """The caller left a message; somebody has to hear it."""

    call_id: int


@dataclass(frozen=True)
class CallbackOverdue(Event):
    """Nobody has called back in time."""

    call_id: int


@dataclass(frozen=True)
class EnterpriseChanged(Event):
    """The people of an enterprise's account have changed; no ticket."""

    entry_id: int


EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}

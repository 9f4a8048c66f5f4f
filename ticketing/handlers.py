"""Every side effect of the system on one screen: which fact goes to which handlers."""

from collections.abc import Callable

from ticketing.domain import events
from ticketing.domain.events import Event
from ticketing.services import facts
from ticketing.services.call_notices import tell_duty
from ticketing.services.callback_duties import tell_supervisors
from ticketing.services.case_notices import after_closing, tell_lead, tell_owner
from ticketing.services.case_openings import by_trigger
from ticketing.services.duty_gaps import tell_keepers
from ticketing.services.notifications import Told, tell_requester, tell_staff
from ticketing.services.outcomes import note_end
from ticketing.services.rung_texts import text_staff

Handler = Callable[[Event, Told], None]

SUBSCRIBERS: dict[type[Event], tuple[Handler, ...]] = {
    events.TicketOpened: (tell_requester, tell_staff),
    events.TicketDispatched: (tell_requester, tell_staff, facts.note, by_trigger),
    events.TicketAssigned: (tell_staff,),
    events.TicketReturned: (tell_staff, facts.note),
    events.ReturnAdjudicated: (tell_staff, facts.note),
    events.AdjudicationLate: (tell_staff,),
    events.RequesterAsked: (tell_requester, facts.note),
    events.RequesterSupplied: (tell_staff, facts.note),
    events.RequesterTold: (tell_requester,),
    events.RequesterWrote: (tell_staff,),
    events.FileAdded: (tell_staff,),
    events.PromiseMoved: (tell_requester, facts.note),
    events.TicketAnswered: (tell_requester, note_end, facts.note),
    events.AnswerContested: (tell_staff, facts.note),
    events.TicketClosed: (tell_requester, tell_staff, after_closing, facts.note),
    events.ApprovalAsked: (tell_staff,),
    events.ApprovalOverdue: (tell_staff,),
    events.ApprovalDecided: (tell_staff,),
    events.CaseOpened: (tell_staff, facts.note),
    events.StepReady: (tell_owner,),
    events.StepDisputed: (tell_lead,),
    events.StepRungReached: (tell_owner,),
    events.CaseClosed: (tell_lead,),
    events.OrderIssued: (tell_staff,),
    events.RungReached: (tell_staff, text_staff),
    events.BureauListed: (tell_staff,),
    events.CallbackOverdue: (tell_supervisors,),
    events.DutyGapFound: (tell_keepers,),
    events.CallMissed: (tell_duty,),
    events.VoicemailLeft: (tell_duty,),
}


def name_of(handler: Handler) -> str:
    """Return the name under which a receipt is kept; renaming a handler runs it again for waiting facts."""
    return f"{handler.__module__.rsplit('.', 1)[-1]}.{handler.__name__}"

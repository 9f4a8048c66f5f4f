"""What a request is and who answers it, as far as it can be told before a person looks."""

from dataclasses import dataclass

from routing import hints
from routing.decision import Decision, Kind, Request, decide
from ticketing.domain.messages import Inbound
from ticketing.domain.vocabulary import State, TicketType, Urgency
from ticketing.services.province import Province


@dataclass(frozen=True)
class Triage:
    """Type, urgency, place, line, owner: everything that clocks and queues depend on."""

    type: str
    urgency: str
    topic_code: str | None
    line: str | None
    region_code: str | None
    bureau_code: str
    state: State
    decision: Decision
    hint: hints.Hint | None


def triage(inbound: Inbound, province: Province, *, dispatch: bool = True) -> Triage:
    """Decide a request; what the router is not sure of stays at the centre, which owns it until dispatched.

    What a person chose goes before the topic's default, that before a hint of the words.
    """
    read = hints.read(f"{inbound.subject}\n{inbound.body}", province.rules, province.model)
    decision = decide(
        Request(
            subject=inbound.subject,
            body=inbound.body,
            topic_code=inbound.topic_code,
            hotline_number=inbound.hotline_number,
            region_code=inbound.region_code,
            caller_region_code=_registered_seat(inbound.register_code, province),
            type=inbound.type,
        ),
        province.directory,
        province.rules,
        province.model,
    )
    topic = province.directory.topics.get(inbound.topic_code or decision.topic_code or "")
    sent = dispatch and decision.kind is Kind.AUTO and decision.bureau_code is not None
    return Triage(
        type=inbound.type
        or (topic.type_default if topic else None)
        or (read.type.says if read.type else TicketType.CONSULTATION.value),
        urgency=inbound.urgency or (read.urgency.says if read.urgency else Urgency.NORMAL.value),
        topic_code=topic.code if topic else None,
        line=topic.line if topic else decision.line,
        region_code=inbound.region_code or decision.region_code,
        bureau_code=decision.bureau_code if sent and decision.bureau_code else province.centre_code,
        state=State.DISPATCHED if sent else State.NEW,
        decision=decision,
        hint=None if inbound.urgency else read.urgency,
    )


def _registered_seat(register_code: str, province: Province) -> str | None:
    """Return where the enterprise is registered, as its code tells: the finest place of the third to eighth digit."""
    code = register_code.strip()[2:8]
    places = (code, f"{code[:4]}00")
    return next((place for place in places if place in province.directory.regions), None)

"""Recordings of calls: which there are, who may hear them, and that somebody did."""

import re
from collections.abc import Sequence

from sqlalchemy import select

from ticketing.domain.actors import Actor
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Call, CallEvent
from ticketing.services import reveals
from ticketing.services.history import Act

KINDS = ("Voicemail", "Recorded")
#: A provider's name of a recording; it becomes a part of an address.
NAME = re.compile(r"RE[0-9a-f]{32}")
HEARD = "recording "


def of_call(call: Call) -> Sequence[CallEvent]:
    """Return what was recorded of a call, in order, each recording once."""
    wanted = select(CallEvent).where(CallEvent.call_id == call.id, CallEvent.kind.in_(KINDS))
    found = db.session.scalars(wanted.order_by(CallEvent.at, CallEvent.id))
    return list({one.data["recording"]: one for one in found}.values())


def may_hear(event: CallEvent, call: Call, actor: Actor) -> bool:
    """Tell whether somebody may hear it: a message is everybody's duty, a conversation its operator's own."""
    if not NAME.fullmatch(event.data["recording"]):
        return False
    if actor.has(Role.SUPERVISOR):
        return True
    return actor.has(Role.OPERATOR) and (event.kind == "Voicemail" or call.account_id == actor.account_id)


def heard(call: Call, recording: str, act: Act) -> None:
    """Write down that somebody listened."""
    reveals.of_call(call, HEARD + recording, act)

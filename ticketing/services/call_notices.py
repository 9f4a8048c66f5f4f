"""Colleagues on duty hear of calls that nobody answered and of messages that were left."""

from sqlalchemy.dialects.postgresql import insert

from ticketing.domain.contact import mask_phone
from ticketing.domain.events import Event
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Call, Notice
from ticketing.services import lines, ring
from ticketing.services import province as provinces
from ticketing.services.notifications import Told

WORDS = {
    "CallMissed": N_("漏接来电，请回拨：%(caller)s（%(line)s）"),
    "VoicemailLeft": N_("有语音留言，请处理：%(caller)s（%(line)s）"),
}


def tell_duty(event: Event, told: Told) -> None:
    """Leave a notice with those who answer the line now, once for each."""
    call = db.session.get_one(Call, event.call_id)  # type: ignore[attr-defined]
    province = provinces.current()
    line = lines.line_of(call.hotline_number, province)
    rows = [
        {
            "event_id": told.event_id,
            "account_id": one.account_id,
            "text": WORDS[event.name],
            "values": {"caller": mask_phone(call.caller), "line": line.label_zh},
            "at": told.now,
        }
        for one in ring.on(line, told.now, province).anybody
    ]
    if rows:
        db.session.execute(insert(Notice.__table__).on_conflict_do_nothing(), rows)

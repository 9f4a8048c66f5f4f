"""Hearing a message or a conversation: fetched from the provider as it is played, and written down."""

from typing import Any

from flask import Response, current_app, request, url_for

from ticketing.channels.base import Refused, Retry
from ticketing.channels.recordings_twilio import TwilioRecordings
from ticketing.channels.voice_twilio import PROVIDER
from ticketing.domain.errors import NotAllowed, NotFound
from ticketing.domain.permissions import Permission
from ticketing.extensions import db, transaction
from ticketing.models import Call
from ticketing.services import recordings
from ticketing.web.calls import calls
from ticketing.web.context import act
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _

AWAY = 502
#: A player asks for the rest of what it plays piece by piece; listening is written down at the beginning.
BEGINNINGS = ("", "bytes=0-")


def _archive() -> TwilioRecordings | None:
    found: TwilioRecordings | None = current_app.extensions["recordings"]
    return found


def shown(call: Call) -> list[dict[str, Any]]:
    """Return what was recorded of a call, with the address of what the reader may hear."""
    here = call.provider == PROVIDER and _archive() is not None
    return [
        {
            "words": _("留言") if one.kind == "Voicemail" else _("通话录音"),
            "seconds": one.data.get("seconds", 0),
            "recording": one.data["recording"],
            "url": url_for("calls.recording", call_id=call.id, name=one.data["recording"])
            if here and recordings.may_hear(one, call, act().actor)
            else "",
        }
        for one in recordings.of_call(call)
    ]


@calls.get("/desk/calls/<int:call_id>/recordings/<name>")
@needs(Permission.SEE_CALLS)
def recording(call_id: int, name: str) -> Response:
    """Play a recording."""
    archive, stretch = _archive(), request.headers.get("Range", "")
    with transaction():
        call = db.session.get(Call, call_id)
        events = recordings.of_call(call) if call is not None else []
        event = next((one for one in events if one.data["recording"] == name), None)
        if call is None or event is None or archive is None or call.provider != PROVIDER:
            raise NotFound
        if not recordings.may_hear(event, call, act().actor):
            raise NotAllowed
        if stretch in BEGINNINGS:
            recordings.heard(call, name, act())
    try:
        sound = archive.hear(name, stretch)
    except Refused as gone:
        raise NotFound from gone
    except Retry:
        return Response(_("现在取不到录音，请稍后再试。"), status=AWAY, mimetype="text/plain")
    answer = Response(sound.pieces, status=sound.status, mimetype="audio/mpeg", headers=sound.headers)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

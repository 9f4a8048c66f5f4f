"""Text messages by Twilio: what comes in, and what became of what went out."""

from flask import Blueprint, Response, request

from ticketing.channels.voice_twilio import Heard
from ticketing.extensions import csrf, transaction
from ticketing.services import receipts, text_status
from ticketing.web.hooks.signed import signed
from ticketing.web.requests import row_id

twilio_sms = csrf.exempt(Blueprint("twilio_sms", __name__, url_prefix="/hooks/twilio"))
NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@twilio_sms.post("/sms")
@signed
def incoming(heard: Heard) -> Response:
    """Answer number and password with the state; the answer goes out as any other message does."""
    form = heard.form
    sid = form.get("MessageSid", "")
    if sid:
        with transaction():
            text_status.receive(sid, form.get("From", ""), form.get("Body", ""), heard.now)
    return Response(NOTHING, content_type="text/xml; charset=utf-8")


@twilio_sms.post("/receipt")
@signed
def receipt(heard: Heard) -> Response:
    """Note what became of a message; the address that was signed names the delivery."""
    delivery = request.args.get("delivery", type=row_id)
    told, code = heard.form.get("MessageStatus", ""), heard.form.get("ErrorCode", "")
    if delivery is not None:
        with transaction():
            receipts.note(delivery, told, heard.now, error=code)
    return Response(status=204)

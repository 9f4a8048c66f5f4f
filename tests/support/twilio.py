"""The telephone provider, as its documentation says it asks: every documented field, signed."""

from email.utils import format_datetime
from typing import Any

from flask import current_app
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import MONDAY
from tests.support.calls import ALWAYS, CALLER

ACCOUNT = "AC" + "0" * 32
SPOKEN = {
    "AccountSid": ACCOUNT,
    "ApiVersion": "2010-04-01",
    "Direction": "inbound",
    "From": CALLER,
    "To": ALWAYS,
    "Caller": CALLER,
    "Called": ALWAYS,
    "FromCity": "",
    "FromState": "",
    "FromZip": "",
    "FromCountry": "CN",
    "ToCity": "",
    "ToState": "",
    "ToZip": "",
    "ToCountry": "CN",
}


def sid(kind: str, number: int) -> str:
    return f"{kind}{number:032x}"


def form(call: int = 1, status: str = "ringing", **more: str) -> dict[str, str]:
    return SPOKEN | {"CallSid": sid("CA", call), "CallStatus": status} | more


def leg(call: int = 1, by: str = "client:op", status: str = "in-progress", **more: str) -> dict[str, str]:
    """What is told of a telephone that rings for a call."""
    own = {"CallSid": sid("CA", call + 10**6), "ParentCallSid": sid("CA", call), "To": by, "Called": by}
    own |= {"Direction": "outbound-dial", "CallbackSource": "call-progress-events", "SequenceNumber": "2"}
    return form(call, status) | own | {"Timestamp": stamp(8)} | more


def over(call: int = 1, seconds: int = 60, status: str = "completed", **more: str) -> dict[str, str]:
    told = {"CallDuration": str(seconds), "Duration": "1", "CallbackSource": "call-progress-events"}
    return form(call, status, SequenceNumber="0", Timestamp=stamp(seconds)) | told | more


def stamp(seconds: int) -> str:
    """Return an instant as the provider writes it."""
    return format_datetime(MONDAY.replace(second=seconds % 60, minute=seconds // 60))


def ask(client: FlaskClient, hook: str, told: dict[str, str], **given: Any) -> TestResponse:
    """Post a signed webhook; `signature` overrides the right one."""
    voice = current_app.extensions["voice"]
    signature = given.pop("signature", None)
    url = voice.url(hook, given)
    path = url.removeprefix(current_app.config["ADDRESS"])
    header = {"X-Twilio-Signature": voice.sign(url, told) if signature is None else signature}
    return client.post(path, data=told, headers=header)

"""Only what the provider signed with our token comes in; everything else is told nothing and changes nothing.

A request that was caught and is sent again has a good signature: what it tells has a key and is known already.
"""

import functools
from collections.abc import Callable
from typing import Any

import structlog
from flask import Response, current_app, request

from ticketing.channels.voice_twilio import Heard, TwilioVoice
from ticketing.web.context import now
from ticketing.web.guard import open_to_all

HEADER = "X-Twilio-Signature"
LONGEST = 64 * 1024
log = structlog.get_logger()
View = Callable[[Heard], Any]


def voice() -> TwilioVoice | None:
    """Return the account, None where none is set up."""
    found: TwilioVoice | None = current_app.extensions["voice"]
    return found


def account() -> TwilioVoice:
    """Return the account behind a request that was let in."""
    found = voice()
    if found is None:
        raise RuntimeError("a hook without an account: the view is not signed")
    return found


def signed(view: View) -> Callable[[], Any]:
    """Let in what Twilio signed; `view` is given the form."""

    @functools.wraps(view)
    def guarded() -> Any:
        request.max_content_length = LONGEST
        known = voice()
        if known is None:
            return Response(status=404)
        query = request.query_string.decode("ascii", "replace")
        path = f"{request.path}?{query}" if query else request.path
        if not known.genuine(path, request.form, request.headers.get(HEADER, "")):
            log.warning("webhook refused", path=request.path)
            return Response("refused", status=403, mimetype="text/plain")
        return view(Heard(request.form, now(), of=request.args.get("call", "")))

    return open_to_all(guarded)

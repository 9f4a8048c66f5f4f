"""Exchanges of our own tell of their calls; each shows its token in the address, as their bridges are built to do."""

from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, request

from ticketing.channels import voice_cti
from ticketing.domain.errors import Invalid
from ticketing.extensions import csrf, transaction
from ticketing.services import calls, exchanges
from ticketing.web.context import now, province
from ticketing.web.guard import open_to_all
from ticketing.web.hooks.signed import LONGEST

cti = csrf.exempt(Blueprint("cti", __name__, url_prefix="/hooks/cti"))
log = structlog.get_logger()


@cti.post("/<token>")
@open_to_all
def event(token: str) -> Response | tuple[Response, int]:
    """Take an event down, in a form or as JSON; nothing asks the bridge to do anything."""
    request.max_content_length = LONGEST
    exchange = exchanges.by_token(token)
    if exchange is None:
        log.warning("webhook refused", path="/hooks/cti")
        return Response("refused", status=403, mimetype="text/plain")
    try:
        told = voice_cti.read(_body(), exchange.name, now())
    except Invalid as problem:
        return jsonify(error=f"{problem.field}: {problem}"), 422
    with transaction():
        calls.record(told, now(), province(), provider=voice_cti.PROVIDER)
    return jsonify({})


def _body() -> dict[str, Any]:
    if request.is_json:
        told = request.get_json(silent=True)
        return told if isinstance(told, dict) else {}
    return {**request.form.to_dict(), "user[]": request.form.getlist("user[]")}

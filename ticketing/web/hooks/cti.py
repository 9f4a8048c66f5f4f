"""Exchanges of our own tell of their calls; each shows its token in the address, as their bridges are built to do."""

import dataclasses
from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, request

from ticketing.channels import voice_cti
from ticketing.domain.errors import Invalid
from ticketing.domain.signals import INCOMING
from ticketing.extensions import csrf, transaction
from ticketing.services import calls, exchange_advice, exchanges, lines
from ticketing.web.context import now, province
from ticketing.web.guard import open_to_all
from ticketing.web.hooks.signed import LONGEST

cti = csrf.exempt(Blueprint("cti", __name__, url_prefix="/hooks/cti"))
log = structlog.get_logger()


@cti.post("/<token>")
@open_to_all
def event(token: str) -> Response | tuple[Response, int]:
    """Take an event down, in a form or as JSON; a new call is answered with whom to ring, should the bridge ask."""
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
        [call] = calls.record(told, now(), province(), provider=voice_cti.PROVIDER).values()
        if len(told) > 1 or call.direction != INCOMING or call.ended_at is not None:
            return jsonify({})
        line = lines.line_of(call.hotline_number, province())
        return jsonify(dataclasses.asdict(exchange_advice.for_call(line, call.caller, now(), province())))


def _body() -> dict[str, Any]:
    if request.is_json:
        told = request.get_json(silent=True)
        return told if isinstance(told, dict) else {}
    return {**request.form.to_dict(), "user[]": request.form.getlist("user[]")}

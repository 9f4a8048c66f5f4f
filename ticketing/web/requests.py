"""Around each request: its id, its log line, the headers that keep browsers safe, numbers that fit a row."""

import secrets
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request
from werkzeug.routing import IntegerConverter

from ticketing.extensions import reading
from ticketing.services import trace

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: Identity columns end here; the database refuses to look beyond.
LAST_ID = 2**63 - 1
READS = frozenset({"GET", "HEAD"})
QUIET = frozenset({"static", "health.healthz"})
log = structlog.get_logger()


class RowId(IntegerConverter):
    """`<int:…>` in an address: what no row can have is nobody's address."""

    def __init__(self, *given: Any, max: int = LAST_ID, **more: Any) -> None:  # noqa: A002  werkzeug's own name
        super().__init__(*given, max=max, **more)


def row_id(typed: str) -> int:
    """Return a number of a query or a form, as `type=` wants it.

    Raises:
        ValueError: no number, or none that a row could have.
    """
    value = int(typed)
    if not 0 <= value <= LAST_ID:
        raise ValueError(typed)
    return value


def init_app(app: Flask) -> None:
    """Register the hooks; before any route is, for the converter."""
    app.url_map.converters["int"] = RowId
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    """Name the request; a proxy's own id is not trusted, whoever sends it could write into our log."""
    g.began = time.perf_counter()
    trace.begin(secrets.token_hex(8))
    if request.method in READS:
        reading()


def _end(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = trace.request_id() or ""
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if request.endpoint not in QUIET:
        log.info(
            "request",
            method=request.method,
            route=str(request.url_rule or ""),
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
        )
    return response

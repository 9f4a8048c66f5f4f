"""Structured log lines: one JSON object a line, with the id of the request or job that caused them.

Secrets and personal data are never logged; as a last net, values under telling names are struck out.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from ticketing.services.trace import request_id

STRUCK = frozenset({"password", "token", "secret", "phone", "address", "body", "code"})


def configure(level: str) -> None:
    """Send our lines and those of libraries to stderr in one form."""
    shared = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _traced,
        _strike,
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=max(logging.getLevelNamesMapping()[level], logging.WARNING), stream=sys.stderr)


def _traced(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if identifier := request_id():
        line["request_id"] = identifier
    return line


def _strike(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in STRUCK & line.keys():
        line[name] = "…"
    return line

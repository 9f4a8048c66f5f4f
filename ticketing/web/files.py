"""Handing out a file so that a browser never runs it as a page of ours."""

from urllib.parse import quote

from flask import Response

from ticketing.models import Attachment
from ticketing.services import attachments


def serve(row: Attachment) -> Response:
    """Return the file: pictures may be looked at, everything else is kept."""
    return serve_bytes(row.name, row.content_type, attachments.content_of(row))


def serve_bytes(name: str, content_type: str, content: bytes) -> Response:
    """Return bytes under a name, as `serve` does."""
    answer = Response(content, mimetype=content_type)
    shown = "inline" if content_type in attachments.IMAGES else "attachment"
    answer.headers["Content-Disposition"] = f"{shown}; filename*=UTF-8''{quote(name)}"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

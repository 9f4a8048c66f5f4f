"""Handing out a file so that a browser never runs it as a page of ours."""

from urllib.parse import quote

from flask import Response

from ticketing.models import Attachment
from ticketing.services import attachments


def serve(row: Attachment) -> Response:
    """Return the file: pictures may be looked at, everything else is kept."""
    answer = Response(attachments.content_of(row), mimetype=row.content_type)
    shown = "inline" if row.content_type in attachments.IMAGES else "attachment"
    answer.headers["Content-Disposition"] = f"{shown}; filename*=UTF-8''{quote(row.name)}"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

"""What one sending of a form is known by, so that a double click or a reload files one request."""

import json
import secrets

from flask import request

from ticketing.extensions import vault

FIELD = "once"
#: What a browser sends beside what was typed.
BESIDE = frozenset({"csrf_token", "then"})


def token() -> str:
    """Return a page's own token, for its hidden field."""
    return secrets.token_urlsafe(16)


def key(account_id: int) -> str | None:
    """Return the key of this sending, None from a page without a token.

    Everything typed is part of it: who goes back, changes a word and sends again means another request.
    """
    if not request.form.get(FIELD):
        return None
    typed = sorted((name, text) for name, text in request.form.items(multi=True) if name not in BESIDE)
    papers = sorted(upload.filename or "" for upload in request.files.values())
    return vault.mac(json.dumps(["sent", account_id, typed, papers]))

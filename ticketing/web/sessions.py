"""The session in its signed cookie, as Flask keeps it, and the form token that lies in it."""

import functools

from flask import Flask, g, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from itsdangerous import URLSafeTimedSerializer

#: Flask-WTF's name of the form token, in the session as it is and in `g` signed.
FORM_TOKEN = "csrf_token"  # noqa: S105  a name
#: Signed tokens kept by a process.
KEPT = 2_000


class Sessions(SecureCookieSessionInterface):
    """Flask's own, whose serializer is made once an application instead of once a request."""

    @functools.lru_cache(maxsize=8)  # noqa: B019  an application lives as long as its process
    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs and reads the cookies of an application."""
        return super().get_signing_serializer(app)


def form_token() -> str:
    """Return the form token of this session; what Flask-WTF signed for it before is signed again by nobody."""
    raw = session.get(FORM_TOKEN)
    if raw is not None and FORM_TOKEN not in g:
        setattr(g, FORM_TOKEN, _signed(raw))
    return generate_csrf()


@functools.lru_cache(maxsize=KEPT)
def _signed(_raw: str) -> str:
    """Let Flask-WTF sign what stands in the session of this request."""
    return generate_csrf()

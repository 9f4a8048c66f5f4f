"""Looks: language, theme, density, keys. Cookies of looks only, set by a plain POST."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from ticketing.extensions import csrf
from ticketing.web.guard import open_to_all
from ticketing.web.site import LOOKS

preferences = Blueprint("preferences", __name__)
YEAR = 365 * 24 * 3600


@preferences.post("/preferences")
@csrf.exempt  # type: ignore[untyped-decorator]  # somebody else's page could at most change a colour
@open_to_all
def save() -> Response:
    """Keep a look and go back to the page."""
    target = request.form.get("next", "/")
    inside = target.startswith("/") and not target.startswith("//") and "\\" not in target
    answer = redirect(target if inside else "/")
    for name, allowed in LOOKS.items():
        if request.form.get(name) in allowed:
            answer.set_cookie(
                name,
                request.form[name],
                max_age=YEAR,
                samesite="Lax",
                secure=request.is_secure,
                httponly=True,
            )
    return answer

"""The query line's completions."""

from flask import Blueprint, Response, jsonify, request

from ticketing.domain.permissions import Permission
from ticketing.domain.query import LONGEST, complete
from ticketing.web.guard import needs
from ticketing.web.i18n import language, words
from ticketing.web.lexicon import lexicon

views = Blueprint("views", __name__)


@views.get("/find/suggest")
@needs(Permission.SEARCH)
def suggest() -> Response:
    """Say what may stand at the cursor of a query line; names of the province and words of the desk alone."""
    line = request.args.get("q", "")[:LONGEST]
    found = complete(line, request.args.get("at", len(line), type=int), lexicon(), english=language() == "en")
    answer = jsonify(
        [
            {"line": one.line, "shown": one.shown, "about": words(one.about), "cursor": one.cursor}
            for one in found
        ]
    )
    answer.headers["Cache-Control"] = "private, max-age=60"
    return answer

"""What the system tells a member of staff."""

from flask import Blueprint, render_template, request, url_for

from ticketing.domain.permissions import Permission
from ticketing.extensions import transaction
from ticketing.models import Notice
from ticketing.services import notices as service
from ticketing.web.context import act, now
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext
from ticketing.web.moments import moment
from ticketing.web.requests import row_id

notices = Blueprint("notices", __name__)
PAGE = 50


@notices.get("/notices")
@needs(Permission.SEE_NOTICES)
def mine() -> str:
    """Show the newest notices; what was shown counts as read."""
    before = request.args.get("before", type=row_id)
    actor = act().actor
    with transaction():
        found = service.newest(actor, limit=PAGE + 1, before=before)
        rows = [_shown(notice) for notice in found[:PAGE]]
        service.mark_read(actor, now())
    older = url_for("notices.mine", before=found[PAGE - 1].id) if len(found) > PAGE else ""
    return render_template("desk/notices.html", rows=rows, older=older)


def _shown(notice: Notice) -> dict[str, object]:
    return {
        "words": gettext(notice.text, **notice.values),
        "url": url_for("tickets.show", number=notice.values["number"]) if "number" in notice.values else "",
        "at": moment(notice.at, now()),
        "new": notice.read_at is None,
    }

"""The background as administrators see it: what waits, since when, what keeps failing, once more."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.contact import mask_text
from ticketing.domain.permissions import Permission
from ticketing.extensions import transaction
from ticketing.services import backlog
from ticketing.web.context import act, now
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import words
from ticketing.web.moments import moment

jobs = Blueprint("jobs", __name__)


@jobs.get("/admin/jobs")
@needs(Permission.SEE_ADMIN)
def show() -> str:
    """Show what waits and what keeps failing."""
    waiting = backlog.waiting(now())
    return render_template(
        "admin/jobs.html",
        rows=[_waiting(one) for one in waiting],
        late=any(one.late(now()) for one in waiting),
        failing=[_failing(row) for row in backlog.failing()],
        given_up=backlog.failed_deliveries(),
        reload_url=url_for("jobs.show"),
    )


def _waiting(one: backlog.Waiting) -> dict[str, Any]:
    late = one.late(now())
    word = _("积压") if late else _("正常") if one.count else _("没有")
    return {
        "words": words(one.words),
        "count": f"{one.count}+" if one.count >= backlog.COUNTED else one.count,
        "since": moment(one.since, now()) if one.since else None,
        "state": word,
        "level": "over" if late else "ok" if one.count else "none",
    }


def _failing(row: Any) -> dict[str, Any]:
    return {
        "name": row.name,
        "at": moment(row.recorded_at, now()),
        "next": moment(row.retry_at, now()),
        "tries": row.attempts,
        "error": mask_text(row.error or ""),
        "retry_url": url_for("jobs.retry", event_id=row.id),
    }


@jobs.post("/admin/jobs/facts/<int:event_id>/retry")
@needs(Permission.SEE_ADMIN)
def retry(event_id: int) -> Redirect:
    """Let a fact be told again at once."""
    with transaction():
        backlog.retry_fact(event_id, act())
    flash(_("马上再试一次。"), "ok")
    return redirect(url_for("jobs.show"))


@jobs.post("/admin/jobs/deliveries/retry")
@needs(Permission.SEE_ADMIN)
def retry_deliveries() -> Redirect:
    """Let every message that was given up be tried again."""
    with transaction():
        count = backlog.retry_deliveries(act())
    flash(_("%(count)s 条通知会再发一次。", count=count), "ok")
    return redirect(url_for("jobs.show"))

"""The monthly reports: listed, asked for, handed out as PDF."""

import datetime as dt
import urllib.parse

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.audit import AuditKind
from ticketing.domain.errors import DomainError, NotFound
from ticketing.domain.permissions import Permission
from ticketing.extensions import db, transaction
from ticketing.models import MonthlyReport
from ticketing.services import audit
from ticketing.services import reports as service
from ticketing.services.audit import Whom
from ticketing.services.performance import Counts
from ticketing.web.context import act, now, province
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language, sentence, words
from ticketing.web.moments import moment
from ticketing.web.performance_view import percent

reports = Blueprint("reports", __name__)


@reports.get("/watch/reports")
@needs(Permission.SEE_WATCH)
def listed() -> str:
    """Show the reports there are, and a way to ask for an earlier month."""
    rows = service.listed()
    month = service.month_before(now())
    return render_template(
        "watch/reports.html",
        rows=[_row(row) for row in rows],
        month=month.isoformat()[:7],
        ask_url=url_for("reports.ask"),
        back={"words": _("办理指标"), "url": url_for("performance.show")},
        waiting=any(row.made_at is None for row in rows),
    )


def _row(row: MonthlyReport) -> dict[str, object]:
    month = row.month
    counts = Counts(row.data["total"]) if row.data else None
    return {
        "words": f"{month:%B %Y}" if language() == "en" else f"{month.year}年{month.month}月",
        "url": url_for("reports.paper", month=month.isoformat()[:7]) if row.blob_sha256 else "",
        "made": moment(row.made_at, now()) if row.made_at else None,
        "due": counts.numbers["promised"] if counts else "",
        "kept": percent(counts.share("kept_first")) if counts else "",
        "confirmed": percent(counts.share("confirmed")) if counts else "",
        "problem": words(row.problem),
        "again": month.isoformat()[:7] if row.problem else "",
    }


@reports.post("/watch/reports")
@needs(Permission.SEE_WATCH)
def ask() -> Redirect:
    """Ask for the report of a month that is over, or once more for one that has no paper."""
    try:
        month = dt.date.fromisoformat(request.form.get("month", "") + "-01")
    except ValueError:
        flash(_("请选择月份。"), "over")
        return redirect(url_for("reports.listed"))
    try:
        with transaction():
            if not service.ask(month, now(), act().actor.account_id):
                service.ask_again(month)
    except DomainError as error:
        flash(sentence(error), "over")
    else:
        flash(_("月报正在生成，通常不到一分钟，刷新本页即可看到。"), "ok")
    return redirect(url_for("reports.listed"))


@reports.get("/watch/reports/<month>.pdf")
@needs(Permission.SEE_WATCH)
def paper(month: str) -> Response:
    """Hand a report out."""
    try:
        row = db.session.get(MonthlyReport, dt.date.fromisoformat(month + "-01"))
    except ValueError:
        raise NotFound from None
    content = service.paper(row) if row is not None else None
    if content is None:
        raise NotFound
    with transaction():
        audit.record(AuditKind.EXPORT, act(), Whom("monthly_report"), {"month": month})
    name = urllib.parse.quote(f"{province().sheet['name_zh']}企业诉求办理情况月报 {month}.pdf")
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f"inline; filename=report-{month}.pdf; filename*=UTF-8''{name}"
    return answer

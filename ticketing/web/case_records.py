"""The record of a case to be filed: JSON at once, paper when the press is through; who takes it is written down."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.audit import AuditKind
from ticketing.domain.errors import NotFound
from ticketing.domain.permissions import Permission, may
from ticketing.extensions import transaction
from ticketing.models import CasePaper, CoordinationCase
from ticketing.services import audit, case_filing, case_papers, cases
from ticketing.services.audit import Whom
from ticketing.web import case_record_view, case_view
from ticketing.web.cases import of_case
from ticketing.web.context import act, now, province
from ticketing.web.files import serve_bytes
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import words
from ticketing.web.moments import moment

case_records = Blueprint("case_records", __name__)


@case_records.get("/cases/<int:case_no>/record")
@needs(Permission.SEE_CASES)
@of_case
def show(case: CoordinationCase) -> str:
    """Show what there is of the record, how far the paper is, and how a record is checked."""
    row = _readable(case)
    return render_template(
        "cases/paper.html",
        case=case_view.head(case, province()),
        json_url=url_for("case_records.record", case_no=case.number),
        ask_url=url_for("case_records.ask", case_no=case.number),
        here_url=url_for("case_records.show", case_no=case.number),
        paper=_drawn(case, row) if row else None,
    )


def _drawn(case: CoordinationCase, row: CasePaper) -> dict[str, Any]:
    made = row.made_at is not None and not row.problem
    return {
        "url": url_for("case_records.paper", case_no=case.number) if made else "",
        "asked": moment(row.asked_at, now()),
        "waiting": row.made_at is None,
        "problem": words(row.problem),
    }


def _readable(case: CoordinationCase) -> CasePaper | None:
    """Return the colleague's paper; one with names whole only while they may read them."""
    row = case_papers.of(case, act().actor.account_id)
    return None if row is None or (row.whole and not _reads_names(case)) else row


def _reads_names(case: CoordinationCase) -> bool:
    """Tell whether the record has the names whole for this colleague."""
    lifted = case.secrecy_lifted_at is not None
    return lifted and may(act().actor, Permission.READ_SECRET, cases.facts(case, province()))


@case_records.post("/cases/<int:case_no>/record")
@needs(Permission.SEE_CASES)
@of_case
def ask(case: CoordinationCase) -> Redirect:
    """Have the record printed as it stands now."""
    who = act()
    content = case_filing.record(case, province(), who.actor)
    page = case_record_view.page(content, who.actor.name, who.now, province())
    back, whole = url_for("case_records.show", case_no=case.number), _reads_names(case)
    with transaction():
        case_papers.ask(case, who.actor.account_id or 0, page, who.now, whole=whole)
        audit.record(AuditKind.EXPORT, who, Whom("case_record"), {"case": case.number, "format": "PDF"})
    flash(_("归档记录正在生成，通常几秒钟，刷新本页即可下载。"), "ok")
    return redirect(back)


@case_records.get("/cases/<int:case_no>/record.pdf")
@needs(Permission.SEE_CASES)
@of_case
def paper(case: CoordinationCase) -> Response:
    """Hand out the paper that this colleague asked for."""
    row = _readable(case)
    content = case_papers.content(row) if row else None
    if content is None:
        raise NotFound
    return serve_bytes(f"case-{case.number}.pdf", "application/pdf", content)


@case_records.get("/cases/<int:case_no>/record.json")
@needs(Permission.SEE_CASES)
@of_case
def record(case: CoordinationCase) -> Response:
    """Hand out the record: the order of events, provable, without a name that is secret."""
    number, who = case.number, act()
    answer = jsonify(case_filing.record(case, province(), who.actor))
    with transaction():
        audit.record(AuditKind.EXPORT, who, Whom("case_record"), {"case": number, "format": "JSON"})
    answer.headers["Content-Disposition"] = f"attachment; filename=case-{number}.json"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

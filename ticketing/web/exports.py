"""What somebody may take out, and who took what when: the exports of the audit log, for those who answer for them."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request, url_for

from ticketing.domain.audit import AUDIT_WORDS, AuditKind
from ticketing.domain.permissions import Permission, may
from ticketing.domain.words import N_
from ticketing.models import AuditEntry
from ticketing.services import audit
from ticketing.services.audit import Asked
from ticketing.services.worklists import Cursor
from ticketing.web.context import act, now
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import words
from ticketing.web.moments import moment

exports = Blueprint("exports", __name__)
#: What is taken out: its name in the audit log -> word, where it is taken, who may, what is in it.
TAKEN = {
    "figures": (N_("办理指标"), "performance.show", Permission.SEE_WATCH,
                N_("Excel：各单位、热线、地区的指标和背后的工单，不含姓名、电话和内容")),
    "monthly_report": (N_("月报"), "reports.listed", Permission.SEE_WATCH, N_("PDF：每月第一个工作日自动生成")),
    "audit": (N_("审计记录"), "audits.show", Permission.SEE_AUDIT, N_("Excel：按谁、什么、何时查到的记录")),
    "refused": (N_("没有导入的行"), "imports.listed", Permission.IMPORT_LISTS,
                N_("CSV：名单里被拒的行和原因，含联系方式")),
    "case_record": (N_("协调事项归档记录"), "cases.board", Permission.SEE_CASES,
                    N_("PDF 和 JSON：一个协调事项的全部经过；保密期间不含名单上的姓名")),
}  # fmt: skip
NAMES = {
    "period": N_("期间"),
    "month": N_("月份"),
    "rows": N_("行数"),
    "name": N_("名单"),
    "who": N_("谁"),
    "whom": N_("对谁或什么"),
    "case": N_("协调事项"),
    "format": N_("格式"),
    "kind": N_("做了什么"),
}


@exports.get("/exports")
@needs(Permission.SEE_EXPORTS)
def listed() -> str:
    """Show what can be taken out, and what was."""
    after = Cursor.read(request.args.get("after"))
    page = audit.found(Asked(kind=AuditKind.EXPORT.value), after)
    return render_template(
        "admin/exports.html",
        sorts=[
            {"words": words(word), "url": url_for(endpoint), "about": words(about)}
            for word, endpoint, permission, about in TAKEN.values()
            if may(act().actor, permission)
        ],
        rows=[_line(row) for row in page.rows],
        newer=url_for("exports.listed") if after else "",
        older=url_for("exports.listed", after=page.after) if page.after else "",
    )


def _line(row: AuditEntry) -> dict[str, Any]:
    return {
        "at": moment(row.at, now()),
        "who": row.actor_name,
        "what": what(row.subject),
        "told": told(row.data),
    }


def what(subject: str) -> str:
    """Return the word of what was taken out."""
    return words(TAKEN[subject][0]) if subject in TAKEN else subject


def told(data: Mapping[str, Any]) -> str:
    """Return in words how much of it was taken out."""
    return _("；").join(
        f"{words(NAMES[name])} {_shown(name, data[name])}"
        for name in NAMES
        if data.get(name) not in ("", None)
    )


def _shown(name: str, value: Any) -> str:
    # What was asked for may have been no kind at all.
    known = name == "kind" and value in frozenset(AuditKind)
    return words(AUDIT_WORDS[AuditKind(value)]) if known else str(value)

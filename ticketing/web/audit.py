"""The audit log: searched by who, what, whom and when; for administrators and auditors alone."""

import datetime as dt
import urllib.parse
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from ticketing.domain import numbers
from ticketing.domain.audit import AUDIT_WORDS, AuditKind
from ticketing.domain.errors import Invalid
from ticketing.domain.permissions import Permission
from ticketing.domain.text import clean
from ticketing.domain.vocabulary import ROLE_WORDS, Role
from ticketing.domain.words import N_
from ticketing.extensions import transaction
from ticketing.models import AuditEntry
from ticketing.services import audit as service
from ticketing.services import audit_sheet
from ticketing.services.audit import Asked
from ticketing.services.worklists import Cursor
from ticketing.web import exports
from ticketing.web.context import act, now, province
from ticketing.web.directory_view import FIELD_WORDS
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, words
from ticketing.web.moments import moment
from ticketing.web.performance import SHEET
from ticketing.web.policies_view import KIND_WORDS

audits = Blueprint("audits", __name__)
LONGEST = 80
#: What is worth a second look.
GRAVE = frozenset({AuditKind.LOGIN_FAILED, AuditKind.LOCKED})
NAMES = {"name": N_("姓名"), "phone": N_("手机"), **FIELD_WORDS}


def _asked() -> Asked:
    """Return what the address asks for; a day that is none is not asked for."""
    texts = {name: clean(request.args.get(name, ""))[:LONGEST] for name in ("who", "whom", "kind")}
    return Asked(**texts, first=_day("first"), last=_day("last"))


def _day(name: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if dt.date(2000, 1, 1) <= day <= dt.date(2100, 12, 31) else None


@audits.get("/admin/audit")
@needs(Permission.SEE_AUDIT)
def show() -> str:
    """Show what was asked for, the newest first."""
    asked = _asked()
    page = service.found(asked, Cursor.read(request.args.get("after")))
    where = {name: value for name, value in request.args.items() if name != "after" and value}
    return render_template(
        "admin/audit.html",
        asked=asked,
        kinds=[(kind.value, words(word)) for kind, word in AUDIT_WORDS.items()],
        rows=[_row(row) for row in page.rows],
        sheet_url=url_for("audits.sheet", **where),  # type: ignore[arg-type]
        newer=url_for("audits.show", **where) if "after" in request.args else "",  # type: ignore[arg-type]
        older=url_for("audits.show", **where, after=str(page.after)) if page.after else "",  # type: ignore[arg-type]
    )


@audits.get("/admin/audit.xlsx")
@needs(Permission.SEE_AUDIT)
def sheet() -> Response:
    """Hand out what was asked for; who took it, and when, stands in it and in the log."""
    with transaction():
        book = audit_sheet.workbook(_asked(), _told, act(), words)
    name = urllib.parse.quote(_("审计记录") + ".xlsx")
    answer = Response(book, mimetype=SHEET)
    answer.headers["Content-Disposition"] = f"attachment; filename=audit.xlsx; filename*=UTF-8''{name}"
    return answer


def _row(row: AuditEntry) -> dict[str, Any]:
    kind = AuditKind(row.kind)
    return {
        "at": moment(row.at, now()),
        "who": row.actor_name if row.actor_id else "—" if kind in GRAVE else _("系统"),
        "word": words(AUDIT_WORDS[kind]),
        "level": "over" if kind in GRAVE else "none",
        "whom": _whom(row),
        "told": _told(row),
        "address": row.address,
    }


def _whom(row: AuditEntry) -> str:
    if row.kind == AuditKind.EXPORT:
        return exports.what(row.subject)
    if row.ticket_id is None:
        return row.subject
    try:
        return numbers.shown(numbers.parse(row.subject))
    except Invalid:
        return row.subject


def _told(row: AuditEntry) -> str:
    """Return what a line holds beside who and whom, as a sentence."""
    return TOLD.get(AuditKind(row.kind), _values)(row.data)


def _values(data: Mapping[str, Any]) -> str:
    return _("；").join(f"{name}: {value}" for name, value in data.items() if value not in ("", None))


def _right(data: Mapping[str, Any]) -> str:
    bureau = province().archive.bureaus.get(data.get("bureau") or "")
    role = words(ROLE_WORDS[Role(data["role"])])
    return f"{named(bureau)} · {role}" if bureau else role


def _deputy(data: Mapping[str, Any]) -> str:
    if "first" not in data:
        return _("代理 %(who)s", who=data["for"])
    return _("代理 %(who)s，%(first)s 至 %(last)s", who=data["for"], first=data["first"], last=data["last"])


def _fields(data: Mapping[str, Any]) -> str:
    return _("、").join(words(NAMES[one]) for one in data["fields"] if one in NAMES)


def _published(data: Mapping[str, Any]) -> str:
    if "fields" in data:
        return _fields(data)
    return f"{words(KIND_WORDS.get(data.get('kind', ''), ''))} {data.get('version', '')}".strip()


def _pack(data: Mapping[str, Any]) -> str:
    return _(
        "改动 %(changes)s 处，覆盖页面上的改动 %(over)s 处", changes=data["changes"], over=data["overwritten"]
    )


def _import(data: Mapping[str, Any]) -> str:
    name, gone = str(data.get("name", "")), data.get("from")
    return _("%(name)s，从第 %(n)s 行接着导", name=name, n=gone + 1) if gone else name


TOLD = {
    AuditKind.CREATED: lambda data: str(data.get("name", "")),
    AuditKind.GRANTED: _right,
    AuditKind.REVOKED: _right,
    AuditKind.DEPUTY: _deputy,
    AuditKind.DEPUTY_ENDED: _deputy,
    AuditKind.REVEAL: lambda data: str(data.get("reason", "")),
    AuditKind.REVEAL_CALL: lambda data: str(data.get("reason", "")),
    AuditKind.CHANGED: _fields,
    AuditKind.PUBLISHED: _published,
    AuditKind.PACK: _pack,
    AuditKind.IMPORT: _import,
    AuditKind.EXPORT: exports.told,
}

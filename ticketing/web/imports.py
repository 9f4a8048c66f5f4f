"""Lists taken over: uploaded, looked at, begun, stopped and gone on with; the refused rows as a file."""

import csv
import io
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.contact import mask_name, mask_text
from ticketing.domain.errors import DomainError
from ticketing.domain.permissions import Permission
from ticketing.domain.words import N_
from ticketing.extensions import transaction
from ticketing.models import ImportJob
from ticketing.services import import_jobs as service
from ticketing.services.import_jobs import BROKEN, DONE, DROPPED, LOOKED, RUNNING, STOPPED
from ticketing.services.importing import OPTIONAL, REQUIRED, Line, Refused
from ticketing.web.context import act, now, province
from ticketing.web.files import serve_bytes
from ticketing.web.forms.imports import SOURCE, ListForm
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import sentence, words
from ticketing.web.moments import moment
from ticketing.web.requests import row_id
from ticketing.web.rows import news

imports = Blueprint("imports", __name__)
STATE_WORDS = {
    LOOKED: (N_("等待开始"), "soon"), RUNNING: (N_("正在导入"), "none"), STOPPED: (N_("已中断"), "soon"),
    DONE: (N_("已导入"), "ok"), BROKEN: (N_("读不下去"), "over"), DROPPED: (N_("已放弃"), "none"),
}  # fmt: skip
DEEDS = {"start": service.start, "stop": service.stop, "drop": service.drop}
DONE_WORDS = {
    "start": N_("开始导入，可以离开这一页。"),
    "stop": N_("已中断；已经导入的留着，随时可以接着导。"),
    "drop": N_("名单已放弃。"),
}
#: Refused rows that a page shows; the file has them all.
SHOWN = 50
CELL = 60


@imports.route("/admin/imports", methods=["GET", "POST"])
@needs(Permission.IMPORT_LISTS)
def listed() -> str | tuple[str, int] | Redirect:
    """List the imports, and take a new list to be looked at."""
    form = ListForm()
    if form.validate_on_submit():
        try:
            with transaction():
                made = _uploaded(form)
        except DomainError as error:
            form.show(error)
        else:
            return redirect(url_for("imports.show", job_id=made.id))
    before = request.args.get("before", type=row_id)
    rows, after = service.newest(before)
    page = render_template(
        "admin/imports.html",
        form=form,
        rows=[_line(row) for row in rows],
        newer=url_for("imports.listed") if before else "",
        older=url_for("imports.listed", before=after) if after else "",
    )
    return (page, 422) if form.errors or form.form_errors else page


def _uploaded(form: ListForm) -> ImportJob:
    file = form.file.data
    return service.upload(
        file.filename or "",
        file.read(service.LARGEST + 1),
        form.source.data or "",
        act(),
        from_source=form.begins.data == SOURCE,
    )


def _line(row: Any) -> dict[str, Any]:
    one: ImportJob = row[0]
    word, level = STATE_WORDS[one.state]
    return {
        "name": one.name,
        "url": url_for("imports.show", job_id=one.id),
        "who": row.who,
        "at": moment(one.uploaded_at, now()),
        "state": words(word),
        "level": level,
        "made": one.made,
        "known": one.known,
        "refused": one.refused,
    }


@imports.get("/admin/imports/<int:job_id>")
@needs(Permission.IMPORT_LISTS)
def show(job_id: int) -> str:
    """Show a list before it is begun, on its way, or what became of it."""
    one = service.by_id(job_id)
    word, level = STATE_WORDS[one.state]
    refused = [(row.line, "；".join(row.reasons)) for row in service.refusals(one, SHOWN)]
    return render_template(
        "admin/import.html",
        heading=one.name,
        facts=_facts(one),
        state=one.state,
        state_word=words(word),
        level=level,
        problem=one.problem or "",
        look=_look(one) if one.state == LOOKED else None,
        done=one.cursor,
        total=one.total or 0,
        figures=_figures(one) if one.started_at else [],
        refused=refused,
        more=max(0, one.refused - len(refused)),
        sheet_url=url_for("imports.sheet", job_id=job_id) if refused else "",
        verbs={verb: url_for("imports.do", job_id=job_id, verb=verb) for verb in DEEDS},
        poll_url=url_for("imports.gone_on", job_id=job_id, seen=one.cursor),
        reload_url=url_for("imports.show", job_id=job_id),
        back=url_for("imports.listed"),
    )


def _facts(one: ImportJob) -> list[tuple[str, str]]:
    begins = _("从名单里的 submitted_at") if one.from_source else _("从导入的时候")
    ended = moment(one.finished_at, now()).words if one.finished_at else ""
    return [
        (_("名单的名称"), one.source),
        (_("承诺时限从何时算起"), begins),
        (_("上传于"), moment(one.uploaded_at, now()).words),
        (_("结束于"), ended),
    ]


def _figures(one: ImportJob) -> list[dict[str, Any]]:
    found = [
        (one.made, _("件新工单"), "ok"),
        (one.known, _("件早已有了"), "none"),
        (one.refused, _("行没有导入"), "over"),
    ]
    return [
        {"value": value, "words": said, "level": level if value else "none"} for value, said, level in found
    ]


def _look(one: ImportJob) -> dict[str, Any] | None:
    found = service.look(one, now(), province())
    if found is None:
        return None
    return {
        "columns": [(name, _column_word(name)) for name in found.columns],
        "missing": [name for name in OPTIONAL if name not in found.columns],
        "rows": [_cells(row, found.columns) for row in found.rows],
        "names": found.columns,
        "refused": [_refused(row) for row in found.refused[:SHOWN]],
        "count": len(found.refused),
        "checked": found.checked,
        "whole": found.whole,
    }


def _column_word(name: str) -> str:
    if name in REQUIRED:
        return _("必须")
    return _("认得") if name in OPTIONAL else _("随记录保存")


def _cells(row: Line, names: tuple[str, ...]) -> list[str]:
    """Return cells as a page may show them: people masked, long texts cut."""
    return [
        mask_name(row.cells[name]) if name == "requester" else mask_text(row.cells[name])[:CELL]
        for name in names
    ]


def _refused(row: Refused) -> tuple[int, str]:
    return row.line.number, "；".join(row.reasons)


@imports.get("/admin/imports/<int:job_id>/news")
@needs(Permission.IMPORT_LISTS)
def gone_on(job_id: int) -> Response:
    """Say whether an import has gone on since its page was drawn."""
    seen = request.args.get("seen", 0, type=int)
    one = service.by_id(job_id)
    return news(lambda: int(one.cursor != seen or one.state != RUNNING))


@imports.post("/admin/imports/<int:job_id>/<any(start, stop, drop):verb>")
@needs(Permission.IMPORT_LISTS)
def do(job_id: int, verb: str) -> Redirect:
    """Begin, stop, go on, or throw away."""
    try:
        with transaction():
            DEEDS[verb](service.by_id(job_id, lock=True), act())
    except DomainError as error:
        flash(sentence(error), "over")
    else:
        flash(_(DONE_WORDS[verb]), "ok")
    return redirect(url_for("imports.show", job_id=job_id))


@imports.post("/admin/imports/<int:job_id>/refused.csv")
@needs(Permission.IMPORT_LISTS)
def sheet(job_id: int) -> Response:
    """Hand out the refused rows with their reasons, to be mended and taken over again; the taking is recorded."""
    with transaction():
        one = service.by_id(job_id)
        rows, name = service.sheet(one, act()), one.name
    kept = io.StringIO(newline="")
    csv.writer(kept).writerows(rows)
    return serve_bytes(f"{name}.refused.csv", "text/csv", kept.getvalue().encode("utf-8-sig"))

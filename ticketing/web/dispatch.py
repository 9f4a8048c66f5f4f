"""The dispatchers: who answers, returns and their adjudication; a digit and Enter decide."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import and_
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.errors import DomainError
from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import RETURN_WORDS, ReturnReason, State
from ticketing.extensions import transaction
from ticketing.models import Ticket, TicketReturn
from ticketing.services import dispatch as service
from ticketing.services import moves, worklists
from ticketing.services.worklists import Cursor
from ticketing.web import bureaus, rows, ticket_view
from ticketing.web.context import act, province
from ticketing.web.errors import status_of
from ticketing.web.forms.dispatch import Decide
from ticketing.web.guard import by_number, needs
from ticketing.web.i18n import named, words
from ticketing.web.requests import row_id

dispatch = Blueprint("dispatch", __name__)
Page = str | tuple[str, int] | Redirect
SURE = ((0.85, "很可能"), (0.6, "可能"), (0.0, "不确定"))
MOST_CANDIDATES = 9


@dispatch.get("/dispatch")
@needs(Permission.SEE_DISPATCH)
def queue() -> str:
    """Show what the router left to people, and what bureaus sent back."""
    page = worklists.by_due(worklists.waiting_for_dispatch(), Cursor.read(request.args.get("after")))
    why = {key: _why(*found) for key, found in worklists.why_at_desk([row.id for row in page.rows]).items()}
    shown = rows.present(page.rows, why)
    for row, source in zip(shown, page.rows, strict=True):
        row["url"] = url_for("dispatch.decide", number=source.number)
    return rows.draw(
        _("待派单"),
        shown,
        rows.nothing(_("没有待派单的工单。"), _("看诉求记录"), url_for("desk.tickets")),
        total=worklists.shown_count(worklists.counts([worklists.waiting_for_dispatch()])[0]),
        columns={"reason"},
        newer=url_for("dispatch.queue") if "after" in request.args else "",
        older=url_for("dispatch.queue", after=str(page.after)) if page.after else "",
        poll_url=url_for("dispatch.news", since=max((row.id for row in page.rows), default=0)),
        reload_url=url_for("dispatch.queue"),
    )


@dispatch.get("/dispatch/news")
@needs(Permission.SEE_DISPATCH)
def news() -> Response:
    """Say how many came to the desk since the list was drawn."""
    since = request.args.get("since", 0, type=int)
    return rows.news(lambda: worklists.counts([and_(worklists.waiting_for_dispatch(), Ticket.id > since)])[0])


def _why(kind: str, found: dict[str, Any]) -> str:
    archive = province().archive
    if kind == "returned":
        reason = words(RETURN_WORDS[ReturnReason(found["reason"])])
        return _("%(by)s 退回：%(reason)s", by=named(archive.bureaus[found["bureau"]]), reason=reason)
    if kind == "propose" and found["bureau"]:
        return _("建议派给%(bureau)s，请确认", bureau=named(archive.bureaus[found["bureau"]]))
    return str(found["reasons"][-1]["text_zh"]) if found["reasons"] else _("需要人工判断")


@dispatch.route("/dispatch/<number>", methods=["GET", "POST"])
@needs(Permission.DISPATCH)
def decide(ticket: Ticket) -> Page:
    """Decide who answers; then go on with the next."""
    returned = service.pending_return(ticket)
    form = Decide()
    if request.method == "POST":
        if form.validate():
            try:
                _decide(ticket.id, form)
            except DomainError as error:
                form.show(error)
                return _draw(by_number(ticket.number), form, returned), status_of(error)
            flash(_("已派单。"), "ok")
            return redirect(_following(ticket))
        return _draw(ticket, form, returned), 422
    if ticket.state != State.NEW:
        return redirect(url_for("tickets.show", number=ticket.number))
    return _draw(ticket, form, returned)


def _decide(ticket_id: int, form: Decide) -> None:
    typed = form.bureau.data or request.form.get("candidate", "")
    code = bureaus.resolve(typed, province(), field="bureau")
    note = form.note.data or ""
    with transaction():
        ticket = moves.locked(ticket_id, seen=request.form.get("version", type=row_id))
        if service.pending_return(ticket) is not None:
            service.adjudicate(ticket, code, act(), province(), reason=note)
        else:
            service.dispatch(ticket, code, act(), province(), reason=note)


def _following(ticket: Ticket) -> str:
    """Return the page of the most pressing one that is left, the queue where none is."""
    page = worklists.by_due(and_(worklists.waiting_for_dispatch(), Ticket.id != ticket.id), None)
    return url_for("dispatch.decide", number=page.rows[0].number) if page.rows else url_for("dispatch.queue")


def _draw(ticket: Ticket, form: Decide, returned: TicketReturn | None) -> str:
    decision = service.newest_decision(ticket)
    candidates = _candidates(decision.candidates if decision else [], returned)
    kind, found = worklists.why_at_desk([ticket.id]).get(ticket.id, ("abstain", {"reasons": []}))
    left = worklists.counts([worklists.waiting_for_dispatch()])[0]
    g.page_keys = [
        {"key": str(place), "words": one["bureau"], "click": f"#c{place}"}
        for place, one in enumerate(candidates, start=1)
    ]
    chosen = request.form.get("candidate") or (candidates[0]["value"] if candidates else "")
    return render_template(
        "dispatch/decide.html",
        ticket=ticket_view.present(ticket, act().actor),
        why=_why(kind, found),
        returned=_returned(returned, ticket) if returned else None,
        candidates=candidates,
        form=form,
        chosen="" if form.bureau.data else chosen,
        url=url_for("dispatch.decide", number=ticket.number),
        others=[{"verb": _("打开工单：不予受理、并单、启动协调…"), "key": "o",
                 "url": url_for("tickets.show", number=ticket.number)}],
        position=_("还有 %(left)s 件", left=worklists.shown_count(left)),
        skip_url=url_for("dispatch.queue"),
        versions=_("路由规则第 %(version)s 版", version=decision.versions.get("rules", "")) if decision else "",
        bureaus=bureaus.listed(province()),
    )  # fmt: skip


def _candidates(found: list[dict[str, Any]], returned: TicketReturn | None) -> list[dict[str, Any]]:
    """Return the candidates, best first; of a return the bureau that was proposed and the one that returned it."""
    archive = province().archive
    shown = [
        {
            "value": one["bureau_code"],
            "bureau": named(archive.bureaus[one["bureau_code"]]),
            "sure": next(_sure(word) for least, word in SURE if one["probability"] >= least),
            "share": round(one["probability"] * 100),
            "reasons": [reason["text_zh"] for reason in one["reasons"]],
            "note": "",
        }
        for one in found
        if one["bureau_code"] in archive.bureaus
    ]
    if returned is not None:
        shown = [
            one for one in shown if one["value"] not in (returned.bureau_code, returned.proposed_bureau_code)
        ]
        named_ones = (
            (returned.proposed_bureau_code, _("退单单位建议")),
            (returned.bureau_code, _("退单不成立")),
        )
        shown = [_named(code, note) for code, note in named_ones if code] + shown
    return shown[:MOST_CANDIDATES]


def _sure(word: str) -> str:
    return {"很可能": _("很可能"), "可能": _("可能"), "不确定": _("不确定")}[word]


def _named(code: str, note: str) -> dict[str, Any]:
    bureau = named(province().archive.bureaus[code])
    return {"value": code, "bureau": bureau, "sure": "", "share": 0, "reasons": [], "note": note}


def _returned(returned: TicketReturn, ticket: Ticket) -> dict[str, str]:
    archive = province().archive
    proposed = archive.bureaus.get(returned.proposed_bureau_code or "")
    again = (
        _("已退单 %(times)s 次，第三次将自动启动协调。", times=ticket.returns) if ticket.returns > 1 else ""
    )
    return {
        "by": named(archive.bureaus[returned.bureau_code]),
        "reason_word": words(RETURN_WORDS[ReturnReason(returned.reason_code)]),
        "basis": returned.basis,
        "proposed": named(proposed) if proposed else "",
        "again": again,
    }

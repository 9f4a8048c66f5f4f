"""The dispatchers: who answers, returns and their adjudication; a digit and Enter decide."""

import datetime as dt
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from sqlalchemy import and_
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.errors import DomainError
from ticketing.domain.permissions import Permission, may
from ticketing.domain.vocabulary import RETURN_WORDS, ReturnReason, State
from ticketing.domain.workflow import TABLE, Action
from ticketing.extensions import transaction
from ticketing.models import Ticket, TicketReturn
from ticketing.services import dispatch as service
from ticketing.services import moves, worklists
from ticketing.services.worklists import Cursor
from ticketing.web import bureaus, reasons, rows, ticket_view
from ticketing.web.context import act, province
from ticketing.web.errors import status_of
from ticketing.web.forms.dispatch import Decide
from ticketing.web.guard import by_number, needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, words
from ticketing.web.record import record
from ticketing.web.requests import row_id

dispatch = Blueprint("dispatch", __name__)
Page = str | tuple[str, int] | Redirect
SURE = ((0.85, "很可能"), (0.6, "可能"), (0.0, "不确定"))
MOST_CANDIDATES = 9


@dispatch.get("/dispatch")
@needs(Permission.SEE_DISPATCH)
def queue() -> str:
    """Show what the router left to people, and what bureaus sent back."""
    waiting = worklists.waiting_for_dispatch()
    page = worklists.by_due(waiting, Cursor.read(request.args.get("after")))
    shown = rows.present(page.rows, reasons.of(page.rows), endpoint="dispatch.decide")
    return rows.draw(
        _("待派单"),
        shown,
        rows.nothing(_("没有待派单的工单。"), _("看诉求记录"), url_for("dispatch.tickets")),
        total=worklists.shown_count(worklists.counts([waiting])[0]),
        search=rows.find("dispatch.tickets"),
        columns={"reason"},
        poll_url=url_for("dispatch.news", since=rows.stamp()),
        reload_url=url_for("dispatch.queue"),
        **rows.pages("dispatch.queue", page),
    )


@dispatch.get("/dispatch/news")
@needs(Permission.SEE_DISPATCH)
def news() -> Response:
    """Say how many came to the desk since the list was drawn."""
    return rows.news(lambda: worklists.counts([worklists.come_to_desk(rows.since())])[0])


@dispatch.get("/dispatch/tickets")
@needs(Permission.SEE_DISPATCH)
def tickets() -> str:
    """Find any request."""
    return record("dispatch.tickets")


@dispatch.route("/dispatch/<number>", methods=["GET", "POST"])
@needs(Permission.DISPATCH)
def decide(ticket: Ticket) -> Page:
    """Decide who answers; then go on with the next."""
    returned = service.pending_return(ticket)
    where = (ticket.due_at, ticket.id)
    form = Decide()
    if request.method == "POST":
        if form.validate():
            try:
                _decide(ticket.id, form)
            except DomainError as error:
                form.show(error)
                return _draw(by_number(ticket.number), form, returned), status_of(error)
            flash(_("已派单。"), "ok")
            return redirect(_following(*where))
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


def _following(due_at: dt.datetime | None, ticket_id: int) -> str:
    """Return the page of the next one in the queue, after its last the first; the queue where none is left."""
    others = and_(worklists.waiting_for_dispatch(), Ticket.id != ticket_id)
    for after in (Cursor(due_at, ticket_id), None):
        if page := worklists.by_due(others, after, size=1).rows:
            return url_for("dispatch.decide", number=page[0].number)
    return url_for("dispatch.queue")


def _draw(ticket: Ticket, form: Decide, returned: TicketReturn | None) -> str:
    decision = service.newest_decision(ticket)
    candidates = _candidates(decision.candidates if decision else [], returned)
    others = _others(ticket)
    g.page_keys = [
        {"key": str(place), "words": one["bureau"], "click": f"#c{place}"}
        for place, one in enumerate(candidates, start=1)
    ]
    g.page_keys += [{"key": one["key"], "words": one["verb"], "href": one["url"]} for one in others]
    g.page_keys += [
        {"key": "b", "words": _("其他单位"), "focus": "#bureau"},
        {"key": "s", "words": _("先放一放"), "click": "#skip"},
    ]
    place, whole = worklists.place(worklists.waiting_for_dispatch(), ticket.due_at, ticket.id)
    chosen = request.form.get("candidate") or (candidates[0]["value"] if candidates else "")
    return render_template(
        "dispatch/decide.html",
        ticket=ticket_view.present(ticket, act().actor, ticket_view.hanging(ticket)),
        why=reasons.of_one(ticket),
        returned=_returned(returned, ticket) if returned else None,
        candidates=candidates,
        form=form,
        chosen="" if form.bureau.data else chosen,
        url=url_for("dispatch.decide", number=ticket.number),
        others=others,
        position=f"{worklists.shown_count(place)} / {worklists.shown_count(whole)}",
        skip_url=_following(ticket.due_at, ticket.id),
        versions=_("路由规则第 %(version)s 版", version=decision.versions.get("rules", ""))
        if decision
        else "",
        bureaus=bureaus.listed(province()),
    )


#: What else can be done, on the ticket's own page: step -> key.
OTHERS = {Action.REJECT: "r", Action.RECLASSIFY: "t", Action.MERGE: "m", Action.OPEN_CASE: "c"}


def _others(ticket: Ticket) -> list[dict[str, str]]:
    page = url_for("tickets.show", number=ticket.number)
    return [
        {"verb": words(TABLE[action].word), "key": key, "url": f"{page}#do-{action.value}"}
        for action, key in OTHERS.items()
        if may(act().actor, TABLE[action].permission, ticket)
    ] + [{"verb": _("打开工单"), "key": "o", "url": page}]


def _candidates(found: list[dict[str, Any]], returned: TicketReturn | None) -> list[dict[str, Any]]:
    """Return the candidates, best first; of a return the bureau that was proposed and the one that returned it."""
    archive = province().archive
    shown = [
        {
            "value": one["bureau_code"],
            "bureau": named(archive.bureaus[one["bureau_code"]]),
            "sure": next(_sure(word) for least, word in SURE if one["probability"] >= least),
            "share": round(one["probability"] * 100),
            "reasons": reasons.in_words(one["reasons"]),
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

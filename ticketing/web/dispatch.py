"""The dispatchers: who answers, returns and their adjudication; a digit and Enter decide."""

import datetime as dt
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from sqlalchemy import and_
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.errors import Conflict, DomainError
from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import State
from ticketing.domain.words import N_
from ticketing.extensions import transaction
from ticketing.models import Ticket
from ticketing.services import dispatch as service
from ticketing.services import dispatch_lists, lessons, moves, worklists
from ticketing.services.worklists import Cursor
from ticketing.web import bureaus, dispatch_view, many, reasons, rows, ticket_view, timeline
from ticketing.web.context import act, province
from ticketing.web.errors import status_of
from ticketing.web.forms.dispatch import Decide
from ticketing.web.guard import by_number, needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import words
from ticketing.web.record import record
from ticketing.web.requests import row_id

dispatch = Blueprint("dispatch", __name__)
Page = str | tuple[str, int] | Redirect


#: What the parts of the queue are called, by their name in the address.
TABS = {
    "": N_("全部"),
    "unsure": N_("路由拿不准"),
    "proposed": N_("路由有建议"),
    "returns": N_("退单待裁定"),
    "disputed": N_("多次退单"),
}


@dispatch.get("/dispatch")
@needs(Permission.SEE_DISPATCH)
def queue() -> str:
    """Show what the router left to people, and what bureaus sent back."""
    tab = request.args.get("tab", "")
    tab = tab if tab in TABS else ""
    page = dispatch_lists.LISTS[tab].by_due(Cursor.read(request.args.get("after")))
    shown = rows.present(page.rows, reasons.of(page.rows), endpoint="dispatch.decide")
    return rows.draw(
        _("待派单"),
        shown,
        rows.nothing(_("没有待派单的工单。"), _("看诉求记录"), url_for("dispatch.tickets")),
        tabs=_tabs(tab),
        search=rows.find("dispatch.tickets"),
        columns={"reason"},
        bulk=many.offered(act().actor),
        poll_url=url_for("dispatch.news", since=rows.stamp()),
        reload_url=url_for("dispatch.queue", tab=tab or None),
        **rows.pages("dispatch.queue", page, tab=tab or None),
    )


def _tabs(here: str) -> list[dict[str, Any]]:
    counted = dispatch_lists.counts()
    return [
        {
            "words": words(word),
            "url": url_for("dispatch.queue", tab=name or None),
            "here": name == here,
            "count": worklists.shown_count(counted[name]),
        }
        for name, word in TABS.items()
    ]


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
    where = (ticket.due_at, ticket.id)
    form = Decide()
    if request.method == "POST":
        if not form.validate():
            return _draw(ticket, form), 422
        try:
            _decide(ticket.id, form)
        except DomainError as error:
            form.show(error)
            since = request.form.get("version", type=row_id) if isinstance(error, Conflict) else None
            return _draw(by_number(ticket.number), form, since=since), status_of(error)
        flash(_("已派单。"), "ok")
        return redirect(_following(*where))
    if ticket.state != State.NEW:
        return redirect(url_for("tickets.show", number=ticket.number))
    return _draw(ticket, form)


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


def _draw(ticket: Ticket, form: Decide, *, since: int | None = None) -> str:
    decision, returned = lessons.newest_decision(ticket), service.pending_return(ticket)
    candidates = dispatch_view.candidates(decision, returned)
    others = dispatch_view.others(ticket)
    g.page_keys = _keys(candidates, others)
    place, whole = worklists.place(worklists.waiting_for_dispatch(), ticket.due_at, ticket.id)
    chosen = request.form.get("candidate") or (candidates[0]["value"] if candidates else "")
    newer = moves.changes_since(ticket, since) if since is not None else []
    return render_template(
        "dispatch/decide.html",
        ticket=ticket_view.present(ticket, act().actor, ticket_view.hanging(ticket)),
        why=reasons.of_one(ticket),
        returned=dispatch_view.returned_facts(returned, ticket) if returned else None,
        candidates=candidates,
        form=form,
        chosen="" if form.bureau.data else chosen,
        url=url_for("dispatch.decide", number=ticket.number),
        others=others,
        position=f"{worklists.shown_count(place)} / {worklists.shown_count(whole)}",
        skip_url=_following(ticket.due_at, ticket.id),
        versions=dispatch_view.versions(decision),
        precedents=dispatch_view.precedents(ticket),
        changed=timeline.entries(newer),
        gone=ticket.state != State.NEW,
        bureaus=bureaus.listed(province()),
    )


def _keys(candidates: list[dict[str, Any]], others: list[dict[str, str]]) -> list[dict[str, str]]:
    return [
        *(
            {"key": str(place), "words": one["bureau"], "click": f"#c{place}"}
            for place, one in enumerate(candidates, start=1)
        ),
        *({"key": one["key"], "words": one["verb"], "href": one["url"]} for one in others),
        {"key": "b", "words": _("其他单位"), "focus": "#bureau"},
        {"key": "s", "words": _("先放一放"), "click": "#skip"},
    ]

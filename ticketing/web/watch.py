"""The supervisors: where it burns, before it burns. Every figure opens its list."""

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import and_

from ticketing.domain.permissions import Permission
from ticketing.models import Ticket
from ticketing.services import figures, worklists
from ticketing.services.worklists import Cursor
from ticketing.web import rows
from ticketing.web.approvals import approval_rows
from ticketing.web.context import act, now, province
from ticketing.web.guard import needs
from ticketing.web.i18n import named
from ticketing.web.moments import moment
from ticketing.web.rows import due_of

watch = Blueprint("watch", __name__)


@watch.get("/watch")
@needs(Permission.SEE_WATCH)
def wallboard() -> str:
    """Show the figures of the moment."""
    board = figures.board(now(), province())
    archive = province().archive
    return render_template(
        "watch/wallboard.html",
        as_of=moment(now(), now()),
        figures=_figures(board),
        burning=[_burning(row) for row in board.burning],
        bureaus=[
            {
                "name": named(archive.bureaus[row.bureau_code]),
                "url": url_for("watch.overdue", bureau=row.bureau_code),
                "open": row.open,
                "soon": row.soon,
                "over": row.over,
            }
            for row in board.bureaus
        ],
        notes=[],
        poll_url=url_for("watch.news", over=board.over, desk=board.at_desk),
        reload_url=url_for("watch.wallboard"),
    )


def _figures(board: figures.Board) -> list[dict[str, Any]]:
    shown = (
        (board.open, _("在办"), url_for("watch.tickets"), "none"),
        (board.soon, _("一个工作日内到期"), url_for("watch.tickets"), "soon"),
        (board.over, _("超时"), url_for("watch.overdue"), "over"),
        (board.at_desk, _("待派单"), url_for("watch.at_desk"), "none"),
        (board.unaccepted, _("超时未签收"), url_for("watch.overdue"), "over"),
        (board.returns, _("退单待裁定"), url_for("watch.returns"), "none"),
        (board.approvals, _("待审核"), url_for("watch.approvals"), "none"),
        (board.orders, _("督办单待回复"), url_for("watch.overdue"), "soon"),
    )
    return [
        {"value": value, "words": words, "url": url, "level": level if value else "none"}
        for value, words, url, level in shown
    ]


def _burning(row: Any) -> dict[str, Any]:
    return {
        "url": url_for("tickets.show", number=row.number),
        "subject": row.subject,
        "holder": named(province().archive.bureaus[row.bureau_code]),
        "due": due_of(row),
    }


@watch.get("/watch/news")
@needs(Permission.SEE_WATCH)
def news() -> Response:
    """Say whether the figures have moved since the board was drawn."""
    seen = request.args.get("over", 0, type=int) + request.args.get("desk", 0, type=int)
    conditions = [worklists.overdue(now()), worklists.waiting_for_dispatch()]
    return rows.news(lambda: abs(sum(worklists.counts(conditions)) - min(seen, 2 * worklists.COUNTED)))


def _list(heading: str, condition: Any, endpoint: str, nothing: str, **where: str) -> str:
    page = worklists.by_due(condition, Cursor.read(request.args.get("after")))
    return rows.draw(
        heading,
        rows.present(page.rows),
        rows.nothing(nothing),
        total=worklists.shown_count(worklists.counts([condition])[0]),
        columns={"state", "bureau"},
        newer=url_for(endpoint, **where) if "after" in request.args else "",
        older=url_for(endpoint, after=str(page.after), **where) if page.after else "",
    )


@watch.get("/watch/tickets")
@needs(Permission.SEE_WATCH)
def tickets() -> str:
    """Show everything open, the most pressing first."""
    return _list(_("在办工单"), worklists.OPEN, "watch.tickets", _("没有在办的工单。"))


@watch.get("/watch/desk")
@needs(Permission.SEE_WATCH)
def at_desk() -> str:
    """Show what waits for a dispatcher."""
    return _list(_("待派单"), worklists.waiting_for_dispatch(), "watch.at_desk", _("没有待派单的工单。"))


@watch.get("/watch/overdue")
@needs(Permission.SEE_WATCH)
def overdue() -> str:
    """Show what is overdue, of one bureau where asked."""
    condition, code = worklists.overdue(now()), request.args.get("bureau", "")
    bureau = province().archive.bureaus.get(code)
    if bureau is None:
        return _list(_("超时工单"), condition, "watch.overdue", _("没有超时的工单。"))
    own = and_(condition, Ticket.bureau_code == code)
    heading = _("%(bureau)s的超时工单", bureau=named(bureau))
    return _list(heading, own, "watch.overdue", _("没有超时的工单。"), bureau=code)


@watch.get("/watch/returns")
@needs(Permission.SEE_WATCH)
def returns() -> str:
    """Show the returns that wait for adjudication."""
    return _list(_("退单"), worklists.returned(), "watch.returns", _("没有待裁定的退单。"))


@watch.get("/watch/approvals")
@needs(Permission.SEE_WATCH)
def approvals() -> str:
    """Show the requests that wait for a supervisor's decision."""
    waiting = approval_rows(worklists.approvals(act().actor, Permission.APPROVE_AS_SUPERVISOR.value))
    empty = rows.nothing(_("没有等您审核的请求。"))
    lead = _("打开工单，在“等待审核”里通过或退回。")
    return rows.draw(_("待审核"), waiting, empty, lead=lead, columns={"reason", "bureau", "state"})

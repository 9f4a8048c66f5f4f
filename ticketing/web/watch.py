"""The supervisors: where it burns, before it burns. Every figure opens its list."""

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import DOOR_WORDS, Door
from ticketing.services import approval_lists, duty_gaps, figures, worklists
from ticketing.services.worklists import COUNTED, Cursor
from ticketing.web import duty_view, many, reasons, rows
from ticketing.web.approvals import approval_rows
from ticketing.web.context import act, now, province
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, words
from ticketing.web.moments import moment
from ticketing.web.record import record
from ticketing.web.rows import due_of

watch = Blueprint("watch", __name__)


@watch.get("/watch")
@needs(Permission.SEE_WATCH)
def wallboard() -> str:
    """Show the figures of the moment."""
    board = figures.board(act().actor, now(), province())
    seen = {name: min(board.counts[name], COUNTED + 1) for name in figures.POLLED}
    wall = request.args.get("wall") == "1"
    return render_template(
        "watch/wallboard.html",
        as_of=moment(board.at, now()),
        figures=_figures(board),
        today=_today(board),
        burning=[_burning(row) for row in board.burning],
        bureaus=[_bureau(row) for row in board.bureaus],
        notes=[],
        gaps=duty_view.gaps(duty_gaps.open_gaps(now())),
        poll_url=url_for("watch.news", **seen),  # type: ignore[arg-type]
        reload_url=url_for("watch.wallboard", wall="1" if wall else None),
        wall=wall,
    )


def _figures(board: figures.Board) -> list[dict[str, Any]]:
    count = board.counts
    shown = (
        (count["tickets"], _("在办"), url_for("watch.tickets"), "none"),
        (count["soon"], _("一个工作日内到期"), url_for("watch.soon"), "soon"),
        (count["overdue"], _("超时"), url_for("watch.overdue"), "over"),
        (count["at_desk"], _("待派单"), url_for("watch.at_desk"), "none"),
        (count["unaccepted"], _("超时未签收"), url_for("watch.unaccepted"), "over"),
        (count["returns"], _("退单待裁定"), url_for("watch.returns"), "none"),
        (board.approvals, _("等督办员审核"), url_for("watch.approvals"), "none"),
        (count["orders"], _("督办单待回复"), url_for("watch.orders"), "soon"),
    )
    return [
        {"value": value, "words": words, "url": url, "level": level if value else "none"}
        for value, words, url, level in shown
    ]


def _today(board: figures.Board) -> list[dict[str, Any]]:
    return [
        {
            "words": words(word),
            "value": board.today[door.value],
            "url": url_for("watch.today", door=door.value),
        }
        for door, word in DOOR_WORDS.items()
        if door.value in board.today
    ]


def _burning(row: Any) -> dict[str, Any]:
    return {
        "url": url_for("tickets.show", number=row.number),
        "subject": row.subject,
        "holder": named(province().archive.bureaus[row.bureau_code]),
        "due": due_of(row),
    }


def _bureau(row: Any) -> dict[str, Any]:
    code = row.bureau_code
    return {
        "name": named(province().archive.bureaus[code]),
        "open": {"value": row.open, "url": url_for("watch.tickets", bureau=code)},
        "soon": {"value": row.soon, "url": url_for("watch.soon", bureau=code)},
        "over": {"value": row.over, "url": url_for("watch.overdue", bureau=code)},
    }


@watch.get("/watch/news")
@needs(Permission.SEE_WATCH)
def news() -> Response:
    """Say how far the figures have moved since the board was drawn."""
    counts = figures.news(now(), province())
    return rows.news(lambda: sum(abs(n - request.args.get(name, 0, type=int)) for name, n in counts.items()))


def _list(name: str, heading: str, nothing: str) -> str:
    """Return the list behind a figure, of one bureau where asked."""
    bureau = province().archive.bureaus.get(request.args.get("bureau", ""))
    code = bureau.code if bureau is not None else ""
    if bureau is not None:
        heading = _("%(bureau)s：%(what)s", bureau=named(bureau), what=heading)
    after, values = Cursor.read(request.args.get("after")), figures.of_moment(now(), province())
    page, total = figures.page(name, code, after, values)
    with_why = name in ("returns", "at_desk")
    why = reasons.of(page.rows) if with_why else None
    return rows.draw(
        heading,
        rows.present(page.rows, why),
        rows.nothing(nothing, _("回到督办大屏"), url_for("watch.wallboard")),
        total=worklists.shown_count(total),
        search=rows.find("watch.record_of_requests"),
        columns={"reason"} if with_why else {"state", "bureau"},
        bulk=many.offered(act().actor),
        **rows.pages(f"watch.{name}", page, bureau=code or None),
    )


@watch.get("/watch/tickets")
@needs(Permission.SEE_WATCH)
def tickets() -> str:
    """Show everything open, the most pressing first."""
    return _list("tickets", _("在办工单"), _("没有在办的工单。"))


@watch.get("/watch/soon")
@needs(Permission.SEE_WATCH)
def soon() -> str:
    """Show what falls due within a working day."""
    return _list("soon", _("一个工作日内到期的工单"), _("没有快到期的工单。"))


@watch.get("/watch/overdue")
@needs(Permission.SEE_WATCH)
def overdue() -> str:
    """Show what is overdue."""
    return _list("overdue", _("超时工单"), _("没有超时的工单。"))


@watch.get("/watch/desk")
@needs(Permission.SEE_WATCH)
def at_desk() -> str:
    """Show what waits for a dispatcher."""
    return _list("at_desk", _("待派单"), _("没有待派单的工单。"))


@watch.get("/watch/unaccepted")
@needs(Permission.SEE_WATCH)
def unaccepted() -> str:
    """Show what a bureau has not accepted in time."""
    return _list("unaccepted", _("超时未签收的工单"), _("没有超时未签收的工单。"))


@watch.get("/watch/returns")
@needs(Permission.SEE_WATCH)
def returns() -> str:
    """Show the returns that wait for adjudication."""
    return _list("returns", _("退回的工单"), _("没有待裁定的退单。"))


@watch.get("/watch/orders")
@needs(Permission.SEE_WATCH)
def orders() -> str:
    """Show the tickets with an order that waits for its reply."""
    return _list("orders", _("督办单待回复的工单"), _("没有待回复的督办单。"))


@watch.get("/watch/today")
@needs(Permission.SEE_WATCH)
def today() -> str:
    """Show what came in today, through one door where asked."""
    door = request.args.get("door", "")
    door = door if door in frozenset(Door) else ""
    heading = _("今日来件：%(door)s", door=words(DOOR_WORDS[Door(door)])) if door else _("今日来件")
    page = figures.came_in(now(), door, Cursor.read(request.args.get("after")))
    return rows.draw(
        heading,
        rows.present(page.rows),
        rows.nothing(_("今天还没有来件。"), _("回到督办大屏"), url_for("watch.wallboard")),
        search=rows.find("watch.record_of_requests"),
        columns={"state", "bureau"},
        **rows.pages("watch.today", page, door=door or None),
    )


@watch.get("/watch/record")
@needs(Permission.SEE_WATCH)
def record_of_requests() -> str:
    """Find any request."""
    return record("watch.record_of_requests")


@watch.get("/watch/approvals")
@needs(Permission.SEE_WATCH)
def approvals() -> str:
    """Show the requests that wait for a decision: the supervisors' own, or the heads', whom they stand in for."""
    heads = request.args.get("by") == "heads"
    power = Permission.APPROVE_AT_BUREAU if heads else Permission.APPROVE_AS_SUPERVISOR
    page = approval_lists.page(act().actor, power, Cursor.read(request.args.get("after")))
    tabs = [
        {"words": _("等督办员"), "url": url_for("watch.approvals"), "here": not heads, "count": ""},
        {
            "words": _("等单位负责人"),
            "url": url_for("watch.approvals", by="heads"),
            "here": heads,
            "count": "",
        },
    ]
    return rows.draw(
        _("待审核"),
        approval_rows(page.rows),
        rows.nothing(_("没有等您审核的请求。")),
        lead=_("打开工单，在“等待审核”里通过或退回。"),
        tabs=tabs,
        columns={"reason", "bureau", "state"},
        **rows.pages("watch.approvals", page, by="heads" if heads else None),
    )

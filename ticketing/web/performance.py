"""Figures that resist gaming: the period's page, the tickets behind each figure, the sheet to take away."""

import datetime as dt
import urllib.parse

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy import and_, not_

from ticketing.domain.clock import local
from ticketing.domain.permissions import Permission
from ticketing.extensions import transaction
from ticketing.services import callback_duties, exports, performance, period_figures
from ticketing.services.callback_duties import PAGE
from ticketing.services.measured import FIGURES
from ticketing.services.performance import DIMENSIONS, Asked
from ticketing.services.worklists import Cursor
from ticketing.web import call_lists, performance_filters, performance_view, rows
from ticketing.web.context import act, now, province
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language, words
from ticketing.web.moments import moment

figures = Blueprint("performance", __name__)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def asked() -> Asked:
    """Return what the address asks for; nonsense is this month up to today, a period too long is cut."""
    today = local(now()).date()
    first = _day("from", today.replace(day=1))
    last = _day("to", max(today, first))
    if last < first:
        first, last = last, first
    first = max(first, last - performance.LONGEST)
    return Asked(
        first,
        last,
        **{name: request.args.get(name, "") for name in DIMENSIONS}
        | {"bureau": performance_filters.bureau()},
    )


def _day(name: str, otherwise: dt.date) -> dt.date:
    try:
        day = dt.date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return otherwise
    return day if dt.date(2000, 1, 1) <= day <= dt.date(2100, 12, 31) else otherwise


def by() -> str:
    """Return what the rows of the table stand for."""
    chosen = request.args.get("by", "bureau")
    return chosen if chosen in DIMENSIONS else "bureau"


@figures.get("/watch/figures")
@needs(Permission.SEE_WATCH)
def show() -> str:
    """Show a period's figures, each with the way to its tickets."""
    wanted, dimension = asked(), by()
    found = period_figures.shown(wanted, dimension, now(), province())
    return render_template(
        "watch/figures.html",
        **performance_view.page(
            wanted,
            dimension,
            found.table,
            before=found.before,
            borne=found.borne,
            whole=request.args.get("rows") == "all",
        ),
        **performance_filters.drawn(wanted),
        as_of=moment(found.at, now()),
        called=performance_view.called(wanted, found.callbacks),
        exports=performance_view.exports(exports.newest()),
        reports_url=url_for("reports.listed"),
    )


@figures.get("/watch/figures/tickets")
@needs(Permission.SEE_WATCH)
def tickets() -> str:
    """Show the tickets behind a figure."""
    wanted, name = asked(), request.args.get("figure", "")
    name, miss = (name if name in FIGURES else "kept_first"), "miss" in request.args
    page = performance.behind(
        name, wanted, province(), miss=miss, after=Cursor.read(request.args.get("after"))
    )
    figure = FIGURES[name]
    heading = _("不是：%(what)s", what=words(figure.words)) if miss else words(figure.words)
    where = performance_view.where(wanted) | {"figure": name} | ({"miss": "1"} if miss else {})
    return rows.draw(
        heading,
        rows.present(page.rows),
        rows.nothing(
            _("这个指标背后没有工单。"),
            _("回到指标"),
            url_for("performance.show", **performance_view.where(wanted)),
        ),
        lead=f"{performance_view.period(wanted)} · {words(figure.explained)}",
        columns={"state", "bureau"},
        **rows.pages("performance.tickets", page, **where),
    )


@figures.get("/watch/figures/borne")
@needs(Permission.SEE_WATCH)
def borne() -> str:
    """Show the tickets of which a bureau bears time, or that it returned."""
    wanted, what = asked(), request.args.get("what", "")
    what, bureau = (what if what in performance.BORNE else "time"), request.args.get("bearer", "")
    after = Cursor.read(request.args.get("after"))
    page = performance.borne_by(bureau, what, wanted, province(), after)
    where = performance_view.where(wanted) | {"bearer": bureau, "what": what}
    back = url_for("performance.show", **performance_view.where(wanted))
    return rows.draw(
        f"{words(performance_view.BORNE_WORDS[what])} · {performance_view.name_of('bureau', bureau)}",
        rows.present(page.rows),
        rows.nothing(_("这个指标背后没有工单。"), _("回到指标"), back),
        lead=performance_view.period(wanted),
        columns={"state", "bureau"},
        **rows.pages("performance.borne", page, **where),
    )


@figures.get("/watch/figures/callbacks")
@needs(Permission.SEE_WATCH)
def callbacks() -> str:
    """Show the call-backs that fell due in a period: those made in time, or those that were not."""
    wanted, miss = asked(), "miss" in request.args
    due = performance.due_callbacks(wanted, now())
    hit = not_(performance.CALLED_BACK) if miss else performance.CALLED_BACK
    after = Cursor.read(request.args.get("after"))
    place = (after.at, after.id) if after is not None and after.at is not None else None
    found = [] if due is None else callback_duties.page(and_(due, hit), place)
    shown, last = found[:PAGE], found[PAGE - 1].callback if len(found) > PAGE else None
    where = performance_view.where(wanted) | ({"miss": "1"} if miss else {})
    older = str(Cursor(last.due_at, last.id)) if last else ""
    return render_template(
        "calls/duties.html",
        heading=_("没有按时的回拨") if miss else _("按时回拨"),
        lead=performance_view.period(wanted),
        rows=[call_lists.duty_row(row) for row in shown],
        tabs=[],
        next_url="",
        newer=url_for("performance.callbacks", **where) if place else "",
        older=url_for("performance.callbacks", **where, after=older) if older else "",
    )


@figures.get("/watch/figures.xlsx")
@needs(Permission.SEE_WATCH)
def sheet() -> Response:
    """Hand the period's figures out as a workbook that says who took it and when; the taking is recorded."""
    wanted = asked()
    with transaction():
        book = exports.workbook(wanted, performance_view.labels(wanted), act(), province(), words)
    name = urllib.parse.quote(_("诉求办理指标") + f" {wanted.first} {wanted.last}.xlsx")
    answer = Response(book, mimetype=SHEET)
    answer.headers["Content-Disposition"] = f"attachment; filename=figures.xlsx; filename*=UTF-8''{name}"
    answer.headers["Content-Language"] = "en" if language() == "en" else "zh-CN"
    return answer

"""The log of calls, and call-backs as duties."""

import datetime as dt
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.calls import OUTCOME_WORDS, Outcome
from ticketing.domain.clock import LOCAL, local
from ticketing.domain.permissions import Permission, may
from ticketing.services import call_log, callback_duties
from ticketing.services.callback_duties import PAGE
from ticketing.services.worklists import Cursor
from ticketing.web import call_view, choices
from ticketing.web.addresses import address
from ticketing.web.calls import calls, me
from ticketing.web.context import act, now, province
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import labelled, language, words
from ticketing.web.moments import moment

LISTS = ("open", "mine", "overdue", "done")


@calls.get("/desk/calls")
@needs(Permission.SEE_CALLS)
def log() -> str:
    """Show calls, newest first, those that the filters leave."""
    wanted = _wanted()
    rows = call_log.page(wanted, Cursor.read(request.args.get("after")))
    shown = rows[:PAGE]
    older = str(Cursor(shown[-1].rang_at, shown[-1].id)) if len(rows) > PAGE else ""
    kept = {name: value for name, value in request.args.items() if name != "after" and value}
    return render_template(
        "calls/log.html",
        rows=[_logged(row) for row in shown],
        filters=_filters(),
        day=request.args.get("day", ""),
        url=address("calls.log"),
        filtered=bool(kept),
        newer=url_for("calls.log", **kept) if "after" in request.args else "",
        older=url_for("calls.log", **kept, after=older) if older else "",
    )


def _wanted() -> call_log.Wanted:
    given = request.args
    outcome = given.get("outcome", "")
    line = given.get("line", "")
    return call_log.Wanted(
        line=line if line in province().archive.hotlines else "",
        outcome=outcome if outcome in frozenset(Outcome) or outcome in call_log.OPEN_ENDS else "",
        account_id=me() if given.get("mine") else None,
        since=_day(given.get("day")),
    )


def _day(typed: str | None) -> dt.datetime | None:
    try:
        day = dt.date.fromisoformat(typed or "")
    except ValueError:
        return None
    return dt.datetime.combine(day, dt.time(), LOCAL) if 2000 <= day.year <= 2100 else None


def _filters() -> list[dict[str, Any]]:
    given = request.args
    ends = [(one.value, words(said)) for one, said in OUTCOME_WORDS.items()]
    ends += [(name, words(said)) for name, said in call_log.OPEN_ENDS.items()]
    chosen = (
        ("line", _("热线"), province().lines_by_language[language()]),
        ("outcome", _("结果"), ends),
        ("mine", _("谁接的"), [("1", _("我接的"))]),
    )
    return [
        {
            "name": name,
            "words": said,
            "options": choices.drawn((("", _("全部")), *options), given.get(name, "")),
        }
        for name, said, options in chosen
    ]


def _logged(call: Any) -> dict[str, Any]:
    return {
        "url": url_for("calls.show", call_id=call.id),
        "caller": call_view.caller(call),
        "line": labelled(call_view.line_of(call)),
        "operator": call.operator or "",
        "rang": moment(call.rang_at, now()),
        "waited": call_view.seconds(call.rang_at, call.answered_at or call.ended_at),
        "talked": call_view.seconds(call.answered_at, call.ended_at),
        "state": call_view.state(call),
        "out": call.direction == "out",
    }


@calls.get("/desk/callbacks")
@needs(Permission.SEE_CALLS)
def duties() -> str:
    """Show call-backs, what is due next first."""
    chosen = request.args.get("list", "open")
    chosen = chosen if chosen in callback_duties.LISTS else "open"
    done, after = chosen == "done", Cursor.read(request.args.get("after"))
    place = (after.at, after.id) if after is not None and after.at is not None else None
    rows = callback_duties.listed(chosen, me(), now(), place)
    shown = rows[:PAGE]
    last = shown[-1].callback if len(rows) > PAGE else None
    older = str(Cursor(last.opened_at if done else last.due_at, last.id)) if last else ""
    return render_template(
        "calls/duties.html",
        rows=[duty_row(row) for row in shown],
        tabs=_tabs(chosen, callback_duties.counts(me(), now())),
        next_url=address("calls.next_duty") if may(act().actor, Permission.ANSWER_CALLS) else "",
        newer=url_for("calls.duties", list=chosen) if after else "",
        older=url_for("calls.duties", list=chosen, after=older) if older else "",
    )


def _tabs(chosen: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    said = {"open": _("要办的"), "mine": _("我认领的"), "overdue": _("超时没人打"), "done": _("已办完")}
    return [
        {
            "words": said[name],
            "url": address("calls.duties", list=name),
            "here": name == chosen,
            "count": counts.get(name, ""),
        }
        for name in LISTS
    ]


def duty_row(row: Any) -> dict[str, Any]:
    """Return a call-back as lists show it."""
    return call_view.duty(row.callback) | {
        "url": url_for("calls.show", call_id=row.call.id),
        "caller": call_view.caller(row.call, whole=call_view.sees_number(row.call, row.callback)),
        "line": labelled(call_view.line_of(row.call)),
        "rang": moment(row.call.rang_at, now()),
        "owner": row.owner or "",
    }


@calls.get("/desk/callbacks/next")
@needs(Permission.ANSWER_CALLS)
def next_duty() -> Redirect:
    """Go to the call-back that comes next."""
    found = callback_duties.next_open(me(), local(now()))
    if found is None:
        flash(_("现在没有要打的回拨。"), "ok")
        return redirect(url_for("calls.duties"))
    return redirect(url_for("calls.show", call_id=found))

"""来电: the board of calls that last, live by events and by polling alike; its state is read from rows."""

from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import PRESENCE_WORDS, PresenceState
from ticketing.extensions import transaction
from ticketing.services import call_desk, callback_duties, presence
from ticketing.web import call_view, stream
from ticketing.web.addresses import address
from ticketing.web.context import act, now
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import words

calls = Blueprint("calls", __name__)


def me() -> int:
    """Return the colleague's account."""
    return act().actor.account_id or 0


@calls.get("/desk")
@needs(Permission.ANSWER_CALLS)
def board() -> str:
    """Show who is calling, who is talking, and what waits to be done."""
    g.page_keys = [
        {"key": "a", "words": _("接最前面的来电"), "click": "[data-first]"},
        {"key": "b", "words": _("下一件回拨"), "click": "#next-duty"},
        {"key": "f", "words": _("没登记的通话"), "focus": "#unfiled"},
        {"key": "1", "words": words(PRESENCE_WORDS[PresenceState.READY]), "click": "#presence-ready"},
        {"key": "2", "words": words(PRESENCE_WORDS[PresenceState.PAUSE]), "click": "#presence-pause"},
    ]
    return render_template(
        "calls/board.html",
        **_live(),
        live_url=address("calls.live"),
        stream_url=address("calls.look"),
        presence=_presence(),
        presence_url=address("calls.say"),
    )


def _live() -> dict[str, Any]:
    rows = call_view.board(call_desk.live())
    return {
        "ringing": [row for row in rows if row["takeable"]],
        "talking": [row for row in rows if not row["takeable"]],
        "mine": next((row for row in rows if row["mine"]), None),
        "unfiled": [call_view.brief(one) for one in call_desk.own_unfiled(me())],
        "counts": callback_duties.counts(me(), now()),
        "next_url": address("calls.next_duty"),
        "duties_url": address("calls.duties"),
    }


def _presence() -> list[dict[str, Any]]:
    here = presence.shown(me(), now())
    return [
        {"value": one.value, "words": words(PRESENCE_WORDS[one]), "here": one is here}
        for one in PresenceState
    ]


@calls.get("/desk/live")
@needs(Permission.ANSWER_CALLS)
def live() -> Response:
    """Draw the calls that last anew; the desk is open, and is noted to be."""
    with transaction():
        presence.seen(me(), now())
    return unless_seen("calls/live.html", _live)


def unless_seen(template: str, values: Any) -> Response:
    """Draw a part of a page, or answer 304 where its reader has seen this version in this quarter of a minute."""
    answer = Response()
    answer.set_etag(f"{call_desk.version()}-{int(now().timestamp()) // 15}")
    answer.headers["Cache-Control"] = "no-cache"
    if request.if_none_match.contains(answer.get_etag()[0]):
        return answer.make_conditional(request)
    answer.set_data(render_template(template, **values()))
    return answer


@calls.get("/desk/stream")
@needs(Permission.SEE_CALLS)
def look() -> Response:
    """Say "look" whenever the desk would look different; 204 where this process holds enough streams already."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  Flask's own way
    return stream.answer(app, call_desk.version, request.headers.get("Last-Event-ID", ""))


@calls.post("/desk/presence")
@needs(Permission.ANSWER_CALLS)
def say() -> Redirect:
    """Note what the operator is doing."""
    with transaction():
        presence.say(me(), request.form.get("state", ""), now())
    return redirect(url_for("calls.board"))

"""The page of a call: what is known of the caller, what is said, and what an operator does about it."""

import datetime as dt
from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.calls import CallState
from ticketing.domain.clock import LOCAL, local
from ticketing.domain.errors import DomainError, Invalid, NotFound
from ticketing.domain.messages import Inbound
from ticketing.domain.permissions import Permission, may
from ticketing.domain.vocabulary import Door
from ticketing.extensions import db, transaction
from ticketing.models import Call, Callback
from ticketing.services import call_desk, callback_duties, callbacks, reveals
from ticketing.web import call_recordings, call_steering, call_view
from ticketing.web.beside import beside
from ticketing.web.calls import calls, unless_seen
from ticketing.web.context import act, now, province
from ticketing.web.forms import calls as forms
from ticketing.web.forms.base import Form
from ticketing.web.forms.duty import time_of
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _

Page = str | tuple[str, int] | Redirect
#: What a page of a call posts to or asks for.
DEEDS = ("take", "note", "aside", "line", "no_ticket", "call_back", "own", "unreached", "reveal", "state")


@calls.get("/desk/calls/<int:call_id>")
@needs(Permission.SEE_CALLS)
def show(call_id: int) -> Page:
    """Show a call."""
    return _draw(call_id)


def _found(call_id: int) -> Call:
    call = db.session.get(Call, call_id)
    if call is None:
        raise NotFound
    return call


def _duty(call: Call) -> Callback | None:
    return db.session.scalar(select(Callback).where(Callback.call_id == call.id))


def _draw(call_id: int, *, no_ticket: Form | None = None, promise: Form | None = None) -> Page:
    call = _found(call_id)
    duty = _duty(call)
    answers = may(act().actor, Permission.ANSWER_CALLS)
    g.page_keys = _keys() if answers else []
    no_ticket = no_ticket or forms.NoTicket(formdata=None, prefix="n-")
    promise = promise or forms.Promise(formdata=None, prefix="b-", data={"text": call.notes[:200]})
    page = render_template(
        "calls/show.html",
        **_state(call, duty),
        answers=answers,
        notes=call.notes,
        topics=call_view.topics(call),
        events=call_view.events(call),
        recordings=call_recordings.shown(call),
        tries=call_view.tries(duty) if duty else [],
        ticket=call_view.ticket_of(call),
        lines=call_view.lines_to(),
        emergency=call_view.emergency(),
        reached=call_steering.reached(call),
        urls=_urls(call),
        stream_url=url_for("calls.look"),
        no_ticket=no_ticket,
        promise=promise,
        **beside(_asked(call)),
    )
    failed = any(form.errors or form.form_errors for form in (no_ticket, promise))
    return (page, 422) if failed else page


def _state(call: Call, duty: Callback | None) -> dict[str, Any]:
    """Return what of a call changes while its page is open."""
    unfinished = call.filed_at is None or (duty is not None and duty.done_at is None)
    return {
        "call": call_view.head(call, duty),
        "lasts": call.ended_at is None,
        "held": call.state == CallState.HELD,
        "rings": call.state == CallState.RINGING,
        "order": call_steering.asked(call),
        "unfinished": unfinished and call.direction == "in",
        "duty": call_view.duty(duty) if duty else None,
    }


def _urls(call: Call) -> dict[str, str]:
    found = {name: url_for(f"calls.{name}", call_id=call.id) for name in DEEDS}
    return found | {"board": url_for("calls.board")}


def _keys() -> list[dict[str, str]]:
    """Return the keys of a call; each opens what Ctrl+Enter then sends, Esc leaves what is being typed."""
    return [
        {"key": "t", "words": _("登记工单"), "click": "#to-ticket"},
        {"key": "e", "words": _("通话中答复"), "click": "#to-answer"},
        {"key": "n", "words": _("不登记"), "focus": "#no-ticket"},
        {"key": "b", "words": _("约定回拨"), "focus": "#call-back"},
        {"key": "u", "words": _("没打通"), "focus": "#unreached"},
        {"key": "o", "words": _("我来回拨"), "click": "#own-duty"},
        {"key": "m", "words": _("写记录"), "focus": "#notes"},
        {"key": "h", "words": _("保持或恢复"), "click": "#hold"},
        {"key": "!", "words": _("应急热转"), "focus": "#emergency"},
    ]


def _asked(call: Call) -> Inbound:
    """Return the call as far as it is a request already, for what stands beside it."""
    return Inbound(
        door=Door.TELEPHONE, body=call.notes, phone=call.caller, hotline_number=call.hotline_number
    )


@calls.get("/desk/calls/<int:call_id>/state")
@needs(Permission.SEE_CALLS)
def state(call_id: int) -> Response:
    """Draw anew what of a call changes while its page is open."""
    call = _found(call_id)
    duty = _duty(call)
    return unless_seen("calls/state.html", lambda: _state(call, duty))


@calls.post("/desk/calls/<int:call_id>/take")
@needs(Permission.ANSWER_CALLS)
def take(call_id: int) -> Redirect:
    """Take a call; where a colleague was quicker, their page says so."""
    with transaction():
        call_desk.taken(call_desk.locked(call_id), act(), province())
    return redirect(url_for("calls.show", call_id=call_id))


@calls.post("/desk/calls/<int:call_id>/notes")
@needs(Permission.ANSWER_CALLS)
def note(call_id: int) -> Response | Redirect:
    """Keep what is being typed; on the way to the form of a ticket, go on there with it."""
    with transaction():
        call_desk.note(call_desk.locked(call_id), request.form.get("notes", ""), now())
    then = request.form.get("then")
    if then in ("register", "answer"):
        answering = {"answering": 1} if then == "answer" else {}
        return redirect(url_for("desk.register", call=call_id, **answering))
    return Response(status=204)


@calls.post("/desk/calls/<int:call_id>/beside")
@needs(Permission.ANSWER_CALLS)
def aside(call_id: int) -> str:
    """Draw again what stands beside the notes, for what is typed so far."""
    call = _found(call_id)
    inbound = Inbound(
        door=Door.TELEPHONE,
        body=request.form.get("notes", ""),
        phone=call.caller,
        hotline_number=call.hotline_number,
    )
    return render_template("desk/beside.html", **beside(inbound))


@calls.post("/desk/calls/<int:call_id>/no-ticket")
@needs(Permission.ANSWER_CALLS)
def no_ticket(call_id: int) -> Page:
    """Say why the call leaves no ticket."""
    form = forms.NoTicket(prefix="n-")
    if form.validate():
        try:
            with transaction():
                call = call_desk.locked(call_id)
                call_desk.no_ticket(call, form.reason.data, form.text.data or "", act(), province())
        except DomainError as error:
            form.show(error)
        else:
            return _done(_("已记下：这次来电不登记工单。"))
    return _draw(call_id, no_ticket=form)


@calls.post("/desk/calls/<int:call_id>/call-back")
@needs(Permission.ANSWER_CALLS)
def call_back(call_id: int) -> Page:
    """Promise to call back."""
    form = forms.Promise(prefix="b-")
    if form.validate():
        try:
            with transaction():
                call_desk.promise(
                    call_desk.locked(call_id), form.text.data, _today(form.due.data), act(), province()
                )
        except DomainError as error:
            form.show(error)
        else:
            return _done(_("回拨已约定，记在您名下。"))
    return _draw(call_id, promise=form)


def _today(typed: str | None) -> dt.datetime | None:
    if not (typed or "").strip():
        return None
    time = time_of(typed, "due")
    return dt.datetime.combine(local(now()).date(), time, LOCAL).astimezone(dt.UTC)


def _done(said: str) -> Redirect:
    flash(said, "ok")
    return redirect(url_for("calls.board"))


@calls.post("/desk/calls/<int:call_id>/own")
@needs(Permission.ANSWER_CALLS)
def own(call_id: int) -> Redirect:
    """Take the call-back on."""
    with transaction():
        callback_duties.own(_locked_duty(call_id), act())
    return redirect(url_for("calls.show", call_id=call_id))


@calls.post("/desk/calls/<int:call_id>/unreached")
@needs(Permission.ANSWER_CALLS)
def unreached(call_id: int) -> Redirect:
    """Note a try that reached nobody, and go on to the next duty."""
    with transaction():
        callback_duties.tried(_locked_duty(call_id), act(), text=request.form.get("text", ""))
    flash(_("已记下一次没打通。"), "ok")
    return redirect(url_for("calls.duties"))


def _locked_duty(call_id: int) -> Callback:
    duty = callbacks.of_call(call_id)
    if duty is None:
        raise NotFound
    return duty


@calls.route("/desk/calls/<int:call_id>/reveal", methods=["GET", "POST"])
@needs(Permission.SEE_CALLS)
def reveal(call_id: int) -> Page:
    """Show the caller's whole number, once, to somebody who says why; it is written down."""
    call, form = _found(call_id), forms.RevealNumber()
    revealed: list[tuple[str, str]] = []
    if form.validate_on_submit():
        try:
            with transaction():
                reveals.of_call(call, form.reason.data, act())
        except Invalid as error:
            form.show(error)
        else:
            revealed = [(_("来电号码"), call_view.caller(_found(call_id), whole=True))]
    back = {"words": _("回到来电"), "url": url_for("calls.show", call_id=call_id)}
    page = render_template("ticket/reveal.html", form=form, revealed=revealed, back=back, number=_("来电"))
    return (page, 422) if form.errors else page

"""Hold, transfer, hand over: asked of the exchange where it can be asked, else pressed on the telephone and noted."""

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.channels.base import Refused, Retry
from ticketing.channels.voice_twilio import PROVIDER, TwilioVoice
from ticketing.domain.permissions import Permission
from ticketing.domain.words import N_
from ticketing.extensions import transaction
from ticketing.models import Call
from ticketing.services import call_desk, steering
from ticketing.services.steering import Order, Reach
from ticketing.web.calls import calls
from ticketing.web.context import act, now, province
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import labelled, words

ASKED = {
    "hold": N_("保持"),
    "resume": N_("恢复通话"),
    "transfer": N_("转接%(to)s"),
    "emergency": N_("热转%(to)s"),
}
#: What the provider says of a telephone that it rang in vain.
IN_VAIN = {"busy": N_("占线"), "no-answer": N_("没有人接"), "failed": N_("接不通"), "canceled": N_("被取消")}
LEVELS = {steering.SENDING: "soon", steering.SENT: "ok", steering.JOINED: "ok", steering.FAILED: "over"}


def _exchange(call: Call) -> tuple[TwilioVoice | None, Reach | None]:
    """Return the exchange of a call and what it can be asked for; None where nobody can be asked."""
    voice: TwilioVoice | None = current_app.extensions["voice"]
    if voice is None or voice.out is None or call.provider != PROVIDER:
        return None, None
    return voice, Reach(dict(voice.out.emergency))


@calls.post("/desk/calls/<int:call_id>/line")
@needs(Permission.ANSWER_CALLS)
def line(call_id: int) -> Redirect:
    """Hold, resume, transfer, hand over."""
    verb, to, doing = request.form.get("verb", ""), request.form.get("to", ""), act()
    order: Order | None = None
    with transaction():
        call = call_desk.locked(call_id)
        voice, reach = _exchange(call)
        if reach is None or steering.by_hand(call, verb, to, reach):
            call_desk.line_verb(call, verb, to, doing, province())
            flash(_("已记下。这里指挥不了交换机，请在话机上操作。"), "ok")
        else:
            order = steering.ask(call, verb, to, doing, province(), reach=reach)
    if voice is not None and order is not None:
        _carry_out(voice, order)
    return redirect(url_for("calls.show", call_id=call_id))


def _carry_out(voice: TwilioVoice, order: Order) -> None:
    """Ask for one move after the other, with no session held; what came of it is noted at once."""
    doing, taken = act(), 0
    try:
        for move in order.moves:
            voice.ask(move)
            taken += 1
    except (Refused, Retry) as trouble:
        why = steering.NO_ANSWER if isinstance(trouble, Retry) else str(trouble)
        with transaction():
            steering.refused(order.command_id, why, now(), moved=taken > 0)
        return
    with transaction():
        steering.carried_out(order.command_id, doing, province())


def asked(call: Call) -> dict[str, str] | None:
    """Return in words what was asked of the exchange last and what came of it, while the call lasts."""
    command = steering.latest(call) if call.ended_at is None else None
    if command is None:
        return None
    status, why = steering.state_of(command, now())
    what = words(ASKED[command.verb], to=_to(command.to))
    return {"words": _said(what, command.verb, status, why), "level": LEVELS[status]}


def _said(what: str, verb: str, status: str, why: str) -> str:
    if status == steering.FAILED:
        reason = words(IN_VAIN[why]) if why in IN_VAIN else words(why)
        return _("%(what)s没有成功：%(why)s。请在话机上操作。", what=what, why=reason)
    if status == steering.JOINED:
        return _("%(what)s：已接通，三方通话中。", what=what)
    if status == steering.SENT and verb == "emergency":
        return _("%(what)s：正在呼叫，请先陪来电人在线。", what=what)
    if status == steering.SENT:
        return _("%(what)s：交换机已执行。", what=what)
    return _("正在请交换机%(what)s…", what=what)


def _to(to: str) -> str:
    if to in call_desk.EMERGENCY:
        return words(call_desk.EMERGENCY[to])
    known = province().archive.hotlines.get(to)
    return labelled(known) if known else to


def reached(call: Call) -> dict[str, Any]:
    """Return which of the keys the exchange carries out itself: {"line": bool, "emergency": the services}."""
    reach = _exchange(call)[1]
    leg = bool(reach) and call.answered_at is not None and bool(steering.leg_of(call))
    return {"line": leg, "emergency": set(reach.emergency) if reach is not None and leg else set()}

"""Calls as pages show them: who calls which line, what they asked before, what came of it; numbers masked."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask import url_for

from routing.directory import Hotline
from ticketing.domain import numbers
from ticketing.domain.calls import OUTCOME_WORDS, STATE_WORDS, CallState, Outcome
from ticketing.domain.contact import mask_phone
from ticketing.domain.permissions import Permission, may
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Call, Callback, CallEvent, Ticket
from ticketing.services import call_desk, callback_duties, callbacks, lines
from ticketing.web.context import act, now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import labelled, named, words
from ticketing.web.moments import Reading, moment, reading

KIND_WORDS = {
    callbacks.MISSED: N_("漏接"),
    callbacks.ASKED: N_("来电人要求回拨"),
    callbacks.VOICEMAIL: N_("语音留言"),
    callbacks.UNFILED: N_("通话未登记"),
    callbacks.PROMISED: N_("约定回拨"),
}
EVENT_WORDS = {
    "Ringing": N_("来电振铃"),
    "LanguageChosen": N_("选择语言"),
    "Queued": N_("排队"),
    "Answered": N_("接听"),
    "Held": N_("保持"),
    "Resumed": N_("恢复通话"),
    "Transferred": N_("转接"),
    "HandedOver": N_("热转应急"),
    "PutDown": N_("话机挂断"),
    "CallbackAsked": N_("要求回拨"),
    "Voicemail": N_("留言"),
    "Recorded": N_("录音完成"),
    "Ended": N_("挂断"),
}
STATE_LEVELS = {
    CallState.RINGING: "soon",
    CallState.TALKING: "ok",
    CallState.HELD: "paused",
    CallState.ENDED: "none",
}
LOST = frozenset({Outcome.MISSED, Outcome.ABANDONED})
GREETINGS = {
    "zh": N_("您好，%(line)s，请讲。"),
    "en": N_("Good day, %(line)s. How can I help you?"),
}
UNREACHABLE = N_("三次未接通")
SHOWN_TOPICS = 8


def line_of(call: Call) -> Hotline:
    """Return the line that was called."""
    return lines.line_of(call.hotline_number, province())


def caller(call: Call, *, whole: bool = False) -> str:
    """Return a caller's number, masked unless the reader talks with them or has to call them."""
    if not call.caller:
        return _("未显示号码")
    if not whole:
        return mask_phone(call.caller)
    return call.caller.removeprefix("+86")


def sees_number(call: Call, duty: Callback | None) -> bool:
    """Tell whether the reader needs the whole number: it is their call that lasts, or their duty to call back."""
    me = act().actor.account_id
    rings = call.state == CallState.RINGING
    talking = call.ended_at is None and (rings or call.account_id in (None, me))
    return talking or (duty is not None and duty.done_at is None and duty.owner_id == me)


def state(call: Call) -> dict[str, str]:
    """Return in a word where a call is, or what came of it."""
    here = CallState(call.state)
    if here is not CallState.ENDED:
        return {"words": words(STATE_WORDS[here]), "level": STATE_LEVELS[here]}
    if call.outcome is None:
        return {"words": _("待登记"), "level": "soon"}
    outcome = Outcome(call.outcome)
    return {"words": words(OUTCOME_WORDS[outcome]), "level": "over" if outcome in LOST else "none"}


def seconds(start: dt.datetime | None, end: dt.datetime | None) -> str:
    """Return a stretch of time as minutes and seconds."""
    if start is None:
        return ""
    total = max(0, int(((end or now()) - start).total_seconds()))
    return f"{total // 60}:{total % 60:02d}"


def board(calls: Sequence[Call]) -> list[dict[str, Any]]:
    """Return the calls that last, each with what is known of its caller before anybody speaks."""
    known = call_desk.known_callers([one.caller for one in calls])
    return [_on_board(one, known.get(one.caller)) for one in calls]


def _on_board(call: Call, known: tuple[str, int] | None) -> dict[str, Any]:
    me, rings = act().actor.account_id, call.state == CallState.RINGING
    return {
        "id": call.id,
        "url": url_for("calls.show", call_id=call.id),
        "take_url": url_for("calls.take", call_id=call.id),
        "line": labelled(line_of(call)),
        "caller": caller(call, whole=rings or call.account_id in (None, me)),
        "enterprise": known[0] if known else "",
        "open": known[1] if known else 0,
        "state": state(call),
        "waits": seconds(call.rang_at, call.answered_at),
        "position": call.queue_position,
        "mine": call.account_id == me and not rings,
        "takeable": rings,
    }


def head(call: Call, duty: Callback | None) -> dict[str, Any]:
    """Return what stands at the top of a call's page."""
    line = line_of(call)
    person = call_desk.enterprise_of(call.caller)
    return {
        "id": call.id,
        "line": labelled(line),
        "number": call.hotline_number,
        "bureau": named(province().archive.bureaus[line.bureau_code]),
        "caller": caller(call, whole=sees_number(call, duty)),
        "enterprise": person.enterprise if person else "",
        "person": person.requester if person else "",
        "state": state(call),
        "rang": moment(call.rang_at, now()),
        "talk": seconds(call.answered_at, call.ended_at),
        "greeting": words(
            GREETINGS["en" if call.language == "en" else "zh"], line=_label(line, call.language)
        ),
        "handed": words(call_desk.EMERGENCY[call.handed_over_to])
        if call.handed_over_to in call_desk.EMERGENCY
        else "",
        "recording": call.recording or "",
        "voicemail": call.voicemail_seconds if call.voicemail else None,
        "reason": reason(call),
    }


def _label(line: Hotline, tongue: str) -> str:
    return line.label_en if tongue == "en" else line.label_zh


def reason(call: Call) -> str:
    """Return in words why a call left no ticket."""
    code, _sep, more = call.reason.partition(": ")
    said = words(call_desk.REASONS[code]) if code in call_desk.REASONS else code
    return f"{said}：{more}" if more else said


def topics(call: Call) -> list[str]:
    """Return the topics of the line's bureau, which are what people call it about."""
    directory = province().directory
    bureau = directory.bureaus.get(call.bureau_code)
    if bureau is None:
        return []
    return [named(one) for one in directory.topics.values() if one.line == bureau.line][:SHOWN_TOPICS]


def events(call: Call) -> list[dict[str, Any]]:
    """Return what happened on a call, in order."""
    return [
        {
            "at": moment(one.at, now()),
            "second": f"{one.at.astimezone(dt.UTC):%S}",
            "words": words(EVENT_WORDS[one.kind]),
            "more": _more(one),
            "by_desk": one.key.startswith("desk-"),
        }
        for one in call_desk.events_of(call)
    ]


def _more(event: CallEvent) -> str:
    data = event.data
    if event.kind == "Transferred":
        found = province().archive.hotlines.get(data.get("to", ""))
        return labelled(found) if found else str(data.get("to", ""))
    if event.kind == "HandedOver":
        return str(data.get("service", ""))
    if event.kind == "Queued":
        return _("第 %(n)s 位", n=data.get("position", ""))
    if event.kind in ("Voicemail", "Recorded"):
        return _("%(n)s 秒", n=data.get("seconds", 0))
    return ""


def duty(row: Callback) -> dict[str, Any]:
    """Return a duty in words: what kind, until when, how often tried."""
    return {
        "kind": words(KIND_WORDS[row.kind]),
        "due": due_of(row),
        "attempts": row.attempts,
        "note": row.note,
        "next": moment(row.next_at, now()) if row.next_at and row.done_at is None else None,
        "done": moment(row.done_at, now()) if row.done_at else None,
        "outcome": _outcome(row.outcome),
        "mine": row.owner_id == act().actor.account_id,
        "free": row.owner_id is None,
    }


def due_of(row: Callback) -> Reading:
    """Return what the due time of a duty means now; one that was tried has kept its time."""
    if row.done_at is not None:
        return Reading("none", _outcome(row.outcome))
    if row.attempts:
        return Reading("paused", _("打过 %(n)s 次", n=row.attempts), moment(row.next_at or row.due_at, now()))
    return reading(row.due_at, now(), province().calendar, since=row.opened_at)


def _outcome(outcome: str | None) -> str:
    if outcome is None:
        return ""
    return words(OUTCOME_WORDS[Outcome(outcome)]) if outcome in frozenset(Outcome) else words(UNREACHABLE)


def brief(call: Call) -> dict[str, Any]:
    """Return a call in a line."""
    return {
        "url": url_for("calls.show", call_id=call.id),
        "caller": caller(call),
        "line": labelled(line_of(call)),
        "rang": moment(call.rang_at, now()),
    }


def tries(row: Callback) -> list[dict[str, Any]]:
    """Return the tries of a duty."""
    return [
        {
            "at": moment(one.at, now()),
            "who": one.name,
            "words": _("接通") if one.reached else _("没打通"),
            "text": one.text,
        }
        for one in callback_duties.tries_of(row)
    ]


def ticket_of(call: Call) -> dict[str, Any] | None:
    """Return the ticket that a call became, if the reader may know of it."""
    ticket = db.session.get(Ticket, call.ticket_id) if call.ticket_id else None
    if ticket is None or not may(act().actor, Permission.READ_TICKET, ticket):
        return None
    return {
        "number": numbers.shown(ticket.number),
        "url": url_for("tickets.show", number=ticket.number),
        "subject": ticket.subject,
    }


def lines_to() -> list[tuple[str, str]]:
    """Return the lines to which a call can be transferred."""
    return [(one.number, labelled(one)) for one in province().directory.hotlines.values()]


def emergency() -> list[tuple[str, str]]:
    """Return the services for danger, in the order in which they are offered."""
    return [(number, words(said)) for number, said in call_desk.EMERGENCY.items()]

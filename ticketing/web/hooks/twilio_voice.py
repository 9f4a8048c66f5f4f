"""Twilio asks what to do with a call and tells what became of it: take down, decide, answer, leave the rest to jobs."""

from collections.abc import Mapping

from flask import Blueprint, Response, request

from routing.directory import Hotline
from ticketing.channels import twiml, voice_twilio
from ticketing.channels.voice_twilio import PROVIDER, Heard
from ticketing.domain.opening import ROUND_THE_CLOCK
from ticketing.domain.signals import Signal
from ticketing.domain.voice import GoOn, Next, Plan
from ticketing.extensions import csrf, transaction
from ticketing.services import calls, lines, nuisance, steering, voice_flow
from ticketing.web.context import province
from ticketing.web.hooks.signed import account, signed
from ticketing.web.requests import row_id

twilio_voice = csrf.exempt(Blueprint("twilio_voice", __name__, url_prefix="/hooks/twilio"))


@twilio_voice.post("/voice")
@signed
def begin(heard: Heard) -> Response:
    """A call comes in; a number that disturbs is asked for a message instead of ringing."""
    caller, line = _take(heard, voice_twilio.incoming(heard)), _line(heard)
    always = line.hours == ROUND_THE_CLOCK
    if not nuisance.verdict(caller, heard.now, round_the_clock=always).rings:
        return _answer(voice_flow.message_first(line))
    return _answer(voice_flow.begin(line, heard.now, province()))


@twilio_voice.post("/language")
@signed
def language(heard: Heard) -> Response:
    """A key for a language, or none."""
    line = _line(heard)
    chosen = voice_flow.chosen(line, heard.form.get("Digits", ""))
    told = voice_twilio.language(heard, chosen) if chosen else voice_twilio.incoming(heard)
    _take(heard, told)
    return _answer(voice_flow.in_language(line, chosen or line.languages[0], heard.now, province()))


@twilio_voice.post("/dialed")
@signed
def dialed(heard: Heard) -> Response:
    """The telephones have rung: talked to, or on to the next."""
    told = voice_twilio.dialed(heard)
    _take(heard, told)
    if len(told) > 1:
        return _answer(_after_talking(heard))
    turn = request.args.get("turn", "")
    return _answer(voice_flow.after_ringing(_line(heard), _language(), turn, heard.now, province()))


def _after_talking(heard: Heard) -> Plan:
    """The bridge to a telephone of ours is over: it was put down, or we moved it and the caller goes on."""
    with transaction():
        call = calls.named(voice_twilio.EXCHANGE, heard.call)
        then = steering.waits_for(call, heard.form.get("DialCallSid", "")) if call else None
    return voice_flow.END if then is None else (GoOn(then),)


@twilio_voice.post("/held")
@signed
def held(heard: Heard) -> Response:
    """A caller is on hold; who held them and put the telephone down is followed by a colleague."""
    with transaction():
        call = calls.named(voice_twilio.EXCHANGE, heard.call)
        lost = call is not None and steering.left_alone(call, request.args.get("leg", ""))
        if lost:
            _take_here(heard, voice_twilio.resumed(heard))
    if lost:
        return _answer(
            voice_flow.ring_round(_line(heard), _language(), voice_flow.GROUP, heard.now, province())
        )
    return _answer(voice_flow.on_hold(_language(), Next("held", request.args.to_dict())))


@twilio_voice.post("/moved")
@signed
def moved(heard: Heard) -> Response:
    """A caller was put through to another line: its telephones ring as for a call of its own."""
    _take(heard, voice_twilio.incoming(heard))
    return _answer(voice_flow.put_through(_line(heard), _language(), heard.now, province()))


@twilio_voice.post("/room")
@signed
def room(heard: Heard) -> Response:
    """The caller, our colleague or an emergency service comes into the room of a call."""
    given = request.args
    return _answer(voice_flow.meeting(given.get("room", ""), given.get("side", ""), heard.call))


@twilio_voice.post("/parted")
@signed
def parted(_heard: Heard) -> Response:
    """The room is closed."""
    return _answer(voice_flow.END)


@twilio_voice.post("/fetched")
@signed
def fetched(heard: Heard) -> Response:
    """What became of the emergency service that was rung."""
    command = request.args.get("command", type=row_id)
    if command is not None:
        with transaction():
            steering.fetched(command, heard.call, heard.form.get("CallStatus", ""), heard.now)
    return Response(status=204)


@twilio_voice.post("/choice")
@signed
def choice(heard: Heard) -> Response:
    """A key for a call-back or a message, or none."""
    digits = heard.form.get("Digits", "")
    _take(heard, voice_twilio.callback(heard) if digits == "1" else voice_twilio.incoming(heard))
    may_wait = "wait" in request.args
    return _answer(voice_flow.after_choice(_line(heard), _language(), digits, may_wait=may_wait))


@twilio_voice.post("/wait")
@signed
def wait(heard: Heard) -> Response:
    """What is heard in the queue."""
    _take(heard, voice_twilio.waiting(heard))
    place = voice_flow.Place(_number(heard, "QueuePosition", 1), _number(heard, "QueueTime", 0))
    return _answer(voice_flow.while_waiting(_line(heard), _language(), place, heard.now, province()))


@twilio_voice.post("/waiting")
@signed
def waiting(heard: Heard) -> Response:
    """A key pressed in the queue."""
    if heard.form.get("Digits") != "1":
        return _answer(())
    _take(heard, voice_twilio.callback(heard))
    return _answer(voice_flow.after_choice(_line(heard), _language(), "1", may_wait=True))


@twilio_voice.post("/left")
@signed
def left(heard: Heard) -> Response:
    """Out of the queue: let out, hung up, or the queue was full."""
    _take(heard, voice_twilio.incoming(heard))
    result = heard.form.get("QueueResult", "")
    if result == "hangup":
        return _answer(())
    plan = voice_flow.after_waiting(
        _line(heard), _language(), waited=_number(heard, "QueueTime", 0), left=result == "leave",
        now=heard.now, province=province(),
    )  # fmt: skip
    return _answer(plan)


@twilio_voice.post("/message")
@signed
def message(heard: Heard) -> Response:
    """The caller has spoken."""
    _take(heard, voice_twilio.message(heard))
    return _answer(voice_flow.thanks(_language()))


@twilio_voice.post("/leg")
@signed
def leg(heard: Heard) -> Response:
    """A telephone of ours was picked up."""
    return _noted(heard, voice_twilio.leg(heard))


@twilio_voice.post("/status")
@signed
def status(heard: Heard) -> Response:
    """A call is over."""
    return _noted(heard, voice_twilio.status(heard))


@twilio_voice.post("/recording")
@signed
def recording(heard: Heard) -> Response:
    """A recording is ready."""
    return _noted(heard, voice_twilio.recording(heard))


def _take(heard: Heard, told: list[Signal]) -> str:
    """Take down what was told; return who calls."""
    with transaction():
        return _take_here(heard, told)


def _take_here(heard: Heard, told: list[Signal]) -> str:
    found = calls.record(told, heard.now, province(), provider=PROVIDER)
    return next((call.caller for call in found.values()), "")


def _noted(heard: Heard, told: list[Signal]) -> Response:
    _take(heard, told)
    return Response(status=204)


def _answer(plan: Plan) -> Response:
    return Response(twiml.written(plan, _url), content_type="text/xml; charset=utf-8")


def _url(hook: str, given: Mapping[str, str] | None = None) -> str:
    """Return the address of the next hook; a call that was put through to another line goes on as that line's."""
    line = request.args.get("line")
    return account().url(hook, {**(given or {}), "line": line} if line and given is not None else given)


def _line(heard: Heard) -> Hotline:
    return lines.line_of(request.args.get("line") or voice_twilio.called(heard.form), province())


def _language() -> str:
    return request.args.get("language", "zh")


def _number(heard: Heard, name: str, default: int) -> int:
    typed = heard.form.get(name, "")
    return int(typed) if typed.isdecimal() else default

"""Our plans in Twilio's own language, written by its library."""

from collections.abc import Callable, Mapping
from functools import singledispatch

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from ticketing.domain.voice import (
    Ask,
    GoOn,
    HangUp,
    LeaveQueue,
    Meet,
    Next,
    Pause,
    Plan,
    Ring,
    Say,
    Step,
    TakeMessage,
    Wait,
)

#: The provider's code for a language, and a voice that speaks it.
VOICES = {
    "zh": ("cmn-CN", "Polly.Zhiyu"),
    "en": ("en-US", "Polly.Joanna"),
    "ru": ("ru-RU", "Polly.Tatyana"),
}
SILENCE = 4
Url = Callable[[str, Mapping[str, str] | None], str]


def written(plan: Plan, url: Url) -> str:
    """Return a plan as TwiML; `url` knows the public addresses of the hooks."""
    response = VoiceResponse()
    for step in plan:
        _write(step, response, url)
    return str(response)


def _to(then: Next, url: Url) -> str:
    return url(then.hook, then.given)


@singledispatch
def _write(step: Step, _response: VoiceResponse, _url: Url) -> None:
    raise TypeError(f"{type(step).__name__} has no TwiML")


@_write.register
def _(step: Say, response: VoiceResponse | Gather, _url: Url) -> None:
    language, voice = VOICES.get(step.language, VOICES["en"])
    response.say(step.words, language=language, voice=voice)


@_write.register
def _(step: Ask, response: VoiceResponse, url: Url) -> None:
    gather = response.gather(
        input="dtmf", num_digits=1, timeout=step.seconds, action=_to(step.then, url), method="POST"
    )
    for one in step.said:
        _write(one, gather, url)


@_write.register
def _(step: Ring, response: VoiceResponse, url: Url) -> None:
    dial = response.dial(
        timeout=step.seconds,
        action=_to(step.then, url),
        method="POST",
        record="record-from-answer-dual",
        recording_status_callback=url("recording", None),
    )
    for address in step.telephones:
        _noun(dial, address, url("leg", None))


def _noun(dial: Dial, address: str, leg: str) -> None:
    told = {"status_callback": leg, "status_callback_event": "answered completed"}
    if address.startswith("client:"):
        dial.client(address.removeprefix("client:"), **told)
    elif address.startswith("sip:"):
        dial.sip(address, **told)
    else:
        dial.number(address, **told)


@_write.register
def _(step: Wait, response: VoiceResponse, url: Url) -> None:
    response.enqueue(step.queue, wait_url=_to(step.meanwhile, url), action=_to(step.then, url))


@_write.register
def _(step: TakeMessage, response: VoiceResponse, url: Url) -> None:
    response.record(
        max_length=step.seconds,
        timeout=SILENCE,
        finish_on_key="#",
        play_beep=True,
        action=_to(step.then, url),
        recording_status_callback=url("recording", None),
    )


@_write.register
def _(step: Pause, response: VoiceResponse, _url: Url) -> None:
    response.pause(length=step.seconds)


@_write.register
def _(step: GoOn, response: VoiceResponse, url: Url) -> None:
    response.redirect(_to(step.then, url), method="POST")


@_write.register
def _(_step: LeaveQueue, response: VoiceResponse, _url: Url) -> None:
    response.leave()


@_write.register
def _(_step: HangUp, response: VoiceResponse, _url: Url) -> None:
    response.hangup()


@_write.register
def _(step: Meet, response: VoiceResponse, url: Url) -> None:
    action = {"action": _to(step.then, url), "method": "POST"} if step.then else {}
    response.dial(**action).conference(
        f"{step.room}-{step.call}",
        beep="false",
        start_conference_on_enter=True,
        end_conference_on_exit=step.ends,
        wait_url="",
        record="record-from-start",
        recording_status_callback=url("recording", {"call": step.call}),
    )

"""Telephone by Twilio: its webhooks read as signals, our plans written as TwiML, its own list of calls.

By the provider's own pages it makes no calls into mainland China and carries no SMS back from there: see
docs/telephone.md for what that means.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from ticketing.channels.base import Refused, Retry
from ticketing.domain.signals import (
    OUTGOING,
    Answered,
    CallbackAsked,
    Ended,
    LanguageChosen,
    PutDown,
    Queued,
    Recorded,
    Resumed,
    Ringing,
    Signal,
    Voicemail,
)
from ticketing.domain.voice import Drop, Fetch, Move, Next, Send

PROVIDER = EXCHANGE = "twilio"
#: The account that the demo's simulator plays; its token is made from an installation's own secret.
DEMO_ACCOUNT = "AC" + "0" * 32
TIMEOUT, AT_ONCE = 10, 4
RINGS = 30
PAGE = 1000
NOT_FOUND = 404
OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
Form = Mapping[str, str]


@dataclass(frozen=True)
class Heard:
    """A webhook as it came in."""

    form: Form
    now: dt.datetime
    #: The call of which a hook is told that has legs of its own, or none: named by the address that was signed.
    of: str = ""

    @property
    def call(self) -> str:
        """The id of the caller's leg, also where another leg is told of."""
        return self.of or self.form.get("ParentCallSid") or self.form.get("CallSid", "")

    def signal(self, key: str) -> dict[str, Any]:
        """Return what every signal has; the provider's own instant where it gives one."""
        told = self.form.get("Timestamp")
        at = parsedate_to_datetime(told).astimezone(dt.UTC) if told else self.now
        return {"exchange": EXCHANGE, "call": self.call, "key": key, "at": at, "exact": bool(told)}


def called(form: Form) -> str:
    """Return the number that was dialled: a line that is forwarded to us keeps its own."""
    return form.get("ForwardedFrom") or form.get("To", "")


def incoming(heard: Heard) -> list[Signal]:
    """Read the request that a new call makes."""
    return [_ringing(heard, "ring", heard.now)]


def _ringing(heard: Heard, key: str, at: dt.datetime) -> Ringing:
    caller = heard.form.get("From", "")
    return Ringing(
        exchange=EXCHANGE, call=heard.call, key=key, at=at, exact=False,
        called=called(heard.form), caller=caller if "+" in caller else "",
    )  # fmt: skip


def language(heard: Heard, chosen: str) -> list[Signal]:
    """Note the key for a language."""
    return [*incoming(heard), LanguageChosen(**heard.signal("language"), language=chosen)]


def callback(heard: Heard) -> list[Signal]:
    """Note the key for a call-back."""
    return [*incoming(heard), CallbackAsked(**heard.signal("callback"))]


def waiting(heard: Heard) -> list[Signal]:
    """Note the place in the queue at which the caller began to wait."""
    position = int(heard.form.get("QueuePosition", "1"))
    return [*incoming(heard), Queued(**heard.signal("queue"), position=position)]


def resumed(heard: Heard) -> list[Signal]:
    """Note that a caller who was left on hold is rung through again."""
    return [Resumed(**heard.signal("left-on-hold"))]


def leg(heard: Heard) -> list[Signal]:
    """Read what became of a telephone that we let ring: picked up, or put down after that."""
    sid, address = heard.form.get("CallSid", ""), heard.form.get("To", "")
    told = heard.form.get("CallStatus")
    if told == "in-progress":
        return [Answered(**heard.signal(f"leg:{sid}"), by=address)]
    return [PutDown(**heard.signal(f"down:{sid}"), by=address)] if told == "completed" else []


def dialed(heard: Heard) -> list[Signal]:
    """Read the end of a round of ringing: a conversation of so many seconds began that long ago."""
    if heard.form.get("DialCallStatus") not in ("completed", "answered"):
        return incoming(heard)
    fields = heard.signal(f"dial:{heard.form.get('DialCallSid', '')}")
    fields["at"] -= dt.timedelta(seconds=int(heard.form.get("DialCallDuration") or 0))
    return [*incoming(heard), Answered(**fields)]


def message(heard: Heard) -> list[Signal]:
    """Read a message that was left."""
    sid = heard.form.get("RecordingSid", "")
    seconds = int(heard.form.get("RecordingDuration") or 0)
    if not sid or not seconds:
        return incoming(heard)
    return [*incoming(heard), Voicemail(**heard.signal(f"message:{sid}"), recording=sid, seconds=seconds)]


def recording(heard: Heard) -> list[Signal]:
    """Read that a recording is ready; what was recorded decides whether it is a message or a conversation."""
    sid, seconds = heard.form.get("RecordingSid", ""), int(heard.form.get("RecordingDuration") or 0)
    if heard.form.get("RecordingStatus") != "completed":
        return []
    kind = Voicemail if heard.form.get("RecordingSource") == "RecordVerb" else Recorded
    return [kind(**heard.signal(f"recording:{sid}"), recording=sid, seconds=seconds)]


def status(heard: Heard) -> list[Signal]:
    """Read the end of a call, which lasted so many seconds; a status in between is known already."""
    told = heard.form.get("CallStatus", "")
    if told not in OVER:
        return incoming(heard)
    end = Ended(**heard.signal("end"), reason=told)
    lasted = dt.timedelta(seconds=int(heard.form.get("CallDuration") or 0))
    return [_ringing(heard, "ring:end", end.at - lasted), end]


@dataclass(frozen=True)
class CallsOut:
    """From which number of ours it rings, and the number at which it reaches each emergency service, if any."""

    number: str
    emergency: Mapping[str, str] = field(default_factory=dict)


class TwilioVoice:
    """One account: whose requests are genuine, what it knows of its calls, and what it is asked to do with them."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        address: str,
        *,
        api: str | None = None,
        out: CallsOut | None = None,
        http_client: TwilioHttpClient | None = None,
    ) -> None:
        """`address`: ours, as the provider knows it; `api`: another place of the provider's API than its own.

        `out`: without it nothing is ever asked to be done with a call.
        """
        self.account_sid, self._address, self.out = account_sid, address, out
        self._validator = RequestValidator(auth_token)
        client = http_client or TwilioHttpClient(timeout=TIMEOUT)
        self._client = Client(account_sid, auth_token, http_client=client)
        hasty = http_client or TwilioHttpClient(timeout=AT_ONCE)
        self._hasty = Client(account_sid, auth_token, http_client=hasty)
        if api is not None:
            self._client.api.base_url = api

    def url(self, hook: str, given: Mapping[str, str] | None = None) -> str:
        """Return the public address of a hook: what the provider calls, and so what it signs."""
        return f"{self._address}/hooks/twilio/{hook}{'?' + urlencode(given) if given else ''}"

    def genuine(self, path_and_query: str, form: Any, signature: str) -> bool:
        """Tell whether a request was signed with our token for our public address and is of our account."""
        url = f"{self._address}{path_and_query}"
        ours = form.get("AccountSid") == self.account_sid
        return bool(signature) and ours and self._validator.validate(url, form, signature)

    def sign(self, url: str, form: Mapping[str, str]) -> str:
        """Return the signature that the provider would send; the demo's simulator plays the provider with it."""
        return str(self._validator.compute_signature(url, form))

    def calls_since(self, since: dt.datetime) -> Iterator[Signal]:
        """Return what the provider's own lists say of the calls since an instant, page by page.

        Raises:
            Retry: the provider cannot be asked now.
        """
        try:
            for one in self._client.calls.stream(start_time_after=since, page_size=PAGE):
                yield from _listed(one)
            for tape in self._client.recordings.stream(date_created_after=since, page_size=PAGE):
                if tape.call_sid and str(tape.source) != "Conference":  # a room's: its hook named the call
                    yield _tape(tape)
        except (TwilioException, OSError) as error:
            raise Retry(f"Twilio cannot be asked for its calls: {type(error).__name__}") from error

    def call(self, provider_id: str) -> list[Signal]:
        """Return what the provider says of one call, nothing where it does not know it.

        Raises:
            Retry: the provider cannot be asked now.
        """
        try:
            own = _listed(self._client.calls(provider_id).fetch())
            legs = self._client.calls.list(parent_call_sid=provider_id, page_size=PAGE)
        except TwilioRestException as error:
            if error.status == NOT_FOUND:
                return []
            raise Retry(f"Twilio answered {error.status}") from error
        except (TwilioException, OSError) as error:
            raise Retry(f"Twilio cannot be asked: {type(error).__name__}") from error
        return [*own, *(signal for one in legs for signal in _listed(one))]

    def ask(self, move: Move) -> None:
        """Ask for one thing to be done with a call that lasts; somebody waits for it, so the time is short.

        Raises:
            Refused: it will not be done.
            Retry: nobody knows whether it was.
        """
        try:
            self._carry_out(move)
        except TwilioRestException as error:
            if isinstance(move, Drop) and error.status < 500:
                return
            raise Refused(f"{error.status} ({error.code}): {error.msg}") from error
        except (TwilioException, OSError) as error:
            raise Retry(type(error).__name__) from error

    def _carry_out(self, move: Move) -> None:
        calls = self._hasty.calls
        match move:
            case Send(leg, then):
                calls(leg).update(url=self._to(then), method="POST")
            case Drop(leg):
                calls(leg).update(status="completed")
            case Fetch(number, then, told):
                number_of_ours = self.out.number if self.out else ""
                calls.create(
                    to=number, from_=number_of_ours, url=self._to(then), method="POST", timeout=RINGS,
                    status_callback=self._to(told), status_callback_event=["answered", "completed"],
                )  # fmt: skip

    def _to(self, then: Next) -> str:
        return self.url(then.hook, then.given)


def _listed(one: Any) -> list[Signal]:
    """Read a row of the provider's list: the caller's leg, or one of the telephones that rang for it."""
    over = str(one.status) in OVER and one.end_time is not None
    common = {"exchange": EXCHANGE, "call": one.parent_call_sid or one.sid}
    if one.parent_call_sid:
        talked = int(one.duration or 0)
        if not over or not talked or str(one.status) != "completed":
            return []
        at = one.end_time - dt.timedelta(seconds=talked)
        return [Answered(**common, key=f"listed:leg:{one.sid}", at=at, by=one.to or "")]
    began = one.start_time or one.date_created
    caller = one._from or ""  # noqa: SLF001  the library's own name for `from`
    direction = {} if str(one.direction) == "inbound" else {"direction": OUTGOING}
    told: list[Signal] = [
        Ringing(
            **common, key="listed:ring", at=began, called=one.forwarded_from or one.to or "",
            caller=caller if "+" in caller else "", **direction,
        )
    ]  # fmt: skip
    if over:
        told.append(Ended(**common, key="listed:end", at=one.end_time, reason=str(one.status)))
    return told


def _tape(tape: Any) -> Signal:
    kind = Voicemail if str(tape.source) == "RecordVerb" else Recorded
    return kind(
        exchange=EXCHANGE, call=tape.call_sid, key=f"recording:{tape.sid}", at=tape.date_created,
        recording=tape.sid, seconds=int(tape.duration or 0),
    )  # fmt: skip

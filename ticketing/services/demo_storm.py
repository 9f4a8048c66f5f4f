"""A storm of invented calls for the demo: what the provider would tell of each, and what can go wrong on the way.

Pure: dice, time and lines are given. The demo alone has the token that signs them.
"""

import datetime as dt
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any

ANSWERED, MISSED, MESSAGE, CALLBACK, GIVEN_UP = "answered", "missed", "message", "callback", "given_up"
KINDS = (ANSWERED,) * 6 + (MISSED, MESSAGE, CALLBACK, GIVEN_UP)
SPREAD = 3600
REPEATED, SWAPPED, LOST, LATE, FORGED = 0.10, 0.10, 0.04, 0.04, 0.05
Form = dict[str, str]


@dataclass(frozen=True)
class Hook:
    """One webhook: where it goes, what it says; `forged`: signed by somebody who has not the token."""

    name: str
    form: Form
    given: dict[str, str] = field(default_factory=dict)
    forged: bool = False


@dataclass(frozen=True)
class Story:
    """One call as the provider lived it."""

    sid: str
    account: str
    line: str
    caller: str
    kind: str
    began: dt.datetime
    lasted: int
    telephone: str

    @property
    def ended(self) -> dt.datetime:
        """When the caller was gone."""
        return self.began + dt.timedelta(seconds=self.lasted)

    def of(self, kind: str) -> str:
        """Return the provider's id of something that belongs to the call."""
        return kind + self.sid[2:]

    def form(self, status: str, **more: str) -> Form:
        """Return what every webhook of the call says."""
        common = {"AccountSid": self.account, "ApiVersion": "2010-04-01", "Direction": "inbound"}
        common |= {"CallSid": self.sid, "From": self.caller, "To": self.line, "CallStatus": status}
        return common | more

    def hooks(self) -> list[Hook]:
        """Return what the provider asks and tells, in the order in which it happens."""
        ask = {"language": "zh", "turn": "group"}
        over = self.form("completed", Timestamp=format_datetime(self.ended), CallDuration=str(self.lasted))
        unanswered = Hook("dialed", self.form("in-progress", DialCallStatus="no-answer"), ask)
        middle = {
            ANSWERED: lambda: self._talk(ask),
            MISSED: lambda: [unanswered, Hook("wait", self.form("in-progress", QueuePosition="2"), ask)],
            MESSAGE: lambda: [
                unanswered,
                Hook("choice", self.form("in-progress", Digits="2"), ask),
                *self._tape(),
            ],
            CALLBACK: lambda: [unanswered, Hook("choice", self.form("in-progress", Digits="1"), ask)],
            GIVEN_UP: list,
        }[self.kind]()
        return [Hook("voice", self.form("ringing")), *middle, Hook("status", over)]

    def _talk(self, ask: dict[str, str]) -> list[Hook]:
        picked = self.began + dt.timedelta(seconds=8)
        own = {"CallSid": self.of("CB"), "ParentCallSid": self.sid, "To": self.telephone}
        tape = {"RecordingSid": self.of("RE"), "RecordingStatus": "completed", "RecordingSource": "DialVerb"}
        done = {
            "DialCallStatus": "completed",
            "DialCallSid": self.of("CB"),
            "DialCallDuration": str(self.talked),
        }
        return [
            Hook("leg", self.form("in-progress", Timestamp=format_datetime(picked)) | own),
            Hook("dialed", self.form("in-progress", **done), ask),
            Hook("recording", self.form("completed", RecordingDuration=str(self.talked), **tape)),
        ]

    def _tape(self) -> list[Hook]:
        tape = {"RecordingSid": self.of("RE"), "RecordingDuration": "20"}
        spoken = Hook("message", self.form("in-progress", **tape), {"language": "zh"})
        more = {"RecordingStatus": "completed", "RecordingSource": "RecordVerb"}
        return [spoken, Hook("recording", self.form("completed", **tape, **more))]

    @property
    def talked(self) -> int:
        """Seconds of conversation."""
        return self.lasted - 8

    def rows(self) -> list[dict[str, Any]]:
        """Return the call and its leg as the provider's own list has them."""
        own = {
            "sid": self.sid, "from": self.caller, "to": self.line, "direction": "inbound", "status": "completed",
            "start_time": format_datetime(self.began), "end_time": format_datetime(self.ended),
            "date_created": format_datetime(self.began), "duration": str(self.lasted), "parent_call_sid": None,
        }  # fmt: skip
        if self.kind != ANSWERED:
            return [own]
        leg = {
            "sid": self.of("CB"),
            "parent_call_sid": self.sid,
            "to": self.telephone,
            "duration": str(self.talked),
        }
        return [own, own | leg | {"direction": "outbound-dial"}]

    def tapes(self) -> list[dict[str, Any]]:
        """Return the recordings as the provider's own list has them."""
        source = {ANSWERED: ("DialVerb", self.talked), MESSAGE: ("RecordVerb", 20)}.get(self.kind)
        if source is None:
            return []
        common = {"sid": self.of("RE"), "call_sid": self.sid, "date_created": format_datetime(self.ended)}
        return [common | {"source": source[0], "duration": str(source[1])}]


def stories(
    number: int, lines: Sequence[str], telephones: Sequence[str], now: dt.datetime, dice: random.Random
) -> Iterator[Story]:
    """Invent calls of the hour before `now`, on all lines in turn, each with an id of this run."""
    run = f"0{dice.getrandbits(44):011x}"
    began = now - dt.timedelta(seconds=SPREAD + 600)
    for index, line in zip(range(number), itertools.cycle(lines), strict=False):
        kind = dice.choice(KINDS)
        yield Story(
            sid=f"CA{run}{index:020x}",
            account="",
            line=line,
            caller=f"+861390451{dice.randrange(10_000):04d}",
            kind=kind,
            began=began + dt.timedelta(seconds=dice.randrange(SPREAD)),
            lasted=dice.randint(3, 12) if kind == GIVEN_UP else dice.randint(30, 600),
            telephone=dice.choice(telephones),
        )


def on_the_way(told: Sequence[Story], dice: random.Random) -> list[Hook]:
    """Return the webhooks as they arrive: some twice, some out of order, some late, some never, some forged."""
    slots: list[tuple[float, int, Hook]] = []
    count = itertools.count()
    for number, story in enumerate(told):
        for step, hook in enumerate(story.hooks()):
            at = number + step * 1.5
            if dice.random() < LOST:
                continue
            at += dice.uniform(-8, 8) if dice.random() < SWAPPED else 0
            at += len(told) if dice.random() < LATE else 0
            slots.append((at, next(count), hook))
            if dice.random() < REPEATED:
                slots.append((at + dice.uniform(0, 20), next(count), hook))
            if dice.random() < FORGED:
                slots.append((at, next(count), _forgery(hook, dice)))
    return [hook for _at, _count, hook in sorted(slots, key=lambda slot: slot[:2])]


def _forgery(hook: Hook, dice: random.Random) -> Hook:
    """Return a webhook of somebody else: of a call that never was, or words put into the mouth of one that is."""
    sid = {"CallSid": forged(hook.form["CallSid"])}
    invented = sid if dice.random() < 0.5 else {"From": "+8613700000000"}
    return Hook(hook.name, hook.form | invented, hook.given, forged=True)


def forged(sid: str) -> str:
    """Return an id that no call of this run has, and that tells the run."""
    return f"CAf{sid[3:]}"

"""What an exchange can tell of a call: frozen facts, each with a key that is the same however often it is told."""

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

INCOMING, OUTGOING = "in", "out"


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One thing that an exchange told of one call.

    `exchange` and `call` name the call, `key` the signal within it, the same however often it is told. `exact`:
    `at` is the exchange's own instant; else it is when we heard of it, and gives way to an exact one.
    """

    exchange: str
    call: str
    key: str
    at: dt.datetime
    exact: bool = True

    @property
    def kind(self) -> str:
        """The name under which it is stored."""
        return type(self).__name__

    def data(self) -> dict[str, Any]:
        """The fields of its own kind, ready for JSON."""
        fields = dataclasses.asdict(self)
        return {name: value for name, value in fields.items() if name not in COMMON}


COMMON = frozenset(field.name for field in dataclasses.fields(Signal))


@dataclass(frozen=True, kw_only=True)
class Ringing(Signal):
    """Somebody calls one of our numbers, or we call somebody."""

    called: str
    caller: str
    direction: str = INCOMING


@dataclass(frozen=True, kw_only=True)
class LanguageChosen(Signal):
    """The caller pressed a key for a language."""

    language: str


@dataclass(frozen=True, kw_only=True)
class Queued(Signal):
    """Nobody is free; the caller waits."""

    position: int


@dataclass(frozen=True, kw_only=True)
class Answered(Signal):
    """A telephone of ours was picked up; `by` is its address, empty where the exchange does not say."""

    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Held(Signal):
    """The caller hears music."""


@dataclass(frozen=True, kw_only=True)
class Resumed(Signal):
    """The caller hears us again."""


@dataclass(frozen=True, kw_only=True)
class Transferred(Signal):
    """The call goes on at another telephone or line of ours."""

    to: str


@dataclass(frozen=True, kw_only=True)
class HandedOver(Signal):
    """A warm hand-over to 110, 119 or 120."""

    service: str


@dataclass(frozen=True, kw_only=True)
class PutDown(Signal):
    """A telephone of ours that was picked up was put down again; the caller may go on elsewhere."""

    by: str = ""


@dataclass(frozen=True, kw_only=True)
class CallbackAsked(Signal):
    """The caller pressed the key for being called back."""


@dataclass(frozen=True, kw_only=True)
class Voicemail(Signal):
    """The caller left a message."""

    recording: str
    seconds: int = 0


@dataclass(frozen=True, kw_only=True)
class Recorded(Signal):
    """The recording of the conversation is there."""

    recording: str
    seconds: int = 0


@dataclass(frozen=True, kw_only=True)
class Ended(Signal):
    """The line is free again; `reason` in the exchange's words."""

    reason: str = ""


SIGNALS: dict[str, type[Signal]] = {kind.__name__: kind for kind in Signal.__subclasses__()}

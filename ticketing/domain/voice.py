"""What a caller is to hear and what happens next, in words that any telephone system could carry out.

A service decides the steps, a channel says them in its provider's language. `then` names the hook that is asked next,
with what it must know in `given`.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Next:
    """The hook that is asked next."""

    hook: str
    given: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Say:
    """Words, in the language in which they are read out."""

    words: str
    language: str


@dataclass(frozen=True)
class Ask:
    """Words during which one key may be pressed."""

    said: tuple[Say, ...]
    then: Next
    seconds: int = 5


@dataclass(frozen=True)
class Ring:
    """Telephones that ring at once; who picks up first has the call, which is recorded from then on."""

    telephones: tuple[str, ...]
    seconds: int
    then: Next


@dataclass(frozen=True)
class Wait:
    """A queue; `meanwhile` is asked again and again for what is heard in it."""

    queue: str
    meanwhile: Next
    then: Next


@dataclass(frozen=True)
class TakeMessage:
    """The caller speaks, we record."""

    seconds: int
    then: Next


@dataclass(frozen=True)
class Pause:
    """Nothing for a while."""

    seconds: int


@dataclass(frozen=True)
class GoOn:
    """Ask another hook at once."""

    then: Next


@dataclass(frozen=True)
class LeaveQueue:
    """Out of the queue, on to what was said to follow it."""


@dataclass(frozen=True)
class HangUp:
    """The end."""


@dataclass(frozen=True)
class Meet:
    """A room in which several talk at once; `ends`: it closes when this one leaves. `call`: whose room it is."""

    room: str
    call: str
    ends: bool = False
    then: Next | None = None


Step = Say | Ask | Ring | Wait | TakeMessage | Pause | GoOn | LeaveQueue | HangUp | Meet
Plan = tuple[Step, ...]


@dataclass(frozen=True)
class Send:
    """Ask of the exchange: this leg of a call leaves what it is in and goes on with a hook."""

    leg: str
    then: Next


@dataclass(frozen=True)
class Drop:
    """Ask of the exchange: put this leg down; one that is down already is no trouble."""

    leg: str


@dataclass(frozen=True)
class Fetch:
    """Ask of the exchange: ring this number; who picks up goes on with a hook, `told` hears what became of it."""

    number: str
    then: Next
    told: Next


Move = Send | Drop | Fetch

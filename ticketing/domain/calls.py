"""来电 as the exchanges tell it: signals in any order, any number of times, read into the one state they mean.

A provider repeats, reorders, loses and delays what it tells. So a call is never *moved* by a signal: its row is what
`replay` reads out of the set of all signals known of it, and a set has no order and no doubles.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from ticketing.domain.signals import (
    INCOMING,
    OUTGOING,
    Answered,
    CallbackAsked,
    Ended,
    HandedOver,
    Held,
    LanguageChosen,
    PutDown,
    Queued,
    Recorded,
    Resumed,
    Ringing,
    Signal,
    Transferred,
    Voicemail,
)
from ticketing.domain.words import N_


class CallState(StrEnum):
    """Where a call is in its life."""

    RINGING = "ringing"
    TALKING = "talking"
    HELD = "held"
    ENDED = "ended"


STATE_WORDS = {
    CallState.RINGING: N_("来电中"),
    CallState.TALKING: N_("通话中"),
    CallState.HELD: N_("保持中"),
    CallState.ENDED: N_("已挂断"),
}


class Outcome(StrEnum):
    """What became of a call; the last four are told by the exchange, the others by a person."""

    TICKET = "ticket"
    ANSWERED = "answered"
    NO_TICKET = "no_ticket"
    MISSED = "missed"
    ABANDONED = "abandoned"
    VOICEMAIL = "voicemail"
    OUTGOING = "outgoing"


OUTCOME_WORDS = {
    Outcome.TICKET: N_("已登记工单"),
    Outcome.ANSWERED: N_("通话中已答复"),
    Outcome.NO_TICKET: N_("未登记工单"),
    Outcome.MISSED: N_("漏接"),
    Outcome.ABANDONED: N_("来电人放弃"),
    Outcome.VOICEMAIL: N_("语音留言"),
    Outcome.OUTGOING: N_("呼出"),
}
#: Read out of signals, so that a late signal may change it; what a person decided stays.
TOLD_BY_EXCHANGE = frozenset({Outcome.MISSED, Outcome.ABANDONED, Outcome.VOICEMAIL, Outcome.OUTGOING})

#: Who hangs up before this has given up; after it, we have let the telephone ring too long.
RING_PROMISE = dt.timedelta(seconds=15)


R, T, H, E = CallState.RINGING, CallState.TALKING, CallState.HELD, CallState.ENDED
_STAYS: dict[CallState | None, CallState] = {None: R, R: R, T: T, H: H, E: E}
#: State × Signal. A transferred call rings until somebody there picks it up. A lost beginning costs nothing (None =
#: never heard of), and no signal revives what has ended.
NEXT: Mapping[type[Signal], Mapping[CallState | None, CallState]] = {
    Ringing: _STAYS,
    LanguageChosen: _STAYS,
    Queued: _STAYS,
    Answered: {None: T, R: T, T: T, H: H, E: E},
    Held: {None: H, R: H, T: H, H: H, E: E},
    Resumed: {None: T, R: T, T: T, H: T, E: E},
    Transferred: {None: R, R: R, T: R, H: R, E: E},
    HandedOver: _STAYS,
    PutDown: _STAYS,
    CallbackAsked: _STAYS,
    Voicemail: _STAYS,
    Recorded: _STAYS,
    Ended: dict.fromkeys((None, R, T, H, E), E),
}


@dataclass(frozen=True)
class CallFacts:
    """What all signals together say of a call: the columns of its row that no person writes."""

    state: CallState
    called: str
    caller: str
    direction: str
    language: str | None
    rang_at: dt.datetime
    answered_at: dt.datetime | None
    ended_at: dt.datetime | None
    answered_by: str
    end_reason: str
    queue_position: int | None
    callback_asked: bool
    recording: str | None
    recording_seconds: int | None
    voicemail: str | None
    voicemail_seconds: int | None
    transferred_to: str | None
    transfers: int
    held_seconds: int
    handed_over_to: str | None

    @property
    def outcome(self) -> Outcome | None:
        """What the exchange alone can say of the end; None while it lasts, and where a person has to say it."""
        if self.state is not CallState.ENDED or self.ended_at is None:
            return None
        if self.direction == OUTGOING:
            return Outcome.OUTGOING
        if self.answered_at is not None:
            return None
        if self.voicemail is not None:
            return Outcome.VOICEMAIL
        gave_up = self.ended_at - self.rang_at < RING_PROMISE and not self.callback_asked
        return Outcome.ABANDONED if gave_up else Outcome.MISSED


def replay(signals: Iterable[Signal]) -> CallFacts:
    """Return what a call is, by all that was ever told of it, in whatever order and however often.

    Of two copies of one signal the earlier instant counts: the later one is when it was repeated.

    Raises:
        ValueError: nothing was told.
    """
    known: dict[str, Signal] = {}
    for signal in sorted(signals, key=_order):
        known.setdefault(signal.key, signal)
    told = sorted(known.values(), key=_order)
    if not told:
        raise ValueError("a call of which nothing was told")
    state: CallState | None = None
    for signal in (s for s in told if not isinstance(s, Ended)):
        state = NEXT[type(signal)][state]
    ends = _of(told, Ended)
    return _facts(told, NEXT[Ended][state] if ends else NEXT[Ringing][state])


def _order(signal: Signal) -> tuple[dt.datetime, bool, str, str]:
    return signal.at, not signal.exact, signal.key, repr(signal)


S = TypeVar("S", bound=Signal)


def _of(told: list[Signal], kind: type[S]) -> list[S]:
    """Return the signals of a kind, those with an exact instant first, then by time."""
    return sorted((s for s in told if isinstance(s, kind)), key=lambda s: (not s.exact, *_order(s)))


def _facts(told: list[Signal], state: CallState) -> CallFacts:
    rings, answers, ends = _of(told, Ringing), _of(told, Answered), _of(told, Ended)
    languages, queues, moves = _of(told, LanguageChosen), _of(told, Queued), _of(told, Transferred)
    tapes, messages, handed = _of(told, Recorded), _of(told, Voicemail), _of(told, HandedOver)
    rang_at = min([rings[0].at if rings else told[0].at, *(s.at for s in (*answers, *ends))])
    by = [s.by for s in sorted(answers, key=_order) if s.by]
    ended_at = max(rang_at, ends[0].at) if ends else None
    return CallFacts(
        state=state,
        called=next((s.called for s in rings if s.called), ""),
        caller=next((s.caller for s in rings if s.caller), ""),
        direction=rings[0].direction if rings else INCOMING,
        language=languages[-1].language if languages else None,
        rang_at=rang_at,
        answered_at=answers[0].at if answers else None,
        ended_at=ended_at,
        answered_by=by[-1] if by else "",
        end_reason=next((s.reason for s in ends if s.reason), ""),
        queue_position=queues[0].position if queues else None,
        callback_asked=bool(_of(told, CallbackAsked)),
        recording=tapes[-1].recording if tapes else None,
        recording_seconds=tapes[-1].seconds if tapes else None,
        voicemail=messages[-1].recording if messages else None,
        voicemail_seconds=messages[-1].seconds if messages else None,
        transferred_to=moves[-1].to if moves else None,
        transfers=len(moves),
        held_seconds=_held(told, ended_at),
        handed_over_to=handed[-1].service if handed else None,
    )


def _held(told: list[Signal], ended_at: dt.datetime | None) -> int:
    """Add up the whole seconds between each hold and the resumption, transfer or end that followed it."""
    total, since = dt.timedelta(), None
    for signal in told:
        if isinstance(signal, Held):
            since = since or signal.at
        elif isinstance(signal, Resumed | Transferred) and since:
            total, since = total + (signal.at - since), None
    if since and ended_at:
        total += max(dt.timedelta(), ended_at - since)
    return int(total.total_seconds())

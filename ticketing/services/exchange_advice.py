"""What an exchange of our own is told when a call comes in: whom to ring, or that a message is taken first.

It is advice. A bridge that cannot follow it goes on as it did; none is ever told to turn a caller away, because nobody
can know who is in danger.
"""

import datetime as dt
from dataclasses import dataclass

from routing.directory import Hotline
from ticketing.domain.opening import ROUND_THE_CLOCK
from ticketing.services import lines, nuisance, ring, voice_flow
from ticketing.services import voice_words as words
from ticketing.services.province import Province

RING, MESSAGE = "ring", "message"


@dataclass(frozen=True)
class Advice:
    """`do`: ring, or take a message first; the telephones to ring, those that follow them, and what is said before."""

    do: str
    line: str
    ring: tuple[str, ...]
    then: tuple[str, ...]
    seconds: int
    say: tuple[str, ...]


def for_call(line: Hotline, caller: str, now: dt.datetime, province: Province) -> Advice:
    """Return what to do with a call that has just been taken down, by the roster and the blocks of this moment."""
    language = line.languages[0]
    verdict = nuisance.verdict(caller, now, round_the_clock=line.hours == ROUND_THE_CLOCK)
    if not verdict.rings:
        said = words.said(words.DANGER, language), words.said(words.MESSAGE, language)
        return Advice(MESSAGE, line.number, (), (), 0, said)
    on = ring.on(line, now, province)
    desk = voice_flow.addresses(on.desk)
    group = voice_flow.addresses(on.group) if lines.is_open(line, now, province) else ()
    first = group or desk
    behind = tuple(one for one in desk if one not in first)
    return Advice(RING, line.number, first, behind, voice_flow.RING_GROUP, (words.greeting(line, language),))

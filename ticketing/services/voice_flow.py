"""The way of a call through a line: greeting, the group, the duty desk, the queue, a message or a call-back.

Nothing is remembered between two hooks but what the exchange carries along, so any process may answer any of them.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from routing.directory import Hotline
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
    TakeMessage,
    Wait,
)
from ticketing.services import lines, ring
from ticketing.services import voice_words as words
from ticketing.services.province import Province
from ticketing.services.ring import Telephone

RING_GROUP, RING_DUTY = 15, 25
MESSAGE_SECONDS = 180
LONGEST_WAIT = 600
BETWEEN_WORDS = 12
GROUP, DUTY = "group", "duty"
DANGER_ROOM = "danger"
END: Plan = (HangUp(),)
AT_ONCE = 10
"""As many telephones as the reference provider lets ring at once."""


@dataclass(frozen=True)
class Place:
    """Where in the queue, and for how many seconds by now."""

    position: int
    waited: int


def begin(line: Hotline, now: dt.datetime, province: Province) -> Plan:
    """Greet; where the line speaks several languages, ask for one, and go on in the first if no key is pressed."""
    first = line.languages[0]
    if len(line.languages) == 1:
        return Say(words.greeting(line, first), first), *ring_round(line, first, GROUP, now, province)
    keys = enumerate(line.languages, start=1)
    offers = tuple(Say(words.said(words.CHOOSE, one, key=key), one) for key, one in keys)
    return (
        Ask((Say(words.greeting(line, first), first), *offers), Next("language")),
        GoOn(Next("language")),
    )


def message_first(line: Hotline) -> Plan:
    """Say where help is and take a message, for a number that is not rung through."""
    language = line.languages[0]
    return Say(words.said(words.DANGER, language), language), *message(language)


def chosen(line: Hotline, digits: str) -> str | None:
    """Return the language that a key means, None where none was pressed that means one."""
    keys = {str(key): one for key, one in enumerate(line.languages, start=1)}
    return keys.get(digits)


def in_language(line: Hotline, language: str, now: dt.datetime, province: Province) -> Plan:
    """Greet again in another language than the first, then ring."""
    again = () if language == line.languages[0] else (Say(words.greeting(line, language), language),)
    return *again, *ring_round(line, language, GROUP, now, province)


def ring_round(line: Hotline, language: str, turn: str, now: dt.datetime, province: Province) -> Plan:
    """Ring the line's group while it is open, else the duty desk; offer what is left where nobody is."""
    on = ring.on(line, now, province)
    group = addresses(on.group) if turn == GROUP and lines.is_open(line, now, province) else ()
    if group:
        return (Ring(group, RING_GROUP, Next("dialed", {"language": language, "turn": GROUP})),)
    desk = addresses(on.desk)
    if desk:
        return (Ring(desk, RING_DUTY, Next("dialed", {"language": language, "turn": DUTY})),)
    return offer(language, anybody=False)


def after_ringing(line: Hotline, language: str, turn: str, now: dt.datetime, province: Province) -> Plan:
    """Nobody picked up: the duty desk follows the group where it is somebody else, then the choice."""
    on = ring.on(line, now, province)
    others = set(addresses(on.desk)) - set(addresses(on.group))
    if turn == GROUP and others:
        then = Next("dialed", {"language": language, "turn": DUTY})
        return (Ring(addresses(on.desk), RING_DUTY, then),)
    return offer(language, anybody=True)


def addresses(telephones: Sequence[Telephone]) -> tuple[str, ...]:
    """Return the telephones that ring at once."""
    return tuple(one.address for one in telephones if one.address)[:AT_ONCE]


def offer(language: str, *, anybody: bool) -> Plan:
    """Let the caller choose between a call-back, a message and, where somebody is there at all, waiting."""
    asked = Say(words.said(words.BUSY if anybody else words.CLOSED, language), language)
    then = Next("choice", {"language": language})
    return Ask((asked,), then), GoOn(Next("choice", then.given | {"wait": "1"} if anybody else then.given))


def after_choice(line: Hotline, language: str, digits: str, *, may_wait: bool) -> Plan:
    """Carry out what a key means; without one the caller waits, or is asked for a message."""
    if digits == "1":
        return Say(words.said(words.CALLBACK, language), language), HangUp()
    if digits == "2" or not may_wait:
        return message(language)
    given = {"language": language}
    return (Wait(line.number.lstrip("+"), Next("wait", given), Next("left", given)),)


def message(language: str) -> Plan:
    """Take a message; who says nothing is not kept on the line."""
    said = Say(words.said(words.MESSAGE, language), language)
    return said, TakeMessage(MESSAGE_SECONDS, Next("message", {"language": language})), HangUp()


def thanks(language: str) -> Plan:
    """Say that the message is here."""
    return Say(words.said(words.THANKS, language), language), HangUp()


def while_waiting(line: Hotline, language: str, place: Place, now: dt.datetime, province: Province) -> Plan:
    """Let the first in the queue out as soon as a colleague is free; tell the others where they stand."""
    first = place.position <= 1
    if place.waited >= LONGEST_WAIT or (first and ring.free(ring.on(line, now, province).anybody)):
        return (LeaveQueue(),)
    said = Say(words.said(words.POSITION, language, position=place.position), language)
    return Ask((said,), Next("waiting", {"language": language})), Pause(BETWEEN_WORDS)


def after_waiting(
    line: Hotline, language: str, *, waited: int, left: bool, now: dt.datetime, province: Province
) -> Plan:
    """Ring again for who was let out of the queue in time; everybody else who is still there leaves a message."""
    if left and waited < LONGEST_WAIT:
        return ring_round(line, language, GROUP, now, province)
    return message(language)


def on_hold(language: str, again: Next) -> Plan:
    """Say that somebody comes back, again and again."""
    return Say(words.said(words.HOLD, language), language), Pause(BETWEEN_WORDS), GoOn(again)


def put_through(line: Hotline, language: str, now: dt.datetime, province: Province) -> Plan:
    """Say where the caller is put through to, and ring there."""
    label = line.label_zh if language == "zh" else line.label_en
    said = Say(words.said(words.MOVED, language, line=label), language)
    return said, *ring_round(line, language, GROUP, now, province)


def meeting(room: str, side: str, call: str) -> Plan:
    """Bring one side into a room: a hold's closes when the colleague leaves, an emergency's for nobody's leaving."""
    then = Next("parted") if side == "caller" else None
    return (Meet(room, call, ends=side == "desk" and room != DANGER_ROOM, then=then),)

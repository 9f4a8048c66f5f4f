"""What a colleague asks an exchange to do with a call: hold, resume, another line, an emergency service joins.

Each is asked once at most and within seconds: a hold that comes late is worse than none, so nothing is tried again
behind the operator's back. What the exchange took is noted as a signal of the call, what it refused stands on the desk.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from ticketing.domain.calls import CallState
from ticketing.domain.errors import Invalid
from ticketing.domain.voice import Drop, Fetch, Move, Next, Send
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Call, CallCommand, CallEvent
from ticketing.services import call_desk, calls, voice_flow
from ticketing.services.history import Act
from ticketing.services.province import Province

SENDING, SENT, JOINED, FAILED = "sending", "sent", "joined", "failed"
PATIENCE = dt.timedelta(seconds=20)
"""After this long without a word, nothing more is to be expected of a request."""
LEG = "leg:"
ROOMED = frozenset({"hold", "emergency"})
QUIET, DANGER = "quiet", voice_flow.DANGER_ROOM
NO_ANSWER = N_("没有收到交换机的答复")


@dataclass(frozen=True)
class Reach:
    """What an exchange can be asked for: the emergency services that it reaches, by their short number."""

    emergency: dict[str, str]


def leg_of(call: Call) -> str:
    """Return the exchange's id of the telephone that talks on a call, empty where it has told none."""
    return _leg(call_desk.events_of(call))


def _leg(events: Sequence[CallEvent]) -> str:
    down = {one.key.partition(":")[2] for one in events if one.kind == "PutDown"}
    up = [one.key.removeprefix(LEG) for one in events if one.kind == "Answered" and one.key.startswith(LEG)]
    return next((leg for leg in reversed(up) if leg not in down), "")


def left_alone(call: Call, leg: str) -> bool:
    """Tell whether the telephone that had a call on hold was put down."""
    wanted = select(CallEvent.id).where(CallEvent.call_id == call.id, CallEvent.key == f"down:{leg}")
    return db.session.scalar(wanted) is not None


def by_hand(call: Call, verb: str, to: str, reach: Reach | None) -> bool:
    """Tell whether the colleague has to press the telephone's own keys: the exchange cannot be asked for this."""
    if reach is None or (verb == "emergency" and to not in reach.emergency):
        return True
    return verb != "transfer" and not leg_of(call)


@dataclass(frozen=True)
class Order:
    """A request as the exchange gets it, one move after the other."""

    command_id: int
    moves: tuple[Move, ...]


def ask(call: Call, verb: str, to: str, act: Act, province: Province, *, reach: Reach) -> Order | None:
    """Note what is to be asked of the exchange and return it, None where the same was pressed in this second.

    Raises:
        WrongState: the call is over.
        Invalid: no such verb, line or service; on hold already, or not on hold.
    """
    signal = call_desk.signal(call, verb, to, act, province)
    held = call.state == CallState.HELD
    if (verb == "hold" and held) or (verb == "resume" and not held):
        raise Invalid(N_("这个来电已经是这个状态。"), field="verb")
    row = {
        "call_id": call.id, "key": signal.key, "verb": verb, "to": to, "account_id": act.actor.account_id,
        "at": act.now, "leg": leg_of(call), "status": SENDING, "error": "", "moved": False,
    }  # fmt: skip
    statement = insert(CallCommand.__table__).values(row).on_conflict_do_nothing()
    made = db.session.scalar(statement.returning(CallCommand.id))
    if made is None:
        return None
    return Order(made, _moves(db.session.get_one(CallCommand, made), call, reach))


def _moves(command: CallCommand, call: Call, reach: Reach) -> tuple[Move, ...]:
    """Return what the exchange is asked for, in order; the first is what matters most to the caller.

    On a first hold the operator's telephone goes into a room, which ends the exchange's bridge: the exchange then asks
    what the caller is to do (`waits_for`). From then on the caller's own leg moves in and out of the room.
    """
    caller, leg, room = call.provider_id, command.leg, _room(command)
    if command.verb == "transfer":
        language = {"line": command.to, "language": call.language}
        away: tuple[Move, ...] = (Drop(leg),) if room else ()
        return Send(caller, Next("moved", language)), *away
    if command.verb == "resume":
        return (Send(caller, _into(room or QUIET, call, "caller")),)
    if command.verb == "hold":
        return (Send(caller, _aside(call, command)) if room else Send(leg, _into(QUIET, call, "desk")),)
    told = Next("fetched", {"command": str(command.id), "call": caller})
    fetch = Fetch(reach.emergency[command.to], _into(DANGER, call, "service"), told)
    back = (
        (Send(caller, _into(DANGER, call, "caller")),)
        if room == QUIET or call.state == CallState.HELD
        else ()
    )
    over = (Send(leg, _into(DANGER, call, "desk")),) if room != DANGER else ()
    return *back, *over, fetch


def _into(room: str, call: Call, side: str) -> Next:
    return Next("room", {"call": call.provider_id, "room": room, "side": side})


def _aside(call: Call, command: CallCommand) -> Next:
    given = {"language": call.language, "leg": command.leg}
    line = call.transferred_to
    return Next("held", given | ({"line": line} if line else {}))


def _room(command: CallCommand) -> str | None:
    """Return the room into which earlier requests took the operator's telephone, None where it is in none."""
    verbs = db.session.scalars(
        select(CallCommand.verb).where(
            CallCommand.call_id == command.call_id, CallCommand.leg == command.leg, CallCommand.leg != "",
            CallCommand.id < command.id, CallCommand.verb.in_(ROOMED),
            or_(CallCommand.moved, CallCommand.status != FAILED),
        )
    ).all()  # fmt: skip
    if "emergency" in verbs:
        return DANGER
    return QUIET if verbs else None


def waits_for(call: Call, leg: str) -> Next | None:
    """Return where the caller goes whose bridge to this telephone ended because we moved it; None: it was put down.

    The exchange has carried the request out then, also where its answer to us was lost.
    """
    command = db.session.scalar(
        select(CallCommand)
        .where(CallCommand.call_id == call.id, CallCommand.leg == leg, CallCommand.verb.in_(ROOMED))
        .order_by(CallCommand.id.desc()).limit(1)
    )  # fmt: skip
    if command is None or not leg:
        return None
    if command.status == FAILED and not command.moved and command.error != NO_ANSWER:
        return None
    command.moved = True
    if command.verb == "hold":
        return _aside(call, command)
    return _into(DANGER, call, "caller")


def carried_out(command_id: int, act: Act, province: Province) -> None:
    """The exchange took it: the call's own log says so."""
    command = _locked(command_id)
    if command is None:
        return
    command.status, command.moved = SENT, True
    call = db.session.get_one(Call, command.call_id)
    if call.state == CallState.ENDED:
        return
    signal = call_desk.signal(call, command.verb, command.to, act, province)
    calls.record([signal], act.now, province, provider=call.provider)


def refused(command_id: int, why: str, now: dt.datetime, *, moved: bool) -> None:
    """The exchange refused it, or could not be reached: the desk says so. `moved`: it took a part of it before."""
    command = _locked(command_id)
    if command is not None:
        command.status, command.error, command.moved = FAILED, why[:300], command.moved or moved
        db.session.get_one(Call, command.call_id).heard_at = now


def fetched(command_id: int, provider_id: str, told: str, now: dt.datetime) -> None:
    """Note what became of an emergency service that was rung; the first word that says something counts."""
    command = _locked(command_id)
    if command is None:
        return
    call = db.session.get_one(Call, command.call_id)
    if call.provider_id != provider_id or command.status not in (SENDING, SENT):
        return
    if told == "in-progress":
        command.status = JOINED
    elif told in ("busy", "no-answer", "failed", "canceled"):
        command.status, command.error = FAILED, told
    call.heard_at = now


def _locked(command_id: int) -> CallCommand | None:
    return db.session.get(CallCommand, command_id, with_for_update=True)


def latest(call: Call) -> CallCommand | None:
    """Return what was asked last."""
    wanted = select(CallCommand).where(CallCommand.call_id == call.id)
    return db.session.scalar(wanted.order_by(CallCommand.id.desc()).limit(1))


def state_of(command: CallCommand, now: dt.datetime) -> tuple[str, str]:
    """Return what became of a request, with the reason; one whose answer never came has failed."""
    if command.status == SENDING and command.at < now - PATIENCE:
        return FAILED, NO_ANSWER
    return command.status, command.error

"""Months of work, lived through the real verbs: what figures and reports are tried on."""

import datetime as dt
import random

from tests.support.requests import sent
from ticketing.domain.actors import SYSTEM, Actor, ActorKind, Grant
from ticketing.domain.vocabulary import Door, Role
from ticketing.extensions import db
from ticketing.models import Ticket, TicketFact
from ticketing.services import dispatch, facts, handling, judging, province
from ticketing.services.history import Act

DESK = Actor(
    ActorKind.STAFF, "派单员", Door.DESK, grants=frozenset({Grant(Role.DISPATCHER), Grant(Role.OPERATOR)})
)
#: Bureau -> how likely it answers late, in the last hour, after a late pause, and is confirmed.
MANNERS = {
    "HRB-SWJ": (0.1, 0.1, 0.0, 0.6),
    "HRB-SCJG": (0.05, 0.0, 0.0, 0.8),
    "HRB-RSJ": (0.5, 0.1, 0.1, 0.3),
    "HRB-JTJ": (0.2, 0.7, 0.0, 0.2),
    "HRB-ZJJ": (0.3, 0.1, 0.5, 0.2),
}
TOPICS = ("T1503", "T0101", "T0103", "T0102")


def live(month: dt.date, tickets: int, *, seed: int = 5) -> None:
    """Live through a month's tickets: received, sent, moved on, answered well or badly, judged or not."""
    chance, here = random.Random(seed), province.current()
    known = [code for code in MANNERS if code in here.directory.bureaus]
    for _ in range(tickets):
        received = dt.datetime.combine(month, dt.time(1), dt.UTC) + dt.timedelta(
            minutes=chance.randrange(20 * 24 * 60)
        )
        kind = chance.choice(("help", "help", "consultation", "complaint"))
        one = sent(received, type=kind, topic_code=chance.choice(TOPICS), region_code="230103")
        bureau = chance.choice(known)
        if one.bureau_code != bureau:
            dispatch.dispatch(one, bureau, Act(DESK, received + dt.timedelta(minutes=20)), here)
        _work(one, MANNERS[bureau], chance)
    db.session.flush()
    facts.rebuild(0, 1_000_000, here)


def _work(one: Ticket, manners: tuple[float, float, float, float], chance: random.Random) -> None:
    late, last_hour, paused, confirmed = manners
    rights = frozenset({Grant(Role.HANDLER, one.bureau_code), Grant(Role.HEAD, one.bureau_code)})
    worker = Actor(ActorKind.STAFF, "承办人", Door.DESK, grants=rights)
    due = db.session.get_one(TicketFact, one.id).first_due_at
    early = one.received_at + (due - one.received_at) * 0.5
    handling.accept(one, Act(worker, one.received_at + dt.timedelta(hours=1)))
    if chance.random() < paused:
        asked = due - dt.timedelta(hours=3)
        handling.ask_requester(one, "请补图。", Act(worker, asked), province.current())
        handling.supply(one, "补了。", Act(DESK, asked + dt.timedelta(days=1)))
        when = asked + dt.timedelta(days=1, hours=1)
    elif chance.random() < late:
        when = due + dt.timedelta(days=chance.randrange(1, 4))
        if chance.random() < 0.2:
            return
    else:
        when = due - dt.timedelta(minutes=20) if chance.random() < last_hour else early
    result = chance.choice(("solved", "solved", "explained"))
    handling.propose_answer(
        one, Act(worker, when), province.current(), result=result, text="好了。", basis=""
    )
    fate = chance.random()
    if fate < confirmed:
        judging.confirm(one, Act(DESK, when + dt.timedelta(days=1)), ratings={})
    elif fate < confirmed + 0.1:
        judging.contest(one, "没有解决。", Act(DESK, when + dt.timedelta(days=1)), province.current())
    else:
        judging.silence(one, Act(SYSTEM, when + dt.timedelta(days=7)))

"""The rows that a new ticket begins with: itself, its clocks and their ledgers, history, routing."""

import datetime as dt
import functools
from dataclasses import dataclass, field
from typing import Any

from routing.decision import Candidate, Reason
from sla.ledger import Entry, Kind, replay
from sla.policy import Segment
from sla.rungs import ClockKind as PolicyClock
from sla.shares import rest_target
from ticketing.domain.actors import SYSTEM
from ticketing.domain.messages import Inbound
from ticketing.domain.vocabulary import ClockKind, Door, State
from ticketing.domain.workflow import TABLE, Action, Effect
from ticketing.services import clock_rows, clocks, history, segments
from ticketing.services.history import Act, Said
from ticketing.services.province import Province
from ticketing.services.terms import Findable, terms, written
from ticketing.services.triage import Triage


@dataclass
class NewClock:
    """A clock's row and its ledger, before the database gave it a number."""

    columns: dict[str, Any]
    entries: list[dict[str, Any]]
    missed: list[dict[str, Any]]

    def number(self, identifier: int) -> None:
        """Give the clock and its lines their key."""
        self.columns["id"] = identifier
        for row in (*self.entries, *self.missed):
            row["clock_id"] = identifier


@dataclass
class Opening:
    """Everything that is inserted for one new ticket."""

    ticket: dict[str, Any]
    clocks: list[NewClock]
    history: list[dict[str, Any]]
    decision: dict[str, Any]
    password: str | None = field(default=None, repr=False)

    @property
    def promise(self) -> dt.datetime | None:
        """When the answer is promised, as first made; None where the policy promises none."""
        own = (clock.columns for clock in self.clocks if clock.columns["kind"] == ClockKind.ANSWER)
        return next((columns["due_at"] for columns in own), None)


def open_rows(inbound: Inbound, triage: Triage, act: Act, province: Province, *, ticket_id: int) -> Opening:
    """Return the rows of a new ticket; its promise clocks start when the enterprise spoke."""
    new_clocks = _clocks(inbound, triage, act, province, ticket_id)
    lines = history_rows(inbound, triage, act, ticket_id)
    due = [c.columns["due_at"] for c in new_clocks if c.columns["stopped_at"] is None and c.columns["due_at"]]
    return Opening(
        ticket=ticket_row(inbound, triage, act, province)
        | {"id": ticket_id, "history_seq": len(lines), "due_at": min(due, default=None)},
        clocks=new_clocks,
        history=lines,
        decision=decision_row(triage, act, ticket_id),
    )


def ticket_row(inbound: Inbound, triage: Triage, act: Act, province: Province) -> dict[str, Any]:
    """Return the columns of the ticket itself that are known before anything happens to it."""
    dispatched = triage.state is State.DISPATCHED
    findable = Findable(
        inbound.received_at or act.now,
        triage.type,
        inbound.enterprise,
        inbound.requester,
        inbound.phone or None,
        triage.line,
        province.around(triage.region_code),
    )
    return {
        "version": 1,
        "state": triage.state.value,
        "type": triage.type,
        "urgency": triage.urgency,
        "door": inbound.door.value,
        "subject": inbound.subject,
        "body": inbound.body,
        "terms": written(findable.lexemes(terms(f"{inbound.subject}\n{inbound.body}"))),
        "topic_code": triage.topic_code,
        "line": triage.line,
        "region_code": triage.region_code,
        "hotline_number": inbound.hotline_number,
        "bureau_code": triage.bureau_code,
        "first_receiver_code": triage.bureau_code,
        "touched_bureaus": [triage.bureau_code] if dispatched else [],
        "enterprise": inbound.enterprise,
        "register_code": inbound.register_code,
        "enterprise_lists": sorted(province.lists.holding(inbound.register_code)),
        "requester": inbound.requester,
        "phone": inbound.phone or None,
        "phone_extension": inbound.phone_extension,
        "email": inbound.email or None,
        "openid": inbound.openid,
        "told_by": None if inbound.told_by is None else list(inbound.told_by),
        "locale": inbound.locale,
        "received_at": inbound.received_at,
        "created_at": act.now,
        "created_by_id": act.actor.account_id,
        "dispatched_at": act.now if dispatched else None,
        "source": inbound.source,
        "source_id": inbound.source_id,
        "extra": inbound.extra or None,
    }


@dataclass(frozen=True)
class Starter:
    """What starting the clocks of one new ticket depends on."""

    inbound: Inbound
    triage: Triage
    act: Act
    province: Province
    segment: Segment

    def entries(self, kind: ClockKind, at: dt.datetime, begun: dict[ClockKind, list[Entry]]) -> list[Entry]:
        """Return the first line of a clock's ledger; none where the policy keeps no such clock."""
        limit = self.province.policy.limit(PolicyClock(kind.value), self.segment)
        if limit is None:
            return []
        target = limit.target
        if limit.rest_of is not None and ClockKind(limit.rest_of.value) in begun:
            promise = replay(begun[ClockKind(limit.rest_of.value)])
            target = rest_target(limit, self.province.calendar_of(promise), promise, at)
        holder = self.triage.bureau_code
        versions = clocks.versions_at(self.segment.regions, self.province)
        return [clocks.first_entry(kind, target, self.act, versions, at=at, holder=holder)[0]]

    def row(self, kind: ClockKind, entries: list[Entry], ticket_id: int) -> NewClock:
        """Return the clock's rows; rungs that lie behind it already are recorded as missed, never sent."""
        state = replay(entries)
        missed = clock_rows.missed_rungs(state, kind, self.province, self.act.now, clock_id=0)
        derived = clock_rows.derived_columns(state, kind, self.province, passed=len(missed))
        own = {
            "ticket_id": ticket_id,
            "kind": kind.value,
            "bureau_code": self.triage.bureau_code,
            "entries": len(entries),
        }
        lines = [
            clock_rows.entry_columns(one, clock_id=0, seq=seq) for seq, one in enumerate(entries, start=1)
        ]
        return NewClock(own | derived, lines, missed)


def _clocks(inbound: Inbound, triage: Triage, act: Act, province: Province, ticket_id: int) -> list[NewClock]:
    starter = starter_of(inbound, triage, act, province)
    return [
        starter.row(kind, entries, ticket_id) for kind, entries in begun_clocks(starter).items() if entries
    ]


def starter_of(inbound: Inbound, triage: Triage, act: Act, province: Province) -> Starter:
    """Return what the clocks of a new ticket begin from."""
    facts = segments.Facts(
        triage.type,
        triage.urgency,
        triage.line,
        triage.region_code,
        inbound.hotline_number,
        province.lists.holding(inbound.register_code),
    )
    return Starter(inbound, triage, act, province, segments.segment_of(facts, province))


def begun_clocks(starter: Starter) -> dict[ClockKind, list[Entry]]:
    """Return the ledgers of an opening and of a dispatch where one follows, as the workflow's rows say."""
    begun: dict[ClockKind, list[Entry]] = {}
    for _, kind in TABLE[Action.OPEN].effects:
        begun[kind] = starter.entries(kind, starter.inbound.received_at or starter.act.now, begun)
    sent = starter.triage.state is State.DISPATCHED
    for effect, kind in TABLE[Action.DISPATCH].effects if sent else ():
        if effect is Effect.RESTART:
            begun[kind] = starter.entries(kind, starter.act.now, begun)
        elif begun.get(kind):
            versions = clocks.versions_of(replay(begun[kind]))
            begun[kind].append(
                clocks.entry(Kind.STOPPED, starter.act, versions, reason=Action.DISPATCH.value)
            )
    return begun


def decision_row(triage: Triage, act: Act, ticket_id: int) -> dict[str, Any]:
    """Return the row of what the router decided."""
    decision = triage.decision
    return {
        "ticket_id": ticket_id,
        "at": act.now,
        "kind": decision.kind.value,
        "bureau_code": decision.bureau_code,
        "candidates": [_candidate(candidate) for candidate in decision.candidates],
        "reasons": _stored(decision.reasons),
        "versions": dict(decision.versions),
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "bureau_code": candidate.bureau_code,
        "probability": candidate.probability,
        "reasons": _stored(candidate.reasons),
    }


@functools.lru_cache(maxsize=8_192)
def _stored(reasons: tuple[Reason, ...]) -> list[dict[str, Any]]:
    """Return reasons as they are stored; the same few hundred all day, and nobody changes the list."""
    return [reason.stored() for reason in reasons]


def history_rows(inbound: Inbound, triage: Triage, act: Act, ticket_id: int) -> list[dict[str, Any]]:
    """Return the first lines of the history."""
    opened = {"hint": triage.hint.because} if triage.hint else {}
    if inbound.extra:
        opened["extra"] = inbound.extra
    rows = [
        history.line(Action.OPEN, act, Said(data=opened), states=(None, State.NEW.value), door=inbound.door)
    ]
    if triage.state is State.DISPATCHED:
        said = Said(data={"bureau": triage.bureau_code, "reasons": _stored(triage.decision.reasons)})
        by_router = Act(SYSTEM, act.now)
        states = (State.NEW.value, State.DISPATCHED.value)
        rows.append(history.line(Action.DISPATCH, by_router, said, states=states, door=Door.SYSTEM))
    return [
        row | {"ticket_id": ticket_id, "seq": seq, "bureau_code": triage.bureau_code}
        for seq, row in enumerate(rows, start=1)
    ]

"""One seeded ticket from its first second to today: the workflow's own table turns its clocks, in memory.

The rows are those that the verbs would have written: ledgers by `sla.ledger`, what a clock keeps of its ledger by
`sla.derived`, states and effects by `domain.workflow`. Only the words and the delays are invented.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sla.ledger import Entry, Handing, Kind, replay
from sla.rungs import ClockKind as PolicyClock
from sla.shares import rest_target
from ticketing.domain.actors import Actor
from ticketing.domain.vocabulary import ClockKind, State
from ticketing.domain.workflow import TABLE, Action, Effect
from ticketing.services import clock_rows, clocks, history, intake_rows
from ticketing.services.clocks import PROMISES
from ticketing.services.history import Act, Said
from ticketing.services.intake_rows import NewClock, Starter

_KINDS = {
    Effect.STOP: Kind.STOPPED,
    Effect.RESTART: Kind.STOPPED,
    Effect.PAUSE: Kind.PAUSED,
    Effect.RESUME: Kind.RESUMED,
}


@dataclass
class Running:
    """A clock with its ledger; `bureau` is where it began."""

    kind: ClockKind
    bureau: str
    entries: list[Entry]
    stopped: bool = False
    paused: bool = False


@dataclass
class Life:
    """A ticket while it is told; `act` takes a step, `rows` says what came of it."""

    starter: Starter
    ticket: dict[str, Any]
    lines: list[dict[str, Any]]
    clocks: list[Running] = field(default_factory=list)
    returns: list[dict[str, Any]] = field(default_factory=list)
    approvals: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def begin(cls, starter: Starter, ticket_id: int) -> "Life":
        """Return a life that has just been registered, and dispatched where the router was sure."""
        inbound, triage, act, province = starter.inbound, starter.triage, starter.act, starter.province
        ticket = intake_rows.ticket_row(inbound, triage, act, province) | {"id": ticket_id}
        ticket |= {"barred_returns": [], "returns": 0, "hops": 0, "questions": 0, "contests": 0}
        life = cls(starter, ticket, intake_rows.history_rows(inbound, triage, act, ticket_id))
        for kind, entries in intake_rows.begun_clocks(starter).items():
            if entries:
                stopped = entries[-1].kind is Kind.STOPPED
                life.clocks.append(Running(kind, triage.bureau_code, entries, stopped))
        return life

    @property
    def state(self) -> State:
        """Where the ticket is."""
        return State(self.ticket["state"])

    def step(
        self, action: Action, actor: Actor, at: dt.datetime, said: Said | None = None, **new: Any
    ) -> None:
        """Take one step: the clocks as the table says, the state, the columns in `new`, a line of history."""
        step, act, was = TABLE[action], Act(actor, at), self.ticket["state"]
        if State(was) not in step.sources:
            raise ValueError(f"{action} cannot follow {was}")
        for effect, kind in step.effects:
            self._turn(effect, kind, act, action.value)
        if isinstance(step.target, State):
            self.ticket["state"] = step.target.value
        self.ticket |= new
        row = history.line(action, act, said or Said(), states=(was, self.ticket["state"]))
        self.lines.append(
            row | {"ticket_id": self.ticket["id"], "seq": len(self.lines) + 1,
                   "bureau_code": self.ticket["bureau_code"]}
        )  # fmt: skip

    def _turn(self, effect: Effect, kind: ClockKind, act: Act, reason: str) -> None:
        for clock in self.clocks:
            turns = clock.kind is kind and not clock.stopped and effect in _KINDS
            wrong = (effect is Effect.PAUSE and clock.paused) or (
                effect is Effect.RESUME and not clock.paused
            )
            if turns and not wrong:
                self._append(clock, _KINDS[effect], act, reason)
        if effect in (Effect.START, Effect.RESTART):
            self.start(kind, act)

    def _append(self, clock: Running, kind: Kind, act: Act, reason: str, **more: Any) -> None:
        last = clock.entries[-1]
        said = clocks.entry(kind, act, clocks.Versions(last.policy, last.calendar), reason=reason)
        clock.entries.append(said._replace(**more) if more else said)
        clock.stopped = kind is Kind.STOPPED or (clock.stopped and kind is not Kind.RESUMED)
        clock.paused = kind is Kind.PAUSED or (clock.paused and kind not in (Kind.RESUMED, Kind.STOPPED))

    def start(self, kind: ClockKind, act: Act) -> None:
        """Start a clock by the policy's target, or by what the promise has left."""
        province = self.starter.province
        limit = province.policy.limit(PolicyClock(kind.value), self.starter.segment)
        if limit is None:
            return
        target = limit.target
        if limit.rest_of is not None:
            state = replay(self.promise(ClockKind(limit.rest_of.value)).entries)
            target = rest_target(limit, province.calendar_of(state), state, act.now)
        versions = clocks.versions_at(self.starter.segment.regions, province)
        holder = self.ticket["bureau_code"]
        entry, _ = clocks.first_entry(kind, target, act, versions, at=act.now, holder=holder)
        self.clocks.append(Running(kind, holder, [entry]))

    def promise(self, kind: ClockKind) -> Running:
        """Return the clock of a promise."""
        return next(clock for clock in self.clocks if clock.kind is kind)

    def hand_over(self, why: Handing, actor: Actor, at: dt.datetime) -> None:
        """Note in the promises who has the matter from now on."""
        for clock in self.clocks:
            if clock.kind in PROMISES and not clock.stopped:
                self._append(
                    clock, Kind.HANDED_OVER, Act(actor, at), why.value, holder=self.ticket["bureau_code"]
                )

    def at_bureau(self, code: str) -> None:
        """Make a bureau the owner."""
        touched = self.ticket["touched_bureaus"]
        self.ticket["hops"] += bool(touched)
        self.ticket |= {"bureau_code": code, "accepted_at": None,
                        "touched_bureaus": [*touched, code] if code not in touched else touched}  # fmt: skip
        if not touched:
            self.ticket["first_receiver_code"] = code

    def restart_at_bureau(self, actor: Actor, at: dt.datetime) -> None:
        """Begin acceptance and share anew after a return that was upheld."""
        for kind in (ClockKind.ACCEPTANCE, ClockKind.SHARE):
            self._turn(Effect.RESTART, kind, Act(actor, at), Action.ADJUDICATE.value)

    def reopen(self, actor: Actor, at: dt.datetime) -> None:
        """Go on after a contest: the same promise, a rework clock, a new share."""
        self._append(self.promise(ClockKind.ANSWER), Kind.RESUMED, Act(actor, at), "contest")
        for kind in (ClockKind.REWORK, ClockKind.SHARE):
            self.start(kind, Act(actor, at))

    def stop_follow_up(self, actor: Actor, at: dt.datetime) -> None:
        """Note that the follow-up call reached somebody."""
        self._turn(Effect.STOP, ClockKind.FOLLOW_UP, Act(actor, at), Action.FOLLOW_UP.value)

    def close(self, at: dt.datetime, reason: str) -> None:
        """Note why and when it ended."""
        self.ticket |= {"close_reason": reason, "closed_at": at, "wake_at": None}

    def rows(self, until: dt.datetime) -> list[NewClock]:
        """Return the clocks as they stand at `until`, and bring the ticket's own columns up to date."""
        made = [self._row(clock, until) for clock in self.clocks]
        due = [c.columns["due_at"] for c in made if c.columns["stopped_at"] is None and c.columns["due_at"]]
        self.ticket |= {"due_at": min(due, default=None), "history_seq": len(self.lines)}
        return made

    def _row(self, clock: Running, until: dt.datetime) -> NewClock:
        province = self.starter.province
        state = replay(clock.entries)
        told = state.stopped_at is None or clock.kind in PROMISES
        missed = (
            clock_rows.missed_rungs(state, clock.kind, province, state.stopped_at or until, clock_id=0)
            if told
            else []
        )
        codes = [rung.code for rung in clock_rows.ladder(clock.kind, state, province)]
        passed = codes.index(missed[-1]["rung"]) + 1 if missed else 0
        derived = clock_rows.derived_columns(state, clock.kind, province, passed=passed)
        own = {"ticket_id": self.ticket["id"], "kind": clock.kind.value, "bureau_code": clock.bureau,
               "entries": len(clock.entries)}  # fmt: skip
        lines = [
            clock_rows.entry_columns(one, clock_id=0, seq=seq)
            for seq, one in enumerate(clock.entries, start=1)
        ]
        return NewClock(own | derived, lines, missed)

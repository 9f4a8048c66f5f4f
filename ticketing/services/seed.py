"""A year of invented tickets, by COPY, for demonstrations and benches: `flask demo seed`.

A run is cut into batches of one transaction each. Every ticket names its run, batch and place in `source_id`, so a
run that was cut short goes on where it stopped, and two processes that share one never write the same ticket.
"""

import datetime as dt
import itertools
import json
import random
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Index, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import CreateIndex

from sla.ledger import Entry
from ticketing.domain import numbers
from ticketing.domain.actors import Actor, ActorKind
from ticketing.domain.messages import Inbound
from ticketing.domain.vocabulary import ClockKind, Door, Urgency
from ticketing.extensions import Model, db, vault
from ticketing.models import (
    Account,
    Approval,
    BureauTime,
    ClockEntry,
    ClockRung,
    HistoryEntry,
    RoutingDecision,
    Ticket,
    TicketClock,
    TicketFact,
    TicketReturn,
)
from ticketing.services import facts
from ticketing.services.bulk import defaults_of
from ticketing.services.history import Act
from ticketing.services.intake_rows import decision_row, starter_of
from ticketing.services.province import Province
from ticketing.services.seed_lives import Life
from ticketing.services.seed_stories import Story, tell
from ticketing.services.seed_world import World
from ticketing.services.triage import Triage, triage

SOURCE = "seed"
BATCH = 1_000
#: From so many rows on, the indexes are built once at the end instead of entry by entry.
MANY = 20_000
KEEPER = "seed-keeper"
AS_JSON = json.JSONEncoder(ensure_ascii=False).encode
#: In the order in which they are written.
TABLES = (
    Ticket, TicketClock, ClockEntry, ClockRung, HistoryEntry, RoutingDecision, TicketReturn, Approval,
    TicketFact, BureauTime,
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """One run: its end of time, how many tickets, and which batches still have to be written."""

    until: dt.datetime
    tickets: int
    left: tuple[int, ...]

    @property
    def name(self) -> str:
        """Return what its tickets' source ids begin with."""
        return f"{self.until:%Y%m%d%H%M}/{self.tickets}"

    def size(self, batch: int) -> int:
        """Return how many tickets a batch holds."""
        return min(BATCH, self.tickets - batch * BATCH)


def plan(wanted: int, now: dt.datetime) -> Plan | None:
    """Return the run that fills the desk up to `wanted` tickets; None when there are as many.

    One that was cut short is taken up again before a new one begins.
    """
    missing = wanted - (db.session.scalar(select(func.count(Ticket.id))) or 0)
    if missing <= 0:
        return None
    newest = db.session.scalar(
        select(Ticket.source_id).where(Ticket.source == SOURCE).order_by(Ticket.id.desc()).limit(1)
    )
    if newest is not None:
        moment, tickets, *_ = newest.split("/")
        old = Plan(dt.datetime.strptime(moment, "%Y%m%d%H%M").replace(tzinfo=dt.UTC), int(tickets), ())
        if left := _left(old):
            return replace(old, left=left[: -(-missing // BATCH)])
    fresh = Plan(now.replace(second=0, microsecond=0), missing, ())
    return replace(fresh, left=_left(fresh))


def _left(run: Plan) -> tuple[int, ...]:
    batches = range(-(-run.tickets // BATCH))
    wanted = [f"{run.name}/{batch}/0" for batch in batches]
    found = select(Ticket.source_id).where(Ticket.source == SOURCE, Ticket.source_id.in_(wanted))
    done = {int(one.split("/")[2]) for one in db.session.scalars(found)}
    return tuple(batch for batch in batches if batch not in done)


def keeper(now: dt.datetime) -> int:
    """Return the account that asked and decided in the invented past; nobody can log in with it."""
    found = db.session.scalar(select(Account.id).where(Account.username == KEEPER))
    if found is None:
        row = Account(username=KEEPER, name="历史数据", active=False, session_key="", created_at=now)
        row.password_hash = vault.seal(secrets.token_hex(16), staff=True)
        db.session.add(row)
        db.session.flush()
        found = row.id
    return found


class Seeder:
    """Writes batches of one run."""

    def __init__(self, pack: Path, province: Province, run: Plan, account_id: int) -> None:
        self.run, self.province, self.account_id = run, province, account_id
        self.world = World(pack, province, run.until)

    def write(self, batch: int) -> int:
        """Write one batch in the transaction that is open; return how many tickets."""
        chance = random.Random(f"{self.run.name}/{batch}")  # noqa: S311  the same year each time
        db.session.execute(text("set local synchronous_commit = off"))
        db.session.execute(text("set local statement_timeout = 0"))
        if (
            _owns_the_server()
        ):  # the rows refer to each other by construction; checking each costs as much again
            db.session.execute(text("set local session_replication_role = replica"))
        count = self.run.size(batch)
        drawn = sorted(
            (
                self.world.request(chance, (batch * BATCH + place) / self.run.tickets)
                for place in range(count)
            ),
            key=lambda one: one[0].received_at,
        )
        lives = [
            self._life(chance, *one, ids, f"{self.run.name}/{batch}/{place}")
            for place, (one, ids) in enumerate(zip(drawn, _ids(count), strict=True))
        ]
        self._copy(lives)
        return count

    def _life(
        self,
        chance: random.Random,
        inbound: Inbound,
        line: str,
        person: str,
        ids: tuple[int, int],
        source: str,
    ) -> Life:
        created = (inbound.received_at or self.run.until) + dt.timedelta(seconds=chance.randrange(20, 400))
        city = self.province.directory.prefecture_of(inbound.region_code)
        decided = replace(
            _triage(inbound.topic_code, city.code if city else inbound.region_code, line, self.province),
            region_code=inbound.region_code,
            type=inbound.type or "help",
            urgency=inbound.urgency or Urgency.NORMAL.value,
        )
        act = Act(Actor(ActorKind.REQUESTER, inbound.requester, inbound.door), created)
        life = Life.begin(starter_of(inbound, decided, act, self.province), ids[0])
        life.ticket |= {"number": numbers.issue(created, ids[1]), "source": SOURCE, "source_id": source}
        handler = Actor(ActorKind.STAFF, person, Door.DESK)
        if created <= self.run.until:
            tell(Story(life, self.world, chance, created, handler, self.account_id))
        return life

    def _copy(self, lives: Sequence[Life]) -> None:
        until = self.run.until
        clocks = [clock for life in lives for clock in life.rows(until)]
        for clock, identifier in zip(clocks, _next("ticket_clock_id_seq", len(clocks)), strict=True):
            clock.number(identifier)
        copy(Ticket, [life.ticket for life in lives])
        copy(TicketClock, [clock.columns for clock in clocks])
        copy(ClockEntry, [entry for clock in clocks for entry in clock.entries])
        copy(ClockRung, [rung for clock in clocks for rung in clock.missed])
        copy(HistoryEntry, [line for life in lives for line in life.lines])
        copy(RoutingDecision, [_decision(life) for life in lives])
        copy(TicketReturn, [row for life in lives for row in life.returns])
        copy(Approval, [row for life in lives for row in life.approvals])
        known = [facts.derive(*_known(life), self.province) for life in lives]
        copy(TicketFact, [row for rows, _ in known for row in rows])
        copy(BureauTime, [row for _, times in known for row in times])


def _owns_the_server() -> bool:
    return bool(db.session.scalar(text("select rolsuper from pg_roles where rolname = current_user")))


@lru_cache(maxsize=30_000)
def _triage(topic: str | None, region: str | None, line: str, province: Province) -> Triage:
    """Return what the router makes of a topic in a city; asked once, the year has the same fifteen hundred."""
    found = province.directory.topics.get(topic or "")
    words = found.example_zh if found else line
    inbound = Inbound(
        Door.WEB, subject=found.name_zh if found else "", body=words, topic_code=topic, region_code=region
    )
    return triage(inbound, province)


def _known(life: Life) -> tuple[SimpleNamespace, list[Entry], Counter[tuple[str, str]]]:
    """Return what figures need to know of a life: its ticket, the promise's ledger, its returns."""
    unsaid = {"result": None, "close_reason": None, "dispatched_at": None, "history_seq": len(life.lines)}
    back = Counter((one["bureau_code"], one["decision"]) for one in life.returns if one.get("decision"))
    return SimpleNamespace(**unsaid | life.ticket), life.promise(ClockKind.ANSWER).entries, back


def _decision(life: Life) -> dict[str, Any]:
    starter = life.starter
    return decision_row(starter.triage, starter.act, life.ticket["id"])


def _ids(count: int) -> Iterator[tuple[int, int]]:
    return zip(_next("ticket_id_seq", count), _next("ticket_number_serial", count), strict=True)


def _next(sequence: str, count: int) -> Iterator[int]:
    drawn = text("select nextval(cast(:sequence as regclass)) from generate_series(1, :count)")
    return iter(db.session.scalars(drawn, {"sequence": sequence, "count": count}).all())


def copy(model: type[Model], rows: Sequence[dict[str, Any]]) -> None:
    """Write rows with COPY; what a row does not name takes the model's default."""
    if not rows:
        return
    names = [one.name for one in model.__table__.columns if one.name != "id" or "id" in rows[0]]
    plain = defaults_of(model)
    documents = [place for place, name in enumerate(names) if isinstance(model.__table__.c[name].type, JSONB)]
    cursor = db.session.connection().connection.cursor()  # type: ignore[no-untyped-call]
    with cursor.copy(f"COPY {model.__tablename__} ({', '.join(names)}) FROM STDIN") as out:
        for row in rows:
            cells = list(map((plain | row).get, names))
            for place in documents:
                if cells[place] is not None:
                    cells[place] = AS_JSON(cells[place])
            out.write_row(cells)


def indexes() -> list[Index]:
    """Return the indexes that may be built after the rows, the long ones first: all that hold no promise."""
    every = itertools.chain.from_iterable(model.__table__.indexes for model in TABLES)
    return sorted(
        (one for one in every if not one.unique), key=lambda one: (not _is_gin(one), one.name or "")
    )


def _is_gin(index: Index) -> bool:
    return index.dialect_options["postgresql"]["using"] == "gin"


def drop_indexes() -> None:
    """Take the indexes away for a long run; `missing_indexes` names what has to come back."""
    for one in indexes():
        db.session.execute(text(f"drop index if exists {one.name}"))


def missing_indexes() -> list[Index]:
    """Return the indexes that are not there."""
    there = set(
        db.session.scalars(text("select indexname from pg_indexes where schemaname = current_schema()"))
    )
    return [one for one in indexes() if one.name not in there]


def build_index(index: Index) -> bool:
    """Build one index; False: another process is at it, or has been."""
    mine = select(func.pg_try_advisory_xact_lock(func.hashtext(index.name)))
    if not db.session.scalar(mine) or db.session.scalar(select(func.to_regclass(index.name))):
        return False
    db.session.execute(text("set local statement_timeout = 0"))
    db.session.execute(text("set local maintenance_work_mem = '512MB'"))
    db.session.execute(CreateIndex(index))
    return True

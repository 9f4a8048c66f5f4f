"""A seeded year: deadlines that recompute, rows that the pages can show, runs that go on where they stopped."""

import collections

import pytest
from flask import Flask
from sqlalchemy import func, select

from sla.verify import verify
from tests.conftest import MONDAY
from ticketing.domain import numbers
from ticketing.domain.actors import Actor, ActorKind, Grant
from ticketing.domain.query import Query
from ticketing.domain.vocabulary import Door, Role, State
from ticketing.domain.workflow import TABLE, Action
from ticketing.extensions import db
from ticketing.models import HistoryEntry, Ticket, TicketClock, TicketFact
from ticketing.services import facts, proof, province, search, seed
from ticketing.services.seed import Plan, Seeder

BOSS = Actor(ActorKind.STAFF, "某人", Door.DESK, grants=frozenset({Grant(Role.SUPERVISOR)}))


def planned(tickets: int) -> Plan:
    run = seed.plan(tickets, MONDAY)
    assert run is not None
    return run


@pytest.fixture
def seeder(rolled_back: Flask, monkeypatch: pytest.MonkeyPatch) -> Seeder:
    monkeypatch.setattr(seed, "BATCH", 60)
    pack = rolled_back.config["PROVINCE_PACK"]
    return Seeder(pack, province.current(), planned(300), seed.keeper(MONDAY))


def test_every_deadline_of_a_seeded_year_recomputes(seeder: Seeder) -> None:
    for batch in (0, 4):
        seeder.write(batch)
    assert [one for found in verify(proof.export(MONDAY)) for one in found] == []
    assert db.session.scalar(select(func.count(TicketClock.id))) > 400


def test_seeded_tickets_went_ways_that_the_workflow_has(seeder: Seeder) -> None:
    seeder.write(4)
    lines = db.session.scalars(select(HistoryEntry).order_by(HistoryEntry.ticket_id, HistoryEntry.seq)).all()
    for line in lines:
        if line.action != Action.OPEN:
            assert State(line.from_state) in TABLE[Action(line.action)].sources
    ends = {line.ticket_id: line.to_state for line in lines}
    assert ends == dict(db.session.execute(select(Ticket.id, Ticket.state)).all())


def test_seeded_tickets_are_like_those_of_a_desk(seeder: Seeder) -> None:
    seeder.write(4)
    rows = db.session.scalars(select(Ticket)).all()
    assert all(numbers.parse(row.number) and row.received_at < MONDAY for row in rows)
    assert all((row.state == State.CLOSED) == (row.close_reason is not None) for row in rows)
    assert len({row.line for row in rows}) > 10
    assert collections.Counter(row.state for row in rows).keys() > {State.CLOSED, State.ANSWERED}


def test_seeded_words_are_found_as_any_others(seeder: Seeder) -> None:
    seeder.write(4)
    one = db.session.scalars(select(Ticket).where(Ticket.type != "report").order_by(Ticket.id)).first()
    for word in (one.enterprise, one.body[:2], one.requester, one.phone[-4:]):
        found = search.found(Query(word, (word,)), BOSS, None, MONDAY)
        assert one.id in {row.id for row in found.page.rows}, word


def test_a_run_that_was_cut_short_goes_on_with_what_is_missing(seeder: Seeder) -> None:
    for batch in (0, 1, 3):
        seeder.write(batch)
    rest = planned(300)
    assert (rest.name, rest.left) == (seeder.run.name, (2, 4))
    for batch in rest.left:
        seeder.write(batch)
    assert seed.plan(300, MONDAY) is None
    assert db.session.scalar(select(func.count(Ticket.id))) == 300
    assert seed.plan(301, MONDAY).tickets == 1


def test_indexes_that_a_run_left_out_come_back(committed: Flask) -> None:
    seed.drop_indexes()
    missing = seed.missing_indexes()
    assert "ix_ticket_search" in {one.name for one in missing}
    for one in missing:
        seed.build_index(one)
    assert seed.missing_indexes() == []


def test_figures_of_a_seeded_year_are_those_that_would_be_derived(seeder: Seeder) -> None:
    seeder.write(0)
    columns = [column for column in TicketFact.__table__.columns if column.name != "seq"]
    wanted = select(*columns).order_by(TicketFact.ticket_id)
    written = db.session.execute(wanted).all()
    facts.rebuild(0, 1_000, province.current())
    assert len(written) == 60
    assert db.session.execute(wanted).all() == written

"""The board and the sweep with many cases: `python -m bench.cases` (BENCH_CASES=10000, ten steps each).

Rows are written straight into a database of the bench's own, in the shapes that the services leave them in; a case in
twenty has a step past due, one in a hundred stands on a difference. The board is asked over HTTP, as a supervisor and
as a bureau, beside what its statements alone take.
"""

import datetime as dt
import http.client
import os
import socket
import statistics
import time

from sqlalchemy import func, select, text

import config
from bench import data
from bench.load import fetch, measure
from bench.serving import APP_CONF, ROOT, login, serving
from sla.values import Target, Unit
from ticketing import engines
from ticketing.app import create_app
from ticketing.domain.actors import SYSTEM
from ticketing.domain.clock import system_clock
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, store, transaction
from ticketing.jobs import tick
from ticketing.models import CaseClock, CaseClockEntry, CaseClockRung, CaseStep
from ticketing.services import accounts, case_board, case_clocks, case_sweep, clock_rows, clocks, province
from ticketing.services.bulk import insert_rows
from ticketing.services.history import Act

CASES = int(os.environ.get("BENCH_CASES", "10000"))
STEPS = 10
REQUESTS = {1: 60, 8: 160}
BATCH = 500
LOOKING = (f"bench-{Role.SUPERVISOR}", f"bench-{Role.HANDLER}")

#: One case: its parties, ten steps of which the third runs, its clock with one line of ledger.
FILL = """
WITH new_case AS (
    INSERT INTO coordination_case (template_code, template_version, lead_bureau_code, aim, reason, way, opened_at, state,
        log_seq, log_hash, region_code, plan_due_at, plan_by_supervisor, salt)
    SELECT 'joint', :version, (ARRAY['HRB-SWJ','HRB-SCJG','HRB-ZJJ','QQHR-FGW','QQHR-ZJJ'])[1 + n % 5],
        '第 ' || n || ' 件：一起解决排水问题', '涉及两家', 'supervisor', date_trunc('second', now()) - interval '3 days',
        CASE n % 10 WHEN 0 THEN 'planning' ELSE 'running' END, 1, repeat('0', 64), '230103',
        date_trunc('second', now()) + interval '20 days', false, decode(repeat('00', 32), 'hex')
    FROM generate_series(CAST(:first AS int), :last) n RETURNING id, lead_bureau_code, number
), lead AS (
    INSERT INTO case_party (case_id, role, bureau_code, name, contact)
    SELECT id, 'lead', lead_bureau_code, lead_bureau_code, '' FROM new_case RETURNING id, case_id
), co AS (
    INSERT INTO case_party (case_id, role, bureau_code, name, contact)
    SELECT id, 'co_bureau', (ARRAY['HRB-RSJ','HRB-ZJJ','QQHR-YSJ'])[1 + number % 3], '协办', '' FROM new_case
    RETURNING id, case_id
)
INSERT INTO case_step (case_id, number, position, role, owner_id, name_zh, name_en, unit, amount, depends_on, evidence,
    checks, secret, required, state, due_at, begun_at, ended_at)
SELECT c.id, s, s, CASE WHEN s % 2 = 1 THEN 'lead' ELSE 'co_bureau' END,
    CASE WHEN s % 2 = 1 THEN lead.id ELSE co.id END, '第 ' || s || ' 步', 'Step ' || s, 'working_days', 2,
    CASE WHEN s = 1 THEN '{}'::smallint[] ELSE ARRAY[s - 1]::smallint[] END, '办理结果', '{}', false, false,
    CASE WHEN s < 3 THEN 'done' WHEN s > 3 THEN 'waiting' WHEN c.number % 100 = 0 THEN 'disputed' ELSE 'ready' END,
    date_trunc('second', now()) + (CASE WHEN c.number % 20 = 0 THEN -1 ELSE 1 END * (1 + c.number % 300) + 24 * (s - 3)) * interval '1 hour',
    CASE WHEN s <= 3 THEN date_trunc('second', now()) - interval '2 days' END, CASE WHEN s < 3 THEN date_trunc('second', now()) - interval '1 day' END
FROM new_case c JOIN lead ON lead.case_id = c.id JOIN co ON co.case_id = c.id, generate_series(1, :steps) s
"""
#: Each case on the ticket of its place.
TICKETS = """
INSERT INTO case_ticket (case_id, ticket_id)
SELECT c.id, t.id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM coordination_case) c
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM ticket) t USING (place)
WHERE NOT EXISTS (SELECT 1 FROM case_ticket held WHERE held.case_id = c.id)
"""


def main() -> None:
    """Fill, ask the board over HTTP, sweep the clocks that are due, tell."""
    settings = config.load(demo="1")
    with engines.acquire(settings.var_dir / "cases") as lease:
        ready = settings.model_copy(
            update={"database_url": lease.database_url, "redis_url": lease.redis_url, "log_level": "ERROR"}
        )
        app = create_app(ready, clock=system_clock)
        data.prepare(app, CASES)
        with app.app_context():
            fill()
            floors = {who: _bare(who) for who in LOOKING}
            db.session.remove()
            db.engine.dispose()
        port = _free_port()
        served = {"LOG_LEVEL": "ERROR", "PYTHONPATH": str(ROOT), "WEB_WORKERS": "2", "WEB_THREADS": "1"}
        with serving(APP_CONF, port, os.environ | ready.environment() | served):
            for who, floor in floors.items():
                _board(port, who, floor)
        with app.app_context():
            sweep()


def fill() -> None:
    """Bring the database up to so many cases, each on a ticket, its running step with a clock."""
    there = db.session.scalar(text("SELECT count(*) FROM coordination_case")) or 0
    version = province.current().templates["joint"].version
    for first in range(there + 1, CASES + 1, BATCH):
        last = min(first + BATCH - 1, CASES)
        with transaction():
            db.session.execute(text(FILL), {"first": first, "last": last, "steps": STEPS, "version": version})
    with transaction():
        db.session.execute(text(TICKETS))
        _clocks()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))


def _clocks() -> None:
    """Start the clocks of steps that run and have none, three days ago: their first rungs have come."""
    current, now = province.current(), system_clock().replace(microsecond=0)
    act = Act(SYSTEM, now)
    versions = clocks.versions_at(current.around("230103"), current)
    begun, target = now - dt.timedelta(days=3), Target(Unit.WORKING_DAYS, 2)
    entry, state = clocks.first_entry(case_clocks.KIND, target, act, versions, at=begun, holder="HRB-SWJ")
    derived = clock_rows.derived_columns(state, case_clocks.KIND, current, passed=0)
    wanted = select(CaseStep.id, CaseStep.case_id).where(
        case_board.AT_WORK, CaseStep.id.not_in(select(CaseClock.step_id))
    )
    rows = [
        {"case_id": case_id, "step_id": step_id, "kind": case_clocks.KIND.value, "entries": 1, **derived}
        for step_id, case_id in db.session.execute(wanted)
    ]
    for first in range(0, len(rows), BATCH):
        written = insert_rows(CaseClock, rows[first : first + BATCH], ending="RETURNING id")
        lines = [clock_rows.entry_columns(entry, clock_id=row.id, seq=1) for row in written]
        insert_rows(CaseClockEntry, lines)


def _bare(username: str) -> float:
    """Return the median milliseconds of the board's statements, without page and HTTP."""
    store.age = 0  # nothing is kept from one reader to the next: all that the board needs
    actor, took = accounts.actor(accounts.by_username(username), system_clock()), []  # type: ignore[arg-type]
    for _ in range(60):
        began = time.perf_counter()
        case_board.board(actor, system_clock())
        case_board.listed(actor)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _board(port: int, username: str, floor: float) -> None:
    cookie = login(port, username)

    def ask(line: http.client.HTTPConnection, _place: int) -> None:
        status, _headers, body = fetch(line, "GET", "/cases", Cookie=cookie)
        assert status == 200, status
        assert "第 ".encode() in body

    measure(port, ask, clients=1, requests=10)
    for clients, requests in REQUESTS.items():
        took = measure(port, ask, clients=clients, requests=requests)
        p50, p95 = statistics.median(took), took[int(len(took) * 0.95)]
        print(
            f"board of {username:<17} {clients} at once: p50 {p50:6.1f} ms, p95 {p95:6.1f} ms;"
            f" statements alone {floor:5.1f} ms, ratio {p50 / floor:4.1f}",
            flush=True,
        )


def sweep() -> None:
    """Fire every rung of a step's ladder that has come."""
    waiting = db.session.scalar(select(func.count()).where(CaseClock.next_rung_at <= system_clock())) or 0
    before = db.session.scalar(select(func.count(CaseClockRung.id))) or 0
    began = time.perf_counter()
    looked = 1
    while looked:
        with transaction():
            looked = case_sweep.climb(system_clock(), province.current(), tick.BATCH)
    took = time.perf_counter() - began
    fired = (db.session.scalar(select(func.count(CaseClockRung.id))) or 0) - before
    print(
        f"sweep: {waiting} clocks of steps due, {fired} rungs in {took:.1f} s:"
        f" {took / max(fired, 1) * 10_000:.1f} s per 10,000"
    )


if __name__ == "__main__":
    main()

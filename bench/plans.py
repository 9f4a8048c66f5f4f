"""What the database does for each page at size: `make plans`.

Fills 100,000 tickets through the real intake, copies them as closed ones up to PLANS_TICKETS (1,000,000 by
default), asks for every page of every role, and runs EXPLAIN ANALYZE on each statement that the pages sent.
Prints the slowest; a statement that reads a whole big table is named whatever it costs. All of it goes to
bench/out/plans.json.
"""

import json
import os
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text

import config
from bench import data
from ticketing import engines
from ticketing.domain.actors import Grant
from ticketing.domain.clock import system_clock
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction, vault
from ticketing.models import Ticket
from ticketing.services import accounts

ROOT = Path(__file__).resolve().parent.parent
TICKETS = int(os.environ.get("PLANS_TICKETS", "1000000"))
OPEN = min(TICKETS, 100_000)
#: First digits of the copies' numbers; the tickets themselves begin with 2, as the years do.
COPIES = "3456789011"
BIG = frozenset(
    {"ticket", "ticket_clock", "clock_entry", "history_entry", "routing_decision", "outbox_event"}
)
SLOW_MS = 5.0
PASSWORD = "246813"
ROLES = {Role.OPERATOR: None, Role.DISPATCHER: None, Role.SUPERVISOR: None, Role.ADMIN: None,
         Role.HANDLER: data.BUREAU, Role.HEAD: data.BUREAU}  # fmt: skip
#: Pages that ask for more than their address.
ASKED = {
    "desk.tickets": ["?q=备案", "?q=13900000001", "?q=企业123", "?q=没有人写过的词"],
    "bureau.tickets": ["?q=备案", "?q=没有人写过的词"],
    "dispatch.tickets": ["?q=消防"],
    "watch.record_of_requests": ["?q=消防 验收"],
    "bureau.queue": ["?tab=waiting", "?tab=answered"],
}
Seen = dict[str, tuple[str, Any, str]]


def main() -> None:
    """Fill, ask, explain, tell."""
    settings = config.load(demo="1")
    with engines.acquire(settings.var_dir / "plans") as lease:
        ready = settings.model_copy(update={"database_url": lease.database_url, "redis_url": lease.redis_url})
        app = data.application(ready)
        app.config["WTF_CSRF_ENABLED"] = False
        data.prepare(app, OPEN)
        with app.app_context():
            _copy_closed()
            numbers = _people_and_numbers()
            db.engine.dispose()
        seen = _ask(app, numbers)
        with app.app_context():
            _tell([_explain(*one) for one in seen.values()])


def _copy_closed() -> None:
    """Copy the open tickets as closed ones, with their clocks, history and decisions, until there are enough."""
    for copy, digit in enumerate(COPIES, start=1):
        there = db.session.scalar(select(func.count(Ticket.id))) or 0
        if there >= TICKETS:
            break
        if there < (copy + 1) * OPEN:
            print(f"Copying: {there} tickets there …", flush=True)
            with transaction():
                for statement in _copying(copy, digit):
                    db.session.execute(text("set local statement_timeout = 0"))
                    db.session.execute(text(statement))
    data.settle()


def _copying(copy: int, digit: str) -> list[str]:
    shift, days = copy * 10_000_000, f"interval '{copy * 90} days'"
    closed = {
        "number": f"'{digit}' || substr(number, 2)", "state": "'closed'", "close_reason": "'confirmed'",
        "due_at": "null", "wake_at": "null", "source_id": f"source_id || '-{copy}'",
        "received_at": f"received_at - {days}", "created_at": f"created_at - {days}",
        "closed_at": f"received_at - {days} + interval '5 days'",
    }  # fmt: skip
    stopped = {"stopped_at": f"started_at - {days}", "next_rung": "null", "next_rung_at": "null"}
    parts = {
        "ticket": closed, "ticket_clock": stopped | {"ticket_id": f"ticket_id + {shift}"},
        "clock_entry": {"clock_id": f"clock_id + {shift}"}, "history_entry": {"ticket_id": f"ticket_id + {shift}"},
        "routing_decision": {"ticket_id": f"ticket_id + {shift}"},
    }  # fmt: skip
    return [_insert(table, {"id": f"id + {shift}"} | changed) for table, changed in parts.items()]


def _insert(table: str, changed: dict[str, str]) -> str:
    names = [column.name for column in db.metadata.tables[table].columns]
    values = ", ".join(changed.get(name, name) for name in names)
    return f"insert into {table} ({', '.join(names)}) select {values} from {table} where id < 10000000"


def _people_and_numbers() -> dict[str, list[str]]:
    """Return numbers of the bench's bureau, having made one account for each role."""
    with transaction():
        for role, bureau in ROLES.items():
            if accounts.by_username(f"plans-{role}") is None:
                new = accounts.NewAccount(f"plans-{role}", "查看", data.PASSWORD)
                accounts.create(new, [Grant(role, bureau)], system_clock())
        tickets = list(db.session.scalars(select(Ticket).where(Ticket.bureau_code == data.BUREAU).limit(3)))
        for ticket in tickets:
            ticket.password_hash = vault.seal(PASSWORD)
        return {"number": [ticket.number for ticket in tickets]}


def _ask(app: Flask, numbers: dict[str, list[str]]) -> Seen:
    """Ask for every page as every role; return statement -> (statement, parameters, the page that sent it)."""
    seen: Seen = {}
    page = [""]

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.setdefault(statement, (statement, parameters, page[0]))

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
    for role in ROLES:
        client = app.test_client()
        client.post("/login", data={"username": f"plans-{role}", "password": data.PASSWORD})
        for address in _addresses(app, numbers):
            page[0] = f"{address} ({role})"
            client.get(address)
    _as_enterprise(app.test_client(), numbers, page)
    with app.app_context():
        event.remove(db.engine, "before_cursor_execute", note)
    return seen


def _addresses(app: Flask, numbers: dict[str, list[str]]) -> list[str]:
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.arguments - {"number"} or rule.endpoint == "static":
            continue
        path = rule.rule.replace("<number>", numbers["number"][0])
        found += [path, *(path + asked for asked in ASKED.get(rule.endpoint, ()))]
    return found


def _as_enterprise(client: FlaskClient, numbers: dict[str, list[str]], page: list[str]) -> None:
    page[0] = "/status (enterprise)"
    client.post("/status", data={"number": numbers["number"][0], "password": PASSWORD})
    for address in ("/status/request", "/status/request/news"):
        client.get(address)


def _explain(statement: str, parameters: Any, page: str) -> dict[str, Any]:
    """Return what a statement took and which big tables it read from end to end."""
    with db.engine.connect() as connection:
        run = connection.exec_driver_sql
        run("set statement_timeout = 0")
        run("explain (analyze, format json) " + statement, parameters)
        plan = run("explain (analyze, format json) " + statement, parameters).scalar_one()[0]
    whole = sorted(_whole_reads(plan["Plan"]))
    took = round(plan["Planning Time"] + plan["Execution Time"], 2)
    return {"page": page, "ms": took, "whole": whole, "statement": statement, "plan": plan["Plan"]}


def _whole_reads(node: dict[str, Any]) -> set[str]:
    found = {node["Relation Name"]} & BIG if node["Node Type"] == "Seq Scan" else set()
    return found.union(*(_whole_reads(child) for child in node.get("Plans", ())))


def _tell(plans: list[dict[str, Any]]) -> None:
    plans.sort(key=lambda plan: -plan["ms"])
    out = ROOT / "bench" / "out"
    out.mkdir(exist_ok=True)
    (out / "plans.json").write_text(json.dumps(plans, indent=1, ensure_ascii=False))
    shown = [plan for plan in plans if plan["ms"] >= SLOW_MS or plan["whole"]]
    print(f"\n{TICKETS} tickets, {OPEN} of them open: {len(plans)} statements, {len(shown)} to look at.")
    for plan in shown:
        print(
            f"{plan['ms']:>9} ms  {plan['page']}  {' '.join(plan['whole'])}\n           {plan['statement'][:160]!r}"
        )


if __name__ == "__main__":
    main()

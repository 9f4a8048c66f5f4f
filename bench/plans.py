"""What the database does for each page at size: `make plans`.

On the bench's own seeded year, PLANS_TICKETS of them (1,000,000 by default), asks for every page of every role, and runs EXPLAIN ANALYZE on each statement that the pages sent.
Prints the slowest; a statement that reads a whole big table is named whatever it costs. All of it goes to
bench/out/plans.json.
"""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select

import config
from bench import calls, data
from bench.noting import noting
from ticketing import engines
from ticketing.domain.clock import system_clock
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction, vault
from ticketing.models import EnterpriseTicket, Ticket
from ticketing.services import accounts, enterprises, people

ROOT = Path(__file__).resolve().parent.parent
TICKETS = int(os.environ.get("PLANS_TICKETS", "1000000"))
BIG = frozenset(
    {
        "ticket",
        "ticket_clock",
        "clock_entry",
        "history_entry",
        "routing_decision",
        "outbox_event",
        "call",
        "call_event",
        "callback",
    }
)
SLOW_MS = 5.0
PASSWORD = "246813"
#: Who signs in for the enterprise that asked most, and how many requests it took over beside those of its code.
MEMBER, CLAIMED = "13904510088", 5_000
#: Pages that ask for more than their address.
ASKED = {
    "desk.tickets": ["?q=备案", "?q=13900000001", "?q=企业123", "?q=没有人写过的词"],
    "bureau.tickets": ["?q=备案", "?q=没有人写过的词"],
    "dispatch.tickets": ["?q=消防"],
    "watch.record_of_requests": ["?q=消防 验收"],
    "views.find": [
        f"?q={quote(line)}"
        for line in (
            "公司",
            "备案",
            "评标",
            "没有人写过的词",
            "dsnh",
            "0021",
            "承办:住建 期限<3天 内容:工程",
            "公司 状态:挂起",
            "地区:道里区 类型:投诉",
            "状态:办理中 类型:投诉",
            "承办:商务局,住建局 状态:办理中,待签收",
            "主题:乱收费,食品经营许可 紧急:特急,紧急",
        )
    ],
    "bureau.queue": ["?tab=waiting", "?tab=answered"],
    "calls.log": ["?outcome=missed", "?line=%2B8645187005501", "?mine=1", "?day=2026-06-08"],
    "calls.duties": ["?list=mine", "?list=overdue", "?list=done"],
    "watch.telephone": ["?span=week", "?span=month", "?line=%2B8645187005501"],
}
OWN_LISTS = tuple(f"/my?which={which}" for which in ("waiting", "open", "closed"))
#: A stream does not end by itself.
NEVER = frozenset({"calls.look"})
Seen = dict[str, tuple[str, Any, str]]


def main() -> None:
    """Fill, ask, explain, tell."""
    settings = config.load(demo="1")
    with engines.acquire(data.folder(settings)) as lease:
        ready = settings.model_copy(update={"database_url": lease.database_url, "redis_url": lease.redis_url})
        app = data.application(ready)
        app.config["WTF_CSRF_ENABLED"] = False
        data.prepare(app, TICKETS)
        with app.app_context():
            numbers = _numbers() | {"call_id": [str(_calls())]}
            _enterprise()
            db.engine.dispose()
        seen = _ask(app, numbers)
        with app.app_context():
            _tell([_explain(*one) for one in seen.values()])


def _calls() -> int:
    """Make as many calls as tickets; return the newest."""
    operator = accounts.named(f"bench-{Role.OPERATOR}")
    return calls.fill(TICKETS, operator.id)


def _numbers() -> dict[str, list[str]]:
    """Return numbers of the bench's bureau, each with a known query password."""
    with transaction():
        tickets = list(db.session.scalars(select(Ticket).where(Ticket.bureau_code == data.BUREAU).limit(3)))
        for ticket in tickets:
            ticket.password_hash = vault.seal(PASSWORD)
        return {"number": [ticket.number for ticket in tickets]}


def _enterprise() -> None:
    """Let an enterprise sign in that has thousands of requests of its own."""
    phone, now = people.parse_mobile(MEMBER), system_clock()
    with transaction():
        if people.by_phone(phone) is not None:
            return
        person = people.begin(phone, now, name="赵敏")
        people.set_password(person, data.PASSWORD)
        most = select(Ticket.register_code).where(Ticket.register_code != "").group_by(Ticket.register_code)
        code = db.session.scalars(most.order_by(func.count().desc()).limit(1)).one()
        found = enterprises.proved(person, code, "基准企业有限公司", "register_phone", now)
        own = select(Ticket.id).where(Ticket.bureau_code == data.BUREAU).order_by(Ticket.id).limit(CLAIMED)
        link = {"enterprise_id": found.id, "person_id": person.id, "how": "claimed", "at": now}
        db.session.execute(
            insert(EnterpriseTicket), [link | {"ticket_id": one} for one in db.session.scalars(own)]
        )


def _ask(app: Flask, numbers: dict[str, list[str]]) -> Seen:
    """Ask for every page as every role; return (statement, parameters, the page that sent it), once for each.

    What a page was asked changes the values of its statements, and so the plan: those are looked at again.
    """
    seen: Seen = {}
    page = [""]

    def note(_cursor: object, statement: str, values: Any) -> None:
        asked = page[0] if "?" in page[0] else ""
        seen.setdefault(statement + asked, (statement, values, page[0]))

    with noting(note):
        for role in data.ROLES:
            client = app.test_client()
            client.post("/login", data={"username": f"bench-{role}", "password": data.PASSWORD})
            for address in _addresses(app, numbers):
                page[0] = f"{address} ({role})"
                client.get(address)
        _as_enterprise(app.test_client(), numbers, page)
        _as_member(app, numbers, page)
    return seen


def _addresses(app: Flask, numbers: dict[str, list[str]]) -> list[str]:
    found = []
    for rule in app.url_map.iter_rules():
        if (
            "GET" not in (rule.methods or ())
            or rule.arguments - {"number", "call_id"}
            or rule.endpoint == "static"
        ):
            continue
        if rule.endpoint in NEVER:
            continue
        path = rule.rule.replace("<number>", numbers["number"][0])
        path = path.replace("<int:call_id>", numbers["call_id"][0])
        found += [path, *(path + asked for asked in ASKED.get(rule.endpoint, ()))]
    return found


def _as_enterprise(client: FlaskClient, numbers: dict[str, list[str]], page: list[str]) -> None:
    page[0] = "/status (enterprise)"
    client.post("/status", data={"number": numbers["number"][0], "password": PASSWORD})
    for address in ("/status/request", "/status/request/news"):
        client.get(address)


def _as_member(app: Flask, numbers: dict[str, list[str]], page: list[str]) -> None:
    """Ask for every page of the account: before signing in each of them only leads to the sign-in."""
    client = app.test_client()
    page[0] = "/my/login (enterprise)"
    client.post("/my/login", data={"phone": MEMBER, "password": data.PASSWORD})
    for address in [*(one for one in _addresses(app, numbers) if one.startswith("/my")), *OWN_LISTS]:
        page[0] = f"{address} (enterprise's account)"
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
    print(f"\n{TICKETS} tickets: {len(plans)} statements, {len(shown)} to look at.")
    for plan in shown:
        print(
            f"{plan['ms']:>9} ms  {plan['page']}  {' '.join(plan['whole'])}\n           {plan['statement'][:160]!r}"
        )


if __name__ == "__main__":
    main()

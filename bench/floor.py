"""The floor: a bare WSGI application that runs just the SQL of each page and returns the rows as text.

Same server, same inputs, same writes, fsync and hash; no framework, session, rights or template.
"""

import datetime as dt
import functools
import hashlib
import hmac
import itertools
import json
import os
import pickle
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import psycopg
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy.engine import make_url

URL = make_url(os.environ["DATABASE_URL"])
HASHER = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
PEPPER = os.environ["PASSWORD_PEPPER"].encode()
LIST = (
    "select id, number, subject, enterprise, type, urgency, region_code, bureau_code, state, due_at, received_at,"
    " close_reason from ticket where state <> 'closed' and bureau_code = %s order by due_at, id limit 51"
)
COUNTS = "select " + ", ".join(
    "(select count(*) from (select 1 from ticket where state <> 'closed' and bureau_code = %(b)s"
    f"{more} limit 501) x)"
    for more in ("", *(f" and state in ({states})" for states in (
        "'dispatched'", "'in_progress', 'coordinating'", "'awaiting_requester', 'suspended'", "'answered'")))
)  # fmt: skip
ACCOUNT = ("select * from account where username = %s", "select * from role_grant where account_id = 1",
           "select count(*) from (select 1 from notice where account_id = 1 and read_at is null limit 100) x",
           "select max(id) from policy_document where kind = 'pack'")  # fmt: skip
TICKET = (
    "select * from history_entry where ticket_id = %s order by seq",
    "select * from ticket_clock where ticket_id = %s order by id",
    "select * from clock_entry where clock_id in (select id from ticket_clock where ticket_id = %s) order by clock_id, seq",
    "select reasons from routing_decision where ticket_id = %s order by id desc limit 1",
    "select * from attachment where ticket_id = %s order by id",
)
LINKS = (
    "select * from approval where ticket_id = %s and decision is null",
    "select * from ticket where id in (select high_id from ticket_link where low_id = %s union all select low_id"
    " from ticket_link where high_id = %s) limit 20",
    "select *, count(*) over () from ticket where head_id = %s order by id limit 50",
    "select * from supervision_order where ticket_id = %s and replied_at is null",
)
STATEMENTS = Path(__file__).resolve().parent / "out" / "statements.pickle"
_local = threading.local()
_serial = itertools.count(os.getpid() * 1_000_000)
Start = Callable[[str, list[tuple[str, str]]], object]


def connection() -> psycopg.Connection:
    """Return this thread's connection."""
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(
            host=URL.query["host"], user=URL.username, dbname=URL.database, autocommit=True
        )
    return _local.connection


def rows(sql: str, *values: Any) -> str:
    """Run a statement and return its rows as text."""
    return "\n".join(map(str, connection().execute(sql, values).fetchall()))


@functools.cache
def versions() -> dict[str, str]:
    """Return the policy and the calendar of the first clock: what the floor writes must be readable afterwards."""
    policy, calendar = connection().execute(VERSIONS).fetchone()
    return {"policy": policy, "calendar": calendar}


def app(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Answer one of the pages."""
    path = environ["PATH_INFO"]
    size = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(size) if size else b""
    kind, _, number = path.strip("/").partition("/")
    text = PAGES[kind](number, body)
    start("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [text.encode()]


def work_list(bureau: str, _body: bytes) -> str:
    """The bureau's queue with its tabs."""
    who = [rows(ACCOUNT[0], "bench"), *(rows(sql) for sql in ACCOUNT[1:])]
    counts = str(connection().execute(COUNTS, {"b": bureau}).fetchone())
    return "\n".join([*who, counts, rows(LIST, bureau)])


def ticket(number: str, _body: bytes) -> str:
    """The ticket with everything that hangs on it."""
    who = [rows(ACCOUNT[0], "bench"), *(rows(sql) for sql in ACCOUNT[1:])]
    return "\n".join([*who, _ticket(number, LINKS)])


def _ticket(number: str, more: tuple[str, ...]) -> str:
    found = (
        connection()
        .execute("select id, subject, body, state from ticket where number = %s", [number])
        .fetchone()
    )
    if found is None:
        return ""
    parts = [rows(sql, *[found[0]] * sql.count("%s")) for sql in (*TICKET, *more)]
    return "\n".join([str(found), *parts])


def status(_number: str, body: bytes) -> str:
    """Number and password, then the request's public side."""
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    sealed = (
        connection()
        .execute("select password_hash from ticket where number = %s", [form["number"]])
        .fetchone()
    )
    try:
        HASHER.verify(sealed[0] if sealed else "", peppered(form["password"]))
    except VerifyMismatchError:
        return "no"
    return rows("select max(id) from policy_document where kind = 'pack'") + _ticket(form["number"], ())


def peppered(secret: str) -> bytes:
    """Return what is hashed."""
    return hmac.new(PEPPER, secret.encode(), hashlib.sha256).digest()


def intake(_number: str, body: bytes) -> str:
    """The rows of one new ticket, as the product writes them, in one transaction."""
    asked = json.loads(body)
    sealed = HASHER.hash(peppered("123456"))
    now, serial = dt.datetime.now(dt.UTC).replace(microsecond=0), next(_serial)
    terms = " ".join(
        f"'{asked['body'][i : i + 2]}'" for i in range(len(asked["body"]) - 1) if "'" not in asked["body"]
    )
    with connection().transaction():
        rows("select nextval('ticket_id_seq'), nextval('ticket_number_serial')")
        identifier = connection().execute(TICKET_ROW, {
            "number": f"f{serial}", "hash": sealed, "subject": asked["subject"], "body": asked["body"],
            "terms": terms, "bureau": "HRB-SWJ", "now": now,
        }).fetchone()[0]  # fmt: skip
        for kind in ("dispatch", "contact", "answer", "acceptance", "share"):
            clock = (
                connection()
                .execute(CLOCK_ROW, {"t": identifier, "k": kind, "now": now} | versions())
                .fetchone()[0]
            )
            connection().execute(ENTRY_ROW, {"c": clock, "now": now} | versions())
        for seq in (1, 2):
            connection().execute(HISTORY_ROW, {"t": identifier, "seq": seq, "now": now})
        connection().execute(DECISION_ROW, {"t": identifier, "now": now})
        for _ in range(2):
            connection().execute(EVENT_ROW, {"t": identifier, "now": now})
    return f"f{serial}"


VERSIONS = "select policy_version, calendar_version from ticket_clock order by id limit 1"
TICKET_ROW = """
insert into ticket (number, password_hash, version, history_seq, state, type, urgency, door, subject, body, terms,
  bureau_code, first_receiver_code, touched_bureaus, barred_returns, enterprise, register_code, requester,
  phone, phone_extension, locale, received_at, created_at, due_at, questions, returns, hops, contests, extended,
  suspended_days, follow_ups)
values (%(number)s, %(hash)s, 1, 2, 'dispatched', 'help', 'normal', 'miniprogram', %(subject)s, %(body)s,
  %(terms)s::tsvector, %(bureau)s, %(bureau)s, array[%(bureau)s], '{}', 'e', '', 'r', '+8613900000000', '', 'zh',
  %(now)s, %(now)s, %(now)s, 0, 0, 0, 0, false, 0, 0) returning id
"""
CLOCK_ROW = """
insert into ticket_clock (ticket_id, kind, cycle, bureau_code, unit, amount, started_at, due_at, due_version,
  provisional, rungs_passed, next_rung, next_rung_at, entries, policy_version, calendar_version)
values (%(t)s, %(k)s, 0, 'HRB-SWJ', 'working_days', 5, %(now)s, %(now)s, 0, false, 0, 'half',
  %(now)s::timestamptz + interval '9 days', 1, %(policy)s, %(calendar)s)
returning id
"""
ENTRY_ROW = """
insert into clock_entry (clock_id, seq, kind, at, actor, reason, policy_version, calendar_version, data)
values (%(c)s, 1, 'started', %(now)s, 'x', 'x', %(policy)s, %(calendar)s, '{"unit": "working_days", "amount": 5}')
"""
HISTORY_ROW = """
insert into history_entry (ticket_id, seq, at, action, to_state, actor_kind, actor_name, door, public, text, data)
values (%(t)s, %(seq)s, %(now)s, 'open', 'new', 'requester', 'x', 'miniprogram', true, '', '{}')
"""
DECISION_ROW = """
insert into routing_decision (ticket_id, at, kind, bureau_code, candidates, reasons, versions)
values (%(t)s, %(now)s, 'auto', 'HRB-SWJ', '[]', '[]', '{}')
"""
EVENT_ROW = """
insert into outbox_event (name, ticket_id, payload, recorded_at, retry_at, attempts, relayed_at)
values ('TicketOpened', %(t)s, '{}', %(now)s, %(now)s, 0, %(now)s)
"""


def replay(name: str, _body: bytes) -> str:
    """The statements that a page of the product sent, with their values, prepared where the product's are."""
    if not hasattr(_local, "statements"):
        _local.statements = pickle.loads(STATEMENTS.read_bytes())  # noqa: S301  written by this bench
    run = connection().execute
    asked = _local.statements[name]
    return "\n".join(str(run(sql, values, prepare=prepare).fetchall()) for sql, values, prepare in asked)


PAGES = {"replay": replay, "list": work_list, "ticket": ticket, "status": status, "intake": intake}

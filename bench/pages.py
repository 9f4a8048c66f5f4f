"""The pages that are measured beside the four with a floor of their own, as a table.

The floor of these pages replays, on a bare connection, the statements that the page itself sends, with the same
values: what is measured against it is everything but the SQL. What the SQL costs is `make plans`' business.
"""

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from flask import Flask
from sqlalchemy import select

from bench import data
from bench.noting import noting
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, store
from ticketing.models import Ticket

STATEMENTS = Path(__file__).resolve().parent / "out" / "statements.pickle"


@dataclass(frozen=True)
class Page:
    """One page: its name in the results, who asks, for what."""

    name: str
    role: Role
    path: str


def search(name: str, role: Role, line: str) -> Page:
    """Return a search as a page."""
    return Page(f"search {name}", role, f"/find?q={quote(line)}")


def pages(app: Flask) -> list[Page]:
    """Return the table; searches for numbers and people take those of a ticket that is there."""
    with app.app_context():
        one = db.session.scalars(
            select(Ticket).where(Ticket.bureau_code == data.BUREAU, Ticket.type != "report").limit(1)
        ).one()
        number, phone, code, enterprise = one.number, one.phone or "", one.register_code, one.enterprise
        db.session.remove()
    operator, handler, boss = Role.OPERATOR, Role.HANDLER, Role.SUPERVISOR
    return [
        Page("bureau mine", handler, "/bureau/mine"),
        Page("bureau waiting", handler, "/bureau?tab=waiting"),
        Page("head approvals", Role.HEAD, "/bureau/approvals"),
        Page("dispatch queue", Role.DISPATCHER, "/dispatch"),
        Page("record newest", operator, "/desk/tickets"),
        Page("follow-ups", operator, "/desk/follow-ups"),
        Page("wallboard", boss, "/watch"),
        Page("watch open", boss, "/watch/tickets"),
        Page("watch overdue", boss, "/watch/overdue"),
        Page("watch soon", boss, "/watch/soon"),
        Page("watch today", boss, "/watch/today"),
        Page("watch orders", boss, "/watch/orders"),
        Page("watch returns", boss, "/watch/returns"),
        Page("watch unaccepted", boss, "/watch/unaccepted"),
        Page("watch figures", boss, "/watch/figures"),
        Page("watch lines", boss, "/watch/lines"),
        Page("watch telephone", boss, "/watch/telephone"),
        Page("router", boss, "/routing"),
        Page("cases", boss, "/cases"),
        Page("knowledge", handler, "/knowledge"),
        Page("call desk", operator, "/desk"),
        Page("call log", operator, "/desk/calls"),
        Page("call-backs", operator, "/desk/callbacks"),
        Page("home", operator, "/"),
        search("very common word", operator, "公司"),
        search("common word", operator, "备案"),
        search("rare word", operator, "评标"),
        search("two words", boss, "消防 验收"),
        search("no such word", operator, "没有人写过的词"),
        search("common word at a bureau", handler, "公司"),
        search("rare word at a bureau", handler, "消防"),
        search("name", operator, enterprise[-8:-4]),
        search("initials", operator, "dsnh"),
        search("phone", operator, phone),
        search("phone ending", operator, phone[-4:]),
        search("number", operator, f"{number[:6]}-{number[6:12]}-{number[12:]}"),
        search("register code", operator, code or "91230100MA1912345X"),
        search("fields", boss, "承办:住建 期限<3天 内容:工程"),
        search("fields by due", boss, "承办:市商务局 状态:办理中"),
        search("rare state of a common word", boss, "公司 状态:挂起"),
        search("place and type", operator, "地区:道里区 类型:投诉"),
    ]


def note_statements(app: Flask, table: list[Page]) -> None:
    """Ask for each page once in this process, and keep what it sent for the floor.

    Nothing is kept from one reader to the next here: the floor runs all that a result needs.
    """
    store.age = 0
    sent: list[tuple[str, Any, bool | None]] = []

    def note(cursor: psycopg.Cursor[Any], statement: str, values: Any) -> None:
        anew = cursor.connection.prepare_threshold is None
        sent.append((statement, values, False if anew else None))

    kept: dict[str, list[tuple[str, Any, bool | None]]] = {}
    with noting(note):
        for page in table:
            client = app.test_client()
            answer = client.post("/login", data={"username": f"bench-{page.role}", "password": data.PASSWORD})
            assert answer.status_code == 302, (page, answer.status_code)
            client.get(page.path)
            sent.clear()
            answer = client.get(page.path)
            assert answer.status_code == 200, (page, answer.status_code)
            kept[page.name] = list(sent)
    STATEMENTS.parent.mkdir(exist_ok=True)
    STATEMENTS.write_bytes(pickle.dumps(kept))
    with app.app_context():
        db.engine.dispose()

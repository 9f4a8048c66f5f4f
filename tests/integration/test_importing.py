"""Lists taken over: every row a ticket or refused with its reason, twice is once, nobody is told."""

import csv
import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select

from ticketing.extensions import db
from ticketing.models import ClockRung, HistoryEntry, OutboxEvent, Ticket, TicketClock

HEAD = "id,submitted_at,subject,body,phone,colour\n"
GOOD = '1,2020-06-01 09:00:00,复工备案,"南岗区饭店,\n餐饮复工备案材料不全",13904510021,red\n'


@pytest.fixture
def run(app: Flask, tmp_path: Path):
    def begin(content: str | bytes, *options: str, name: str = "a list.csv"):
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        done = app.test_cli_runner().invoke(args=["import", "messages", str(file), *options])
        refused = file.with_name(f"{file.stem}.refused.csv")
        text = refused.read_text(encoding="utf-8-sig") if refused.exists() else ""
        return done, list(csv.DictReader(io.StringIO(text)))

    return begin


def count() -> int:
    return db.session.scalar(select(func.count(Ticket.id)))


def test_rows_become_tickets_with_owner_deadline_and_no_password(run) -> None:
    done, refused = run(HEAD + GOOD)
    assert "1 rows: 1 new tickets, 0 known already, 0 refused." in done.output
    one = db.session.scalars(select(Ticket)).one()
    assert (one.password_hash, one.due_at is not None, one.bureau_code != "") == (None, True, True)
    assert one.body == "南岗区饭店,\n餐饮复工备案材料不全"
    assert db.session.scalars(select(OutboxEvent)).all() == []
    line = db.session.scalars(select(HistoryEntry)).first()
    assert line.data["extra"]["colour"] == "red"
    assert refused == []


def test_a_second_run_adds_nothing(run) -> None:
    run(HEAD + GOOD)
    done, _ = run(HEAD + GOOD)
    assert "0 new tickets, 1 known already" in done.output
    assert count() == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2,2020-06-01,主题,,,\n", "body: 这一项不能为空。"),
        ("2,gestern,主题,内容,,\n", "submitted_at: 日期要像"),
        (",2020-06-01,主题,内容,,\n", "id: 这一项不能为空。"),
        ("2,2020-06-01,主题,内容,12,\n", "phone: 电话号码拨不通"),
        (f"2,2020-06-01,主题,{'很' * 20_001},,\n", "body: 最多 20000 个字"),
    ],
)
def test_a_refused_row_costs_only_itself(run, row: str, reason: str) -> None:
    done, refused = run(HEAD + row + GOOD)
    assert "1 new tickets" in done.output
    assert refused[0]["reasons"].startswith(reason)
    assert count() == 1


def test_a_row_that_stands_twice_is_one_ticket(run) -> None:
    done, _ = run(HEAD + GOOD + GOOD)
    assert "2 rows: 1 new tickets, 1 known already" in done.output


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_are_read_as_offices_write_them(run, encoding: str) -> None:
    run((HEAD + GOOD).encode(encoding))
    assert db.session.scalars(select(Ticket.subject)).one() == "复工备案"


def test_nul_and_foreign_line_ends_do_no_harm(run) -> None:
    run((HEAD + GOOD).replace("\n", "\r\n").replace("复工备案,", "复工\0备案,"))
    assert db.session.scalars(select(Ticket.subject)).one() == "复工备案"


def test_a_workbook_is_a_list_too(run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["id", "submitted_at", "subject", "body"])
    book.active.append([7, dt.datetime(2020, 6, 1, 9, 0), "复工备案", "餐饮复工备案材料不全"])  # noqa: DTZ001  as sheets have it
    book.save(tmp_path / "x.xlsx")
    done, _ = run((tmp_path / "x.xlsx").read_bytes(), name="list.xlsx")
    assert "1 new tickets" in done.output
    assert db.session.scalars(select(Ticket.source_id)).one() == "7"


def test_missing_columns_are_named_and_nothing_is_done(run) -> None:
    done, _ = run("id,subject\n1,x\n")
    assert done.exit_code == 1
    assert "lacks the columns: submitted_at, body" in done.output


def test_from_the_source_past_rungs_are_recorded_as_missed(run) -> None:
    run(HEAD + GOOD.replace("2020-06-01", "2019-06-01"), "--received-at", "source")
    answer = db.session.scalars(select(TicketClock).where(TicketClock.kind == "answer")).one()
    assert answer.started_at == dt.datetime(2019, 6, 1, 1, 0, tzinfo=dt.UTC)
    assert (answer.next_rung_at, answer.rungs_passed) == (None, 6)
    outcomes = db.session.scalars(select(ClockRung.outcome).where(ClockRung.clock_id == answer.id))
    assert set(outcomes) == {"missed_on_import"}


def test_how_many_there_are_is_told(run, app: Flask) -> None:
    run(HEAD + GOOD)
    output = app.test_cli_runner().invoke(args=["tickets", "count"]).output
    assert output.splitlines()[-2:] == [f"{'all':<20} {1:>9}", f"{'without a password':<20} {1:>9}"]

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


def test_one_bad_byte_costs_its_row_and_no_other(run) -> None:
    bad = "2,2020-06-01,主题,开了一家店,,蓝\n".encode().replace("一".encode(), b"\xe4\xb8")
    done, refused = run((HEAD + GOOD).encode() + bad)
    assert "2 rows: 1 new tickets, 0 known already, 1 refused." in done.output
    assert (refused[0]["line"], refused[0]["body"]) == ("4", "开了\ufffd\ufffd家店")
    assert refused[0]["reasons"].startswith("这一行有不是文字的字节")
    assert db.session.scalars(select(Ticket.subject)).one() == "复工备案"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (HEAD.encode() + "1,2020-06-01,café,à côté,,\n".encode("latin-1"), 2),
        ((HEAD + GOOD).encode("gb18030") + b"2,2020-06-01,\xff\xff,x,,\n", 4),
        ((HEAD + GOOD * 3).encode("gb18030") + "2,2020-06-01,主题,内容,,\n".encode(), 8),
    ],
)
def test_a_list_in_no_known_writing_is_refused_with_its_line(run, content: bytes, line: int) -> None:
    done, _ = run(content)
    assert (done.exit_code, count()) == (1, 0)
    assert f"a list.csv, line {line}: " in done.output


def test_a_head_with_bad_bytes_still_names_its_columns(run) -> None:
    done, _ = run((HEAD + GOOD).encode().replace(b"colour", "颜色".encode()[:-1]))
    assert "1 new tickets" in done.output


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


def test_the_same_number_with_other_words_is_refused_and_names_the_first(run) -> None:
    done, refused = run(HEAD + GOOD + "1,2020-06-02,别的事,完全不同的内容,,\n")
    assert "2 rows: 1 new tickets, 0 known already, 1 refused." in done.output
    assert (refused[0]["line"], refused[0]["reasons"]) == ("4", "id: 编号与第 2 行相同，内容不同。")


def test_a_comma_without_quotes_loses_no_words(run) -> None:
    _, refused = run(HEAD + "2,2020-06-01,主题,甲,,red,乙\n" + GOOD)
    assert refused[0]["reasons"].startswith("这一行的格数比表头多")
    assert refused[0][None] == ["乙"]


@pytest.mark.parametrize(
    "typed", ["2020/6/1 9:05", "2020年6月1日 9:05:00", "２０２０-06-01 09:05", "2020-06-01T01:05:00Z"]
)
def test_dates_are_read_as_people_write_them(run, typed: str) -> None:
    run(HEAD + GOOD.replace("2020-06-01 09:00:00", typed), "--received-at", "source")
    expected = dt.datetime(2020, 6, 1, 1, 5, tzinfo=dt.UTC)
    assert db.session.scalars(select(Ticket.received_at)).one() == expected


@pytest.mark.parametrize("option", ["import", "source"])
@pytest.mark.parametrize(
    ("typed", "reason"),
    [("2020-06-09", "时间在将来"), ("0001-01-01", "时间太早"), ("2020-02-30", "日期要像")],
)
def test_impossible_dates_are_refused_at_their_column(run, option: str, typed: str, reason: str) -> None:
    _, refused = run(HEAD + GOOD.replace("2020-06-01 09:00:00", typed), "--received-at", option)
    assert refused[0]["reasons"].startswith(f"submitted_at: {reason}")


def test_unknown_codes_are_told_by_the_name_of_their_column(run) -> None:
    _, refused = run("id,submitted_at,subject,body,topic\n1,2020-06-01,主题,内容,T9999\n")
    assert refused[0]["reasons"].startswith("topic: 没有这个事项主题")


def test_a_list_without_refusals_leaves_no_old_file_of_them(run) -> None:
    assert run(HEAD + "2,gestern,主题,内容,,\n")[1] != []
    assert run(HEAD + GOOD)[1] == []


def test_the_list_itself_is_never_overwritten(run, tmp_path: Path) -> None:
    done, _ = run(HEAD + "2,gestern,主题,内容,,\n", "--refused", str(tmp_path / "a list.csv"))
    assert (done.exit_code, count()) == (2, 0)
    assert (tmp_path / "a list.csv").read_text().startswith(HEAD)


@pytest.mark.parametrize("content", [b"\xff\xfei\0d\0", b"\x89PNG\r\n\x1a\n", b""])
def test_what_is_no_list_is_told_in_a_sentence(run, content: bytes) -> None:
    done, _ = run(content)
    assert done.exit_code == 1
    assert done.output.startswith("Error: a list.csv")


def test_a_workbook_s_whole_numbers_are_no_fractions(run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["id", "submitted_at", "subject", "body", "phone"])
    book.active.append([7.0, "2020/6/1", "复工备案", "餐饮复工备案材料不全", 13904510021.0])
    book.save(tmp_path / "x.xlsx")
    run((tmp_path / "x.xlsx").read_bytes(), name="list.xlsx")
    assert db.session.execute(select(Ticket.source_id, Ticket.phone)).one() == ("7", "+8613904510021")

"""Lists taken over on a page: looked at, begun, stopped, gone on with; the refused rows fetched; exports listed."""

import csv
import io

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.conftest import FrozenClock
from tests.support.people import colleague
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import imports as job
from ticketing.jobs import tidy
from ticketing.models import AuditEntry, ImportJob, ImportRefusal, Ticket
from ticketing.services import import_jobs, importing, province

HEAD = "id,submitted_at,subject,body,phone,colour\n"
GOOD = "{n},2020-06-01 09:00:00,复工备案,南岗区饭店备案材料不全,13904510021,red\n"
BAD = "9,gestern,主题,内容,,\n"


def rows(*numbers: int) -> str:
    return "".join(GOOD.format(n=n) for n in numbers)


def uploaded(client: FlaskClient, content: str | bytes, name: str = "platform.csv", **more: str) -> str:
    """Upload a list; return the address of its page."""
    data = content.encode() if isinstance(content, str) else content
    fields = {"file": (io.BytesIO(data), name), "begins": "import"} | more
    answer = client.post("/admin/imports", data=fields)
    assert answer.status_code == 302, answer.text
    return answer.location


def count() -> int:
    return db.session.scalar(select(func.count(Ticket.id))) or 0


def test_a_list_is_looked_at_before_anything_is_made_of_it(admin: FlaskClient) -> None:
    page = admin.get(uploaded(admin, HEAD + rows(1, 2) + BAD)).text
    assert "colour · 随记录保存" in page
    assert "body · 必须" in page
    assert "名单里没有的列：type、" in page
    assert "全部 3 行都查过：1 行不能导入" in page
    assert "submitted_at: 日期要像" in page
    assert "13904510021" not in page
    assert count() == 0


def test_a_list_becomes_tickets_and_a_file_of_refused_rows(admin: FlaskClient) -> None:
    sent()
    url = uploaded(admin, HEAD + rows(1, 2) + BAD)
    admin.post(f"{url}/start")
    job.run()
    page = admin.get(url).text
    assert "<b>2</b></dd><dt>件新工单" in page
    assert count() == 3
    sheet = admin.post(f"{url}/refused.csv")
    [line] = csv.DictReader(io.StringIO(sheet.get_data().decode("utf-8-sig")))
    assert (line["line"], line["id"], line["reasons"][:12]) == ("4", "9", "submitted_at")
    assert list(line) == ["line", "reasons", *HEAD.strip().split(",")]
    kinds = db.session.scalars(select(AuditEntry.kind).order_by(AuditEntry.id)).all()
    assert kinds[-2:] == ["import", "export"]
    assert db.session.scalars(select(ImportJob.content)).one() is None


def test_a_list_is_stopped_between_batches_and_gone_on_with(
    admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    url = uploaded(admin, HEAD + rows(1, 2, 3, 4, 5))
    admin.post(f"{url}/start")
    one = db.session.scalars(select(ImportJob)).one()
    kept = import_jobs.rows_of(one)
    assert import_jobs.step(one.id, kept, one.uploaded_at, province.current())
    db.session.commit()
    admin.post(f"{url}/stop")
    assert job.run() == 0
    assert "导到第 2 行，共 5 行" in admin.get(url).text
    assert count() == 2
    admin.post(f"{url}/start")
    assert job.run() == 2
    assert count() == 5


def test_the_page_and_the_command_know_each_others_rows(admin: FlaskClient, app: Flask, tmp_path) -> None:
    file = tmp_path / "platform.csv"
    file.write_text(HEAD + rows(1))
    app.test_cli_runner().invoke(args=["import", "messages", str(file)])
    url = uploaded(admin, HEAD + rows(1, 2))
    admin.post(f"{url}/start")
    job.run()
    page = admin.get(url).text
    assert "<b>1</b></dd><dt>件新工单" in page
    assert "<b>1</b></dd><dt>件早已有了" in page


def test_a_sheet_is_read_like_a_table(admin: FlaskClient) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEAD.strip().split(","))
    book.active.append([1, "2020-06-01 09:00", "复工备案", "材料不全", None, None])
    kept = io.BytesIO()
    book.save(kept)
    assert "全部 1 行都查过：0 行" in admin.get(uploaded(admin, kept.getvalue(), "a.xlsx")).text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"id,subject\n1,a\n", "名单缺少这些列：submitted_at, body"),
        ("a.xlsx", b"no sheet at all", "这不是能读的 XLSX 文件"),
        ("a.pdf", b"%PDF-1.7", "请选一个 CSV 或 XLSX 文件"),
        ("a.csv", HEAD.encode(), "名单里一行也没有"),
    ],
)
def test_what_is_no_list_is_told_at_the_field(
    admin: FlaskClient, name: str, content: bytes, said: str
) -> None:
    answer = admin.post("/admin/imports", data={"file": (io.BytesIO(content), name), "begins": "import"})
    assert answer.status_code == 422
    assert said in answer.text


def test_a_list_that_breaks_far_down_is_ended_with_the_reason(admin: FlaskClient) -> None:
    url = uploaded(admin, HEAD + rows(1))
    one = db.session.scalars(select(ImportJob)).one()
    one.content = b"id,subject\n1,a\n"
    db.session.commit()
    admin.post(f"{url}/start")
    job.run()
    assert "名单缺少这些列" in admin.get(url).text
    assert job.run() == 0


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OPERATOR, Role.AUDITOR])
def test_only_administrators_take_lists_over(client: FlaskClient, role: Role) -> None:
    colleague("other", Grant(role), client=client)
    assert client.get("/admin/imports").status_code == 403
    assert client.post("/admin/imports/1/start").status_code == 403


def test_what_nobody_fetched_is_forgotten_after_a_month(admin: FlaskClient, clock: FrozenClock) -> None:
    url = uploaded(admin, HEAD + BAD)
    admin.post(f"{url}/start")
    job.run()
    uploaded(admin, HEAD + rows(1), "later.csv")
    clock.forward(days=31)
    tidy.run()
    assert db.session.scalars(select(ImportRefusal)).all() == []
    assert db.session.scalars(select(ImportJob.state).order_by(ImportJob.id)).all() == ["done", "dropped"]


def test_exports_are_listed_for_those_who_answer_for_them(app: Flask, admin: FlaskClient) -> None:
    url = uploaded(admin, HEAD + BAD)
    admin.post(f"{url}/start")
    job.run()
    admin.post(f"{url}/refused.csv")
    other = app.test_client()
    colleague("sun", Grant(Role.SUPERVISOR), client=other)
    page = other.get("/exports").text
    assert "没有导入的行" in page
    assert "行数 1；名单 platform.csv" in page
    assert "/reports" in page
    assert "/admin/imports" not in page


def test_an_export_that_asked_for_no_such_thing_is_listed_too(app: Flask, admin: FlaskClient) -> None:
    assert admin.get("/admin/audit.xlsx?kind=nonsense").status_code == 200
    other = app.test_client()
    colleague("sun", Grant(Role.SUPERVISOR), client=other)
    assert "做了什么 nonsense" in other.get("/exports").text


def test_the_pages_cost_the_same_however_many_rows(admin: FlaskClient, statements: list[str]) -> None:
    costs = []
    for n in range(2):
        url = uploaded(admin, HEAD + rows(*range(n * 10, n * 10 + 3)) + BAD * 3, f"{n}.csv")
        admin.post(f"{url}/start")
        job.run()
        row = []
        for path in ("/admin/imports", url, "/exports"):
            statements.clear()
            assert admin.get(path).status_code == 200
            row.append(len(statements))
        costs.append(row)
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 25

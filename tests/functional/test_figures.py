"""The page of figures: numbers that open their tickets, a sheet that is stamped and logged, reports asked for."""

import datetime as dt
import io
import re

import openpyxl
import pytest
from flask.testing import FlaskClient

from tests.conftest import MONDAY, FrozenClock
from tests.support.calls import ended, rang, told
from tests.support.people import actor, colleague
from tests.support.requests import sent
from ticketing.channels.press import NoPress
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import relay
from ticketing.models import ExportRecord, MonthlyReport, Ticket
from ticketing.services import callbacks, handling, province, reports
from ticketing.services.history import Act

JUNE = "from=2020-06-01&to=2020-06-30"


@pytest.fixture
def boss(client: FlaskClient) -> FlaskClient:
    colleague("boss", Grant(Role.SUPERVISOR), client=client)
    return client


def one_kept_one_not(clock: FrozenClock) -> tuple[Ticket, Ticket]:
    kept, missed = sent(MONDAY, type="help", subject="按时的"), sent(MONDAY, type="help", subject="没按时的")
    act = Act(actor("worker", Grant(Role.HANDLER, "HRB-SWJ")), MONDAY + dt.timedelta(days=1))
    handling.accept(kept, act)
    handling.propose_answer(kept, act, province.current(), result="solved", text="好了。", basis="")
    relay.run()
    return kept, missed


def test_a_figure_opens_its_tickets_and_those_that_missed_it(boss: FlaskClient, clock: FrozenClock) -> None:
    one_kept_one_not(clock)
    page = boss.get(f"/watch/figures?{JUNE}").text
    assert "50.0%" in page
    links = re.findall(r'href="(/watch/figures/tickets[^"]+)"', page.replace("&amp;", "&"))
    hit = next(one for one in links if "figure=kept_first" in one and "miss" not in one)
    miss = next(one for one in links if "figure=kept_first" in one and "miss=1" in one)
    assert ("按时的" in boss.get(hit).text, "没按时的" in boss.get(hit).text) == (True, False)
    assert "没按时的" in boss.get(miss).text


@pytest.mark.parametrize("by", ["bureau", "hotline", "line", "region", "type"])
def test_every_grouping_can_be_looked_at(boss: FlaskClient, clock: FrozenClock, by: str) -> None:
    one_kept_one_not(clock)
    page = boss.get(f"/watch/figures?{JUNE}&by={by}")
    assert page.status_code == 200
    assert ("哈尔滨市商务局" in page.text.partition("<table")[2]) == (by == "bureau")


def test_bureaus_are_offered_by_the_sound_of_their_names(boss: FlaskClient) -> None:
    page = boss.get(f"/watch/figures?{JUNE}").text
    address = re.search(r'data-from="([^"]+)"', page)
    assert 'list="bureaus"' in page
    assert address
    offered = boss.get(address[1])
    places = [offered.text.index(name) for name in ("大庆市财政局", "哈尔滨市财政局", "省财政厅")]
    assert places == sorted(places)
    assert "max-age" in offered.headers["Cache-Control"]
    boss.set_cookie("lang", "en")
    assert "Harbin Commerce Bureau" in boss.get("/names/bureaus").text


def test_a_bureau_is_asked_for_by_the_name_that_was_typed(boss: FlaskClient, clock: FrozenClock) -> None:
    one_kept_one_not(clock)
    by_name, by_code = (
        boss.get(f"/watch/figures?{JUNE}&bureau={one}").text for one in ("哈尔滨市商务局", "HRB-SWJ")
    )
    assert 'value="哈尔滨市商务局"' in by_name
    assert by_name.count("50.0%") == by_code.count("50.0%") > 0
    other = boss.get(f"/watch/figures?{JUNE}&bureau=大庆市财政局").text
    assert "50.0%" not in other
    nobody = boss.get(f"/watch/figures?{JUNE}&bureau=没有的局").text
    assert "没有叫“没有的局”的承办单位" in nobody
    assert 'value="没有的局"' in nobody
    assert "50.0%" in nobody


@pytest.mark.parametrize(
    "query",
    ["from=nonsense&to=2020-99-99", "from=2020-06-30&to=2020-06-01", "from=0001-01-01&to=9999-12-31", "by=x"],
)
def test_nonsense_in_the_address_is_no_error(boss: FlaskClient, query: str) -> None:
    assert boss.get(f"/watch/figures?{query}").status_code == 200
    assert boss.get(f"/watch/figures/tickets?figure=nonsense&{query}").status_code == 200


def test_a_period_without_tickets_says_so(boss: FlaskClient) -> None:
    assert "这段时间没有到期的工单" in boss.get("/watch/figures?from=2019-01-01&to=2019-01-31").text


def test_the_sheet_says_who_took_it_and_the_taking_is_recorded(boss: FlaskClient, clock: FrozenClock) -> None:
    kept, _ = one_kept_one_not(clock)
    kept.subject = "=1+1"
    answer = boss.get(f"/watch/figures.xlsx?{JUNE}&type=help")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["汇总", "承办单位", "热线", "条线", "地区", "诉求类型", "工单"]
    stamp = {row[0].value: row[1].value for row in book["汇总"].iter_rows(max_row=5, max_col=2)}
    assert (stamp["导出人"], stamp["诉求类型"]) == ("boss先生", "求助")
    cells = [cell.value for row in book["工单"].iter_rows() for cell in row]
    assert "按时的" not in cells
    assert (db.session.query(ExportRecord.kind, ExportRecord.rows).one()) == ("figures", 2)
    assert "boss先生" in boss.get("/watch/figures").text


def test_a_page_costs_the_same_however_many_rows(
    boss: FlaskClient, statements: list[str], clock: FrozenClock
) -> None:
    costs = []
    for _ in range(2):
        sent(MONDAY, type="complaint")
        relay.run()
        boss.get(f"/watch/figures?{JUNE}")
        statements.clear()
        boss.get(f"/watch/figures?{JUNE}")
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 25


def test_a_month_that_is_not_over_has_no_report(boss: FlaskClient) -> None:
    page = boss.post("/watch/reports", data={"month": "2020-06"}, follow_redirects=True).text
    assert "这个月还没有过完" in page
    assert db.session.query(MonthlyReport).count() == 0


def test_a_report_is_asked_for_once_and_its_problem_is_told(boss: FlaskClient, clock: FrozenClock) -> None:
    for _ in range(2):
        assert boss.post("/watch/reports", data={"month": "2020-05"}).status_code == 302
    row = db.session.query(MonthlyReport).one()
    assert "正在生成" in boss.get("/watch/reports").text
    reports.finish(
        row,
        clock.now,
        paper=None,
        problem=NoPress.message,
    )
    assert "缺少 Pango" in boss.get("/watch/reports").text
    assert boss.get("/watch/reports/2020-05.pdf").status_code == 404
    boss.post("/watch/reports", data={"month": "2020-05"})
    assert (row.made_at, row.problem) == (None, "")


def test_a_report_that_was_made_is_handed_out(boss: FlaskClient, clock: FrozenClock) -> None:
    reports.ask(dt.date(2020, 5, 1), clock.now)
    row = reports.next_asked()
    row.data = reports.figures(row.month, province.current())
    reports.finish(row, clock.now, paper=b"%PDF-1.7 paper")
    answer = boss.get("/watch/reports/2020-05.pdf")
    assert (answer.mimetype, answer.data) == ("application/pdf", b"%PDF-1.7 paper")
    assert "下载 PDF" in boss.get("/watch/reports").text


def test_figures_are_for_supervisors(client: FlaskClient) -> None:
    colleague("op", Grant(Role.OPERATOR), client=client)
    for path in (
        "/watch/figures",
        "/watch/figures/tickets",
        "/watch/figures.xlsx",
        "/watch/reports",
        "/watch/reports/2020-05.pdf",
    ):
        assert client.get(path).status_code == 403


def links(page: str, path: str) -> list[str]:
    return re.findall(rf'href="({path}[^"]*)"', page.replace("&amp;", "&"))


def test_what_a_bureau_bears_opens_its_tickets_whoever_has_them_now(
    boss: FlaskClient, clock: FrozenClock
) -> None:
    one_kept_one_not(clock)
    page = boss.get(f"/watch/figures?{JUNE}").text
    time = next(one for one in links(page, "/watch/figures/borne") if "HRB-SWJ" in one and "what=time" in one)
    listed = boss.get(time).text
    assert ("按时的" in listed, "没按时的" in listed) == (True, False)  # nothing is borne before an answer
    assert "没有工单" in boss.get(time.replace("what=time", "what=refused")).text
    assert boss.get("/watch/figures/borne?what=x&bearer=x").status_code == 200


def test_call_backs_kept_and_not_kept_are_told_with_their_lists(
    boss: FlaskClient, clock: FrozenClock
) -> None:
    for call in ("kept", "late"):
        missed = told(rang(call), ended(call))
        duty = callbacks.of_call(missed.id)
        if call == "kept":
            duty.done_at, duty.outcome = duty.due_at, "done"
            kept = missed
    clock.now = MONDAY + dt.timedelta(hours=1)
    page = boss.get(f"/watch/figures?{JUNE}").text
    assert "应回拨 2 次，按时 1 次" in page
    [hit, miss] = links(page, "/watch/figures/callbacks")
    assert [f"/desk/calls/{kept.id}" in boss.get(one).text for one in (hit, miss)] == [True, False]
    assert "应回拨" not in boss.get(f"/watch/figures?{JUNE}&type=help").text
    book = openpyxl.load_workbook(io.BytesIO(boss.get(f"/watch/figures.xlsx?{JUNE}").data))
    rows = {row[0].value: row[1].value for row in book["汇总"].iter_rows(max_col=2)}
    assert rows["按时回拨"] == 0.5

"""The monthly report on real paper: made by the job on its day, once, of figures that then stand still."""

import datetime as dt
import sys
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import FrozenClock
from tests.support.months import live
from tests.support.people import colleague
from ticketing.channels import press
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import report, report_page
from ticketing.models import MonthlyReport
from ticketing.services import province, report_words, reports
from ticketing.services.reports import RANKED, WORST

MAY = dt.date(2020, 5, 1)


@pytest.fixture(autouse=True)
def app(rolled_back: Flask) -> Flask:
    return rolled_back


def test_it_is_asked_for_on_the_first_working_day_and_made_once(clock: FrozenClock) -> None:
    clock.now = dt.datetime(2020, 5, 31, 10, 0, tzinfo=dt.UTC)
    live(MAY, 12)
    clock.now = dt.datetime(2020, 5, 31, 23, 59, tzinfo=dt.UTC)
    assert report.ask() == 0
    clock.now = dt.datetime(2020, 6, 1, 0, 0, tzinfo=dt.UTC)
    assert (report.ask(), report.ask()) == (1, 0)
    assert (report.run(), report.run()) == (1, 0)
    row = db.session.query(MonthlyReport).one()
    assert (row.month, row.problem) == (MAY, "")


def test_a_holiday_at_the_beginning_of_the_month_is_waited_for(clock: FrozenClock) -> None:
    clock.now = dt.datetime(2020, 5, 5, 6, 0, tzinfo=dt.UTC)
    assert report.ask() == 0
    clock.now = dt.datetime(2020, 5, 6, 0, 0, tzinfo=dt.UTC)
    assert report.ask() == 1


def test_the_page_names_best_and_worst_and_what_to_do(clock: FrozenClock) -> None:
    live(MAY, 60)
    clock.now = dt.datetime(2020, 6, 20, tzinfo=dt.UTC)
    data = reports.figures(MAY, province.current())
    page = report_page.page(data, clock.now, province.current())
    assert f"到期应答复 {data['total']['promised']} 件" in page
    worst = page.partition("按时率低于九成的")[2].partition("办理最好的")[0]
    assert "哈尔滨市人社局" in worst
    assert "建议约谈负责人" in page
    assert "疑似踩点答复" in page


def test_a_month_without_anything_due_says_so_and_no_more(clock: FrozenClock) -> None:
    clock.now = dt.datetime(2020, 6, 20, tzinfo=dt.UTC)
    page = report_page.page(reports.figures(MAY, province.current()), clock.now, province.current())
    assert "本月没有到期应答复的诉求，各项比率无从计算。" in page
    assert "按时率 —" not in page
    assert "各项指标平稳" not in page


def test_nobody_below_what_is_good_is_among_the_best() -> None:
    bureaus = [{"code": n, "share": n / 10, "numbers": {"promised": RANKED}} for n in range(1, 11)]
    best, worst = report_words.ranked({"bureaus": bureaus})
    assert [one["code"] for one in best] == [10, 9]
    assert len(worst) == WORST


def test_the_paper_says_who_had_it_made_and_when(clock: FrozenClock) -> None:
    live(MAY, 5)
    clock.now = dt.datetime(2020, 6, 20, 1, 30, tzinfo=dt.UTC)
    data = reports.figures(MAY, province.current())
    boss = colleague("sun", Grant(Role.SUPERVISOR))
    reports.ask(MAY, clock.now, boss.id)
    row = db.session.get_one(MonthlyReport, MAY)
    page = report_page.page(data, clock.now, province.current(), reports.asker(row))
    assert "由sun先生于2020-06-20 09:30编制" in page
    assert "由系统按月于2020-06-20 09:30编制" in report_page.page(data, clock.now, province.current())


def test_the_press_fetches_nothing(tmp_path: Path) -> None:
    (tmp_path / "big.css").write_text("p { font-size: 99pt }")
    strange = f'<link rel="stylesheet" href="file://{tmp_path}/big.css"><img src="http://127.0.0.1:9/x.png">'
    plain, asked = (press.pdf(f"<html><head>{head}</head><p>企业诉求</p>") for head in ("", strange))
    assert plain.startswith(b"%PDF")
    assert abs(len(asked) - len(plain)) < 100


def test_a_machine_without_pango_says_so_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "import sys; sys.exit(\"OSError: cannot load library 'libpango-1.0-0'\")"
    monkeypatch.setattr(press, "COMMAND", (sys.executable, "-c", said))
    with pytest.raises(press.NoPress):
        press.pdf("<p>企业诉求</p>")

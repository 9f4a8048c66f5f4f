"""What is left of a promise, said as the clock itself counts it."""

import datetime as dt

import pytest
from flask import Flask, g

from ticketing.domain.clock import LOCAL
from ticketing.services import province
from ticketing.web import moments


def at(words: str) -> dt.datetime:
    return dt.datetime.strptime(words, "%Y-%m-%d %H:%M").replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("started", "now", "due", "said"),
    [
        ("2020-06-08 10:00", "2020-06-08 10:00", "2020-06-15 17:00", "还剩 5 个工作日"),
        ("2020-06-08 10:00", "2020-06-09 10:00", "2020-06-15 17:00", "还剩 5 个工作日"),
        ("2020-06-08 10:00", "2020-06-09 17:30", "2020-06-15 17:00", "还剩 4 个工作日"),
        ("2020-06-05 16:50", "2020-06-05 16:50", "2020-06-08 17:00", "还剩 1 个工作日"),
        ("2020-06-06 10:00", "2020-06-06 10:00", "2020-06-10 17:00", "还剩 3 个工作日"),
        ("2020-06-08 18:00", "2020-06-08 18:00", "2020-06-15 17:00", "还剩 5 个工作日"),
        ("2020-06-08 10:00", "2020-06-15 10:00", "2020-06-15 17:00", "还剩 7 小时"),
        ("2020-06-08 10:00", "2020-06-08 10:00", "2020-06-09 10:00", "还剩 24 小时"),
        ("2020-06-08 10:00", "2020-06-15 17:01", "2020-06-15 17:00", "超时 1 分钟"),
        ("2020-06-08 10:00", "2020-06-18 10:00", "2020-06-15 17:00", "超时 2 个工作日"),
    ],
)
def test_what_is_left_is_what_the_clock_counts(
    app: Flask, started: str, now: str, due: str, said: str
) -> None:
    with app.test_request_context():
        calendar = province.current().calendar
        assert moments.reading(at(due), at(now), calendar, since=at(started)).words == said


def test_paper_names_the_year_and_spoils_no_list(app: Flask) -> None:
    due, now = at("2020-06-15 17:00"), at("2020-06-08 10:00")
    said = []
    for paper in (False, True, False):
        with app.test_request_context():
            if paper:
                moments.for_paper()
            said.append(moments.reading(due, now, province.current().calendar).exact.words)
            g.pop(moments.PAPER, None)
    assert said == ["6月15日 周一 17:00", "2020年6月15日 周一 17:00", "6月15日 周一 17:00"]

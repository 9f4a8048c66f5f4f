"""The supervisors' pages of the telephone."""

import datetime as dt

import pytest
from flask.testing import FlaskClient

from tests.conftest import MONDAY
from tests.support.calls import ALWAYS, BY_DAY, CALLER, answered, ended, rang, told
from tests.support.duty import always, group, operator
from tests.support.people import actor, colleague
from ticketing.domain.actors import Grant
from ticketing.domain.calls import Outcome
from ticketing.domain.vocabulary import Role
from ticketing.services import call_figures, callback_duties, callbacks, calls, province
from ticketing.services.history import Act

DAY = dt.timedelta(days=1)


@pytest.fixture
def boss(client: FlaskClient) -> FlaskClient:
    colleague("boss", Grant(Role.SUPERVISOR), client=client)
    return client


def test_each_line_says_who_rings_who_talks_and_where_nobody_is(boss: FlaskClient) -> None:
    ann = operator("ann")
    always(group("一组", ann, lines=(ALWAYS,)), ann)
    group("空组", lines=(BY_DAY,))
    told(rang("1"))
    page = boss.get("/watch/lines").text
    tiles = page.split('class="plain lines')[1]
    assert tiles.count("<li ") == len(province.current().directory.hotlines)
    assert tiles.split("省营商局企业诉求热线")[1].split("</li>")[0].count("来电中") == 1
    assert "无人值班" in tiles.split("省发改委企业诉求热线")[1].split("</li>")[0]


def test_the_lines_are_drawn_anew_only_when_something_changed(boss: FlaskClient) -> None:
    first = boss.get("/watch/lines/live")
    again = {"If-None-Match": first.headers["ETag"]}
    assert boss.get("/watch/lines/live", headers=again).status_code == 304
    told(rang("1"))
    assert "<html" not in boss.get("/watch/lines/live", headers=again).text


def day() -> None:
    """Five calls of today: in time, late, missed and called back, missed, given up; one of yesterday."""
    told(rang("quick"), answered("quick", 8), ended("quick", 128))
    late = told(rang("late", called=BY_DAY), answered("late", 40), ended("late", 100))
    calls.file(late, Outcome.ANSWERED, MONDAY + dt.timedelta(seconds=160), province.current())
    kept = told(rang("kept", caller="13900000001"), ended("kept"))
    act = Act(actor("op", Grant(Role.OPERATOR)), MONDAY + dt.timedelta(minutes=10))
    callback_duties.tried(callbacks.of_call(kept.id), act, reached=True)
    told(rang("lost", caller="13900000002"), ended("lost"))
    told(rang("gone", caller="13900000003"), ended("gone", 5))
    told(rang("before", at=MONDAY - DAY), ended("before", 60 - 86400))


def test_the_figures_count_what_they_say() -> None:
    day()
    midnight = MONDAY - dt.timedelta(hours=10)
    found = call_figures.between(midnight, midnight + DAY)
    total = found.total
    assert (total.calls, total.answered, total.in_time, total.lost, total.abandoned) == (5, 2, 1, 3, 1)
    assert (total.talk, total.filing) == (90.0, 60.0)
    assert {row.hotline_number: row.calls for row in found.lines} == {ALWAYS: 4, BY_DAY: 1}
    assert {hour: row.calls for hour, row in found.hours.items()} == {10: 5}
    assert (found.repeat, found.kept.duties, found.kept.in_time, found.kept.untouched) == (1, 3, 1, 2)


def test_the_figures_are_shown_for_a_day_a_week_a_month(boss: FlaskClient) -> None:
    day()
    today, week = boss.get("/watch/telephone").text, boss.get("/watch/telephone?span=week").text
    assert "<b>5</b>" in today
    assert "<b>6</b>" in week
    assert "33.3%" in today
    assert boss.get("/watch/telephone?span=x").status_code == 200


def test_one_line_has_hours_and_figures_of_its_own(boss: FlaskClient) -> None:
    day()
    midnight = MONDAY - dt.timedelta(hours=10)
    found = call_figures.between(midnight, midnight + DAY, BY_DAY)
    assert (found.total.calls, found.repeat, found.kept.duties) == (1, 0, 0)
    assert {hour: row.calls for hour, row in found.hours.items()} == {10: 1}
    page = boss.get("/watch/telephone", query_string={"line": BY_DAY}).text
    assert "<b>1</b>" in page
    assert f'<option value="{BY_DAY}" selected>' in page
    assert call_figures.between(midnight, midnight + DAY).kept.in_time == 1


def test_no_calls_are_no_fault(boss: FlaskClient) -> None:
    assert "这段时间没有来电" in boss.get("/watch/telephone").text


def test_a_number_is_blocked_reviewed_and_let_go(boss: FlaskClient) -> None:
    told_of = {"number": CALLER, "reason": "整夜拨打", "until": "2020-06-20"}
    boss.post("/watch/blocks", data=told_of)
    page = boss.get("/watch/blocks").text
    assert ("139****0021" in page, CALLER in page, "等复核" in page) == (True, False, True)
    assert boss.post("/watch/blocks/1/review").status_code in (403, 404)
    row = page.split("/watch/blocks/")[1].split("/lift")[0]
    assert boss.post(f"/watch/blocks/{row}/review").status_code == 403
    boss.post(f"/watch/blocks/{row}/lift")
    assert "已结束" in boss.get("/watch/blocks").text


@pytest.mark.parametrize("wrong", [{"until": "2020-06-01"}, {"number": "12"}, {"reason": ""}])
def test_what_is_wrong_with_a_block_is_told(boss: FlaskClient, wrong: dict[str, str]) -> None:
    told_of = {"number": CALLER, "reason": "整夜拨打", "until": "2020-06-20"} | wrong
    answer = boss.post("/watch/blocks", data=told_of)
    assert answer.status_code == 422
    assert f'id="{next(iter(wrong))}-error"' in answer.text

"""The roster's pages: kept by supervisors, read by those who are on it."""

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import MONDAY
from tests.support.duty import DAYTIME, LINE, always, group, operator
from tests.support.people import PASSWORD, colleague
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.models import DutyException, DutyGroup, DutyLeave, DutyShift, Handover
from ticketing.services import demo, duty_gaps, province

PATTERN = {"p-days": "working", "p-starts": "08:00", "p-ends": "20:00", "p-since": "2020-06-01"}
CHANGE = {"c-day": "2020-06-10", "c-kind": "on", "c-starts": "20:00", "c-ends": "08:00", "c-note": "换班"}


@pytest.fixture
def boss(client: FlaskClient) -> FlaskClient:
    colleague("boss", Grant(Role.SUPERVISOR), client=client)
    return client


def test_a_group_is_made_with_members_in_order_and_lines(boss: FlaskClient) -> None:
    operator("ann")
    operator("bob")
    told = {"name_zh": "一组", "name_en": "One", "members": "bob\n\nann", "lines": [LINE]}
    page = boss.get(boss.post("/duty/groups/new", data=told).location).text
    assert page.index("bob先生") < page.index("ann先生")
    assert "0451-87005501" in page


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"members": "nobody"}, "没有账号 nobody"),
        ({"name_zh": "一组"}, "已经有这个名称"),
        ({"name_en": ""}, "不能为空"),
    ],
)
def test_what_is_wrong_with_a_group_is_told_at_its_field(
    boss: FlaskClient, told: dict[str, str], said: str
) -> None:
    group("一组")
    answer = boss.post("/duty/groups/new", data={"name_zh": "二组", "name_en": "Two", "members": ""} | told)
    assert answer.status_code == 422
    assert said in answer.text
    assert DutyGroup.query.count() == 1


def test_settings_are_changed(boss: FlaskClient) -> None:
    row = group("一组", operator("ann"), lines=(LINE,))
    page = boss.get(f"/duty/groups/{row.id}/settings").text
    assert "ann</textarea>" in page
    boss.post(
        f"/duty/groups/{row.id}/settings", data={"name_zh": "夜班组", "name_en": "Night", "members": ""}
    )
    assert "这个组还没有成员" in boss.get(f"/duty/groups/{row.id}").text


def test_a_week_shows_shifts_days_off_and_gaps(boss: FlaskClient) -> None:
    ann = operator("ann")
    row = group("一组", ann, lines=(LINE,))
    always(row, ann, hours=DAYTIME)
    page = boss.get(f"/duty/groups/{row.id}?week=2020-06-22").text
    grid = page.split("<tbody>")[1].split("</table>")[0]
    assert grid.count("08:00–20:00") == 7
    assert grid.count("20:00–00:00") == 7
    assert page.split("<thead>")[1].split("</thead>")[0].count("休") == 3


@pytest.mark.parametrize("week", ["", "x", "2020-06-22", "0001-01-01", "9999-12-31"])
def test_any_week_can_be_asked_for(boss: FlaskClient, week: str) -> None:
    row = group("一组", operator("ann"))
    assert boss.get(f"/duty/groups/{row.id}", query_string={"week": week}).status_code == 200


def test_a_pattern_and_a_change_are_added_and_taken_back(boss: FlaskClient) -> None:
    ann = operator("ann")
    row = group("一组", ann, lines=(LINE,))
    at = f"/duty/groups/{row.id}"
    assert boss.post(f"{at}/shifts", data=PATTERN | {"p-account": ann.id}).status_code == 302
    assert boss.post(f"{at}/changes", data=CHANGE | {"c-account": ann.id}).status_code == 302
    page = boss.get(at).text
    assert "20:00–08:00" in page
    assert "换班" in page
    boss.post(f"{at}/shifts/{DutyShift.query.one().id}/end")
    boss.post(f"{at}/changes/{DutyException.query.one().id}/drop")
    assert DutyException.query.count() == 0
    assert DutyShift.query.one().until == dt.date(2020, 6, 7)


def test_days_of_the_week_are_chosen_one_by_one(boss: FlaskClient) -> None:
    ann = operator("ann")
    row = group("一组", ann)
    several = {"p-account": ann.id, "p-days": "several", "p-weekdays": ["5", "1"]}
    boss.post(f"/duty/groups/{row.id}/shifts", data=PATTERN | several)
    assert DutyShift.query.one().days == "15"


@pytest.mark.parametrize(
    ("path", "told", "said"),
    [
        ("shifts", {"p-days": "several"}, "请选择哪些日子"),
        ("shifts", {"p-starts": "8 点"}, "09:30 这样"),
        ("shifts", {"p-until": "2020-01-01"}, "不能早于"),
        ("changes", {"c-ends": ""}, "09:30 这样"),
    ],
)
def test_what_is_wrong_with_a_shift_is_told(
    boss: FlaskClient, path: str, told: dict[str, str], said: str
) -> None:
    ann = operator("ann")
    row = group("一组", ann)
    people = {"p-account": ann.id, "c-account": ann.id}
    answer = boss.post(f"/duty/groups/{row.id}/{path}", data=PATTERN | CHANGE | people | told)
    assert answer.status_code == 422
    assert said in answer.text
    assert DutyShift.query.count() + DutyException.query.count() == 0


def test_another_groups_shift_cannot_be_ended_through_this_one(boss: FlaskClient) -> None:
    ann = operator("ann")
    own, other = group("一组", ann), group("二组", ann)
    always(other, ann)
    answer = boss.post(f"/duty/groups/{own.id}/shifts/{DutyShift.query.one().id}/end")
    assert answer.status_code == 404


def test_leave_is_noted_whole_days_and_ended(boss: FlaskClient) -> None:
    operator("ann")
    away = {"account": "ann", "first": "2020-06-09", "last": "2020-06-10", "reason": "病假"}
    boss.post("/duty/leave", data=away)
    assert "病假" in boss.get("/duty/leave").text
    row = DutyLeave.query.one()
    assert row.ends_at - row.starts_at == dt.timedelta(days=2)
    boss.post(f"/duty/leave/{row.id}/end")
    assert "现在没有人请假" in boss.get("/duty/leave").text


def test_leave_of_nobody_is_refused(boss: FlaskClient) -> None:
    away = {"account": "nobody", "first": "2020-06-09", "last": "2020-06-10", "reason": "病假"}
    assert "请选择一位同事" in boss.post("/duty/leave", data=away).text


def test_the_overview_shows_who_is_on_and_where_nobody_is(boss: FlaskClient) -> None:
    ann = operator("ann")
    always(group("一组", ann), ann)
    group("空组", lines=(LINE,))
    duty_gaps.watch(MONDAY, province.current())
    page = boss.get("/duty").text
    assert "ann先生" in page
    assert "空组 现在没有任何人值班" in page


def test_lines_that_belong_to_nobody_stand_on_the_overview_and_the_wallboards(boss: FlaskClient) -> None:
    group("空组")
    duty_gaps.watch_lines(MONDAY, province.current())
    for page in ("/duty", "/watch/lines", "/watch"):
        assert "有热线不属于任何班组" in boss.get(page).text


def test_a_colleague_sees_their_own_shifts_and_hands_over(app: Flask) -> None:
    ann, bob = operator("ann"), operator("bob")
    row = group("一组", ann, bob)
    always(row, ann, hours=DAYTIME)
    mine, his = app.test_client(), app.test_client()
    for client, name in ((mine, "ann"), (his, "bob")):
        client.post("/login", data={"username": name, "password": PASSWORD})
    assert "08:00–20:00" in mine.get("/duty/mine").text
    assert "今后两周没有您的班" in his.get("/duty/mine").text
    mine.post("/duty/handover", data={"group": row.id, "to": bob.id, "note": "三号线回声大"})
    assert "三号线回声大" in his.get("/duty/mine").text
    his.post(f"/duty/handover/{Handover.query.one().id}/take")
    assert Handover.query.one().taken_at == MONDAY


def test_operators_do_not_keep_the_roster(app: Flask) -> None:
    operator("ann")
    client = app.test_client()
    client.post("/login", data={"username": "ann", "password": PASSWORD})
    assert [client.get(path).status_code for path in ("/duty", "/duty/leave", "/duty/groups/new")] == [
        403
    ] * 3


def test_the_demo_brings_a_roster_in_which_the_desk_is_never_empty(boss: FlaskClient) -> None:
    demo.load(boss.application.config["PROVINCE_PACK"], MONDAY, province.current())
    duty_gaps.watch(MONDAY, province.current())
    assert [gap.desk_takes_it for gap, _ in duty_gaps.open_gaps(MONDAY)] != []
    assert all(gap.desk_takes_it for gap, _ in duty_gaps.open_gaps(MONDAY))


def test_the_overview_costs_the_same_with_one_group_and_twenty(
    boss: FlaskClient, statements: list[str]
) -> None:
    people = [operator(f"op{n}") for n in range(20)]
    for n, one in enumerate(people):
        always(group(f"第{n}组", one), one)
    boss.get("/duty")
    statements.clear()
    boss.get("/duty")
    assert len(statements) <= 16

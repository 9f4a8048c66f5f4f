"""The frame around every page: headers, languages, errors, the door for staff."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DataError

from tests.conftest import MONDAY
from tests.support.people import PASSWORD, colleague
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.services import accounts
from ticketing.services.audit import by_system
from ticketing.web.i18n import STAFF_ROOMS


def test_every_route_says_who_may_enter(app: Flask) -> None:
    unguarded = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], "permission")
    ]
    assert unguarded == []


def test_every_room_of_colleagues_has_their_frame(app: Flask) -> None:
    """The form of the offline desk alone draws a frame of its own."""
    theirs = set(Permission) - {
        Permission.SEE_OWN_REQUEST,
        Permission.SEE_OWN_ENTERPRISE,
        Permission.MANAGE_OWN_PEOPLE,
    }
    rooms = {
        rule.endpoint.split(".")[0]
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "permission", None) in theirs
    }
    assert rooms - STAFF_ROOMS == {"offline"}


def test_a_stranger_is_led_to_the_login_and_back(client: FlaskClient) -> None:
    answer = client.get("/watch?x=1")
    assert answer.status_code == 302
    assert answer.location == "/login?next=/watch?x%3D1"


def test_wrong_pairs_get_one_sentence(client: FlaskClient, app: Flask) -> None:
    colleague("w.wei", Grant(Role.OPERATOR))
    for name in ("w.wei", "nobody", "w\x00wei"):
        answer = client.post("/login", data={"username": name, "password": "not it at all"})
        assert answer.status_code == 422
        assert "账号或密码不对" in answer.text


def test_the_fifth_wrong_password_locks(client: FlaskClient, app: Flask) -> None:
    colleague("w.wei", Grant(Role.OPERATOR))
    for _ in range(accounts.GUESSES):
        client.post("/login", data={"username": "w.wei", "password": "not it at all"})
    answer = client.post("/login", data={"username": "w.wei", "password": PASSWORD})
    assert "请 15 分钟后再试" in answer.text


def test_logging_in_leads_to_ones_own_room_and_never_outside(client: FlaskClient, app: Flask) -> None:
    colleague("w.wei", Grant(Role.OPERATOR))
    pair = {"username": "w.wei", "password": PASSWORD}
    assert client.post("/login?next=//evil.example", data=pair).location == "/desk"


def test_a_room_that_is_not_ones_own_is_refused(client: FlaskClient, app: Flask) -> None:
    colleague("w.wei", Grant(Role.OPERATOR), client=client)
    answer = client.get("/watch")
    assert answer.status_code == 403
    assert "没有权限" in answer.text


def test_a_session_ends_with_the_rights_it_was_begun_with(client: FlaskClient, app: Flask) -> None:
    account = colleague("w.wei", Grant(Role.OPERATOR), client=client)
    accounts.set_grants(account, [Grant(Role.SUPERVISOR)], by_system(MONDAY))
    assert client.get("/desk/register").location.startswith("/login")


def test_pages_speak_english_when_asked(client: FlaskClient) -> None:
    answer = client.get("/login", headers={"Accept-Language": "en"})
    assert '<html lang="en"' in answer.text


def test_browsers_are_told_to_run_nothing_foreign(client: FlaskClient) -> None:
    headers = client.get("/login").headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert len(headers["X-Request-Id"]) == 16


def test_an_unknown_address_is_a_page_with_a_way_on(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "回到首页" in answer.text


def test_looks_are_kept_and_lead_back_inside_only(client: FlaskClient) -> None:
    answer = client.post("/preferences", data={"theme": "dark", "next": "//evil.example"})
    assert answer.location == "/"
    assert 'data-theme="dark"' in client.get("/login").text


def test_the_title_says_first_that_something_is_to_be_corrected(client: FlaskClient) -> None:
    wrong = client.post("/submit/what", data={"type": ""})
    refused = client.post("/login", data={"username": "nobody", "password": "not it at all"})
    assert all("<title>需要修改：" in page.text for page in (wrong, refused))
    assert "需要修改" not in client.get("/submit/what").text
    assert 'role="alert" tabindex="-1" data-focus' in refused.text


def test_static_files_are_kept_for_a_year(client: FlaskClient) -> None:
    with client.get("/static/css/tokens.css?v=1") as answer:
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_form_without_its_token_is_refused(client: FlaskClient, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/login", data={"username": "w.wei", "password": PASSWORD})
    assert answer.status_code == 400
    assert "再提交一次" in answer.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/notices?before={}", 200),
        ("/admin/deliveries?before={}", 200),
        ("/tickets/{number}/files/{}", 404),
        ("/tickets/{number}/news?since=-{}", 200),
    ],
)
def test_numbers_that_no_row_can_have_never_reach_the_database(
    client: FlaskClient, address: str, status: int
) -> None:
    colleague("w.wei", Grant(Role.ADMIN), Grant(Role.DISPATCHER), client=client)
    assert client.get(address.format(10**30, number=sent().number)).status_code == status


@pytest.mark.parametrize(
    "address",
    ["/admin/accounts?q=a%00b", "/admin/accounts?after=%00", "/admin/audit?who=a%00b", "/admin/audit?kind=%00",
     "/find?q=%00", "/knowledge?q=%00", "/admin/directory?q=%00"],
)  # fmt: skip
def test_a_nul_in_a_search_is_passed_over(client: FlaskClient, address: str) -> None:
    colleague("w.wei", Grant(Role.ADMIN), Grant(Role.DISPATCHER), client=client)
    assert client.get(address).status_code == 200


def test_what_no_row_can_keep_is_told_as_a_refusal_and_no_fault(app: Flask) -> None:
    with app.test_request_context("/"):
        with pytest.raises(DataError) as raised:
            db.session.execute(text("select :typed"), {"typed": "a\x00b"})
        page, status, _headers = app.handle_user_exception(raised.value)
    assert status == 422
    assert "里面有不能保存的字符" in page


@pytest.mark.parametrize(
    ("role", "bureau", "home"),
    [
        (Role.OPERATOR, None, "/desk"),
        (Role.DISPATCHER, None, "/dispatch"),
        (Role.HANDLER, "HRB-SWJ", "/bureau"),
        (Role.HEAD, "HRB-SWJ", "/bureau"),
        (Role.SUPERVISOR, None, "/watch"),
        (Role.ADMIN, None, "/admin/accounts"),
        (Role.AUDITOR, None, "/admin/audit"),
    ],
)
def test_each_day_begins_in_its_own_room(
    client: FlaskClient, role: Role, bureau: str | None, home: str
) -> None:
    colleague("w.wei", Grant(role, bureau), client=client)
    assert client.get("/login").location == home
    assert f'<a class="brand" href="{home}">' in client.get("/notices").text


def test_a_colleague_who_is_refused_finds_the_way_back(client: FlaskClient) -> None:
    colleague("w.wei", Grant(Role.OPERATOR), client=client)
    for path in ("/admin/accounts", "/nowhere"):
        page = client.get(path).text
        assert '<a href="/login">回到工作台</a>' in page
        assert "换一个账号登录" not in page
    assert client.get("/login").location == "/desk"


def test_what_the_headline_says_is_not_said_twice(client: FlaskClient) -> None:
    page = client.get("/my/invited/none").text
    assert "没有找到这一页 · 黑龙江省企业诉求</title>" in page
    assert "<p>没有找到。</p>" not in page
    assert "回到工作台" not in page


def test_chinese_words_on_an_english_page_are_read_out_as_chinese(client: FlaskClient) -> None:
    ours, theirs = sent(), sent(subject="Lift out of order", body="The lift has stood still for a week.")
    colleague("w.wei", Grant(Role.HANDLER, "HRB-SWJ"), client=client)
    client.set_cookie("lang", "en")
    page, other, listed = (
        client.get(path).text for path in (f"/tickets/{ours.number}", f"/tickets/{theirs.number}", "/bureau")
    )
    assert f'<h1 lang="zh-CN">{ours.subject}</h1>' in page
    assert f'<div class="words said" lang="zh-CN">{ours.body}</div>' in page
    assert "<h1>Lift out of order</h1>" in other
    assert f'lang="zh-CN">{ours.subject}</a>' in listed
    client.set_cookie("lang", "zh")
    assert f"<h1>{ours.subject}</h1>" in client.get(f"/tickets/{ours.number}").text

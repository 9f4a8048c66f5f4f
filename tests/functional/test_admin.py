"""Administrators change rights without losing any, and see nobody's data."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import MONDAY, FrozenClock
from tests.support.people import colleague
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.events import TicketOpened
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Account, Delivery, OutboxEvent
from ticketing.services import accounts
from ticketing.services.outbox import row

SWJ, SCJG = "HRB-SWJ", "HRB-SCJG"


def typed(account: Account, **more: str) -> dict[str, str]:
    """What a browser sends back of the page of an account that nobody touched."""
    plain = {"username": account.username, "name": account.name, "password": "", "active": "y"}
    for place, grant in enumerate(account.grants):
        plain |= {f"rights-{place}-role": grant.role, f"rights-{place}-bureau": grant.bureau_code or ""}
    return plain | more


def rights(account: Account) -> set[tuple[str, str | None]]:
    db.session.expire_all()
    return {(grant.role, grant.bureau_code) for grant in account.grants}


def test_saving_loses_no_right_at_a_second_bureau(admin: FlaskClient) -> None:
    both = colleague("li.lei", Grant(Role.HEAD, SWJ), Grant(Role.HANDLER, SCJG), Grant(Role.OPERATOR))
    before, key = rights(both), both.session_key
    page = admin.get("/admin/accounts/li.lei").text
    assert page.count('value="哈尔滨市') >= 2
    assert admin.post("/admin/accounts/li.lei", data=typed(both)).status_code == 302
    assert (rights(both), both.session_key) == (before, key)


def test_a_role_is_taken_away_by_its_line(admin: FlaskClient) -> None:
    both = colleague("li.lei", Grant(Role.HEAD, SWJ), Grant(Role.HANDLER, SCJG))
    admin.post("/admin/accounts/li.lei", data=typed(both, **{"rights-0-role": ""}))
    assert rights(both) == {("handler", SCJG)}


def test_somebody_without_any_role_is_refused(admin: FlaskClient) -> None:
    one = colleague("li.lei", Grant(Role.OPERATOR))
    answer = admin.post("/admin/accounts/li.lei", data=typed(one, **{"rights-0-role": ""}))
    assert answer.status_code == 422
    assert "请至少选择一个角色" in answer.text


@pytest.mark.parametrize("change", [{"rights-0-role": "operator"}, {"active": ""}])
def test_nobody_locks_themselves_out(admin: FlaskClient, change: dict[str, str]) -> None:
    own = accounts.by_username("admin")
    data = {name: value for name, value in typed(own, **change).items() if value or name == "password"}
    assert admin.post("/admin/accounts/admin", data=data).status_code == 422
    assert rights(own) == {("admin", None)}
    assert admin.get("/admin/accounts").status_code == 200


def test_a_colleague_is_kept_out_at_once(admin: FlaskClient, app: Flask) -> None:
    other = app.test_client()
    one = colleague("li.lei", Grant(Role.OPERATOR), client=other)
    data = typed(one)
    del data["active"]
    admin.post("/admin/accounts/li.lei", data=data)
    assert other.get("/desk/register").location.startswith("/login")


@pytest.mark.parametrize(
    ("query", "found"), [("li.le", True), ("LI.LEI", True), ("雷", True), ("%", False), ("_", False)]
)
def test_an_account_is_found_by_a_part_of_its_name(admin: FlaskClient, query: str, found: bool) -> None:
    one = colleague("li.lei", Grant(Role.OPERATOR))
    one.name = "李雷"
    page = admin.get("/admin/accounts", query_string={"q": query}).text
    assert ("李雷" in page) is found


def test_a_deputy_decides_on_the_days_named_and_no_others(admin: FlaskClient, clock: FrozenClock) -> None:
    colleague("han.mei", Grant(Role.HEAD, SWJ))
    deputy = colleague("li.lei", Grant(Role.HANDLER, SWJ))
    data = {"absent": "han.mei", "first": "2020-06-09", "last": "2020-06-10"}
    assert admin.post("/admin/accounts/li.lei/deputy", data=data).status_code == 302
    days = [accounts.actor(deputy, MONDAY + dt.timedelta(days=n)).has(Role.HEAD) for n in range(4)]
    assert days == [False, True, True, False]
    page = admin.get("/admin/accounts/li.lei").text
    assert "代理han.mei先生：哈尔滨市商务局 · 承办单位负责人" in page
    assert "2020年6月9日 – 2020年6月10日" in page


def test_saving_an_account_keeps_its_deputyship_until_it_is_ended(admin: FlaskClient) -> None:
    colleague("han.mei", Grant(Role.SUPERVISOR))
    deputy = colleague("li.lei", Grant(Role.HANDLER, SWJ))
    data = typed(deputy)
    days = {"absent": "han.mei", "first": "2020-06-08", "last": "2020-06-10"}
    admin.post("/admin/accounts/li.lei/deputy", data=days)
    admin.post("/admin/accounts/li.lei", data=data)
    assert ("supervisor", None) in rights(deputy)
    grant = next(one for one in deputy.grants if one.deputy_for_id)
    assert admin.post(f"/admin/accounts/li.lei/deputy/{deputy.grants[0].id}/end").status_code == 404
    admin.post(f"/admin/accounts/li.lei/deputy/{grant.id}/end")
    assert rights(deputy) == {("handler", SWJ)}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"absent": "nobody"}, "absent"),
        ({"absent": "li.lei"}, "absent"),
        ({"absent": "op"}, "absent"),
        ({"last": "2020-06-08"}, "last"),
        ({"first": "2020-05-01", "last": "2020-05-02"}, "last"),
        ({"first": "tomorrow"}, "first"),
    ],
)
def test_a_deputyship_that_cannot_be_is_refused(
    admin: FlaskClient, change: dict[str, str], field: str
) -> None:
    for name, grant in (("han.mei", Grant(Role.SUPERVISOR)), ("op", Grant(Role.OPERATOR))):
        colleague(name, grant)
    colleague("li.lei", Grant(Role.HANDLER, SWJ))
    data = {"absent": "han.mei", "first": "2020-06-09", "last": "2020-06-10"} | change
    answer = admin.post("/admin/accounts/li.lei/deputy", data=data)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def delivery(**values: Any) -> Delivery:
    one = sent()
    event = OutboxEvent(**row(TicketOpened(one.id), MONDAY))
    db.session.add(event)
    db.session.flush()
    plain = {
        "event_id": event.id, "ticket_id": one.id, "recipient": "requester", "channel": "sms",
        "address": "+8613904510021", "subject": "验证码", "body": "验证码 246813，请勿告诉他人。",
        "status": "failed", "due_at": MONDAY, "created_at": MONDAY,
    }  # fmt: skip
    made = Delivery(**(plain | values))
    db.session.add(made)
    db.session.flush()
    return made


def test_nobodys_telephone_stands_in_the_record_of_sending(admin: FlaskClient) -> None:
    delivery(error="Twilio refused it (21211): The 'To' number +8613904510021 is not valid")
    page = admin.get("/admin/deliveries").text
    assert "139****0021 is not valid" in page
    assert "13904510021" not in page


@pytest.mark.parametrize("demo", [True, False])
def test_codes_are_shown_in_the_demo_alone(admin: FlaskClient, app: Flask, demo: bool) -> None:
    delivery()
    was, app.config["DEMO"] = app.config["DEMO"], demo
    page = admin.get("/admin/deliveries").text
    app.config["DEMO"] = was
    assert ("246813" in page) is demo


def test_a_failed_one_is_tried_again_and_others_are_not(admin: FlaskClient) -> None:
    failed, done = delivery(attempts=5), delivery(status="sent")
    assert admin.post(f"/admin/deliveries/{failed.id}/retry").status_code == 302
    assert admin.post(f"/admin/deliveries/{done.id}/retry").status_code == 404
    db.session.expire_all()
    assert (failed.status, failed.attempts, done.status) == ("waiting", 0, "sent")


def test_the_record_of_sending_is_told_by_state_page_by_page(admin: FlaskClient) -> None:
    for _ in range(55):
        delivery()
    delivery(status="sent", subject="已发出的")
    first = admin.get("/admin/deliveries?state=failed").text
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "已发出的" not in first
    assert (first.count("<tr data-row>"), admin.get(older).text.count("<tr data-row>")) == (50, 5)


@pytest.mark.parametrize("path", ["/admin/accounts", "/admin/deliveries"])
def test_a_page_costs_the_same_however_many_rows(
    admin: FlaskClient, statements: list[str], path: str
) -> None:
    costs = []
    for n in range(2):
        for m in range(4):
            colleague(f"u{n}{m}", Grant(Role.HANDLER, SWJ))
            delivery()
        statements.clear()
        admin.get(path)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 25

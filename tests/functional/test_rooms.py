"""The other rooms of the staff: dispatchers decide, bureaus see what is next, supervisors where it burns."""

import datetime as dt
import re

import pytest
from flask.testing import FlaskClient

from tests.conftest import FrozenClock
from tests.support.people import colleague
from tests.support.requests import sent, ticket
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import openings, tick
from ticketing.models import Listing, RoutingLesson, Ticket
from ticketing.services import accounts

LOST = {"subject": "一点情况", "body": "希望关心。"}


def as_(client: FlaskClient, role: Role, bureau: str | None = None) -> FlaskClient:
    colleague(f"{role.value}1", Grant(role, bureau), client=client)
    return client


def test_the_dispatcher_decides_and_goes_on_with_the_next(client: FlaskClient) -> None:
    first, second = ticket(**LOST), ticket(**LOST)
    as_(client, Role.DISPATCHER)
    assert "一点情况" in client.get("/dispatch").text
    data = {"candidate": "", "bureau": "哈尔滨市商务局", "note": "", "version": first.history_seq}
    answer = client.post(f"/dispatch/{first.number}", data=data)
    assert answer.location == f"/dispatch/{second.number}"
    assert first.bureau_code == "HRB-SWJ"


def test_a_return_is_adjudicated_with_a_reason_and_teaches(client: FlaskClient) -> None:
    one = sent()
    as_(client, Role.HANDLER, "HRB-SWJ")
    data = {"return-reason_code": "not_our_duty", "return-basis": "第三条", "return-bureau": "", "version": 2}
    client.post(f"/tickets/{one.number}/do/return", data=data)
    client.post("/logout")
    as_(client, Role.DISPATCHER)
    page = client.get(f"/dispatch/{one.number}").text
    assert "哈尔滨市商务局 退回" in page
    choice = {"candidate": "HRB-SCJG", "bureau": "", "note": "", "version": one.history_seq}
    assert client.post(f"/dispatch/{one.number}", data=choice).status_code == 422
    assert client.post(f"/dispatch/{one.number}", data=choice | {"note": "登记事项"}).status_code == 302
    assert (one.bureau_code, one.state) == ("HRB-SCJG", "dispatched")
    assert db.session.query(RoutingLesson).one().source == "upheld"


def test_a_bureau_sees_its_own_and_no_others(client: FlaskClient) -> None:
    sent(subject="我们的事")
    ticket(subject="还没有人的事", body="希望关心。")
    as_(client, Role.HANDLER, "HRB-SWJ")
    page = client.get("/bureau").text
    assert "我们的事" in page
    assert "还没有人的事" not in page


@pytest.mark.parametrize("path", ["/bureau", "/bureau/mine", "/bureau/approvals", "/notices"])
def test_empty_rooms_say_so(client: FlaskClient, path: str) -> None:
    as_(client, Role.HEAD, "HRB-SWJ")
    assert 'class="empty"' in client.get(path).text


def test_the_wallboard_counts_and_leads_to_the_lists(client: FlaskClient, clock: FrozenClock) -> None:
    sent(subject="要超时的事", type="consultation")
    clock.forward(days=20)
    as_(client, Role.SUPERVISOR)
    page = client.get("/watch").text
    assert "<b>1</b>超时" in page
    assert "要超时的事" in client.get("/watch/overdue").text
    assert "哈尔滨市商务局" in client.get("/watch/overdue?bureau=HRB-SWJ").text


def test_the_wallboard_costs_a_handful_of_statements(client: FlaskClient, statements: list[str]) -> None:
    for _ in range(20):
        sent()
    as_(client, Role.SUPERVISOR)
    statements.clear()
    client.get("/watch")
    assert len(statements) <= 12


def test_a_supervisor_finds_what_waits_for_a_decision(client: FlaskClient, clock: FrozenClock) -> None:
    one = sent(type="help")
    as_(client, Role.HANDLER, "HRB-SWJ")
    client.post(f"/tickets/{one.number}/do/accept", data={"version": one.history_seq})
    db.session.expire_all()
    data = {"extend-amount": "2", "extend-reason": "等检测报告", "version": one.history_seq}
    assert client.post(f"/tickets/{one.number}/do/extend", data=data).status_code == 302
    client.post("/logout")
    as_(client, Role.SUPERVISOR)
    assert "等检测报告" in client.get("/watch/approvals").text


def test_an_administrator_makes_an_account_that_can_log_in(client: FlaskClient) -> None:
    as_(client, Role.ADMIN)
    data = {
        "username": "li.lei", "name": "李雷", "password": "a good long one", "rights-0-role": "handler",
        "rights-0-bureau": "哈尔滨市商务局", "active": "y",
    }  # fmt: skip
    assert client.post("/admin/accounts/new", data=data).status_code == 302
    assert "李雷" in client.get("/admin/accounts").text
    client.post("/logout")
    answer = client.post("/login", data={"username": "li.lei", "password": "a good long one"})
    assert answer.location == "/bureau"


def test_a_handler_without_a_bureau_is_refused_at_the_field(client: FlaskClient) -> None:
    as_(client, Role.ADMIN)
    data = {
        "username": "li.lei",
        "name": "李雷",
        "password": "a good long one",
        "rights-0-role": "handler",
        "rights-0-bureau": "",
    }
    answer = client.post("/admin/accounts/new", data=data)
    assert answer.status_code == 422
    assert 'id="rights-error"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_locked_account_is_unlocked(client: FlaskClient) -> None:
    account = colleague("li.lei", Grant(Role.OPERATOR))
    for _ in range(accounts.GUESSES):
        client.post("/login", data={"username": "li.lei", "password": "wrong wrong wrong"})
    as_(client, Role.ADMIN)
    assert "解除锁定" in client.get("/admin/accounts/li.lei").text
    client.post("/admin/accounts/li.lei/unlock")
    db.session.expire_all()
    assert account.locked_until is None


def test_every_role_sees_only_its_rooms(client: FlaskClient) -> None:
    paths = {"/desk/register": Role.OPERATOR, "/dispatch": Role.DISPATCHER, "/watch": Role.SUPERVISOR,
             "/admin/accounts": Role.ADMIN, "/bureau": Role.HANDLER}  # fmt: skip
    for role in set(paths.values()):
        as_(client, role, "HRB-SWJ" if role is Role.HANDLER else None)
        got = {path: client.get(path).status_code for path in paths}
        expected = {path: 200 if owner is role or (path == "/desk/register" and role is Role.DISPATCHER) else 403
                    for path, owner in paths.items()}  # fmt: skip
        assert got == expected, role
        client.post("/logout")


def test_a_closed_one_leaves_the_lists(client: FlaskClient) -> None:
    one = db.session.get_one(Ticket, sent(subject="办完的事").id)
    one.state, one.close_reason = "closed", "withdrawn"
    one.closed_at = dt.datetime(2020, 6, 8, tzinfo=dt.UTC)
    as_(client, Role.HANDLER, "HRB-SWJ")
    assert "办完的事" not in client.get("/bureau").text


def proposal(clock: FrozenClock) -> Ticket:
    """A ticket whose promise has been broken for three working days, with its bureau proposed for the list."""
    sent(type="help")
    clock.now = dt.datetime(2020, 6, 18, 9, 0, tzinfo=dt.UTC)
    tick.run()
    return db.session.query(Ticket).order_by(Ticket.id.desc()).first()


def test_a_proposal_for_the_list_needs_a_reason_and_is_settled_once(
    client: FlaskClient, clock: FrozenClock
) -> None:
    one = proposal(clock)
    as_(client, Role.SUPERVISOR)
    page = client.get("/watch/listings").text
    assert one.subject in page
    url = re.search(r'action="(/watch/listings/[^"]+)"', page).group(1)
    refused = client.post(url, data={"choice": "spare", "reason": ""})
    assert (refused.status_code, "这一项不能为空" in refused.text) == (422, True)
    assert client.post(url, data={"choice": "spare", "reason": "企业要求延后"}).status_code == 302
    client.post(url, data={"choice": "list", "reason": "改主意"})
    assert db.session.query(Listing.decision).filter_by(kind="list").all() == [("spared",)]
    assert "没有等您决定的通报建议" in client.get("/watch/listings").text


def test_who_stands_on_the_list_and_why_is_told(client: FlaskClient, clock: FrozenClock) -> None:
    one = proposal(clock)
    as_(client, Role.SUPERVISOR)
    url = re.search(r'action="(/watch/listings/[^"]+)"', client.get("/watch/listings").text).group(1)
    client.post(url, data={"choice": "list", "reason": "多次催办无回应"})
    assert "多次催办无回应" in client.get("/watch/listings?tab=listed").text
    openings.run()
    assert one.subject in client.get("/watch/listings?tab=cases").text
    assert "列入通报" in client.get(f"/tickets/{one.number}").text


def test_a_bureau_may_not_settle_its_own_listing(client: FlaskClient, clock: FrozenClock) -> None:
    one = proposal(clock)
    row = db.session.query(Listing).filter_by(kind="list").one()
    as_(client, Role.HEAD, "HRB-SWJ")
    url = f"/watch/listings/{one.number}/{row.id}"
    assert client.post(url, data={"choice": "spare", "reason": "我们忙"}).status_code == 403

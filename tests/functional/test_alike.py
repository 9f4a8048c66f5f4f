"""The same matter once more: found while typing, offered as a link, never forced or shown to who may not read."""

import datetime as dt

import pytest
from flask.testing import FlaskClient

from tests.conftest import MONDAY, FrozenClock
from tests.support.people import colleague
from tests.support.requests import sent, ticket
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Ticket, TicketLink

TYPED = {
    "body": "南岗区火锅店，餐饮复工备案提示材料不全，要补什么材料？",
    "phone": "13904517777",
    "name": "",
    "enterprise": "另一家火锅店",
    "door": "telephone",
}


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    colleague("wang", Grant(Role.OPERATOR), client=client)
    return client


def beside(desk: FlaskClient, **more: object) -> str:
    return desk.post("/desk/register/beside", data=TYPED | more).text


def test_the_same_matter_of_another_enterprise_is_found_while_typing(desk: FlaskClient) -> None:
    sent(subject="早上来过的备案")
    sent(subject="别的事", body="供电公司停电检修没有提前通知，冷库里的货都坏了，要求赔偿。", topic_code=None)
    page = beside(desk)
    assert "早上来过的备案" in page
    assert "别的事" not in page


def test_of_the_same_enterprise_less_is_enough(desk: FlaskClient) -> None:
    sent(
        subject="自己问过的",
        phone="13904517777",
        body="餐饮备案办到哪一步了？另外还想问问店里装修的消防手续和门头牌匾。",
    )
    assert "同一家企业" in beside(desk)
    assert "同一家企业" not in beside(desk, phone="13904518888")


@pytest.mark.parametrize("hidden", ["report", "old"])
def test_what_may_not_be_read_or_is_long_past_is_not_offered(desk: FlaskClient, hidden: str) -> None:
    at = MONDAY - dt.timedelta(days=40) if hidden == "old" else MONDAY
    sent(at, subject="不该出现的", type="report" if hidden == "report" else "help")
    sent(subject="应该出现的", type="help")
    page = beside(desk)
    assert ("不该出现的" in page, "应该出现的" in page) == (False, True)


def test_a_few_characters_are_like_nothing(desk: FlaskClient) -> None:
    sent(subject="早上来过的备案")
    assert "早上来过的备案" not in beside(desk, body="备案材料")


def test_many_with_one_matter_are_told(desk: FlaskClient) -> None:
    for n in range(3):
        sent(phone=f"1390451000{n}")
    assert "近 30 天有 3 件相似" in beside(desk)


def test_ticking_links_and_not_ticking_files_all_the_same(desk: FlaskClient) -> None:
    earlier = sent(subject="早上来过的备案")
    assert desk.post("/desk/register", data=TYPED).status_code == 302
    assert db.session.query(TicketLink).count() == 0
    assert desk.post("/desk/register", data=TYPED | {"alike": earlier.number}).status_code == 302
    link = db.session.query(TicketLink).one()
    newest = db.session.query(Ticket).order_by(Ticket.id.desc()).first()
    assert (link.low_id, link.high_id) == (earlier.id, newest.id)


def test_without_a_script_looking_up_keeps_what_was_ticked(desk: FlaskClient) -> None:
    earlier = sent(subject="早上来过的备案")
    page = desk.post("/desk/register", data=TYPED | {"then": "look", "alike": earlier.number}).text
    assert f'value="{earlier.number}" form="register" checked' in page


def test_a_number_that_one_may_not_read_is_not_linked(desk: FlaskClient) -> None:
    secret = sent(type="report")
    for number in (secret.number, "nonsense"):
        assert desk.post("/desk/register", data=TYPED | {"alike": number}).status_code == 302
    assert db.session.query(TicketLink).count() == 0


def test_a_ticket_page_offers_what_is_like_it_until_it_is_linked(
    desk: FlaskClient, clock: FrozenClock
) -> None:
    earlier, one = sent(subject="早上来过的备案"), sent(subject="下午又来的备案")
    path = f"/tickets/{one.number}"
    assert 'id="alike"' in desk.get(path).text
    assert desk.post(f"{path}/links", data={"alike": earlier.number}).location == path
    page = desk.get(path).text
    assert 'id="alike"' not in page
    assert "早上来过的备案" in page


def test_a_bureau_is_not_offered_links(client: FlaskClient) -> None:
    one, other = sent(), sent()
    colleague("liu", Grant(Role.HANDLER, "HRB-SWJ"), client=client)
    assert 'id="alike"' not in client.get(f"/tickets/{one.number}").text
    answer = client.post(f"/tickets/{one.number}/links", data={"alike": other.number})
    assert answer.status_code == 403


def test_a_bare_dispatch_desk_ticket_is_offered_too(client: FlaskClient) -> None:
    one = ticket(dispatch=False)
    sent(subject="早上来过的备案")
    colleague("zhao", Grant(Role.DISPATCHER), client=client)
    assert "早上来过的备案" in client.get(f"/tickets/{one.number}").text

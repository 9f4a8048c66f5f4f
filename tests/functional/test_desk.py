"""The operator's desk: one screen, nothing lost, number and password to read out."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.conftest import FrozenClock
from tests.support.people import colleague
from tests.support.requests import sent, ticket
from ticketing.domain import numbers
from ticketing.domain.actors import Grant
from ticketing.domain.clock import local
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Ticket

CALL = {
    "phone": "0451-87001234",
    "name": "王五",
    "enterprise": "惠民超市",
    "body": "送菜的车进不了小区，请协调。",
    "door": "telephone",
    "hotline": "+8645187005551",
}


@pytest.fixture
def operator(client: FlaskClient) -> FlaskClient:
    colleague("operator", Grant(Role.OPERATOR), client=client)
    return client


def newest() -> Ticket:
    return db.session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()


def test_a_call_becomes_a_ticket_with_number_and_password_to_read_out(operator: FlaskClient) -> None:
    answer = operator.post("/desk/register", data=CALL)
    page = operator.get(answer.location).text
    one = newest()
    assert one.door == "telephone"
    assert numbers.shown(one.number) in page
    assert "零八" in page.split("读作")[1]
    assert one.subject == "送菜的车进不了小区，请协调。"


def test_the_promise_began_when_the_page_was_opened(operator: FlaskClient, clock: FrozenClock) -> None:
    began = operator.get("/desk/register").text.split('name="began" type="hidden" value="')[1].split('"')[0]
    opened = clock.now
    clock.forward(minutes=7)
    operator.post("/desk/register", data=CALL | {"began": began})
    assert newest().received_at == opened


def without_token(page: str) -> str:
    """Return a page without its form token, which is another one each second."""
    return re.sub('name="csrf_token" value="[^"]+"', "", page)


def test_a_double_click_files_one_request_and_tells_its_password_twice(operator: FlaskClient) -> None:
    once = operator.get("/desk/register").text.split('name="once" type="hidden" value="')[1].split('"')[0]
    first = operator.post("/desk/register", data=CALL | {"once": once, "answer": "可以网上办。"})
    said = without_token(operator.get(first.location).text)
    second = operator.post("/desk/register", data=CALL | {"once": once, "answer": "可以网上办。"})
    assert (second.location, without_token(operator.get(second.location).text)) == (first.location, said)
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 1


def test_going_back_and_changing_a_word_files_another_request(operator: FlaskClient) -> None:
    operator.post("/desk/register", data=CALL | {"once": "a-page-token"})
    operator.post("/desk/register", data=CALL | {"once": "a-page-token", "body": "送水的车也进不了小区。"})
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 2


def test_what_was_typed_before_the_browser_died_is_there_again(operator: FlaskClient) -> None:
    assert (
        operator.post("/desk/register/draft", data={"body": "送菜的车", "phone": "1390"}).status_code == 204
    )
    page = operator.get("/desk/register").text
    assert "送菜的车</textarea>" in page
    operator.post("/desk/register", data=CALL)
    assert "送菜的车</textarea>" not in operator.get("/desk/register").text


def test_what_is_wrong_is_told_at_its_field(operator: FlaskClient) -> None:
    answer = operator.post("/desk/register", data=CALL | {"phone": "12", "body": ""})
    assert answer.status_code == 422
    assert 'id="body-error"' in answer.text
    assert "惠民超市" in answer.text


def test_answered_on_the_call_is_closed_at_once(operator: FlaskClient) -> None:
    operator.post("/desk/register", data=CALL | {"answer": "可以网上办。", "cited": "管理办法"})
    assert (newest().state, newest().close_reason) == ("closed", "answered_on_call")


def test_the_callers_past_stands_beside(operator: FlaskClient) -> None:
    sent(phone="0451-87001234", subject="上次的事")
    assert "上次的事" in operator.get("/desk/register?phone=0451-87001234").text


@pytest.mark.parametrize("query", ["评标", "齐市桥梁", "13904510021", "139 0451 0021", "NUMBER"])
def test_a_search_finds_words_numbers_and_telephones(operator: FlaskClient, query: str) -> None:
    one = ticket(subject="评标委员会组不起来", body="桥梁项目开标在即。", enterprise="齐市桥梁公司")
    sent(subject="别的事情", phone="13800000000")
    asked = numbers.shown(one.number) if query == "NUMBER" else query
    page = operator.get("/desk/tickets", query_string={"q": asked}).text
    assert "评标委员会组不起来" in page
    assert "别的事情" not in page


def test_reports_are_not_for_operators(operator: FlaskClient) -> None:
    sent(subject="举报售假", type="report")
    assert "举报售假" not in operator.get("/desk/tickets").text


def test_pages_follow_each_other_without_gap_or_overlap(operator: FlaskClient) -> None:
    made = [sent(subject=f"第{i:03d}件").number for i in range(60)]
    first = operator.get("/desk/tickets").text
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = operator.get(older).text
    shown = [n for n in made if numbers.shown(n) in first], [n for n in made if numbers.shown(n) in second]
    assert [len(part) for part in shown] == [50, 10]
    assert set(shown[0]) | set(shown[1]) == set(made)


def test_a_list_costs_the_same_with_one_row_and_fifty(operator: FlaskClient, statements: list[str]) -> None:
    for _ in range(50):
        sent()
    statements.clear()
    operator.get("/desk/tickets")
    assert len(statements) <= 10


def test_looking_up_a_caller_loses_nothing_that_was_typed(operator: FlaskClient) -> None:
    sent(phone="0451-87001234", subject="上次的事")
    answer = operator.post("/desk/register", data=CALL | {"then": "look", "topic": "T1503"})
    assert answer.status_code == 200
    assert "上次的事" in answer.text
    assert "送菜的车进不了小区，请协调。</textarea>" in answer.text
    assert '<option selected value="T1503"' in answer.text
    assert db.session.query(Ticket).count() == 1


def test_what_stands_beside_follows_the_typing(operator: FlaskClient) -> None:
    sent(phone="0451-87001234", subject="上次的事")
    typed = CALL | {"body": "全厂停产了，南岗区火锅店餐饮复工备案材料不全。"}
    page = operator.post("/desk/register/beside", data=typed).text
    assert "上次的事" in page
    assert "紧急（“停产”）" in page
    assert "哈尔滨市商务局" in page
    assert "<form" not in page


@pytest.mark.parametrize(
    "typed", [{}, {"type": "x", "topic": "x", "region": "x", "hotline": "x", "door": "x"}]
)
def test_half_a_request_is_no_fault(operator: FlaskClient, typed: dict[str, str]) -> None:
    data = {"body": "一些情况想反映一下", "began": "x", "spoke": "25:99"} | typed
    assert operator.post("/desk/register/beside", data=data).status_code == 200
    assert operator.post("/desk/register", data=data | {"then": "look"}).status_code == 200


def test_an_earlier_call_keeps_its_own_time(operator: FlaskClient) -> None:
    operator.post("/desk/register", data=CALL | {"spoke": "08:45"})
    assert local(newest().received_at).strftime("%m-%d %H:%M") == "06-08 08:45"


@pytest.mark.parametrize(("spoke", "said"), [("10:30", "时间在将来"), ("8 点多", "09:30")])
def test_a_time_that_cannot_be_is_told_at_its_field(operator: FlaskClient, spoke: str, said: str) -> None:
    answer = operator.post("/desk/register", data=CALL | {"spoke": spoke})
    assert answer.status_code == 422
    assert said in answer.text.split('id="spoke-error"')[1].split("</p>")[0]
    assert "送菜的车进不了小区" in answer.text


def test_a_draft_found_again_began_when_it_was_begun(operator: FlaskClient, clock: FrozenClock) -> None:
    began = clock.now
    operator.post("/desk/register/draft", data={"body": "送菜的车"})
    clock.forward(minutes=9)
    operator.post("/desk/register/draft", data={"body": "送菜的车进不了"})
    assert f'value="{began.isoformat()}"' in operator.get("/desk/register").text


def test_a_draft_can_be_dropped(operator: FlaskClient) -> None:
    assert "清空重填" not in operator.get("/desk/register").text
    operator.post("/desk/register/draft", data={"body": "送菜的车"})
    assert "清空重填" in operator.get("/desk/register").text
    page = operator.get(operator.post("/desk/register/discard").location).text
    assert "送菜的车" not in page
    assert 'data-draft-done="register"' in page


def test_the_next_caller_gets_an_empty_page_and_the_last_ones_number_is_read_out(
    operator: FlaskClient,
) -> None:
    answer = operator.post("/desk/register", data=CALL | {"then": "next"})
    page = operator.get(answer.location).text
    assert numbers.shown(newest().number) in page
    assert f"读作 {spoken_number(newest().number)}）" in page
    assert 'data-draft-done="register"' in page
    assert "惠民超市" not in page


def spoken_number(number: str) -> str:
    words = "".join("零一二三四五六七八九"[int(digit)] for digit in number)
    return f"{words[:6]}，{words[6:12]}，{words[12]}"


def test_the_number_and_password_page_is_told_to_its_operator_alone(
    operator: FlaskClient, client: FlaskClient, app: Flask
) -> None:
    location = operator.post("/desk/register", data=CALL).location
    other = app.test_client()
    colleague("another", Grant(Role.OPERATOR), client=other)
    assert "已不再显示" in other.get(location).text


def test_a_hall_clerk_registers_for_somebody_at_the_counter(operator: FlaskClient) -> None:
    operator.post("/desk/register", data=CALL | {"door": "assisted", "hotline": "", "phone": ""})
    assert (newest().door, newest().hotline_number, newest().phone) == ("assisted", None, None)


def test_danger_is_handed_over_first(operator: FlaskClient) -> None:
    operator.post("/desk/register/draft", data={"body": "后厨有瓦斯味"})
    assert "110、119 或 120" in operator.get("/desk/register").text

"""The pages of the knowledge: found, read, written; the public reads what holds and is for everybody."""

import pytest
from flask.testing import FlaskClient

from tests.conftest import MONDAY
from tests.support.people import colleague
from tests.support.requests import ticket
from ticketing.domain.actors import SYSTEM, Grant
from ticketing.domain.vocabulary import Role
from ticketing.models import Article
from ticketing.services import knowledge
from ticketing.services.history import Act
from ticketing.services.knowledge import Written

ACT = Act(SYSTEM, MONDAY)
FORM = {"kind": "policy", "title": "转供电不得加价", "body": "总额不得超过电费。", "topic": "T1909"}


def enter(client: FlaskClient, role: str) -> None:
    client.post("/logout")
    colleague(role, Grant(Role(role)), client=client)


@pytest.fixture
def open_one(client: FlaskClient) -> Article:
    return knowledge.write(Written("policy", "转供电不得加价", "总额不得超过电费。"), ACT)


@pytest.fixture
def inner(client: FlaskClient) -> Article:
    return knowledge.write(Written("answer", "催问进度怎么答", "先说谁在办。"), ACT)


def test_a_supervisor_writes_and_everybody_inside_reads(client: FlaskClient) -> None:
    enter(client, "supervisor")
    where = client.post("/knowledge/new", data=FORM).location
    assert "转供电不得加价" in client.get(where).text
    enter(client, "operator")
    assert "转供电不得加价" in client.get("/knowledge?q=供电").text
    assert "写一篇" not in client.get("/knowledge").text
    assert client.get("/knowledge/new").status_code == 403


def test_what_was_typed_stays_where_something_is_wrong(client: FlaskClient) -> None:
    enter(client, "supervisor")
    answer = client.post("/knowledge/new", data=FORM | {"title": "", "valid_until": "明年"})
    assert answer.status_code == 422
    for words in ("总额不得超过电费。", "这一项不能为空。", "日期请写成", "明年"):
        assert words in answer.text


def test_the_slower_of_two_writers_is_told_and_keeps_the_words(
    client: FlaskClient, open_one: Article
) -> None:
    enter(client, "supervisor")
    url = f"/knowledge/{open_one.number}/edit"
    assert client.post(url, data=FORM | {"body": "甲写的", "change": "改", "seen": 1}).status_code == 302
    late = client.post(url, data=FORM | {"body": "乙写的", "change": "改", "seen": 1})
    assert late.status_code == 422
    assert "别人刚写了新的一版" in late.text
    assert "乙写的" in late.text


def test_the_public_reads_what_is_for_everybody(
    client: FlaskClient, open_one: Article, inner: Article
) -> None:
    page = client.get("/news").text
    assert open_one.title in page
    assert inner.title not in page
    assert client.get(f"/news/{open_one.number}").status_code == 200
    assert client.get(f"/news/{inner.number}").status_code == 404
    assert open_one.title in client.get("/?q=供电加价").text


def test_what_was_withdrawn_is_gone_for_the_public(client: FlaskClient, open_one: Article) -> None:
    enter(client, "supervisor")
    client.post(f"/knowledge/{open_one.number}/use")
    assert client.get(f"/news/{open_one.number}").status_code == 404
    assert "已撤下" in client.get(f"/knowledge/{open_one.number}").text


def test_the_api_lists_and_reads_the_same(client: FlaskClient, open_one: Article, inner: Article) -> None:
    [line] = client.get("/api/v1/articles?q=供电").get_json()
    assert (line["title"], line["kind"]) == (open_one.title, "policy")
    assert client.get(f"/api/v1/articles/{line['number']}").get_json()["body"] == "总额不得超过电费。"
    assert client.get(f"/api/v1/articles/{inner.number}").status_code == 404


def test_what_fits_is_offered_while_a_request_is_typed(client: FlaskClient, open_one: Article) -> None:
    enter(client, "operator")
    page = client.post("/desk/register/beside", data={"body": "园区物业转供电加价收费"}).text
    assert f'data-cite="K{open_one.number}"' in page


def test_pages_cost_a_fixed_number_of_statements(
    client: FlaskClient, statements: list[str], open_one: Article
) -> None:
    enter(client, "supervisor")
    spent = []
    for more in range(2):
        for n in range(4 * more):
            knowledge.write(Written("notice", f"通知 {n}", "内容"), ACT)
        for url in ("/knowledge", "/news", f"/knowledge/{open_one.number}"):
            client.get(url)
            statements.clear()
            client.get(url)
            spent.append(len(statements))
    assert spent[:3] == spent[3:]
    assert max(spent) <= 25


def test_the_ticket_page_offers_what_the_answer_could_rest_on(client: FlaskClient, open_one: Article) -> None:
    one = ticket(body="园区物业转供电加价收费，每度多收三毛。")
    enter(client, "operator")
    assert client.get(f"/tickets/{one.number}").status_code == 200

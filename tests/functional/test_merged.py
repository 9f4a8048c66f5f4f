"""Merged tickets as they are read: by the colleagues of head and follower, and by the follower's enterprise."""

import re

import pytest
from flask.testing import FlaskClient

from tests.conftest import MONDAY
from tests.support.people import actor, colleague
from tests.support.requests import PASSWORD, sent
from ticketing.domain import numbers
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.models import Ticket
from ticketing.services import handling, linking, province
from ticketing.services.history import Act

HANDLER = Grant(Role.HANDLER, "HRB-SWJ")
HEADS_DATA = ("主单的标题", "主单的内容", "主单饭店", "李四", "13904519999", "主单的答复", "请主单补充")


@pytest.fixture
def head() -> Ticket:
    words = {"subject": "主单的标题", "body": "主单的内容，餐饮复工备案"}
    people = {"enterprise": "主单饭店", "requester": "李四", "phone": "13904519999"}
    return sent(type="help", **words, **people)


def follower(head: Ticket, **values: str) -> Ticket:
    one = sent(type="help", subject="另一家的事", **values)
    linking.merge(one, head, Act(actor(f"op{one.id}", Grant(Role.OPERATOR)), MONDAY))
    return one


def test_a_head_names_its_followers(client: FlaskClient, head: Ticket) -> None:
    names = ("南岗区甲饭店", "南岗区乙饭店")
    found = [follower(head, enterprise=name) for name in names]
    colleague("handler", HANDLER, client=client)
    section = client.get(f"/tickets/{head.number}").text.split('id="followers"')[1].split("</section>")[0]
    assert "2 件工单并入本单" in section
    for one in found:
        assert numbers.shown(one.number) in section
        assert one.enterprise in section
    assert section.count("待签收") == 2


def test_of_followers_elsewhere_only_the_number_is_told(client: FlaskClient, head: Ticket) -> None:
    other = follower(head, enterprise="别处的饭店", region_code="230200")
    assert other.bureau_code != head.bureau_code
    colleague("handler", HANDLER, client=client)
    page = client.get(f"/tickets/{head.number}").text
    assert "1 件工单并入本单" in page
    assert "另有 1 件没有列出" in page
    assert "别处的饭店" not in page


def test_a_follower_shows_whom_it_follows_and_how_that_stands(client: FlaskClient, head: Ticket) -> None:
    one = follower(head)
    handling.accept(head, Act(actor("clerk", HANDLER), MONDAY))
    colleague("handler", HANDLER, client=client)
    page = client.get(f"/tickets/{one.number}").text
    section = page.split('aria-label="主单"')[1].split("</section>")[0]
    assert f'<a href="/tickets/{head.number}">' in section
    assert numbers.shown(head.number) in section
    assert "办理中" in section
    assert f"并入主单 {numbers.shown(head.number)}" in page


def test_who_may_not_read_the_head_learns_its_number_and_progress_alone(
    client: FlaskClient, head: Ticket
) -> None:
    one = follower(head, region_code="230200")
    colleague("there", Grant(Role.HANDLER, one.bureau_code), client=client)
    page = client.get(f"/tickets/{one.number}").text
    section = page.split('aria-label="主单"')[1].split("</section>")[0]
    assert numbers.shown(head.number) in section
    assert "待签收" in section
    assert f"/tickets/{head.number}" not in page
    assert "主单的标题" not in page


@pytest.mark.parametrize(
    ("state", "told"), [("asked", "等另一家企业补充材料"), ("answered", "哈尔滨市商务局，已答复")]
)
def test_the_followers_enterprise_reads_progress_and_no_data(
    client: FlaskClient, head: Ticket, state: str, told: str
) -> None:
    one, act = follower(head), Act(actor("clerk", HANDLER), MONDAY)
    handling.accept(head, act)
    if state == "asked":
        handling.ask_requester(head, "请主单补充营业执照。", act, province.current())
    else:
        handling.propose_answer(head, act, province.current(), result="solved", text="主单的答复", basis="")
    client.post("/status", data={"number": one.number, "password": PASSWORD})
    page = client.get("/status/request").text
    assert told in page
    steps = re.findall(r"<b>([^<]+)</b>", page.split("一并办理的进展")[1].split("</section>")[0])
    assert steps == (["签收", "派单"] if state == "asked" else ["答复", "签收", "派单"])
    assert [words for words in (*HEADS_DATA, numbers.shown(head.number)) if words in page] == []


def test_followers_cost_one_statement_however_many(
    client: FlaskClient, head: Ticket, statements: list[str]
) -> None:
    for _ in range(6):
        follower(head)
    colleague("handler", HANDLER, client=client)
    statements.clear()
    client.get(f"/tickets/{head.number}")
    assert len([one for one in statements if "count(*) OVER" in one]) == 1
    assert len(statements) <= 25

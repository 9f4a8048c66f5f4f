"""The dispatchers' room: parts of the queue, a decision in two strokes, somebody who was quicker, precedents."""

import pytest
from flask.testing import FlaskClient

from tests.conftest import MONDAY
from tests.support.people import actor, colleague
from tests.support.requests import sent, ticket
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.models import Ticket
from ticketing.services import dispatch, handling, province
from ticketing.services.history import Act

SWJ, SCJG = "HRB-SWJ", "HRB-SCJG"


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    colleague("zhao", Grant(Role.DISPATCHER), client=client)
    return client


def returned(subject: str = "退回来的事", **values: object) -> Ticket:
    one = sent(subject=subject, **values)
    handler = Act(actor(f"h{one.id}", Grant(Role.HANDLER, SWJ)), MONDAY)
    dispatch.return_ticket(one, "not_our_duty", "职责第三条", SCJG, handler, province.current())
    return one


def test_each_part_of_the_queue_lists_its_own(desk: FlaskClient) -> None:
    returned()
    ticket(subject="不知道是谁的事", body="希望关心。")
    assert "退回来的事" in desk.get("/dispatch").text
    back, unsure = desk.get("/dispatch?tab=returns").text, desk.get("/dispatch?tab=unsure").text
    assert ("退回来的事" in back, "不知道是谁的事" in back) == (True, False)
    assert ("退回来的事" in unsure, "不知道是谁的事" in unsure) == (False, True)
    assert 'class="empty"' in desk.get("/dispatch?tab=disputed").text


def test_nonsense_in_the_address_is_the_whole_queue(desk: FlaskClient) -> None:
    returned()
    assert "退回来的事" in desk.get("/dispatch?tab=nonsense&after=x").text


def test_the_proposal_is_adopted_without_a_word(desk: FlaskClient) -> None:
    one = returned()
    page = desk.get(f"/dispatch/{one.number}").text
    assert "退单单位建议" in page
    assert "裁定时限" in page
    data = {"candidate": SCJG, "bureau": "", "note": "", "version": one.history_seq}
    assert desk.post(f"/dispatch/{one.number}", data=data).status_code == 302
    assert one.bureau_code == SCJG


def test_who_was_slower_reads_what_changed_and_keeps_the_choice(desk: FlaskClient) -> None:
    one = ticket(subject="两个人都在看", body="希望关心。")
    seen = one.history_seq
    quicker = Act(actor("quicker", Grant(Role.DISPATCHER)), MONDAY)
    dispatch.dispatch(one, SCJG, quicker, province.current(), reason="我先派了")
    data = {"candidate": SWJ, "bureau": "", "note": "", "version": seen}
    answer = desk.post(f"/dispatch/{one.number}", data=data)
    assert answer.status_code == 409
    assert "我先派了" in answer.text
    assert "它已经离开派单台" in answer.text
    assert one.bureau_code == SCJG


def test_a_candidate_says_how_sure_the_router_is(desk: FlaskClient) -> None:
    one = ticket(dispatch=False, topic_code="T1503", region_code="230103")
    assert "%</b>" in desk.get(f"/dispatch/{one.number}").text


def test_precedents_say_who_answered_something_similar(desk: FlaskClient) -> None:
    ended = sent(subject="去年问过的同一件事")
    handler = Act(actor("handler", Grant(Role.HANDLER, SWJ)), MONDAY)
    handling.accept(ended, handler)
    handling.propose_answer(ended, handler, province.current(), result="solved", text="好了。", basis="")
    sent(subject="没有答复的相似事")
    page = desk.get(f"/dispatch/{ticket(dispatch=False).number}").text
    assert "去年问过的同一件事" in page
    assert "没有答复的相似事" not in page

"""The ticket page: what is shown to whom, and every verb through the door."""

import re

import pytest
from flask.testing import FlaskClient

from tests.support.people import colleague
from tests.support.requests import sent, ticket
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Reveal, Ticket

HANDLER, HEAD = Grant(Role.HANDLER, "HRB-SWJ"), Grant(Role.HEAD, "HRB-SWJ")


def do(client: FlaskClient, one: Ticket, action: str, *, seen: int | None = None, **values: object) -> object:
    fields = {f"{action}-{name}": value for name, value in values.items()}
    db.session.expire_all()
    version = one.history_seq if seen is None else seen
    return client.post(f"/tickets/{one.number}/do/{action}", data={**fields, "version": version})


@pytest.fixture
def handler(client: FlaskClient) -> FlaskClient:
    colleague("handler", HANDLER, client=client)
    return client


def test_words_stand_untouched_and_people_are_masked(handler: FlaskClient) -> None:
    one = sent(body="<b>急</b> 请帮忙\n第二行")
    page = handler.get(f"/tickets/{one.number}").text
    assert "&lt;b&gt;急&lt;/b&gt; 请帮忙\n第二行" in page
    assert "139****0021" in page
    assert "13904510021" not in page
    assert "张**" in page


def test_another_bureaus_ticket_is_not_there(client: FlaskClient) -> None:
    colleague("stranger", Grant(Role.HANDLER, "QQHR-FGW"), client=client)
    assert client.get(f"/tickets/{sent().number}").status_code == 404


def test_accepting_is_the_first_thing_and_makes_it_ones_own(handler: FlaskClient) -> None:
    one = sent()
    assert '<div id="do-accept"' in handler.get(f"/tickets/{one.number}").text
    answer = do(handler, one, "accept")
    assert answer.status_code == 302
    assert (one.state, one.assignee_id is not None) == ("in_progress", True)


def test_an_answer_that_nobody_need_approve_goes_out(handler: FlaskClient) -> None:
    one = sent(type="help")
    do(handler, one, "accept")
    do(handler, one, "answer", result="solved", text="办好了。", basis="")
    assert (one.state, one.result) == ("answered", "solved")


def test_what_is_missing_is_told_at_its_field_and_the_text_stays(handler: FlaskClient) -> None:
    one = sent(type="help")
    do(handler, one, "accept")
    answer = do(handler, one, "answer", result="not_possible", text="没有办法。", basis="")
    assert answer.status_code == 422
    assert "无法解决时要写明依据" in answer.text
    assert "没有办法。" in answer.text


def test_the_second_clerk_is_told_what_changed_and_loses_no_text(handler: FlaskClient) -> None:
    one = sent(type="help")
    seen = one.history_seq
    do(handler, one, "accept")
    answer = do(handler, one, "return", seen=seen, reason_code="not_our_duty", basis="第三条", bureau="")
    assert answer.status_code == 409
    assert "别人先办了一步" in answer.text
    assert "第三条" in answer.text
    again = do(handler, one, "return", reason_code="not_our_duty", basis="第三条", bureau="")
    assert again.status_code == 302
    assert one.state == "new"


def test_who_was_too_late_for_a_step_keeps_the_words_and_no_button(handler: FlaskClient) -> None:
    one = sent(type="help")
    do(handler, one, "accept")
    seen = one.history_seq
    do(handler, one, "answer", result="solved", text="办好了。", basis="")
    answer = do(handler, one, "answer", seen=seen, result="solved", text="我也办好了。", basis="")
    assert answer.status_code == 409
    assert "别人先办了一步" in answer.text
    assert "现在不能再办“答复”了" in answer.text
    assert '<p class="said">我也办好了。</p>' in answer.text
    assert "再提交一次即可" not in answer.text
    assert 'id="do-answer"' not in answer.text


@pytest.mark.parametrize(
    ("kind", "status", "told"),
    [("help", 409, "现在不能再办“答复”了"), ("complaint", 422, "同样的请求已经在等审核。")],
)
def test_an_answer_that_comes_second_is_told_why_and_keeps_its_words(
    handler: FlaskClient, kind: str, status: int, told: str
) -> None:
    one = sent(type=kind)
    do(handler, one, "accept")
    do(handler, one, "answer", result="solved", text="办好了。", basis="")
    answer = do(handler, one, "answer", result="solved", text="我也办好了。", basis="")
    assert answer.status_code == status
    assert told in answer.text
    assert "我也办好了。" in answer.text


def test_the_page_of_a_ticket_is_dated_for_a_file(handler: FlaskClient) -> None:
    page = handler.get(f"/tickets/{sent(type='help').number}").text
    assert "2020年6月8日 周一 10:00" in page
    assert not re.search("(?<!年)6月", page)


def test_notes_of_others_disturb_nobody(handler: FlaskClient) -> None:
    one = sent()
    seen = one.history_seq
    do(handler, one, "note", text="备注一下")
    assert do(handler, one, "accept", seen=seen).status_code == 302


def test_a_complaint_waits_for_the_head(client: FlaskClient) -> None:
    one = sent(type="complaint")
    colleague("handler", HANDLER, client=client)
    do(client, one, "accept")
    text = "办好了。" * 20
    do(client, one, "answer", result="solved", text=text, basis="")
    page = client.get(f"/tickets/{one.number}").text
    assert "答复：已提请审核，通过以后才生效。" in page
    assert 'data-key="p"' not in page
    assert 'id="do-answer"' not in page
    assert one.state == "in_progress"
    client.post("/logout")
    colleague("head", HEAD, client=client)
    page = client.get(f"/tickets/{one.number}").text
    assert f'<p class="said">{text}</p>' in page
    assert 'data-key="p" data-focus="#waiting"' in page
    assert 'id="do-answer"' in page
    [approval] = [part.split('"')[0] for part in page.split("/approvals/")[1:2]]
    data = {f"decide{approval}-verdict": "approve", f"decide{approval}-reason": ""}
    assert client.post(f"/tickets/{one.number}/approvals/{approval}", data=data).status_code == 302
    db.session.expire_all()
    assert one.state == "answered"


def test_refusing_without_a_reason_is_told_at_the_decision(client: FlaskClient) -> None:
    one = sent(type="complaint")
    colleague("handler", HANDLER, client=client)
    do(client, one, "accept")
    do(client, one, "answer", result="solved", text="办好了。", basis="")
    client.post("/logout")
    colleague("head", HEAD, client=client)
    approval = client.get(f"/tickets/{one.number}").text.split("/approvals/")[1].split('"')[0]
    data = {f"decide{approval}-verdict": "refuse", f"decide{approval}-reason": ""}
    answer = client.post(f"/tickets/{one.number}/approvals/{approval}", data=data)
    assert answer.status_code == 422
    assert "这一项不能为空" in answer.text


def test_looking_behind_the_mask_needs_a_reason_and_is_written_down(handler: FlaskClient) -> None:
    one = sent()
    for nothing in ("", "   ", "\x00"):
        answer = handler.post(f"/tickets/{one.number}/reveal", data={"reason": nothing})
        assert answer.status_code == 422
        assert "+8613904510021" not in answer.text
    page = handler.post(f"/tickets/{one.number}/reveal", data={"reason": "回电核实"}).text
    assert "+8613904510021" in page
    assert db.session.query(Reveal).one().reason == "回电核实"


def test_a_bureau_stands_beside_its_own_people_alone(handler: FlaskClient, supervisor: FlaskClient) -> None:
    one = sent(type="help")
    do(handler, one, "accept")
    do(handler, one, "note", text="已联系企业。")
    do(supervisor, one, "supervise", reason="请今天回复。")
    do(supervisor, one, "note", text="已电话督促。")
    page = handler.get(f"/tickets/{one.number}").text
    assert page.count("handler先生 · 哈尔滨市商务局") == 2
    assert "sun先生" in page
    assert "sun先生 ·" not in page


def test_who_reported_is_nobodys_business_at_the_bureau(handler: FlaskClient) -> None:
    one = sent(type="report")
    page = handler.get(f"/tickets/{one.number}").text
    assert "举报人信息已保密" in page
    assert "老灶火锅店" not in page.split("基本情况")[1]


def test_the_page_costs_a_fixed_number_of_statements(handler: FlaskClient, statements: list[str]) -> None:
    one = sent()
    for number in range(15):
        do(handler, one, "note", text=f"备注 {number}")
    statements.clear()
    handler.get(f"/tickets/{one.number}")
    assert len(statements) <= 25


def test_nothing_new_costs_nothing(handler: FlaskClient) -> None:
    one = sent()
    first = handler.get(f"/tickets/{one.number}/news?since=2")
    assert first.json == {"count": 0}
    again = handler.get(
        f"/tickets/{one.number}/news?since=2", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304


def test_the_dispatcher_sends_an_undecided_one_on(client: FlaskClient) -> None:
    one = ticket(subject="一点情况", body="希望关心。")
    colleague("dispatcher", Grant(Role.DISPATCHER), client=client)
    assert do(client, one, "dispatch", bureau="不存在的局", reason="").status_code == 422
    assert do(client, one, "dispatch", bureau="哈尔滨市商务局", reason="").status_code == 302
    assert (one.state, one.bureau_code) == ("dispatched", "HRB-SWJ")


def test_each_deadline_says_what_it_rests_on(client: FlaskClient) -> None:
    one = sent(type="help")
    colleague("handler", Grant(Role.HANDLER, "HRB-SWJ"), client=client)
    assert f"/tickets/{one.number}/deadline" in client.get(f"/tickets/{one.number}").text
    page = client.get(f"/tickets/{one.number}/deadline").text
    for said in ("时限 5 个工作日", "第 1 个工作日", "周末", "开始计时", "cn-2026#"):
        assert said in page


def test_colleagues_are_offered_by_the_sound_of_their_names(client: FlaskClient) -> None:
    one = sent()
    for username, name in (("a", "赵雷"), ("b", "陈芳"), ("c", "安宁")):
        colleague(username, HANDLER).name = name
    colleague("head", HEAD, client=client)
    db.session.flush()
    page = client.get(f"/tickets/{one.number}").text
    places = [page.index(f">{name}</option>") for name in ("安宁", "陈芳", "赵雷")]
    assert places == sorted(places)

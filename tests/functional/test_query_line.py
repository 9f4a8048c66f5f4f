"""The query line on its pages: completions, mistakes at their place, a plain form underneath."""

import html

import pytest
from flask.testing import FlaskClient

from tests.support.people import colleague
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role

ROOMS = {
    "/desk/tickets": Grant(Role.OPERATOR),
    "/dispatch/tickets": Grant(Role.DISPATCHER),
    "/bureau/tickets": Grant(Role.HANDLER, "HRB-SWJ"),
    "/watch/record": Grant(Role.SUPERVISOR),
}


@pytest.mark.parametrize("path", ROOMS)
def test_every_room_reads_fields(client: FlaskClient, path: str) -> None:
    sent(subject="评标委员会", type="help")
    sent(subject="消防验收", type="consultation")
    colleague("reader", ROOMS[path], client=client)
    page = client.get(path, query_string={"q": "类型:求助 received<3d"}).text
    assert ("评标委员会" in page, "消防验收" in page) == (True, False)


def test_a_mistake_is_shown_where_it_stands_and_the_line_stays(client: FlaskClient) -> None:
    sent(subject="评标委员会")
    colleague("operator", Grant(Role.OPERATOR), client=client)
    page = html.unescape(client.get("/desk/tickets", query_string={"q": "评标 承办:没有的局"}).text)
    assert "评标 承办:<mark>没有的局</mark></code>" in page
    assert "第 7 个字：没有叫“没有的局”的承办单位。" in page
    assert 'value="评标 承办:没有的局"' in page
    assert "<tr data-row>" not in page


def test_what_a_mistake_quotes_is_text_and_nothing_else(client: FlaskClient) -> None:
    colleague("operator", Grant(Role.OPERATOR), client=client)
    page = client.get("/desk/tickets", query_string={"q": "承办:<script>alert(1)</script>"}).text
    assert "<script>alert" not in page


def suggested(client: FlaskClient, line: str, **more: object) -> list[str]:
    return [one["shown"] for one in client.get("/find/suggest", query_string={"q": line, **more}).get_json()]


def test_the_line_completes_itself(client: FlaskClient) -> None:
    colleague("operator", Grant(Role.OPERATOR), client=client)
    assert suggested(client, "承") == ["承办:"]
    assert "哈尔滨市商务局" in suggested(client, "承办:商务") + suggested(client, "承办:哈尔滨市商")
    assert "办理中" in suggested(client, "消防 状态:办")
    assert suggested(client, "状态:办 消防", at=4) == suggested(client, "状态:办")


def test_the_line_completes_itself_in_english(client: FlaskClient) -> None:
    colleague("operator", Grant(Role.OPERATOR), client=client)
    client.set_cookie("lang", "en")
    assert "bureau:" in suggested(client, "")
    assert "Complaint" in suggested(client, "type:com")


def test_the_second_value_of_a_field_is_read_and_completed(client: FlaskClient) -> None:
    for kind, subject in (("help", "评标委员会"), ("complaint", "中标公示"), ("consultation", "消防验收")):
        sent(subject=subject, type=kind)
    colleague("operator", Grant(Role.OPERATOR), client=client)
    assert suggested(client, "类型:求助，投") == ["投诉"]
    page = client.get("/desk/tickets", query_string={"q": "类型:求助，投诉"}).text
    assert [one in page for one in ("评标委员会", "中标公示", "消防验收")] == [True, True, False]
    wrong = html.unescape(client.get("/desk/tickets", query_string={"q": "类型:求助,投拆"}).text)
    assert "类型:求助,<mark>投拆</mark></code>" in wrong
    assert "第 7 个字：没有叫“投拆”的类型。" in wrong


def test_strangers_are_told_nothing(client: FlaskClient) -> None:
    assert client.get("/find/suggest?q=承办:").status_code == 302
    colleague("keeper", Grant(Role.ADMIN), client=client)
    assert client.get("/find/suggest?q=承办:").status_code == 403


def test_a_bureau_sees_no_person_in_what_a_telephone_finds(client: FlaskClient) -> None:
    sent(subject="评标委员会", requester="赵四海", phone="13904510021")
    colleague("worker", Grant(Role.HANDLER, "HRB-SWJ"), client=client)
    page = client.get("/bureau/tickets?q=0021").text
    assert "评标委员会" in page
    assert "赵四海" not in page
    assert "13904510021" not in page

"""Following a request: number and password, the limits on guessing, what the enterprise can do itself."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import FrozenClock
from tests.support.people import actor
from tests.support.requests import PASSWORD, sent, ticket
from ticketing.domain import numbers
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, vault
from ticketing.models import Delivery, Ticket
from ticketing.services import attachments, guesses, handling, province
from ticketing.services.attachments import Added, Upload
from ticketing.services.history import Act


def enter(client: FlaskClient, one: Ticket, password: str = PASSWORD, **more: str) -> object:
    return client.post("/status", data={"number": numbers.shown(one.number), "password": password, **more})


def answered(clock: FrozenClock) -> Ticket:
    one = sent(type="help")
    act = Act(actor("handler", Grant(Role.HANDLER, "HRB-SWJ")), clock.now)
    handling.accept(one, act)
    handling.note(one, "内部的话", act)
    handling.propose_answer(one, act, province.current(), result="solved", text="已经办好。", basis="")
    return one


def test_number_and_password_open_it(client: FlaskClient) -> None:
    one = sent()
    assert enter(client, one).location == "/status/request"
    page = client.get("/status/request").text
    assert one.subject in page
    assert "哈尔滨市商务局" in page
    assert "还剩" in page
    assert "2020年6月8日 周一 10:00" in page
    assert not re.search("(?<!年)6月", page)


def test_a_mistyped_digit_is_told_before_any_look_up(client: FlaskClient) -> None:
    one = sent()
    wrong = one.number[:-1] + str((int(one.number[-1]) + 1) % 10)
    answer = client.post("/status", data={"number": wrong, "password": PASSWORD})
    assert "可能输错了一位" in answer.text


def test_a_wrong_number_looks_like_a_wrong_password(client: FlaskClient) -> None:
    one = sent()
    stranger = numbers.issue(one.created_at, 777_777)
    texts = []
    for number, password in ((one.number, "000000"), (stranger, "000000")):
        answer = client.post("/status", data={"number": number, "password": password})
        assert answer.status_code == 422
        texts.append(
            re.sub(r"(?<=csrf_token\" value=\")[^\"]+|[0-9a-f]{16}|\d{6}-\d{6}-\d|\d{13}", "", answer.text)
        )
    assert texts[0] == texts[1]
    assert "不对，请对照回执" in texts[0]


def test_a_number_closes_after_too_many_guesses_and_the_telephone_opens_it(
    client: FlaskClient, clock: FrozenClock
) -> None:
    one = sent()
    for place in range(guesses.PER_NUMBER):
        client.post("/status", data={"number": one.number, "password": "000000"},
                    environ_base={"REMOTE_ADDR": f"10.0.0.{place}"})  # fmt: skip
    assert enter(client, one).status_code == 429
    client.post("/status/password", data={"number": one.number})
    body = db.session.scalars(select(Delivery.body)).one()
    code = re.search(r"\d{6}", body).group(0)
    answer = client.post("/status/password/code", data={"number": one.number, "code": code})
    page = client.get(answer.location).text
    password = re.search(r'<b class="code">(\d{6})</b>', page).group(1)
    clock.forward(hours=1)
    assert enter(client, one, password).status_code == 302


def test_an_address_waits_longer_each_time(client: FlaskClient, clock: FrozenClock) -> None:
    for serial in range(guesses.FREE_PER_ADDRESS + 1):
        client.post("/status", data={"number": numbers.issue(clock.now, serial), "password": "000000"})
    one = sent()
    assert enter(client, one).status_code == 429
    clock.forward(seconds=5)
    assert enter(client, one).status_code == 302


def test_past_the_systems_budget_the_telephone_is_asked_for(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, clock: FrozenClock
) -> None:
    monkeypatch.setattr(guesses, "SYSTEM_BUDGET", 1)
    one = sent()
    client.post("/status", data={"number": numbers.issue(clock.now, 5), "password": "000000"})
    assert "后四位" in enter(client, one).text
    assert enter(client, one, phone_tail="0021").status_code == 302


@pytest.mark.parametrize("known", [True, False])
def test_asking_for_a_code_never_tells_whether_there_is_such_a_request(
    client: FlaskClient, clock: FrozenClock, known: bool
) -> None:
    number = sent().number if known else numbers.issue(clock.now, 4321)
    answer = client.post("/status/password", data={"number": number})
    assert "如果编码登记了手机号" in client.get(answer.location).text


def test_a_code_is_good_once_and_not_for_long(client: FlaskClient, clock: FrozenClock) -> None:
    one = sent()
    client.post("/status/password", data={"number": one.number})
    code = re.search(r"\d{6}", db.session.scalars(select(Delivery.body)).one()).group(0)
    clock.forward(minutes=11)
    answer = client.post("/status/password/code", data={"number": one.number, "code": code})
    assert "已过期" in answer.text


def test_the_session_ends_by_itself(client: FlaskClient, clock: FrozenClock) -> None:
    enter(client, sent())
    clock.forward(minutes=31)
    assert client.get("/status/request").location == "/status"


def test_the_enterprise_reads_no_internal_word(client: FlaskClient, clock: FrozenClock) -> None:
    one = answered(clock)
    enter(client, one)
    page = client.get("/status/request").text
    assert "已经办好。" in page
    assert "内部的话" not in page
    assert "handler先生" not in page


def test_contesting_reopens_and_confirming_closes(client: FlaskClient, clock: FrozenClock) -> None:
    one = answered(clock)
    enter(client, one)
    clock.forward(minutes=10)
    client.post("/status/request/contest", data={"contest-text": "还差一项。"})
    db.session.expire_all()
    assert (one.state, one.contests) == ("in_progress", 1)
    assert "承办单位正在重新办理" in client.get("/status/request").text
    act = Act(actor("other", Grant(Role.HANDLER, "HRB-SWJ")), clock.forward(minutes=10))
    handling.propose_answer(one, act, province.current(), result="solved", text="补上了。", basis="")
    ratings = {f"confirm-{aspect}": "5" for aspect in ("promptness", "attitude", "result")}
    client.post("/status/request/confirm", data=ratings)
    db.session.expire_all()
    assert (one.state, one.ratings["result"]) == ("closed", 5)


def test_contesting_without_words_is_told_at_the_field(client: FlaskClient, clock: FrozenClock) -> None:
    enter(client, answered(clock))
    answer = client.post("/status/request/contest", data={"contest-text": " "})
    assert answer.status_code == 422
    assert "contest-text-error" in answer.text


def test_too_late_to_contest_shows_no_way(client: FlaskClient, clock: FrozenClock) -> None:
    one = answered(clock)
    clock.forward(days=16)
    enter(client, one)
    assert "不认可，要求重办" not in client.get("/status/request").text


def test_supplying_lets_the_clock_go_on(client: FlaskClient, clock: FrozenClock) -> None:
    one = sent(type="help")
    act = Act(actor("handler", Grant(Role.HANDLER, "HRB-SWJ")), clock.now)
    handling.accept(one, act)
    handling.ask_requester(one, "请补平面图。", act, province.current())
    enter(client, one)
    assert "请补平面图。" in client.get("/status/request").text
    client.post("/status/request/supply", data={"supply-text": "已附上。"})
    db.session.expire_all()
    assert one.state == "in_progress"


def test_reminding_twice_a_day_is_once(client: FlaskClient) -> None:
    one = sent()
    enter(client, one)
    client.post("/status/request/remind")
    client.get("/status/request")
    client.post("/status/request/remind")
    assert "今天已经催办过" in client.get("/status/request").text


def test_withdrawing_ends_it(client: FlaskClient) -> None:
    one = sent()
    enter(client, one)
    client.post("/status/request/withdraw", data={"withdraw-text": "解决了"})
    db.session.expire_all()
    assert (one.state, one.close_reason) == ("closed", "withdrawn")


def test_the_page_costs_little(client: FlaskClient, clock: FrozenClock, statements: list[str]) -> None:
    enter(client, answered(clock))
    statements.clear()
    client.get("/status/request")
    assert len(statements) <= 12


def test_an_undecided_one_says_so(client: FlaskClient) -> None:
    enter(client, ticket(subject="一点情况", body="希望关心。"))
    assert "正在确定承办单位" in client.get("/status/request").text


def test_too_late_to_contest_is_said_and_the_words_stay(client: FlaskClient, clock: FrozenClock) -> None:
    one = answered(clock)
    clock.forward(days=15, minutes=1)
    enter(client, one)
    answer = client.post("/status/request/contest", data={"contest-text": "还差一项。"})
    assert answer.status_code == 422
    assert "答复后 15 天内可以提出不认可" in answer.text
    assert "还差一项。" in answer.text
    db.session.expire_all()
    assert one.state == "answered"


def test_what_was_written_while_the_request_moved_on_is_not_lost(
    client: FlaskClient, clock: FrozenClock
) -> None:
    one = answered(clock)
    enter(client, one)
    answer = client.post("/status/request/supply", data={"supply-text": "平面图见附件。"})
    assert answer.status_code == 409
    assert "平面图见附件。" in answer.text
    assert "不能进行这一步" in answer.text


@pytest.mark.parametrize(
    ("verb", "field", "text"),
    [
        ("contest", "text", "长" * 20_001),
        ("confirm", "remark", "长" * 20_001),
        ("withdraw", "text", "长" * 20_001),
    ],
)
def test_too_many_words_come_back_with_their_field(
    client: FlaskClient, clock: FrozenClock, verb: str, field: str, text: str
) -> None:
    enter(client, answered(clock))
    answer = client.post(f"/status/request/{verb}", data={f"{verb}-{field}": text})
    assert answer.status_code == 422
    assert "最多 20000 个字" in answer.text.split(f'id="{verb}-{field}-error"')[1][:60]
    assert text in answer.text


def test_who_opened_one_request_reads_no_other(client: FlaskClient) -> None:
    mine, other = sent(), sent(subject="别人家的事")
    row = attachments.add(other, Upload("合同.txt", "别人的合同".encode()), Added("企业", mine.created_at, public=True),
                          most_bytes=1_000)  # fmt: skip
    enter(client, mine)
    assert client.get(f"/status/request/files/{row.id}").status_code == 404
    assert "别人家的事" not in client.get("/status/request").text
    assert client.get(f"/tickets/{other.number}").location.startswith("/login")


def test_an_internal_file_is_not_handed_out(client: FlaskClient) -> None:
    one = sent()
    add = {"most_bytes": 1_000}
    shown, hidden = (
        attachments.add(one, Upload(f"{public}.txt", str(public).encode()),
                        Added("企业", one.created_at, public=public), **add)
        for public in (True, False)
    )  # fmt: skip
    enter(client, one)
    answer = client.get(f"/status/request/files/{shown.id}")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/status/request/files/{hidden.id}").status_code == 404


def test_nothing_new_costs_nothing_and_an_internal_note_is_no_news(client: FlaskClient) -> None:
    one = sent()
    enter(client, one)
    address = re.search(r"(/status/request/news\?since=\d+)", client.get("/status/request").text).group(1)
    first = client.get(address)
    assert first.json == {"count": 0}
    act = Act(actor("handler", Grant(Role.HANDLER, "HRB-SWJ")), one.created_at)
    handling.note(one, "内部的话", act)
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    handling.accept(one, act)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.json) == (200, {"count": 1})


def test_leaving_closes_it(client: FlaskClient) -> None:
    enter(client, sent())
    client.post("/status/leave")
    assert client.get("/status/request").location == "/status"
    assert client.post("/status/request/withdraw").location == "/status"


def test_a_new_password_ends_what_the_old_one_opened(client: FlaskClient) -> None:
    one = sent()
    enter(client, one)
    assert client.get("/status/request").status_code == 200
    one.password_hash = vault.seal("654321")
    db.session.flush()
    assert client.get("/status/request").location == "/status"

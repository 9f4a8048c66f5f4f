"""The call desk through the door: the board, a call's page, registering for a call, the log, call-backs, the stream."""

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import MONDAY, FrozenClock
from tests.support.calls import ALWAYS, BY_DAY, CALLER, answered, ended, rang, told
from tests.support.people import PASSWORD, colleague
from tests.support.requests import sent
from ticketing.domain.actors import Grant
from ticketing.domain.calls import Voicemail
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Account, Call, Callback, CallReveal, Presence, Ticket
from ticketing.services import callback_duties
from ticketing.web import stream

WHOLE, MASKED = "13904510021", "139****0021"


@pytest.fixture
def operator(client: FlaskClient) -> FlaskClient:
    colleague("operator", Grant(Role.OPERATOR), client=client)
    return client


@pytest.fixture
def boss(app: Flask) -> FlaskClient:
    client = app.test_client()
    colleague("boss", Grant(Role.SUPERVISOR), client=client)
    return client


def me() -> Account:
    return db.session.scalars(select(Account).where(Account.username == "operator")).one()


def call_of(call: Call) -> Call:
    return db.session.get(Call, call.id, populate_existing=True)


def mine(name: str = "1") -> Call:
    """Return a call on which the operator talks."""
    me().desk_phone = "client:op"
    db.session.flush()
    return told(rang(name), answered(name))


def test_the_board_knows_the_caller_before_anybody_speaks(operator: FlaskClient) -> None:
    sent(enterprise="老灶火锅店")
    sent(phone="13900000000", enterprise="别家")
    told(rang("1"))
    page = operator.get("/desk").text
    ringing = page.split('class="plain ringing"')[1].split("</ul>")[0]
    assert [word in ringing for word in ("老灶火锅店", "有 1 件在办", WHOLE, "别家")] == [
        True,
        True,
        True,
        False,
    ]


def test_an_unchanged_board_costs_a_304_and_a_new_call_does_not(operator: FlaskClient) -> None:
    first = operator.get("/desk/live")
    again = {"If-None-Match": first.headers["ETag"]}
    assert operator.get("/desk/live", headers=again).status_code == 304
    told(rang("1"))
    assert operator.get("/desk/live", headers=again).status_code == 200


def test_the_board_costs_the_same_with_one_call_and_thirty(
    operator: FlaskClient, statements: list[str]
) -> None:
    for n in range(30):
        told(rang(str(n), caller=f"139045100{n:02d}"))
    operator.get("/desk")
    statements.clear()
    operator.get("/desk")
    assert len(statements) <= 16


def test_what_an_operator_does_is_said_and_shown(operator: FlaskClient) -> None:
    operator.post("/desk/presence", data={"state": "ready"})
    page = operator.get("/desk").text
    assert 'value="ready" aria-pressed="true"' in page
    assert operator.post("/desk/presence", data={"state": "asleep"}).status_code == 422
    assert db.session.query(Presence).one().state == "ready"


def test_a_call_is_taken_once(operator: FlaskClient, app: Flask) -> None:
    call = told(rang("1"))
    answer = operator.post(f"/desk/calls/{call.id}/take")
    assert answer.location == f"/desk/calls/{call.id}"
    other = app.test_client()
    colleague("another", Grant(Role.OPERATOR), client=other)
    assert other.post(f"/desk/calls/{call.id}/take").status_code == 409
    assert call_of(call).account_id == me().id


def test_the_page_of_a_call_shows_greeting_topics_past_and_danger(operator: FlaskClient) -> None:
    sent(subject="上次的事")
    call = mine()
    operator.post(f"/desk/calls/{call.id}/notes", data={"notes": "后厨有瓦斯味"})
    page = operator.get(f"/desk/calls/{call.id}").text
    for word in (
        "您好，省营商局企业诉求热线，请讲",
        "上次的事",
        "后厨有瓦斯味</textarea>",
        "110、119 或 120",
        WHOLE,
    ):
        assert word in page


def test_notes_are_kept_as_typed(operator: FlaskClient) -> None:
    call = mine()
    for text in ("送菜", "送菜的车"):
        assert operator.post(f"/desk/calls/{call.id}/notes", data={"notes": text}).status_code == 204
    assert call_of(call).notes == "送菜的车"


def test_on_the_way_to_the_form_the_last_word_goes_along(operator: FlaskClient) -> None:
    call = mine()
    for then, where in (("register", ""), ("answer", "&answering=1")):
        told = {"notes": "还没来得及存", "then": then}
        answer = operator.post(f"/desk/calls/{call.id}/notes", data=told)
        assert answer.location == f"/desk/register?call={call.id}{where}"
        assert "还没来得及存</textarea>" in operator.get(answer.location).text


def test_what_stands_beside_follows_the_notes(operator: FlaskClient) -> None:
    page = operator.post(f"/desk/calls/{mine().id}/beside", data={"notes": "全厂停产了，南岗区餐饮"}).text
    assert "停产" in page
    assert "<html" not in page


def test_a_call_becomes_a_ticket_whose_promise_began_when_it_was_answered(
    operator: FlaskClient, clock: FrozenClock
) -> None:
    call = mine()
    operator.post(f"/desk/calls/{call.id}/notes", data={"notes": "送菜的车进不了小区。"})
    clock.forward(minutes=9)
    page = operator.get(f"/desk/register?call={call.id}").text
    assert "送菜的车进不了小区。</textarea>" in page
    assert f'value="{WHOLE}"' in page
    assert f'<option selected value="{ALWAYS}"' in page
    filed = {"phone": WHOLE, "body": "送菜的车进不了小区。", "hotline": ALWAYS, "door": "telephone"}
    answer = operator.post(f"/desk/register?call={call.id}", data=filed)
    ticket = db.session.scalars(select(Ticket)).one()
    assert ticket.received_at == MONDAY + dt.timedelta(seconds=8)
    assert (call_of(call).outcome, call_of(call).ticket_id) == ("ticket", ticket.id)
    assert 'href="/desk"' in operator.get(answer.location).text


def test_an_answer_on_the_call_closes_both(operator: FlaskClient) -> None:
    call = mine()
    filed = {
        "phone": WHOLE,
        "body": "补贴怎么报？",
        "door": "telephone",
        "answer": "网上报。",
        "cited": "惠企通知",
    }
    operator.post(f"/desk/register?call={call.id}", data=filed)
    ticket = db.session.scalars(select(Ticket)).one()
    assert (call_of(call).outcome, call_of(call).ticket_id, ticket.state) == ("answered", ticket.id, "closed")


def test_two_calls_never_share_a_draft(operator: FlaskClient) -> None:
    first, second = mine("1"), mine("2")
    operator.post(f"/desk/register/draft?call={first.id}", data={"body": "第一位"})
    operator.post("/desk/register/draft", data={"body": "没有来电"})
    assert "第一位</textarea>" in operator.get(f"/desk/register?call={first.id}").text
    assert "第一位" not in operator.get(f"/desk/register?call={second.id}").text
    assert "没有来电</textarea>" in operator.get("/desk/register").text


def test_a_message_is_a_draft_of_a_ticket_since_it_was_left(operator: FlaskClient) -> None:
    call = told(
        rang("1"),
        Voicemail(exchange="test", call="1", key="vm", at=MONDAY, recording="rec", seconds=35),
        ended("1"),
    )
    page = operator.get(f"/desk/calls/{call.id}").text
    assert "留言 35 秒" in page
    operator.post(f"/desk/register?call={call.id}", data={"body": "留言说车进不去。", "door": "telephone"})
    assert db.session.scalars(select(Ticket)).one().received_at == MONDAY
    assert db.session.scalars(select(Callback)).one().outcome == "ticket"


def test_a_call_leaves_no_ticket_only_with_a_reason(operator: FlaskClient) -> None:
    call = mine()
    assert operator.post(f"/desk/calls/{call.id}/no-ticket", data={}).status_code == 422
    operator.post(f"/desk/calls/{call.id}/no-ticket", data={"n-reason": "wrong", "n-text": "找银行"})
    assert call_of(call).reason == "wrong: 找银行"
    assert "打错了：找银行" in operator.get(f"/desk/calls/{call.id}").text


def test_a_call_back_is_promised_for_a_time(operator: FlaskClient) -> None:
    call = mine()
    told = {"b-text": "查到政策后回", "b-due": "11:30"}
    operator.post(f"/desk/calls/{call.id}/call-back", data=told)
    duty = db.session.scalars(select(Callback)).one()
    assert (duty.due_at, duty.owner_id) == (MONDAY + dt.timedelta(minutes=90), me().id)
    assert "查到政策后回" in operator.get("/desk/callbacks?list=mine").text


@pytest.mark.parametrize("due", ["09:00", "x"])
def test_a_time_that_cannot_be_is_told(operator: FlaskClient, due: str) -> None:
    answer = operator.post(f"/desk/calls/{mine().id}/call-back", data={"b-text": "回", "b-due": due})
    assert answer.status_code == 422
    assert 'id="b-due-error"' in answer.text


def test_hold_transfer_and_the_emergency_stand_in_the_log(operator: FlaskClient, clock: FrozenClock) -> None:
    call = mine()
    for verb, to in (("hold", ""), ("resume", ""), ("transfer", BY_DAY), ("emergency", "119")):
        clock.forward(seconds=20)
        operator.post(f"/desk/calls/{call.id}/line", data={"verb": verb, "to": to})
    page = operator.get(f"/desk/calls/{call.id}").text
    for word in ("保持", "恢复通话", "省发改委企业诉求热线", "热转应急 119"):
        assert word in page.split("来电经过")[1]


def test_numbers_are_masked_but_for_who_talks_or_calls_back(operator: FlaskClient, boss: FlaskClient) -> None:
    call = told(rang("1"), ended("1", 40))
    assert WHOLE not in operator.get(f"/desk/calls/{call.id}").text
    operator.post(f"/desk/calls/{call.id}/own")
    assert WHOLE in operator.get(f"/desk/calls/{call.id}").text
    for path in (f"/desk/calls/{call.id}", "/desk/calls", "/desk/callbacks"):
        page = boss.get(path).text
        assert (WHOLE in page, MASKED in page) == (False, True)


def test_a_look_behind_the_mask_says_why_and_is_kept(boss: FlaskClient) -> None:
    call = told(rang("1"), ended("1", 40))
    for nothing in ("", "  ", "\x00"):
        assert boss.post(f"/desk/calls/{call.id}/reveal", data={"reason": nothing}).status_code == 422
    assert WHOLE in boss.post(f"/desk/calls/{call.id}/reveal", data={"reason": "核对投诉"}).text
    assert [row.reason for row in db.session.scalars(select(CallReveal))] == ["核对投诉"]


def test_supervisors_look_and_do_not_answer(boss: FlaskClient) -> None:
    call = told(rang("1"))
    assert "接听" not in boss.get(f"/desk/calls/{call.id}").text
    posts = ("take", "notes", "no-ticket", "call-back", "own", "unreached", "line", "beside")
    assert {boss.post(f"/desk/calls/{call.id}/{one}").status_code for one in posts} == {403}
    assert {boss.get(path).status_code for path in ("/desk", "/desk/live")} == {403}


def test_a_call_that_is_nobodys_is_not_found(operator: FlaskClient) -> None:
    for path in ("/desk/calls/999999", "/desk/calls/999999/state", "/desk/register?call=999999"):
        assert operator.get(path).status_code == 404
    call = mine()
    assert operator.post(f"/desk/calls/{call.id}/own").status_code == 404


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"a", "b", "c", "d"}),
        (f"line=%2B{BY_DAY[1:]}", {"b"}),
        ("outcome=missed", {"b", "d"}),
        ("outcome=lost", {"b", "d"}),
        ("outcome=unfiled", {"c"}),
        ("outcome=open", {"a"}),
        ("mine=1", {"c"}),
        ("day=2020-06-07", {"d"}),
        ("day=x&line=x&outcome=x", {"a", "b", "c", "d"}),
    ],
)
def test_the_log_is_filtered(operator: FlaskClient, query: str, shown: set[str]) -> None:
    me().desk_phone = "client:op"
    db.session.flush()
    yesterday = MONDAY - dt.timedelta(days=1)
    told(rang("a", caller="13900000001"))
    told(rang("b", called=BY_DAY, caller="13900000002"), ended("b"))
    told(rang("c", caller="13900000003"), answered("c"), ended("c"))
    told(
        rang("d", caller="13900000004", at=yesterday),
        ended("d", 60 - 86400),
    )
    page = operator.get(f"/desk/calls?{query}").text
    assert {name for name, n in zip("abcd", "1234", strict=True) if f"139****000{n}" in page} == shown


def test_pages_of_the_log_follow_each_other(operator: FlaskClient, statements: list[str]) -> None:
    for n in range(60):
        told(rang(str(n), at=MONDAY - dt.timedelta(minutes=n)))
    operator.get("/desk/calls")
    statements.clear()
    first = operator.get("/desk/calls").text
    assert len(statements) <= 10
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = operator.get(older).text
    found = [
        {part for part in page.split('"') if part.startswith("/desk/calls/")} for page in (first, second)
    ]
    assert [len(one) for one in found] == [50, 10]
    assert not found[0] & found[1]


def test_call_backs_are_listed_by_what_is_due_next(operator: FlaskClient, clock: FrozenClock) -> None:
    told(rang("day", called=BY_DAY, caller="13900000002"), ended("day"))
    told(rang("always", caller="13900000001"), ended("always"))
    page = operator.get("/desk/callbacks").text
    assert page.index("139****0001") < page.index("139****0002")
    clock.forward(minutes=30)
    late = operator.get("/desk/callbacks?list=overdue").text
    assert ("139****0001" in late, "139****0002" in late) == (True, False)


def test_a_call_back_that_reached_nobody_three_times_is_over(operator: FlaskClient) -> None:
    call = told(rang("1"), ended("1", 40))
    assert operator.get("/desk/callbacks/next").location == f"/desk/calls/{call.id}"
    for _ in range(callback_duties.TRIES):
        operator.post(f"/desk/calls/{call.id}/unreached", data={"text": "无人接听"})
    assert operator.get("/desk/callbacks/next").location == "/desk/callbacks"
    assert "三次未接通" in operator.get("/desk/callbacks?list=done").text
    assert operator.get(f"/desk/calls/{call.id}").text.count("没打通 · operator先生") == 3


def heard(operator: FlaskClient, seen: str = "") -> str:
    """Return the first event of a stream."""
    answer = operator.get("/desk/stream", headers={"Last-Event-ID": seen})
    parts = iter(answer.response)
    assert next(parts).startswith(b"retry:")
    said = next(parts).decode()
    answer.close()
    return said


def test_the_stream_says_look_and_tells_at_once_what_was_missed(operator: FlaskClient) -> None:
    told(rang("1"))
    db.session.commit()
    first = heard(operator)
    told(rang("2"))
    db.session.commit()
    second = heard(operator, seen=first.splitlines()[0].removeprefix("id: "))
    assert "event: look" in first
    assert "event: look" in second
    assert first != second


def test_who_gets_no_stream_is_sent_to_polling(operator: FlaskClient, app: Flask) -> None:
    stream.init_app(app, most=0)
    assert operator.get("/desk/stream").status_code == 204
    stream.init_app(app, most=1)


def test_streams_that_are_stopped_end_and_let_go(
    operator: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = stream.Streams(1)
    monkeypatch.setitem(app.extensions, "streams", streams)
    told = operator.get("/desk/stream", buffered=False)
    events = told.iter_encoded()
    assert next(events) == b"retry: 1000\n\n"
    streams.stopping.set()
    assert list(events) == []
    told.close()
    assert streams.stop(1.0)


def test_a_stream_that_is_closed_makes_room(operator: FlaskClient) -> None:
    first = operator.get("/desk/stream")
    assert operator.get("/desk/stream").status_code == 204
    first.close()
    second = operator.get("/desk/stream")
    assert second.status_code == 200
    second.close()


def test_another_operator_sees_the_whole_number_of_nobody_elses_call(
    app: Flask, operator: FlaskClient
) -> None:
    call = mine()
    other = app.test_client()
    colleague("another", Grant(Role.OPERATOR))
    other.post("/login", data={"username": "another", "password": PASSWORD})
    assert CALLER.removeprefix("+86") not in other.get(f"/desk/calls/{call.id}").text

"""The JSON door: submit once however often it is sent, open with a short token, do what the pages allow."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer
from sqlalchemy import func, select

from tests.conftest import FrozenClock
from tests.support.api import BODY, OWN, V1, accepted, answered, asked, bearer, log_in, upload
from tests.support.people import actor, colleague
from tests.support.requests import PASSWORD, sent, ticket
from ticketing.domain import numbers
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, vault
from ticketing.models import Ticket
from ticketing.services import guesses, handling, linking
from ticketing.services.history import Act
from ticketing.web.api.tokens import TICKET
from ticketing.web.status import OPEN_FOR

KEY = {"Idempotency-Key": "7d1f6a52-0c1e-4a8e-9d55-1a2b3c4d5e6f"}


def only_ticket() -> Ticket:
    return db.session.scalars(select(Ticket)).one()


def test_a_request_comes_in_with_number_and_password(client: FlaskClient) -> None:
    answer = client.post(f"{V1}/requests", json=BODY | {"topic_code": "T1503", "region_code": "230103"})
    assert answer.status_code == 201
    told, one = answer.get_json(), only_ticket()
    assert (numbers.parse(told["number"]), one.door) == (one.number, "miniprogram")
    assert vault.fits(one.password_hash, told["password"])
    assert (told["sentence"], told["bureau"]) == ("已转给承办单位", "哈尔滨市商务局")
    assert told["due_at"] == "2020-06-15T09:00:00+00:00"


def test_a_repeated_request_is_the_same_ticket_and_says_no_password(client: FlaskClient) -> None:
    first = client.post(f"{V1}/requests", json=BODY, headers=KEY)
    again = client.post(f"{V1}/requests", json=BODY, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json()["number"] == first.get_json()["number"]
    assert (again.get_json()["password"], again.get_json()["duplicate"]) == (None, True)
    assert only_ticket().source_id == KEY["Idempotency-Key"]


def test_a_key_used_for_other_words_is_refused(client: FlaskClient) -> None:
    client.post(f"{V1}/requests", json=BODY, headers=KEY)
    answer = client.post(f"{V1}/requests", json=BODY | {"body": "另一件事"}, headers=KEY)
    assert answer.status_code == 409
    assert list(answer.get_json()["fields"]) == ["Idempotency-Key"]
    assert only_ticket().body == BODY["body"]


def test_a_flood_from_one_address_is_stopped_and_no_other(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.application.config, "SUBMISSIONS_PER_HOUR", 2)

    def send(address: str) -> int:
        return client.post(f"{V1}/requests", json=BODY, environ_base={"REMOTE_ADDR": address}).status_code

    assert [send("10.9.0.1") for _ in range(3)] == [201, 201, 429]
    assert send("10.9.0.2") == 201


def test_without_a_key_every_request_is_new(client: FlaskClient) -> None:
    for _ in range(2):
        client.post(f"{V1}/requests", json=BODY)
    assert db.session.scalar(select(func.count(Ticket.id))) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body": "\x00 "}, "body"),
        ({"body": None}, "body"),
        ({"body": "很" * 20_001}, "body"),
        ({"phone": ""}, "phone"),
        ({"phone": 13904510021}, "phone"),
        ({"topic_code": "T9999"}, "topic_code"),
        ({"region_code": "\x00"}, "region_code"),
        ({"type": "praise"}, "type"),
        ({"locale": "fr"}, "locale"),
        ({"received_at": "2020-01-01T00:00:00Z"}, "received_at"),
        ({"register_code": "123"}, "register_code"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(client: FlaskClient, change: dict[str, Any], field: str) -> None:
    answer = client.post(f"{V1}/requests", json=BODY | change)
    assert answer.status_code == 422
    assert list(answer.get_json()["fields"]) == [field]


def test_refusals_speak_the_language_asked_for(client: FlaskClient) -> None:
    answer = client.post(f"{V1}/requests", json={}, headers={"Accept-Language": "zh"})
    assert answer.get_json()["fields"] == {"body": "这一项不能为空。"}
    assert answer.get_json()["reference"] == answer.headers["X-Request-Id"]


def test_lists_are_asked_for_once(client: FlaskClient) -> None:
    for name, first in (("topics", "T0101"), ("regions", "230000")):
        answer = client.get(f"{V1}/{name}")
        assert answer.get_json()[0]["code"] == first
        again = client.get(f"{V1}/{name}", headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_a_wrong_pair_opens_nothing_and_is_limited_as_on_the_web(client: FlaskClient) -> None:
    one = sent()
    for _ in range(guesses.FREE_PER_ADDRESS + 1):
        assert log_in(client, one, "000000").status_code == 422
    closed = log_in(client, one)
    assert closed.status_code == 429
    assert int(closed.headers["Retry-After"]) > 0


def test_the_web_counts_guesses_of_the_api(client: FlaskClient) -> None:
    one = sent()
    for _ in range(guesses.FREE_PER_ADDRESS + 1):
        log_in(client, one, "000000")
    assert client.post("/status", data={"number": one.number, "password": PASSWORD}).status_code == 429


def test_the_enterprise_reads_state_bureau_deadline_and_public_history(
    client: FlaskClient, clock: FrozenClock
) -> None:
    one, act = accepted(clock)
    handling.note(one, "内部的话", act)
    answer = client.get(OWN, headers=bearer(client, one))
    told = answer.get_json()
    assert (told["sentence"], told["bureau"]) == ("承办单位正在办理", "哈尔滨市商务局")
    assert told["deadline"]["level"] == "ok"
    assert told["deadline"]["words"].startswith("还剩")
    assert [entry["verb"] for entry in told["timeline"]] == ["签收", "派单", "登记"]
    assert told["steps"] == ["attachments", "withdrawals", "reminders"]
    assert "内部的话" not in answer.text
    assert "handler" not in answer.text


def test_reading_costs_a_fixed_number_of_statements(
    client: FlaskClient, clock: FrozenClock, statements: list[str]
) -> None:
    one, act = accepted(clock)
    headers, counts = bearer(client, one), []
    for _ in range(2):
        db.session.commit()
        statements.clear()
        client.get(OWN, headers=headers)
        counts.append(len(statements))
        for serial in range(10):
            handling.tell_requester(one, f"进展 {serial}", act)
    assert counts[0] == counts[1] <= 25


def test_a_question_is_answered(client: FlaskClient, clock: FrozenClock) -> None:
    one = asked(clock)
    headers = bearer(client, one)
    question = client.get(OWN, headers=headers).get_json()["question"]
    assert (question["text"], question["until"]) == ("请补营业执照。", "2020-06-15T09:00:00+00:00")
    told = client.post(f"{OWN}/supplements", json={"text": "见附件。"}, headers=headers).get_json()
    assert (told["state"], told["question"]) == ("in_progress", None)
    assert (told["timeline"][0]["body"], told["timeline"][0]["who"]) == ("见附件。", "您")


def test_an_answer_is_confirmed_with_ratings(client: FlaskClient, clock: FrozenClock) -> None:
    one = answered(clock)
    headers = bearer(client, one)
    answer = client.get(OWN, headers=headers).get_json()["answer"]
    assert (answer["result"], answer["text"]) == ("solved", "已经办好。")
    told = client.post(f"{OWN}/confirmations", json={"ratings": {"attitude": 5}}, headers=headers)
    assert told.get_json()["state"] == "closed"
    assert db.session.get_one(Ticket, one.id).ratings == {"attitude": 5}


def test_an_answer_is_contested(client: FlaskClient, clock: FrozenClock) -> None:
    one = answered(clock)
    told = client.post(f"{OWN}/contests", json={"text": "没有解决"}, headers=bearer(client, one))
    assert (told.get_json()["state"], told.get_json()["answer"]) == ("in_progress", None)


def test_the_bureau_is_reminded_once_a_day(client: FlaskClient) -> None:
    headers = bearer(client, sent())
    told = client.post(f"{OWN}/reminders", headers=headers)
    assert "reminders" not in told.get_json()["steps"]
    assert client.post(f"{OWN}/reminders", headers=headers).status_code == 422


def test_a_withdrawn_request_takes_nothing_more(client: FlaskClient) -> None:
    headers = bearer(client, sent())
    told = client.post(f"{OWN}/withdrawals", json={"text": "解决了"}, headers=headers).get_json()
    assert (told["state"], told["steps"]) == ("closed", [])
    assert client.post(f"{OWN}/withdrawals", json={}, headers=headers).get_json()["code"] == "wrong_state"


def test_who_saw_an_older_state_is_told(client: FlaskClient, clock: FrozenClock) -> None:
    one, act = accepted(clock)
    headers = bearer(client, one)
    seen = client.get(OWN, headers=headers).get_json()["version"]
    handling.tell_requester(one, "明天上门。", act)
    answer = client.post(f"{OWN}/withdrawals", json={"version": seen}, headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "conflict")


def test_a_follower_reads_that_it_is_handled_with_another(client: FlaskClient) -> None:
    head, one = sent(), sent()
    linking.merge(one, head, Act(actor("op", Grant(Role.OPERATOR)), head.received_at))
    [reason] = client.get(OWN, headers=bearer(client, one)).get_json()["reasons"]
    assert "哈尔滨市商务局，已转给承办单位" in reason


def test_a_file_goes_up_and_comes_down(client: FlaskClient) -> None:
    headers = bearer(client, sent())
    kept = client.post(f"{OWN}/attachments", headers=headers, **upload(name="../说明.txt")).get_json()
    assert (kept["name"], kept["kind"]) == ("说明.txt", "TXT")
    told = client.get(OWN, headers=headers).get_json()
    assert [row["id"] for row in told["files"]] == [kept["id"]]
    assert told["timeline"][0]["body"] == "说明.txt"
    file = client.get(kept["url"], headers=headers)
    assert file.data == b"a plain text"
    assert "attachment" in file.headers["Content-Disposition"]


def test_somebody_elses_file_is_not_there(client: FlaskClient) -> None:
    kept = client.post(f"{OWN}/attachments", headers=bearer(client, sent()), **upload()).get_json()
    assert client.get(kept["url"], headers=bearer(client, sent())).status_code == 404
    assert client.get(f"{OWN}/attachments/{2**63}", headers=bearer(client, sent())).status_code == 404


def test_a_token_ends_by_itself(client: FlaskClient, clock: FrozenClock) -> None:
    headers = bearer(client, sent())
    clock.forward(seconds=OPEN_FOR.total_seconds() - 1)
    assert client.get(OWN, headers=headers).status_code == 200
    clock.forward(seconds=1)
    answer = client.get(OWN, headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_token_ends_with_the_password(client: FlaskClient) -> None:
    one = sent()
    headers = bearer(client, one)
    one.password_hash = vault.seal("135791")
    assert client.get(OWN, headers=headers).status_code == 401


def test_a_token_opens_one_ticket_alone(client: FlaskClient) -> None:
    one, other = sent(), ticket()
    assert client.get(OWN, headers=bearer(client, one)).get_json()["number"] == numbers.shown(one.number)
    client.post(f"{OWN}/withdrawals", json={}, headers=bearer(client, one))
    assert db.session.get_one(Ticket, other.id).state != "closed"


@pytest.mark.parametrize("given", ["Bearer x.y", "Bearer", "Basic eDp5", "Bearer {other}", "Bearer {cut}"])
def test_a_foreign_token_opens_nothing(client: FlaskClient, app: Flask, given: str) -> None:
    token = log_in(client, sent()).get_json()["token"]
    said = URLSafeSerializer(app.config["SECRET_KEY"], salt=TICKET).loads(token)
    other = URLSafeSerializer("the key of another installation", salt=TICKET).dumps(said)
    headers = {"Authorization": given.format(other=other, cut=token[:-1])}
    assert client.get(OWN, headers=headers).status_code == 401


def test_no_cookie_opens_or_is_given(client: FlaskClient) -> None:
    one = sent()
    client.post("/status", data={"number": one.number, "password": PASSWORD})
    colleague("w.wei", Grant(Role.OPERATOR), client=client)
    answer = client.get(OWN)
    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (401, None)


def test_no_form_token_is_asked_for(client: FlaskClient, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post(f"{V1}/requests", json=BODY).status_code == 201


def test_a_wrong_method_is_told_what_is_allowed(client: FlaskClient) -> None:
    for method in ("PUT", "TRACE", "DELETE"):
        answer = client.open(f"{V1}/requests", method=method)
        assert (answer.status_code, set(answer.allow)) == (405, {"POST", "OPTIONS"})
        assert answer.get_json()["code"] == "method_not_allowed"


def test_nothing_is_there_as_json_under_the_door_alone(client: FlaskClient) -> None:
    assert client.get("/api/nowhere").get_json()["code"] == "not_found"
    assert client.get("/nowhere").mimetype == "text/html"

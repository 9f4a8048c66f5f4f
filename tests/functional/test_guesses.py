"""Guessing: what a stranger may spoil, what he may not, and a door that stays closed when nobody counts."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.conftest import FrozenClock
from tests.support.requests import PASSWORD, sent
from ticketing.domain import numbers
from ticketing.extensions import db, store
from ticketing.models import Delivery, Ticket
from ticketing.services import guesses
from ticketing.services.codes import CODE_TRIES


def opens(client: FlaskClient, number: str, password: str = PASSWORD, address: str = "10.1.0.1") -> int:
    values = {"number": number, "password": password}
    return client.post("/status", data=values, environ_base={"REMOTE_ADDR": address}).status_code


def ask(client: FlaskClient, number: str, address: str = "10.1.0.1") -> int:
    return client.post(
        "/status/password", data={"number": number}, environ_base={"REMOTE_ADDR": address}
    ).status_code


def send_code(client: FlaskClient, number: str, code: str, address: str = "10.1.0.1") -> int:
    values = {"number": number, "code": code}
    return client.post(
        "/status/password/code", data=values, environ_base={"REMOTE_ADDR": address}
    ).status_code


def code_sent() -> str:
    body = db.session.scalars(select(Delivery.body).order_by(Delivery.id.desc())).first()
    return re.search(r"\d{6}", body).group(0)


def test_wrong_codes_of_strangers_close_no_door_for_others(client: FlaskClient, clock: FrozenClock) -> None:
    one = sent()
    for place in range(guesses.PER_NUMBER + 1):
        send_code(client, numbers.issue(clock.now, place), "000000", f"10.0.0.{place}")
    assert ask(client, one.number) == 302
    assert send_code(client, one.number, code_sent()) == 302


def test_a_code_opens_once(client: FlaskClient) -> None:
    one = sent()
    ask(client, one.number)
    code = code_sent()
    assert send_code(client, one.number, code) == 302
    assert send_code(client, one.number, code) == 422


def test_a_code_bears_few_wrong_tries(client: FlaskClient) -> None:
    one = sent()
    ask(client, one.number)
    wrong = f"{(int(code_sent()) + 1) % 1_000_000:06d}"
    for place in range(CODE_TRIES):
        send_code(client, one.number, wrong, f"10.0.0.{place}")
    assert send_code(client, one.number, code_sent()) == 422


def test_a_code_opens_no_other_request(client: FlaskClient) -> None:
    mine, other = sent(), sent()
    ask(client, mine.number)
    assert send_code(client, other.number, code_sent()) == 422


def test_the_old_password_ends_with_the_new_one(client: FlaskClient) -> None:
    one = sent()
    ask(client, one.number)
    send_code(client, one.number, code_sent())
    assert opens(client.application.test_client(), one.number) == 422


def test_a_new_password_is_said_once_and_kept_nowhere(client: FlaskClient, clock: FrozenClock) -> None:
    one = sent()
    ask(client, one.number)
    send_code(client, one.number, code_sent())
    password = re.search(r'<b class="code">(\d{6})</b>', client.get("/status/password/new").text).group(1)
    kept = db.session.scalars(select(Ticket.password_hash)).one()
    assert password not in kept
    assert all(password not in body for body in db.session.scalars(select(Delivery.body)))
    clock.forward(minutes=31)
    assert client.get("/status/password/new").status_code == 302


def test_a_request_is_sent_few_codes_an_hour(client: FlaskClient, clock: FrozenClock) -> None:
    one = sent()
    assert [ask(client, one.number, f"10.0.0.{place}") for place in range(5)] == [302] * 5
    assert db.session.scalar(select(func.count(Delivery.id))) == 3


def test_nobody_makes_the_telephones_of_a_province_ring(
    client: FlaskClient, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "CODES_PER_ADDRESS", 2)
    assert [ask(client, sent().number) for _ in range(3)] == [302, 302, 429]
    assert ask(client, sent().number, "10.1.0.2") == 302
    clock.forward(hours=1)
    assert ask(client, sent().number) == 302


def test_an_address_of_ipv6_is_its_network(client: FlaskClient, clock: FrozenClock) -> None:
    for place in range(guesses.FREE_PER_ADDRESS + 1):
        opens(client, numbers.issue(clock.now, place), "000000", f"2001:db8:1:2::{place}")
    one = sent()
    assert opens(client, one.number, address="2001:db8:1:2:ffff::9") == 429
    assert opens(client, one.number, address="2001:db8:1:3::9") == 302


def test_ipv4_in_the_clothes_of_ipv6_is_told_apart(client: FlaskClient, clock: FrozenClock) -> None:
    for place in range(guesses.FREE_PER_ADDRESS + 1):
        opens(client, numbers.issue(clock.now, place), "000000", "::ffff:10.0.0.1")
    one = sent()
    assert opens(client, one.number, address="::ffff:10.0.0.2") == 302


@pytest.mark.parametrize("path", ["/status", "/status/password", "/status/password/code"])
def test_when_nobody_counts_the_door_stays_closed_and_says_so(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    one = sent()
    away = store.client.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)
    monkeypatch.setattr(store, "client", away)
    answer = client.post(path, data={"number": one.number, "password": PASSWORD, "code": "123456"})
    assert answer.status_code == 503
    assert "查询暂时不能使用" in answer.text
    assert one.number in answer.text


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("", "请填写"),
        ("200607", "13 位"),
        ("９" * 13, "可能输错了一位"),
        ("9" * 1_000_000, "13 位"),
        ("\x00", "13 位"),
        ("😀", "13 位"),
        ("<b>1</b>", "13 位"),
    ],
)
def test_a_number_that_is_none_is_told_at_its_field_and_costs_no_try(
    client: FlaskClient, number: str, told: str
) -> None:
    for _ in range(guesses.FREE_PER_ADDRESS + 2):
        answer = client.post("/status", data={"number": number, "password": PASSWORD})
    assert answer.status_code == 422
    assert told in answer.text.split('id="number-error"')[1].split("</p>")[0]


def test_a_number_is_understood_as_people_type_it(client: FlaskClient) -> None:
    one = sent()
    wide = numbers.shown(one.number).translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"})
    assert opens(client, f" {wide.replace('-', ' － ')} ") == 302

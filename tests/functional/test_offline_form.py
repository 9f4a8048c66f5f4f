"""Numbers issued in advance and calls taken in later: once each, under the number and password that were read out."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import MONDAY, FrozenClock
from tests.support.people import colleague
from tests.support.requests import sent
from ticketing.domain import numbers
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, vault
from ticketing.models import NumberBlock, SealedNumber, Ticket
from ticketing.services import offline

ID = "6f1f7a0e-9f3f-4a53-8f0b-0c1d2e3f4a5b"
OTHER_ID = "7f1f7a0e-9f3f-4a53-8f0b-0c1d2e3f4a5b"


@pytest.fixture
def operator(client: FlaskClient) -> FlaskClient:
    colleague("operator", Grant(Role.OPERATOR), client=client)
    return client


def block(client: FlaskClient) -> list[dict[str, str]]:
    return client.post("/desk/offline/block").get_json()["numbers"]


def entry(pair: dict[str, str], **more: Any) -> dict[str, Any]:
    plain = {
        "id": ID,
        "number": pair["number"],
        "at": (MONDAY - dt.timedelta(hours=1)).isoformat(),
        "phone": "139 0451 0021",
        "body": "送菜的车进不了小区。",
    }
    return plain | more


def sync(client: FlaskClient, *entries: Any) -> list[dict[str, str]]:
    return client.post("/desk/offline/sync", json={"entries": entries}).get_json()["results"]


def test_a_block_is_a_run_of_numbers_for_offline_desks(operator: FlaskClient) -> None:
    first, second = block(operator), block(operator)
    serials = [int(one["number"][6:12]) for one in first + second]
    assert serials == list(range(900_000, 900_040))
    assert all(numbers.parse(one["shown"]) == one["number"] for one in first)
    assert first[0]["password_spoken"].count("，") == 1


def test_passwords_stay_only_as_hashes(operator: FlaskClient) -> None:
    pair = block(operator)[0]
    row = db.session.get(SealedNumber, pair["number"])
    assert pair["password"] not in row.password_hash
    assert vault.fits(row.password_hash, pair["password"])


def test_an_entry_becomes_a_ticket_with_the_number_and_password_that_were_read_out(
    operator: FlaskClient,
) -> None:
    pair = block(operator)[0]
    [result] = sync(operator, entry(pair))
    ticket = Ticket.query.one()
    assert (result["status"], result["number"], ticket.number) == ("filed", pair["shown"], pair["number"])
    assert vault.fits(ticket.password_hash, pair["password"])
    assert (ticket.received_at, ticket.door) == (MONDAY - dt.timedelta(hours=1), "telephone")


def test_what_is_sent_twice_is_one_ticket(operator: FlaskClient) -> None:
    pair = block(operator)[0]
    first = sync(operator, entry(pair), entry(pair))
    again = sync(operator, entry(pair))
    assert [one["status"] for one in first + again] == ["filed", "again", "again"]
    assert Ticket.query.count() == 1


@pytest.mark.parametrize("wrong", [dt.timedelta(hours=2), dt.timedelta(days=-400)])
def test_a_desk_whose_clock_is_wrong_is_put_right(operator: FlaskClient, wrong: dt.timedelta) -> None:
    hour = dt.timedelta(hours=1)
    one = entry(block(operator)[0], at=(MONDAY - hour + wrong).isoformat())
    told = {"now": (MONDAY + wrong).isoformat(), "entries": [one]}
    assert operator.post("/desk/offline/sync", json=told).get_json()["results"][0]["status"] == "filed"
    assert Ticket.query.one().received_at == MONDAY - hour


def test_a_refused_entry_costs_only_itself_and_can_be_mended(operator: FlaskClient) -> None:
    one, other = block(operator)[:2]
    wrong = entry(one, phone="12")
    results = sync(operator, wrong, entry(other, id=OTHER_ID))
    assert [result["status"] for result in results] == ["refused", "filed"]
    assert "电话号码拨不通" in results[0]["message"]
    assert sync(operator, entry(one))[0]["status"] == "filed"


def test_one_number_cannot_stand_for_two_requests(operator: FlaskClient) -> None:
    pair = block(operator)[0]
    sync(operator, entry(pair))
    [result] = sync(operator, entry(pair, id=OTHER_ID))
    assert (result["status"], "已经用在另一件" in result["message"]) == ("refused", True)
    assert Ticket.query.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "x"},
        {"number": ""},
        {"number": "2006089999999"},
        {"at": "x"},
        {"at": "2020-06-08T02:00:00"},
        {"at": "2020-05-01T00:00:00+00:00"},
        {"at": "2020-06-09T00:00:00+00:00"},
        {"body": ""},
        {"hotline": "+1"},
    ],
)
def test_what_is_wrong_with_an_entry_is_told(operator: FlaskClient, wrong: dict[str, str]) -> None:
    [result] = sync(operator, entry(block(operator)[0], **wrong))
    assert (result["status"], bool(result["message"])) == ("refused", True)
    assert Ticket.query.count() == 0


@pytest.mark.parametrize("body", ["[]", "{}", "x", '{"entries": 1}', '{"entries": ' + str([1] * 201) + "}"])
def test_nonsense_is_no_fault(operator: FlaskClient, body: str) -> None:
    answer = operator.post("/desk/offline/sync", data=body, content_type="application/json")
    assert answer.status_code == 400


def test_an_entry_that_is_no_entry_is_refused(operator: FlaskClient) -> None:
    assert [one["status"] for one in sync(operator, 7, None, {})] == ["refused"] * 3


def test_a_colleagues_numbers_are_not_ones_own(operator: FlaskClient, app: Flask) -> None:
    pair = block(operator)[0]
    other = app.test_client()
    colleague("another", Grant(Role.OPERATOR), client=other)
    assert sync(other, entry(pair))[0]["status"] == "refused"
    assert other.post(f"/desk/offline/blocks/{NumberBlock.query.one().id}/withdraw").status_code == 404


def test_a_withdrawn_block_is_worthless_but_what_was_filed_stays(operator: FlaskClient) -> None:
    used, unused = block(operator)[:2]
    sync(operator, entry(used))
    operator.post(f"/desk/offline/blocks/{NumberBlock.query.one().id}/withdraw")
    results = sync(operator, entry(used), entry(unused, id=OTHER_ID))
    assert [one["status"] for one in results] == ["again", "refused"]
    assert "已作废" in operator.get("/desk/offline/").text


def test_a_day_has_so_many_blocks_for_one_colleague(operator: FlaskClient, clock: FrozenClock) -> None:
    codes = [operator.post("/desk/offline/block").status_code for _ in range(offline.MOST_A_DAY + 1)]
    assert codes == [200] * offline.MOST_A_DAY + [429]
    clock.forward(days=1)
    assert block(operator)[0]["number"].startswith("200609900000")


def test_the_day_has_no_more_numbers_than_it_has(operator: FlaskClient) -> None:
    block(operator)
    NumberBlock.query.one().first = offline.LAST_SERIAL - offline.SIZE + 1
    db.session.commit()
    assert operator.post("/desk/offline/block").status_code == 503


def test_online_numbers_never_meet_offline_ones(operator: FlaskClient) -> None:
    block(operator)
    assert int(sent().number[6:12]) < numbers.ONLINE_SERIALS


def test_the_worker_keeps_the_form_and_its_files_alone(client: FlaskClient) -> None:
    script = client.get("/desk/offline/worker.js")
    assert script.mimetype == "text/javascript"
    assert '"/desk/offline/"' in script.text
    assert script.text.count("/static/") == 12
    assert client.get("/desk/offline/manifest.webmanifest").get_json()["scope"] == "/desk/offline/"


def test_the_form_itself_is_for_who_registers(client: FlaskClient) -> None:
    assert client.get("/desk/offline/").status_code == 302
    colleague("boss", Grant(Role.SUPERVISOR), client=client)
    assert client.get("/desk/offline/").status_code == 403

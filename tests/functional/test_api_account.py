"""The enterprise's account for programs: what is one's own, what a token opens, and when it opens nothing any more."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import FrozenClock
from tests.support.api import BODY, CODE, MOBILE, OWN, V1, pair, person_bearer, register
from tests.support.people import actor
from tests.support.requests import sent
from ticketing.domain import numbers
from ticketing.domain.actors import Grant
from ticketing.domain.enterprise import EnterpriseRole
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import relay
from ticketing.models import CheckedCall, Delivery, Ticket
from ticketing.services import enterprises, guesses, people
from ticketing.services.history import Act

MY = f"{V1}/my"
Headers = dict[str, str]


@pytest.fixture
def me(client: FlaskClient, clock: FrozenClock) -> Headers:
    """Somebody who manages the account of an enterprise."""
    register()
    headers = person_bearer(client)
    who = people.by_phone(f"+86{MOBILE}")
    enterprises.proved(who, CODE, "昌盛食品", "register_phone", clock.now, role=EnterpriseRole.MANAGER)
    return headers


def listed(client: FlaskClient, me: Headers) -> list[str]:
    return [one["number"] for one in client.get(f"{MY}/requests", headers=me).get_json()["requests"]]


def open_own(client: FlaskClient, me: Headers, one: Ticket) -> Headers:
    answer = client.post(f"{MY}/requests/sessions", json={"number": one.number}, headers=me)
    return {"Authorization": f"Bearer {answer.get_json()['token']}"}


def test_own_requests_are_listed_and_nobody_elses(client: FlaskClient, me: Headers) -> None:
    one = sent(register_code=CODE)
    sent(register_code="92230103MA1DEMX01H")
    sent()
    assert listed(client, me) == [numbers.shown(one.number)]


def test_a_request_opens_without_its_password_until_one_signs_out(client: FlaskClient, me: Headers) -> None:
    one = sent(register_code=CODE)
    own = open_own(client, me, one)
    assert client.get(OWN, headers=own).get_json()["number"] == numbers.shown(one.number)
    assert client.post(f"{OWN}/reminders", json={}, headers=own).status_code == 200
    client.delete(f"{MY}/sessions", headers=me)
    assert [client.get(path, headers=who).status_code for path, who in ((OWN, own), (MY, me))] == [401, 401]


def test_an_earlier_request_is_taken_over_once_with_its_password(client: FlaskClient, me: Headers) -> None:
    one = sent()
    wrong = client.post(f"{MY}/claims", json=pair(one) | {"password": "000000"}, headers=me)
    assert (wrong.status_code, listed(client, me)) == (422, [])
    client.post(f"{MY}/claims", json=pair(one), headers=me)
    assert listed(client, me) == [numbers.shown(one.number)]


def test_who_was_taken_out_sees_nothing_any_more(
    client: FlaskClient, me: Headers, clock: FrozenClock
) -> None:
    clerk = person_bearer(client, "13604507777")
    who = people.by_phone("+8613604507777")
    enterprises.proved(who, CODE, "昌盛食品", "register_phone", clock.now, role=EnterpriseRole.CLERK)
    own = open_own(client, clerk, sent(register_code=CODE))
    told = client.get(f"{MY}/people", headers=me).get_json()["members"]
    [other] = [one["id"] for one in told if not one["yourself"]]
    assert client.delete(f"{MY}/people/{other}", headers=me).status_code == 204
    assert client.get(f"{MY}/requests", headers=clerk).status_code == 403
    assert client.get(OWN, headers=own).status_code == 401


def settle(client: FlaskClient, who: Headers, *, language: str = "zh", **said: Any) -> Any:
    body = {"name": "吴丹", "email": "", "told_by": []} | said
    return client.put(f"{MY}/settings", json=body, headers=who | {"Accept-Language": language})


def told_of(one: Ticket) -> set[tuple[str, str]]:
    relay.run()
    rows = Delivery.query.filter(Delivery.recipient.startswith("person:"), Delivery.ticket_id == one.id)
    return {(row.channel, row.address) for row in rows}


def test_one_is_told_by_the_ways_that_one_chose(client: FlaskClient, me: Headers) -> None:
    kept = settle(client, me, told_by=["mail"], email="wu@example.com").get_json()
    assert client.get(f"{MY}/settings", headers=me).get_json() == kept
    assert (kept["name"], kept["told_by"], kept["email"]) == ("吴丹", ["mail"], "wu@example.com")
    assert [way["way"] for way in kept["ways"]] == ["sms", "mail", "wechat"]
    one = sent()
    client.post(f"{MY}/claims", json=pair(one), headers=me)
    assert told_of(one) == {("mail", "wu@example.com")}


def test_none_chosen_tells_nothing_and_leaves_others_alone(client: FlaskClient, me: Headers) -> None:
    other = person_bearer(client, "13604507777")
    assert settle(client, me).get_json()["told_by"] == []
    assert client.get(f"{MY}/settings", headers=other).get_json()["told_by"] == ["sms"]
    one = sent()
    client.post(f"{MY}/claims", json=pair(one), headers=me)
    assert told_of(one) == set()


@pytest.mark.parametrize(("said", "field", "words"), [
    ({"told_by": ["mail"]}, "email", "give an address"),
    ({"told_by": ["wechat"]}, "told_by", "mini-program"),
    ({"told_by": ["pigeon"]}, "told_by", "no such way"),
    ({"told_by": "sms"}, "told_by", "list"),
    ({"name": " "}, "name", "empty"),
    ({"wechat": "forged"}, "wechat", "expired"),
])  # fmt: skip
def test_a_wrong_choice_is_told_at_its_field_and_keeps_what_was(
    client: FlaskClient, me: Headers, said: dict[str, Any], field: str, words: str
) -> None:
    before = client.get(f"{MY}/settings", headers=me).get_json()
    answer = settle(client, me, language="en", **said)
    assert (answer.status_code, list(answer.get_json()["fields"])) == (422, [field])
    assert words in answer.get_json()["fields"][field].lower()
    assert client.get(f"{MY}/settings", headers=me).get_json() == before


def test_a_token_of_something_else_ties_no_wechat(client: FlaskClient, me: Headers) -> None:
    mine = me["Authorization"].removeprefix("Bearer ")
    assert settle(client, me, told_by=["wechat"], wechat=mine).status_code == 422


def test_a_checked_call_waits_once_and_opens_the_account(client: FlaskClient, clock: FrozenClock) -> None:
    register()
    other, who = person_bearer(client, "13604507777"), person_bearer(client)
    for name in ("昌盛食品", "昌盛"):
        answer = client.post(f"{MY}/calls", json={"register_code": CODE, "name": name}, headers=who)
        assert (answer.status_code, answer.get_json()["name"]) == (201, "昌盛食品")
    waits = [client.get(MY, headers=one).get_json()["call"] for one in (who, other)]
    assert (waits[0]["register_code"], waits[1]) == (CODE, None)
    call = CheckedCall.query.one()
    act = Act(actor("w.wei", Grant(Role.OPERATOR)), clock.now)
    enterprises.decide_call(call.id, act, accepted=True, note="总机，财务科确认。", link="https://x")
    db.session.commit()
    told = client.get(MY, headers=who).get_json()
    assert (told["call"], [one["register_code"] for one in told["enterprises"]]) == (None, [CODE])
    assert client.get(MY, headers=other).get_json()["enterprises"] == []


def test_a_call_needs_a_register_code_that_can_be_one(client: FlaskClient, me: Headers) -> None:
    body = {"register_code": "91230103MA1DEMX02Q", "name": "昌盛食品"}
    answer = client.post(f"{MY}/calls", json=body, headers=me)
    assert (answer.status_code, list(answer.get_json()["fields"])) == (422, ["register_code"])
    assert client.get(MY, headers=me).get_json()["call"] is None


def as_mine(me: Headers, **more: str) -> dict[str, str]:
    return BODY | {"account": me["Authorization"].removeprefix("Bearer ")} | more


def test_a_request_sent_signed_in_is_the_enterprises_own_at_once(client: FlaskClient, me: Headers) -> None:
    sent()
    receipt = client.post(f"{V1}/requests", json=as_mine(me)).get_json()
    assert receipt["own"]
    assert listed(client, me) == [receipt["number"]]
    assert not client.post(f"{V1}/requests", json=BODY).get_json()["own"]
    assert len(listed(client, me)) == 1


def test_a_report_stays_nobodys_and_so_does_what_names_another_enterprise(
    client: FlaskClient, me: Headers
) -> None:
    for more in ({"type": "report"}, {"register_code": "92230103MA1DEMX01H"}):
        assert not client.post(f"{V1}/requests", json=as_mine(me, **more)).get_json()["own"]
    assert listed(client, me) == []


def test_sent_again_it_is_still_ones_own_and_never_becomes_anothers(client: FlaskClient, me: Headers) -> None:
    key = {"Idempotency-Key": "one-and-the-same"}
    answers = [client.post(f"{V1}/requests", json=as_mine(me), headers=key).get_json() for _ in range(2)]
    assert [(one["duplicate"], one["own"]) for one in answers] == [(False, True), (True, True)]
    client.post(f"{V1}/requests", json=BODY, headers={"Idempotency-Key": "another-key"})
    late = client.post(f"{V1}/requests", json=as_mine(me), headers={"Idempotency-Key": "another-key"})
    assert (late.get_json()["own"], len(listed(client, me))) == (False, 1)


def test_a_login_that_has_ended_is_told_before_anything_is_taken_in(client: FlaskClient, me: Headers) -> None:
    stranger = person_bearer(client, "13604507777")
    for given in (
        as_mine(stranger),
        as_mine(me, account_enterprise="92230103MA1DEMX01H"),
        BODY | {"account": "x"},
    ):
        answer = client.post(f"{V1}/requests", json=given)
        assert (answer.status_code, list(answer.get_json()["fields"])) == (422, ["account"])
    assert Ticket.query.count() == 0


def test_a_request_is_taken_over_while_the_telephone_is_asked_for(
    client: FlaskClient, me: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "SYSTEM_BUDGET", 0)
    one = sent(phone="13904510021")
    asked = client.post(f"{MY}/claims", json=pair(one), headers=me)
    assert list(asked.get_json()["fields"]) == ["phone_tail"]
    taken = client.post(f"{MY}/claims", json=pair(one) | {"phone_tail": "0021"}, headers=me)
    assert (taken.status_code, listed(client, me)) == (201, [numbers.shown(one.number)])

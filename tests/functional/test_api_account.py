"""The enterprise's account for programs: what is one's own, what a token opens, and when it opens nothing any more."""

import pytest
from flask.testing import FlaskClient

from tests.conftest import FrozenClock
from tests.support.api import CODE, MOBILE, OWN, V1, pair, person_bearer, register
from tests.support.requests import sent
from ticketing.domain import numbers
from ticketing.domain.enterprise import EnterpriseRole
from ticketing.models import Ticket
from ticketing.services import enterprises, people

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

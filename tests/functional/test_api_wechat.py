"""The mini-program's login against a stub of the provider: errors arrive with HTTP 200."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import FrozenClock, _clone, administer, make_app, settings_for
from tests.functional.conftest import Browser
from tests.support.api import BODY, MOBILE, V1, person_bearer
from ticketing import engines
from ticketing.extensions import db
from ticketing.jobs import relay
from ticketing.models import Delivery, Ticket
from ticketing.services import people

ANSWERS = {
    "good": {"openid": "o-123", "session_key": "the-session-key"},
    "used": {"errcode": 40163, "errmsg": "code been used"},
    "busy": None,
}


class Provider(BaseHTTPRequestHandler):
    """Answers as WeChat does."""

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        said = ANSWERS.get(asked["js_code"][0], ANSWERS["used"])
        self.send_response(200 if said else 503)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def provider() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Provider) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def app(lease: engines.Lease, clock: FrozenClock, provider: str) -> Iterator[Flask]:
    name = _clone(lease)
    wechat = {"wechat_app_id": "wx1", "wechat_app_secret": "s", "wechat_template_id": "t"}
    application = make_app(settings_for(lease, name, wechat_api_base=provider, **wechat), clock)
    application.test_client_class = Browser
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()
    administer(lease, f"drop database {name} with (force)")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def log_in(client: FlaskClient, code: str) -> Any:
    return client.post(f"{V1}/wechat/sessions", json={"code": code})


def test_a_request_sent_after_the_login_needs_no_telephone(client: FlaskClient) -> None:
    answer = log_in(client, "good")
    assert answer.status_code == 201
    assert "the-session-key" not in answer.text
    headers = {"Authorization": f"Bearer {answer.get_json()['token']}"}
    sent = client.post(f"{V1}/requests", json=BODY | {"phone": ""}, headers=headers)
    assert sent.status_code == 201
    assert db.session.scalars(select(Ticket.openid)).one() == "o-123"
    relay.run()
    message = Delivery.query.filter_by(channel="wechat").first()
    number = sent.get_json()["number"]
    assert message.data["page"] == f"pages/request/index?number={number}"
    assert message.data["fields"]["character_string1"] == number


def test_a_login_opens_no_request(client: FlaskClient) -> None:
    headers = {"Authorization": f"Bearer {log_in(client, 'good').get_json()['token']}"}
    assert client.get(f"{V1}/requests/current", headers=headers).status_code == 401


def test_a_login_ends(client: FlaskClient, clock: FrozenClock) -> None:
    headers = {"Authorization": f"Bearer {log_in(client, 'good').get_json()['token']}"}
    clock.forward(hours=2)
    assert client.post(f"{V1}/requests", json=BODY, headers=headers).status_code == 401


@pytest.mark.parametrize("code", ["used", "\x00", "", "很" * 10_000])
def test_a_code_that_is_not_accepted_is_told_at_its_field(client: FlaskClient, code: str) -> None:
    answer = log_in(client, code)
    assert (answer.status_code, list(answer.get_json()["fields"])) == (422, ["code"])


def test_when_the_provider_is_away_one_tries_later(client: FlaskClient) -> None:
    answer = log_in(client, "busy")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "unavailable")


def test_the_description_has_the_login(client: FlaskClient) -> None:
    document = client.get(f"{V1}/openapi.json").get_json()
    assert f"{V1}/wechat/sessions" in document["paths"]


def test_the_mini_program_is_told_which_message_to_ask_for(client: FlaskClient) -> None:
    assert client.get(f"{V1}/wechat/subscription").get_json() == {"template_id": "t"}


def test_who_signs_in_with_both_can_be_told_in_wechat(client: FlaskClient) -> None:
    wechat = log_in(client, "good").get_json()["token"]
    who = person_bearer(client)
    body = {"name": "吴丹", "told_by": ["wechat"]}
    untied = client.put(f"{V1}/my/settings", json=body, headers=who)
    assert (untied.status_code, list(untied.get_json()["fields"])) == (422, ["told_by"])
    tied = client.put(f"{V1}/my/settings", json=body | {"wechat": wechat}, headers=who)
    assert tied.get_json()["told_by"] == ["wechat"]
    assert people.by_phone(f"+86{MOBILE}").openid == "o-123"
    assert client.put(f"{V1}/my/settings", json=body, headers=who).status_code == 200


def test_a_wechat_login_that_has_ended_ties_nothing(client: FlaskClient, clock: FrozenClock) -> None:
    wechat, who = log_in(client, "good").get_json()["token"], person_bearer(client)
    clock.forward(hours=3)
    body = {"name": "吴丹", "told_by": ["wechat"], "wechat": wechat}
    assert client.put(f"{V1}/my/settings", json=body, headers=who).status_code == 422
    assert people.by_phone(f"+86{MOBILE}").openid is None

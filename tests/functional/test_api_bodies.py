"""Whatever is sent to the JSON door, it answers; it never breaks."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.support.api import BODY, OWN, V1, bearer
from tests.support.requests import sent
from ticketing.extensions import db
from ticketing.models import Ticket


@pytest.mark.parametrize("body", ["{", "[" * 100_000, '{"body": ' + "9" * 5000 + "}", b"\xff\xfe", "NaN{"])
def test_what_is_no_json_is_refused(client: FlaskClient, body: str | bytes) -> None:
    answer = client.post(f"{V1}/requests", data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_request")


def test_half_an_emoji_does_no_harm(client: FlaskClient) -> None:
    body = json.dumps(BODY | {"body": "急\ud83d"})
    assert client.post(f"{V1}/requests", data=body, content_type="application/json").status_code == 201
    assert db.session.scalars(select(Ticket.body)).one() == "急"


WORDS = st.text() | st.sampled_from(
    ["13904510021", "T1503", "230103", "help", "en", "\x00", "\ud83d", "a@b.cn"]
)
ANYTHING = WORDS | st.none() | st.booleans() | st.integers() | st.floats() | st.lists(WORDS, max_size=2)
BODIES = st.fixed_dictionaries({"body": WORDS}, optional=dict.fromkeys(
    ("subject", "type", "topic_code", "region_code", "enterprise", "register_code", "requester", "phone",
     "email", "locale", "other"), WORDS | ANYTHING))  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(body=BODIES | ANYTHING)
def test_no_body_breaks_it(client: FlaskClient, body: Any) -> None:
    answer = client.post(f"{V1}/requests", data=json.dumps(body), content_type="application/json")
    assert answer.status_code in (201, 422)
    if answer.status_code == 422:
        assert set(answer.get_json()) == {"code", "message", "fields", "reference"}


STEPS = st.sampled_from(["supplements", "confirmations", "contests", "reminders", "withdrawals"])
SAID = st.fixed_dictionaries(
    {},
    optional={"text": ANYTHING, "version": ANYTHING, "ratings": st.dictionaries(WORDS, ANYTHING) | ANYTHING},
)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(step=STEPS, body=SAID | ANYTHING)
def test_no_step_breaks_it(client: FlaskClient, step: str, body: Any) -> None:
    headers = bearer(client, sent())
    data = json.dumps(body)
    answer = client.post(f"{OWN}/{step}", data=data, content_type="application/json", headers=headers)
    assert answer.status_code in (200, 409, 422)


@pytest.mark.parametrize("version", [-1, 2**31, 2**80, 1.5, "1", True, None])
def test_versions_out_of_range_never_reach_the_database(client: FlaskClient, version: Any) -> None:
    answer = client.post(f"{OWN}/reminders", json={"version": version}, headers=bearer(client, sent()))
    assert answer.status_code == 422
    assert list(answer.get_json()["fields"]) == ["version"]

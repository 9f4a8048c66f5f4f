"""The description of the JSON door: valid, complete, and every answer that it names can be had."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.conftest import FrozenClock
from tests.support.api import BODY, OWN, V1, answered, asked, bearer, log_in, upload
from tests.support.requests import PASSWORD, sent
from ticketing.app import LONGEST_TEXT
from ticketing.domain.actors import SYSTEM
from ticketing.extensions import store
from ticketing.models import Delivery, Ticket
from ticketing.services import guesses, knowledge
from ticketing.services.history import Act
from ticketing.services.knowledge import Written

FILES = f"{OWN}/attachments"
ARTICLES = f"{V1}/articles"
ARTICLE = f"{ARTICLES}/{{number}}"
METHODS = frozenset({"get", "post", "put", "patch", "delete"})


@dataclasses.dataclass
class World:
    """A client, the clock, and a way to break things."""

    client: FlaskClient
    clock: FrozenClock
    patch: pytest.MonkeyPatch

    def post(self, path: str, one: Ticket | None = None, **said: Any) -> Any:
        headers = said.pop("headers", {}) | (bearer(self.client, one) if one else {})
        return self.client.post(path, headers=headers, **said)

    def twice(self, **second: Any) -> Any:
        key = {"Idempotency-Key": "a-key-of-this-test"}
        self.post(f"{V1}/requests", json=BODY, headers=key)
        return self.post(f"{V1}/requests", json=BODY | second, headers=key)

    def again(self, path: str) -> Any:
        etag = self.client.get(path).headers["ETag"]
        return self.client.get(path, headers={"If-None-Match": etag})

    def closed_number(self) -> Any:
        self.patch.setattr(guesses, "PER_NUMBER", 0)
        return log_in(self.client, sent())

    def flooded(self) -> Any:
        self.patch.setitem(self.client.application.config, "SUBMISSIONS_PER_HOUR", 0)
        return self.post(f"{V1}/requests", json=BODY)

    def lost(self, number: str) -> Any:
        return self.post(f"{V1}/passwords/codes", json={"number": number})

    def found(self, code: str) -> Any:
        return self.post(f"{V1}/passwords", json={"number": sent().number, "code": code})

    def renewed(self) -> Any:
        one = sent()
        self.lost(one.number)
        code = re.search(r"验证码 (\d{6})", Delivery.query.filter_by(ticket_id=one.id).one().body).group(1)
        return self.post(f"{V1}/passwords", json={"number": one.number, "code": code})

    def asked_too_often(self) -> Any:
        self.patch.setattr(guesses, "CODES_PER_ADDRESS", 0)
        return self.lost(sent().number)

    def guessed_codes(self) -> Any:
        for _ in range(guesses.FREE_PER_ADDRESS + 1):
            self.found("000000")
        return self.found("000000")

    def article(self) -> Any:
        act = Act(SYSTEM, self.clock.now)
        one = knowledge.write(Written("guide", "公章刻制", "带上营业执照。"), act)
        return self.client.get(f"{ARTICLES}/{one.number}")

    def without_counters(self) -> Any:
        self.patch.setattr(store, "client", store.client)
        store.init_app(self.client.application, url="unix:///nowhere/valkey.sock")
        return log_in(self.client, sent())

    def file(self, one: Ticket) -> Any:
        kept = self.post(FILES, one, **upload())
        return self.client.get(kept.get_json()["url"], headers=bearer(self.client, one))

    def withdrawn(self) -> Ticket:
        one = sent()
        self.post(f"{OWN}/withdrawals", one)
        return one


Ask = Callable[[World], Any]
Case = tuple[str, str, int]
MALFORMED: dict[int, dict[str, Any]] = {
    400: {"data": "{", "content_type": "application/json"},
    413: {"data": b" " * (LONGEST_TEXT + 1), "content_type": "application/json"},
    415: {"data": "text", "content_type": "text/plain"},
    422: {"json": {"no_such_field": 1}},
}


def malformed(path: str, ticket: Callable[[], Ticket | None]) -> dict[Case, Ask]:
    """Return the ways in which any JSON body can be wrong."""

    def ask(said: dict[str, Any]) -> Ask:
        return lambda world: world.post(path, ticket(), **said)

    return {("post", path, status): ask(said) for status, said in MALFORMED.items()}


def step(name: str, ticket: Callable[[World], Ticket], **body: Any) -> dict[Case, Ask]:
    """Return the answers of one thing that an enterprise can do."""
    path = f"{OWN}/{name}"
    return {
        ("post", path, 200): lambda world: world.post(path, ticket(world), json=body),
        ("post", path, 401): lambda world: world.post(path, json=body),
        ("post", path, 409): lambda world: world.post(path, ticket(world), json=body | {"version": 0}),
        **malformed(path, sent),
    }


CASES: dict[Case, Ask] = {
    ("get", f"{V1}/topics", 200): lambda world: world.client.get(f"{V1}/topics"),
    ("get", f"{V1}/topics", 304): lambda world: world.again(f"{V1}/topics"),
    ("get", f"{V1}/regions", 200): lambda world: world.client.get(f"{V1}/regions"),
    ("get", f"{V1}/regions", 304): lambda world: world.again(f"{V1}/regions"),
    ("get", ARTICLES, 200): lambda world: world.client.get(ARTICLES),
    ("get", ARTICLES, 422): lambda world: world.client.get(f"{ARTICLES}?kind=rumour"),
    ("get", ARTICLE, 200): lambda world: world.article(),
    ("get", ARTICLE, 404): lambda world: world.client.get(f"{ARTICLES}/999999999"),
    ("post", f"{V1}/requests", 200): lambda world: world.twice(),
    ("post", f"{V1}/requests", 201): lambda world: world.post(f"{V1}/requests", json=BODY),
    ("post", f"{V1}/requests", 401): lambda world: world.post(f"{V1}/requests", sent(), json=BODY),
    ("post", f"{V1}/requests", 409): lambda world: world.twice(body="另一件事"),
    ("post", f"{V1}/requests", 429): lambda world: world.flooded(),
    **malformed(f"{V1}/requests", lambda: None),
    ("post", f"{V1}/sessions", 201): lambda world: log_in(world.client, sent(), PASSWORD),
    ("post", f"{V1}/sessions", 429): lambda world: world.closed_number(),
    ("post", f"{V1}/sessions", 503): lambda world: world.without_counters(),
    **malformed(f"{V1}/sessions", lambda: None),
    ("post", f"{V1}/passwords/codes", 204): lambda world: world.lost(sent().number),
    ("post", f"{V1}/passwords/codes", 429): lambda world: world.asked_too_often(),
    ("post", f"{V1}/passwords/codes", 503): lambda world: (world.without_counters(), world.lost(sent().number))[1],
    **malformed(f"{V1}/passwords/codes", lambda: None),
    ("post", f"{V1}/passwords", 201): lambda world: world.renewed(),
    ("post", f"{V1}/passwords", 429): lambda world: world.guessed_codes(),
    ("post", f"{V1}/passwords", 503): lambda world: (world.without_counters(), world.found("000000"))[1],
    **malformed(f"{V1}/passwords", lambda: None),
    ("get", OWN, 200): lambda world: world.client.get(OWN, headers=bearer(world.client, answered(world.clock))),
    ("get", OWN, 401): lambda world: world.client.get(OWN),
    **step("supplements", lambda world: asked(world.clock), text="见附件。"),
    **step("confirmations", lambda world: answered(world.clock)),
    **step("contests", lambda world: answered(world.clock), text="没有解决。"),
    **step("reminders", lambda _: sent()),
    **step("withdrawals", lambda _: sent()),
    ("post", FILES, 201): lambda world: world.post(FILES, sent(), **upload()),
    ("post", FILES, 401): lambda world: world.post(FILES, **upload()),
    ("post", FILES, 409): lambda world: world.post(FILES, world.withdrawn(), **upload()),
    ("post", FILES, 413): lambda world: world.post(FILES, sent(), data={str(n): "x" for n in range(1001)},
                                                   content_type="multipart/form-data"),
    ("post", FILES, 415): lambda world: world.post(FILES, sent(), json={}),
    ("post", FILES, 422): lambda world: world.post(FILES, sent(), **upload(b"")),
    ("get", f"{FILES}/{{file_id}}", 200): lambda world: world.file(sent()),
    ("get", f"{FILES}/{{file_id}}", 401): lambda world: world.client.get(f"{FILES}/1"),
    ("get", f"{FILES}/{{file_id}}", 404): lambda world: world.client.get(
        f"{FILES}/1", headers=bearer(world.client, sent())),
}  # fmt: skip


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    return client.get(f"{V1}/openapi.json").get_json()


def described(document: dict[str, Any]) -> dict[Case, Any]:
    return {
        (method, path, int(status)): answer
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
        for status, answer in operation["responses"].items()
        if status != "default"
    }


def test_it_is_valid(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"] == "3.1.0"


def test_it_names_every_route(document: dict[str, Any], app: Flask) -> None:
    rules = {re.sub(r"<int:(\w+)>", r"{\1}", str(rule))
             for rule in app.url_map.iter_rules() if str(rule).startswith(V1)}  # fmt: skip
    assert set(document["paths"]) == rules - {f"{V1}/openapi.json"}


def test_every_refusal_has_one_shape(document: dict[str, Any]) -> None:
    problem = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    named = document["components"]["responses"]
    refusals = [a for (_, _, status), a in described(document).items() if status >= 400]
    assert refusals
    assert all(named[refusal["$ref"].rpartition("/")[2]]["content"] == problem for refusal in refusals)


def test_every_answer_that_it_names_has_a_case(document: dict[str, Any]) -> None:
    assert set(described(document)) == set(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(map(str, case)))
def test_every_answer_that_it_names_can_be_had(
    document: dict[str, Any],
    client: FlaskClient,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
    case: Case,
) -> None:
    answer = CASES[case](World(client, clock, monkeypatch))
    assert answer.status_code == case[2]
    told = described(document)[case]
    if "$ref" in told:
        told = document["components"]["responses"][told["$ref"].rpartition("/")[2]]
    schema = told.get("content", {}).get("application/json", {}).get("schema")
    if schema:
        OAS31Validator(schema | {"components": document["components"]}).validate(answer.get_json())

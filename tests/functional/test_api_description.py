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
from sqlalchemy import select

from tests.conftest import FrozenClock
from tests.support.api import (
    BODY,
    CODE,
    LEGAL,
    MOBILE,
    OWN,
    V1,
    answered,
    asked,
    bearer,
    code_to,
    log_in,
    pair,
    person_bearer,
    register,
    signed_in,
    texted,
    upload,
)
from tests.support.requests import PASSWORD, sent
from ticketing.app import LONGEST_TEXT
from ticketing.domain.actors import SYSTEM
from ticketing.domain.enterprise import EnterpriseRole
from ticketing.extensions import db, store
from ticketing.models import Delivery, Membership, Ticket
from ticketing.services import enterprises, guesses, invitations, knowledge, people
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

    def uncounted(self, path: str, body: dict[str, str]) -> Any:
        headers = self.member()
        self.without_counters()
        return self.post(path, json=body, headers=headers)

    def too_often(self, path: str, body: dict[str, str]) -> Any:
        headers = self.member()
        self.patch.setattr(guesses, "CODES_PER_ADDRESS", 0)
        self.patch.setattr(guesses, "FREE_PER_ADDRESS", 0)
        wrong = {"phone": MOBILE, "code": "000000"}
        for _ in range(2):
            self.post(f"{MY}/sessions", json=wrong)
        return self.post(path, json=body, headers=headers)

    def me(self, phone: str = MOBILE) -> dict[str, str]:
        """Somebody who has signed in and proved nothing."""
        register()
        return person_bearer(self.client, phone)

    def coded(self) -> Any:
        return signed_in(self.client, MOBILE)

    def member(self, role: str = "manager") -> dict[str, str]:
        """Somebody who acts for the enterprise."""
        headers = self.me()
        enterprises.proved(
            people.by_phone(f"+86{MOBILE}"),
            CODE,
            "昌盛食品",
            "register_phone",
            self.clock.now,
            role=EnterpriseRole(role),
        )
        return headers

    def own(self, path: str, **said: Any) -> Any:
        return self.post(path, headers=self.member(), **said)

    def settle(self, **said: Any) -> Any:
        return self.client.put(SETTINGS, headers=self.me(), **said)

    def mine(self) -> Membership:
        self.member()
        return db.session.scalars(select(Membership)).first()

    def other(self, role: str) -> Membership:
        register()
        one = people.begin("+8613604508888", self.clock.now, name="小王")
        enterprises.proved(one, CODE, "昌盛食品", "register_phone", self.clock.now, role=EnterpriseRole(role))
        return db.session.scalars(select(Membership).where(Membership.person_id == one.id)).one()

    def role(self, role: str, as_role: str = "manager", **said: Any) -> Any:
        path = ROLES.format(membership_id=self.other("clerk").id)
        return self.post(path, headers=self.member(as_role), **(said or {"json": {"role": role}}))

    def gone(self, path: str, key: int, as_role: str = "manager") -> Any:
        return self.client.delete(path.replace("{membership_id}", str(key)).replace("{invitation_id}", str(key)),
                                  headers=self.member(as_role))  # fmt: skip

    def invited(self) -> int:
        register()
        own = self.other("manager")
        return invitations.invite(own, "13604507777", "小张", "clerk", self.clock.now, address="https://x").id

    def joined(self) -> Any:
        register()
        invitations.invite(
            self.other("manager"), MOBILE, "小张", "clerk", self.clock.now, address="https://x"
        )
        token = re.search(r"/my/invited/([\w-]+)", texted(MOBILE)).group(1)
        return self.post(f"{MY}/memberships", json={"token": token}, headers=self.me())

    def requests(self, query: str = "") -> Any:
        sent(register_code=CODE)
        return self.client.get(f"{MY}/requests?{query}", headers=self.member())

    def proved_by_code(self) -> Any:
        headers = self.me()
        self.post(f"{MY}/proofs", json={"register_code": CODE}, headers=headers)
        said = {"register_code": CODE, "code": code_to(LEGAL)}
        return self.post(f"{MY}/enterprises", json=said, headers=headers)

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


def ask_role(said: dict[str, Any]) -> Ask:
    """Return a wrong body for a new role."""
    return lambda world: world.role("", **said)


def ask_settings(said: dict[str, Any]) -> Ask:
    """Return a wrong body for how to be told."""
    return lambda world: world.settle(**said)


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


def telephone(path: str, **body: str) -> dict[Case, Ask]:
    """Return the answers of what is asked with a telephone and limited by address."""
    return {
        ("post", path, 429): lambda world: world.too_often(path, body),
        ("post", path, 503): lambda world: world.uncounted(path, body),
        **malformed_own(path),
    }


def malformed_own(path: str) -> dict[Case, Ask]:
    """Return the ways in which a body of somebody who has signed in can be wrong."""

    def ask(said: dict[str, Any]) -> Ask:
        return lambda world: world.own(path, **said)

    return {("post", path, status): ask(said) for status, said in MALFORMED.items()}


MY = f"{V1}/my"
CALLS, SETTINGS = f"{MY}/calls", f"{MY}/settings"
MEMBER, ROLES = f"{MY}/people/{{membership_id}}", f"{MY}/people/{{membership_id}}/roles"
INVITATION = f"{MY}/invitations/{{invitation_id}}"
GUEST = {"phone": "13604509999", "name": "小李", "role": "clerk"}
CASES |= {
    ("post", f"{MY}/codes", 204): lambda world: world.post(f"{MY}/codes", json={"phone": MOBILE}),
    **telephone(f"{MY}/codes", phone=MOBILE),
    ("post", f"{MY}/sessions", 201): lambda world: world.coded(),
    **telephone(f"{MY}/sessions", phone=MOBILE, code="000000"),
    ("delete", f"{MY}/sessions", 204): lambda world: world.client.delete(f"{MY}/sessions", headers=world.me()),
    ("delete", f"{MY}/sessions", 401): lambda world: world.client.delete(f"{MY}/sessions"),
    ("get", MY, 200): lambda world: world.client.get(MY, headers=world.me()),
    ("get", MY, 401): lambda world: world.client.get(MY),
    ("post", f"{MY}/proofs", 204): lambda world: world.own(f"{MY}/proofs", json={"register_code": CODE}),
    ("post", f"{MY}/proofs", 401): lambda world: world.post(f"{MY}/proofs", json={"register_code": CODE}),
    **telephone(f"{MY}/proofs", register_code=CODE),
    ("post", f"{MY}/enterprises", 201): lambda world: world.proved_by_code(),
    ("post", f"{MY}/enterprises", 401): lambda world: world.post(f"{MY}/enterprises", json={}),
    **telephone(f"{MY}/enterprises", register_code=CODE, code="000000"),
    ("post", CALLS, 201): lambda world: world.own(CALLS, json={"register_code": CODE, "name": "昌盛食品"}),
    ("post", CALLS, 401): lambda world: world.post(CALLS, json={"register_code": CODE, "name": "昌盛食品"}),
    **malformed_own(CALLS),
    ("get", SETTINGS, 200): lambda world: world.client.get(SETTINGS, headers=world.me()),
    ("get", SETTINGS, 401): lambda world: world.client.get(SETTINGS),
    ("put", SETTINGS, 200): lambda world: world.settle(json={"name": "吴丹", "told_by": ["sms"]}),
    ("put", SETTINGS, 401): lambda world: world.client.put(SETTINGS, json={"name": "吴丹", "told_by": []}),
    **{("put", SETTINGS, status): ask_settings(said) for status, said in MALFORMED.items()},
    ("get", f"{MY}/requests", 200): lambda world: world.requests(),
    ("get", f"{MY}/requests", 401): lambda world: world.client.get(f"{MY}/requests"),
    ("get", f"{MY}/requests", 403): lambda world: world.client.get(f"{MY}/requests", headers=world.me()),
    ("get", f"{MY}/requests", 404): lambda world: world.requests("enterprise=X"),
    ("get", f"{MY}/requests", 422): lambda world: world.requests("which=all"),
    ("post", f"{MY}/requests/sessions", 201): lambda world: world.own(
        f"{MY}/requests/sessions", json={"number": sent(register_code=CODE).number}),
    ("post", f"{MY}/requests/sessions", 401): lambda world: world.post(f"{MY}/requests/sessions", json={}),
    ("post", f"{MY}/requests/sessions", 404): lambda world: world.own(
        f"{MY}/requests/sessions", json={"number": sent().number}),
    **malformed_own(f"{MY}/requests/sessions"),
    ("post", f"{MY}/claims", 201): lambda world: world.own(f"{MY}/claims", json=pair(sent())),
    ("post", f"{MY}/claims", 401): lambda world: world.post(f"{MY}/claims", json={}),
    ("post", f"{MY}/claims", 403): lambda world: world.post(f"{MY}/claims", json=pair(sent()), headers=world.me()),
    ("post", f"{MY}/claims", 404): lambda world: world.own(f"{MY}/claims", json=pair(sent()) | {"enterprise": "X"}),
    ("post", f"{MY}/claims", 429): lambda world: world.too_often(f"{MY}/claims", pair(sent())),
    ("post", f"{MY}/claims", 503): lambda world: world.uncounted(f"{MY}/claims", pair(sent())),
    **malformed_own(f"{MY}/claims"),
    ("get", f"{MY}/people", 200): lambda world: world.client.get(f"{MY}/people", headers=world.member()),
    ("get", f"{MY}/people", 401): lambda world: world.client.get(f"{MY}/people"),
    ("get", f"{MY}/people", 403): lambda world: world.client.get(f"{MY}/people", headers=world.me()),
    ("get", f"{MY}/people", 404): lambda world: world.client.get(
        f"{MY}/people?enterprise=X", headers=world.member()),
    ("get", f"{MY}/people", 422): lambda world: world.client.get(
        f"{MY}/people?enterprise={'X' * 19}", headers=world.member()),
    ("post", f"{MY}/people", 201): lambda world: world.own(f"{MY}/people", json=GUEST),
    ("post", f"{MY}/people", 401): lambda world: world.post(f"{MY}/people", json=GUEST),
    ("post", f"{MY}/people", 403): lambda world: world.post(
        f"{MY}/people", json=GUEST, headers=world.member("clerk")),
    ("post", f"{MY}/people", 404): lambda world: world.own(f"{MY}/people", json=GUEST | {"enterprise": "X"}),
    **malformed_own(f"{MY}/people"),
    ("post", ROLES, 200): lambda world: world.role("manager"),
    ("post", ROLES, 401): lambda world: world.post(ROLES.format(membership_id=1), json={"role": "clerk"}),
    ("post", ROLES, 403): lambda world: world.role("manager", as_role="clerk"),
    ("post", ROLES, 404): lambda world: world.own(ROLES.format(membership_id=999), json={"role": "clerk"}),
    **{("post", ROLES, status): ask_role(said) for status, said in MALFORMED.items()},
    ("delete", MEMBER, 204): lambda world: world.gone(MEMBER, world.other("clerk").id),
    ("delete", MEMBER, 401): lambda world: world.client.delete(MEMBER.format(membership_id=1)),
    ("delete", MEMBER, 403): lambda world: world.gone(MEMBER, world.other("clerk").id, as_role="clerk"),
    ("delete", MEMBER, 404): lambda world: world.gone(MEMBER, 999),
    ("delete", MEMBER, 422): lambda world: world.gone(MEMBER, world.mine().id),
    ("delete", INVITATION, 204): lambda world: world.gone(INVITATION, world.invited()),
    ("delete", INVITATION, 401): lambda world: world.client.delete(INVITATION.format(invitation_id=1)),
    ("delete", INVITATION, 403): lambda world: world.gone(INVITATION, world.invited(), as_role="clerk"),
    ("delete", INVITATION, 404): lambda world: world.gone(INVITATION, 999),
    ("post", f"{MY}/memberships", 201): lambda world: world.joined(),
    ("post", f"{MY}/memberships", 401): lambda world: world.post(f"{MY}/memberships", json={"token": "x"}),
    ("post", f"{MY}/memberships", 404): lambda world: world.own(f"{MY}/memberships", json={"token": "x"}),
    **malformed_own(f"{MY}/memberships"),
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

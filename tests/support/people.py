"""Colleagues for tests."""

from flask.testing import FlaskClient

from tests.conftest import MONDAY
from ticketing.domain.actors import Actor, Grant
from ticketing.models import Account
from ticketing.services import accounts

PASSWORD = "a long test password"


def colleague(username: str, *grants: Grant, client: FlaskClient | None = None) -> Account:
    """Make an account with these rights; log it in where a client is given."""
    account = accounts.create(accounts.NewAccount(username, f"{username}先生", PASSWORD), grants, MONDAY)
    if client is not None:
        answer = client.post("/login", data={"username": username, "password": PASSWORD})
        assert answer.status_code == 302
    return account


def actor(username: str, *grants: Grant) -> Actor:
    """Make an account and return it as an actor."""
    return accounts.actor(colleague(username, *grants), MONDAY)

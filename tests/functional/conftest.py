"""HTTP through the door, on a real database; each test inside a transaction that is thrown away."""

from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from tests.support.people import colleague
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db


class Browser(FlaskClient):
    """A browser without JavaScript. Each request finds what was committed and leaves nothing half done."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request as a stranger to what the test's own session and the last request kept in mind."""
        db.session.commit()
        db.session.info.clear()
        for name in list(g):
            g.pop(name)
        try:
            return super().open(*args, **kwargs)
        finally:
            db.session.rollback()
            db.session.expire_all()


@pytest.fixture(autouse=True)
def app(rolled_back: Flask) -> Flask:
    rolled_back.test_client_class = Browser
    rolled_back.config["WTF_CSRF_ENABLED"] = False  # the check of tokens has a test of its own
    return rolled_back


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def admin(client: FlaskClient) -> FlaskClient:
    """The test's browser, in an administrator's hands."""
    colleague("admin", Grant(Role.ADMIN), client=client)
    return client


@pytest.fixture
def supervisor(app: Flask) -> FlaskClient:
    """A second browser, in a supervisor's hands."""
    other = app.test_client()
    colleague("sun", Grant(Role.SUPERVISOR), client=other)
    return other

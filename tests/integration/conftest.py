"""Services on a real database; each test inside a transaction that is thrown away."""

import pytest
from flask import Flask

from tests.support import policies


@pytest.fixture(autouse=True)
def app(rolled_back: Flask) -> Flask:
    return rolled_back


@pytest.fixture
def people() -> policies.Pair:
    """Who drafts a policy and who publishes it; tests of a ticket's life name people of their own."""
    return policies.pair()

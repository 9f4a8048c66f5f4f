"""HTTP through the door, on a real database; each test inside a transaction that is thrown away."""

import pytest
from flask import Flask


@pytest.fixture(autouse=True)
def app(rolled_back: Flask) -> Flask:
    return rolled_back

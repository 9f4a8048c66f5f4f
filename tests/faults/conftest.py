"""Engines of a test's own, in a folder with a space in its name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ticketing import engines


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "a place" / "var"


@pytest.fixture
def lease(var: Path) -> Iterator[engines.Lease]:
    with engines.acquire(var) as held:
        yield held

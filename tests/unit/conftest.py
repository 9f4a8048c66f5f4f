"""Values from the pack's files, read once; no database."""

from pathlib import Path

import pytest

import config
from routing import examples
from routing.directory import Directory
from routing.examples import Example
from routing.model import Model
from routing.rules import RuleBook
from routing.training import train
from sla.calendar import Calendar
from sla.policy import Policy
from ticketing.services import pack as packs

PACK = config.ROOT / "provinces" / "heilongjiang"


@pytest.fixture(scope="session")
def pack() -> packs.Pack:
    return packs.read(PACK)


@pytest.fixture(scope="session")
def calendar(pack: packs.Pack) -> Calendar:
    return Calendar.from_documents([one.body for one in pack.documents if one.kind == "calendar"])


@pytest.fixture(scope="session")
def policy(pack: packs.Pack) -> Policy:
    return Policy.from_document(next(one.body for one in pack.documents if one.kind == "sla"))


@pytest.fixture(scope="session")
def rules(pack: packs.Pack) -> RuleBook:
    return packs.rules_of(pack)


@pytest.fixture(scope="session")
def directory(pack: packs.Pack) -> Directory:
    return packs.directory_of(pack)


@pytest.fixture(scope="session")
def taught() -> list[Example]:
    """A part of the pack's examples, of every line: enough to decide by, trained in a blink."""
    return examples.of_pack(PACK)[::6]


@pytest.fixture(scope="session")
def model(taught: list[Example], directory: Directory, rules: RuleBook) -> Model:
    return train(taught, directory, rules)


@pytest.fixture(scope="session")
def data() -> Path:
    return config.ROOT / "tests" / "data"

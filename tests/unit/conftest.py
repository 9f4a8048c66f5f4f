"""Values from the pack's files, read once; no database."""

from pathlib import Path

import pytest

import config
from routing.directory import Bureau, Directory, Hotline, Region, Topic
from routing.rules import RuleBook
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
    return RuleBook.from_document(next(one.body for one in pack.documents if one.kind == "routing"))


@pytest.fixture(scope="session")
def directory(pack: packs.Pack) -> Directory:
    def rows(name: str, value: type) -> list:
        return [
            value(**{key: tuple(cell) if isinstance(cell, list) else cell for key, cell in row.items()})
            for row in pack.tables[name]
        ]

    return Directory.of(
        regions=rows("regions", Region),
        bureaus=rows("bureaus", Bureau),
        hotlines=rows("hotlines", Hotline),
        topics=rows("topics", Topic),
    )


@pytest.fixture(scope="session")
def data() -> Path:
    return config.ROOT / "tests" / "data"

"""Loads a pack into the test database."""

import datetime as dt
from pathlib import Path

from ticketing.extensions import transaction
from ticketing.services import pack
from ticketing.services.pack_load import load


def load_pack(folder: Path, now: dt.datetime) -> None:
    with transaction():
        load(pack.read(folder), now)

"""`flask demo seed`: a year of invented tickets, written by two processes."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import text
from tqdm import tqdm

from ticketing.extensions import db, transaction
from ticketing.services import province as provinces
from ticketing.services import seed
from ticketing.services.seed import Plan, Seeder

PROCESSES = 2


def fill(app: Flask, tickets: int) -> int:
    """Fill the desk up to `tickets`, going on with what was cut short; return how many were written.

    `app` is the application itself, for the second process has a context of its own.
    """
    written = 0
    with app.app_context():
        while run := seed.plan(tickets, app.extensions["clock"]()):
            with transaction():
                account_id = seed.keeper(run.until)
                many = sum(map(run.size, run.left)) >= seed.MANY
                if many:
                    seed.drop_indexes()
            _write(app, run, account_id)
            written += sum(map(run.size, run.left))
        if written or seed.missing_indexes():
            _settle()
    return written


def _write(app: Flask, run: Plan, account_id: int) -> None:
    """Share the batches between two processes; each batch is a transaction."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)

    def every_other() -> None:
        for batch in run.left[1::PROCESSES]:
            _batch(app, run, account_id, batch)
            os.write(writer, b".")

    child = _fork(every_other)
    os.close(writer)
    try:
        with tqdm(total=run.tickets, unit="ticket", file=sys.stderr) as bar:
            bar.update(run.tickets - sum(map(run.size, run.left)))
            for batch in run.left[::PROCESSES]:
                bar.update(_batch(app, run, account_id, batch) + _said(reader))
            _wait(child)
            bar.update(_said(reader))
    finally:
        os.close(reader)


def _fork(work: Callable[[], None]) -> int:
    """Let a second process do its share, on connections of its own; return its id."""
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if child:
        return child
    try:
        work()
        db.engine.dispose()
        os._exit(0)
    except Exception as error:  # noqa: BLE001  a fork must not run its parent's code; what it says, it says here
        print(f"the second process: {error!r}", file=sys.stderr)  # noqa: T201
    os._exit(1)


def _wait(child: int) -> None:
    _pid, status = os.waitpid(child, 0)
    if status:
        raise RuntimeError("the second process of the seeding ended early; the same command goes on")


_seeders: dict[str, Seeder] = {}


def _batch(app: Flask, run: Plan, account_id: int, batch: int) -> int:
    with transaction():
        if run.name not in _seeders:
            pack: Path = app.config["PROVINCE_PACK"]
            _seeders[run.name] = Seeder(pack, provinces.current(), run, account_id)
        return _seeders[run.name].write(batch)


def _said(reader: int) -> int:
    """Return how many tickets the other process has written since it was last asked."""
    try:
        return len(os.read(reader, 65_536)) * seed.BATCH
    except BlockingIOError:
        return 0


def _settle() -> None:
    """Build what a long run left out, two indexes at a time, and give the planner its statistics."""
    if seed.missing_indexes():
        child = _fork(_build)
        _build()
        _wait(child)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("set statement_timeout = 0"))
        connection.execute(text("vacuum analyze"))
    db.engine.dispose()


def _build() -> None:
    for index in seed.missing_indexes():
        with transaction():
            if seed.build_index(index):
                tqdm.write(f"built {index.name}", file=sys.stderr)

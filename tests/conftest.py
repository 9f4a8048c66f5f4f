"""Real engines for the tests: one PostgreSQL and one Valkey for a run, a database of its own for each worker.

A template database is migrated and filled with the Heilongjiang pack once; workers clone it. Tests of
services and HTTP run inside an outer transaction that is thrown away (`rolled_back`); tests that need several
connections ask for `committed`, a clone of their own.
"""

import datetime as dt
import fcntl
import itertools
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.engine import make_url

import config
from tests.support.pack import load_pack
from ticketing import engines
from ticketing.app import create_app
from ticketing.extensions import db, store

MONDAY = dt.datetime(2020, 6, 8, 2, 0, tzinfo=dt.UTC)
"""Monday 8 June 2020, 10:00 in Heilongjiang: a plain working day."""
TEMPLATE = "template_ticketing"
#: All tests of a run come from one address within one frozen hour.
PLENTY = {"submissions_per_hour": 1_000_000, "figures_age": 0}
KEYS = {"secret_key": "k" * 40, "password_pepper": "p" * 40}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the pictures of the browser stories be kept where somebody looks at them."""
    parser.addoption("--pictures", help="folder for the pictures of pages")


@dataclass
class FrozenClock:
    """A clock that a test sets and moves."""

    now: dt.datetime = MONDAY

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **parts: float) -> dt.datetime:
        """Move by a timedelta's parts and return the new present."""
        self.now += dt.timedelta(**parts)
        return self.now


@pytest.fixture(scope="session", autouse=True)
def _own_environment() -> Iterator[None]:
    """Nothing of the developer's environment or `.env` reaches a test."""
    kept = {name.upper(): os.environ.pop(name.upper(), None) for name in config.Settings.model_fields}
    before = config.Settings.model_config["env_file"]
    config.Settings.model_config["env_file"] = None
    yield
    config.Settings.model_config["env_file"] = before
    os.environ.update({name: value for name, value in kept.items() if value is not None})


RUN = "TEST_RUN_FOLDER"


def pytest_configure(config: pytest.Config) -> None:
    """Make one folder for all workers of a run.

    Not pytest's own: it closes its folders to others at each start, and the server's user must pass through.
    """
    if not hasattr(config, "workerinput"):
        os.environ[RUN] = tempfile.mkdtemp(prefix="appeals-test-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder; the engines in it have stopped with their last user."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(RUN), ignore_errors=True)


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """One folder for all workers of a run."""
    return Path(os.environ[RUN])


@pytest.fixture(scope="session")
def lease(run_folder: Path) -> Iterator[engines.Lease]:
    """The engines of the run; the worker that leaves last stops them."""
    with engines.acquire(run_folder / "var") as held:
        built_once(run_folder, TEMPLATE, lambda: _build_template(held))
        yield held


def built_once(run_folder: Path, name: str, build: Callable[[], object]) -> Any:
    """Let the first worker that asks build a database; what it tells of it (JSON) is handed to everybody."""
    told = run_folder / f"{name}.json"
    with (run_folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            told.write_text(json.dumps(build()))
    return json.loads(told.read_text())


def settings_for(lease: engines.Lease, name: str, **more: object) -> config.Settings:
    """Return settings for a database of the run."""
    url = make_url(lease.database_url).set(database=name).render_as_string(hide_password=False)
    values = {
        "database_url": url,
        "redis_url": lease.redis_url,
        "demo": True,
        "var_dir": lease.var,
        **PLENTY,
        **KEYS,
    }
    return config.load(**(values | more))


def administer(lease: engines.Lease, *statements: str) -> None:
    """Run statements outside any transaction, on the server's own database."""
    where = make_url(lease.database_url)
    host = where.query["host"]
    with psycopg.connect(host=host, user=where.username, dbname="postgres", autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _build_template(lease: engines.Lease) -> None:
    """Migrate and fill; a run's data need not survive a power cut, so nothing waits for the disk."""
    administer(
        lease,
        "alter system set fsync = off",
        "alter system set synchronous_commit = off",
        "select pg_reload_conf()",
        f"create database {TEMPLATE}",
    )
    app = make_app(settings_for(lease, TEMPLATE), FrozenClock())
    with app.app_context():
        upgrade()
        load_pack(app.config["PROVINCE_PACK"], MONDAY)
        db.session.remove()
        db.engine.dispose()


def make_app(settings: config.Settings, clock: Callable[[], dt.datetime]) -> Flask:
    """Return the application as tests use it: cheap staff passwords, errors that reach the test."""
    return create_app(settings, clock=clock, testing=True)


_serial = itertools.count()


def _clone(lease: engines.Lease, template: str = TEMPLATE) -> str:
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}_{next(_serial)}"
    administer(lease, f"create database {name} template {template}")
    return name


@pytest.fixture(scope="session")
def template() -> str:
    """The database that `committed` clones; a module whose tests all begin alike names a fuller one."""
    return TEMPLATE


@pytest.fixture(scope="session")
def _shared_app(lease: engines.Lease) -> Iterator[Flask]:
    """The worker's application on its own clone."""
    application = make_app(settings_for(lease, _clone(lease)), FrozenClock())
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def clock() -> FrozenClock:
    """The present, Monday morning until a test moves it."""
    return FrozenClock()


@pytest.fixture
def rolled_back(_shared_app: Flask, clock: FrozenClock) -> Iterator[Flask]:
    """The application, inside one outer transaction that is thrown away with all that the test committed."""
    _shared_app.extensions["clock"] = clock
    store.prefix = f"{secrets.token_hex(6)}:"
    with _shared_app.app_context():
        engine, engine_map = db.engine, db._app_engines[_shared_app]
        connection = engine.connect()
        outer = connection.begin()
        engine_map[None] = connection
        db.session.configure(join_transaction_mode="create_savepoint")
        try:
            yield _shared_app
        finally:
            db.session.remove()
            db.session.configure(join_transaction_mode="conditional_savepoint")
            outer.rollback()
            connection.close()
            engine_map[None] = engine


@pytest.fixture
def committed(lease: engines.Lease, template: str, clock: FrozenClock) -> Iterator[Flask]:
    """The application on a database of this test alone, where commits are commits."""
    name = _clone(lease, template)
    application = make_app(settings_for(lease, name), clock)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()
    administer(lease, f"drop database {name} with (force)")


@pytest.fixture
def statements(rolled_back: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The SQL statements that a test sends from here on, whoever hands them to the driver; savepoints do not count."""
    sent: list[str] = []
    execute = psycopg.Cursor.execute

    def note(cursor: psycopg.Cursor[Any], statement: str, *more: Any, **named: Any) -> psycopg.Cursor[Any]:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            sent.append(statement)
        return execute(cursor, statement, *more, **named)

    monkeypatch.setattr(psycopg.Cursor, "execute", note)
    return sent

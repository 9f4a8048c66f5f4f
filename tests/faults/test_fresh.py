"""A fresh machine: the first command brings tables and pack by itself where the database is our own, and says so."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import pytest
from flask import Flask

from tests.conftest import FrozenClock, administer, make_app, settings_for
from ticketing import engines
from ticketing.extensions import db
from ticketing.fresh import Database, make_ready, newest

FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")


def told(*arguments: str, var: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"VAR_DIR": str(var)}
    return subprocess.run(
        (*FLASK, *arguments), env=environment, capture_output=True, text=True, check=True, timeout=300
    )


def test_the_first_command_makes_all_ready_and_its_output_is_its_own() -> None:
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "a place" / "var"
        first = told("sla", "due", "--start", "2020-06-05T16:50", "--days", "1", var=var)
        assert first.stdout == "2020-06-08T17:00+08:00\n"
        assert "Loading the province pack" in first.stderr
        second = told("tickets", "count", var=var)
        assert second.stdout.splitlines()[0].split() == ["new", "0"]
        assert "pack" not in second.stderr


@pytest.fixture
def empty(lease: engines.Lease) -> str:
    """A database of a named server in which nothing was made yet."""
    administer(lease, "create database empty_one")
    return "empty_one"


def test_a_named_server_is_not_changed_unasked(lease: engines.Lease, empty: str) -> None:
    app = make_app(settings_for(lease, empty), FrozenClock())
    with pytest.raises(click.ClickException, match=r"flask db upgrade and .*flask pack load"):
        make_ready(Database(app, own=False, var=lease.var), pack=True)
    with app.app_context():
        assert db.inspect(db.engine).get_table_names() == []
        db.engine.dispose()
    administer(lease, f"drop database {empty}")


def test_a_server_that_does_not_answer_is_told_in_a_sentence(lease: engines.Lease) -> None:
    app = make_app(settings_for(lease, "nowhere"), FrozenClock())
    with pytest.raises(click.ClickException, match="does not answer"):
        make_ready(Database(app, own=False, var=lease.var), pack=True)


def test_a_database_that_is_ready_is_left_alone(committed: Flask, lease: engines.Lease) -> None:
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("select version_num from alembic_version").scalar() == newest()
    make_ready(Database(committed, own=False, var=lease.var), pack=True)

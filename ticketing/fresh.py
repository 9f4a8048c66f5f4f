"""What a command finds on a fresh machine: tables and a pack, made at its first use where the database is our own.

A named server is never changed unasked: there a sentence says what to call. `flask up` does the same by itself.
"""

import contextlib
import fcntl
import functools
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from ticketing.extensions import db
from ticketing.supervisor import Step

ROOT = Path(__file__).resolve().parent.parent
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
MIGRATE = Step("Bringing the database up to date …", (*FLASK, "db", "upgrade"))
PACK = Step("Loading the province pack …", (*FLASK, "pack", "load"))
#: Commands that run on the sources alone, and those that bring a pack themselves.
WITHOUT_DATABASE, WITHOUT_PACK = frozenset({"catalog"}), frozenset({"pack"})
#: What runs beside others for long: an old database is theirs to wait for.
LASTING = frozenset({"worker", "scheduler"})


@dataclass(frozen=True)
class Database:
    """Whose database it is: `own` lies under `var` and is made ready without asking."""

    app: Flask
    own: bool
    var: Path


def guard(database: Database, names: list[str]) -> None:
    """Let the commands of these names find a database that is ready, or say in a sentence why not."""
    if "--help" in sys.argv:
        return
    for name in set(names) - WITHOUT_DATABASE - (frozenset() if database.own else LASTING):
        command = database.app.cli.commands[name]
        command.callback = _after(
            functools.partial(make_ready, database, pack=name not in WITHOUT_PACK), command
        )


def _after(first: Callable[[], None], command: click.Command) -> Callable[..., object]:
    then = command.callback

    def both(*arguments: object, **values: object) -> object:
        first()
        return then(*arguments, **values) if then else None

    return functools.wraps(then)(both) if then else both


def make_ready(database: Database, *, pack: bool) -> None:
    """Bring tables and pack where they are missing; one command at a time, the second finds all done."""
    if not (steps := _missing(database.app, pack=pack)):
        return
    if not database.own:
        asked = " and ".join(f".venv/bin/flask {' '.join(step.argv[len(FLASK) :])}" for step in steps)
        raise click.ClickException(f"The database is not ready for this version; call {asked}.")
    with _alone(database.var):
        for step in _missing(database.app, pack=pack):
            click.echo(step.words, err=True)
            # What a command prints may be read by a program: all that is said on the way goes to the other line.
            done = subprocess.run(step.argv, cwd=ROOT, stdout=sys.stderr, check=False)  # noqa: S603  our own commands
            if done.returncode:
                raise click.ClickException(f"“{step.words}” failed ({done.returncode}); the reason is above.")


def _missing(app: Flask, *, pack: bool) -> list[Step]:
    with app.app_context():
        try:
            version, loaded = _found()
        except OperationalError as error:
            raise click.ClickException(f"The database does not answer: {error.orig}") from None
        finally:
            db.session.remove()
            db.engine.dispose()
    old, without = version < newest(), pack and not loaded
    return [*([MIGRATE] if old else []), *([PACK] if without else [])]


def _found() -> tuple[str, bool]:
    """Return the version of the tables, empty where there are none, and whether a pack is loaded."""
    if db.session.scalar(text("select to_regclass('alembic_version')")) is None:
        return "", False
    version: str = db.session.scalar(text("select version_num from alembic_version")) or ""
    if db.session.scalar(text("select to_regclass('policy_document')")) is None:
        return version, False
    return version, bool(
        db.session.scalar(text("select exists (select from policy_document where kind = 'pack')"))
    )


def newest() -> str:
    """Return the newest migration: they are numbered, and named as their files are."""
    return max(path.stem for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py"))


@contextlib.contextmanager
def _alone(var: Path) -> Iterator[None]:
    with (var / "ready.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

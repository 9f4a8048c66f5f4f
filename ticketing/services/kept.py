"""Statements that every page runs, put together once and handed to the driver as text.

SQLAlchemy reckons anew, at each run, whether it has seen a statement before, and wraps its answer; for a statement
of a few microseconds in the server that costs more than the statement. These read; what they return are named tuples.
"""

import functools
import os
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any, cast

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import DateTime, Engine, Select
from sqlalchemy.dialects.postgresql.psycopg import dialect
from sqlalchemy.exc import DBAPIError

from ticketing.extensions import READING, db, driver_of, has_hung_up, plain

DIALECT = dialect()  # type: ignore[no-untyped-call]
#: The type of a parameter that is an instant.
INSTANT = DateTime(timezone=True)


class Kept:
    """A statement whose text is kept; values that it was built with stay, `bindparam`s are given at each run."""

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement

    @functools.cached_property
    def _driven(self) -> tuple[str, dict[str, object]]:
        """The text and the values that stay; put together at the first run, so that no start pays for all."""
        compiled = self._statement.compile(dialect=DIALECT)
        later = [name for name, bind in compiled.binds.items() if bind.required]
        text = compiled.construct_expanded_state(dict.fromkeys(later))
        fixed = {name: value for name, value in text.parameters.items() if name not in later}
        return text.statement, fixed

    def rows(self, **values: object) -> Sequence[Any]:
        """Run it and return every row, as named tuples."""
        text, fixed = self._driven
        return _ask(text, {**fixed, **values})


class _Line:
    """A connection out of no pool's reach: it ends with the thread that holds it, and with the process."""

    def __init__(self, engine: Engine) -> None:
        taken = engine.raw_connection()
        self.engine, self.driver = engine, cast("psycopg.Connection[Any]", taken.dbapi_connection)
        taken.detach()
        self.driver.autocommit = True
        weakref.finalize(self, _close, self.driver, os.getpid())


def _close(driver: psycopg.Connection[Any], opened_by: int) -> None:
    """Close a connection, unless it is a parent's that a fork only inherited."""
    if os.getpid() == opened_by:
        driver.close()


class _Reader(threading.local):
    """This thread's own connection to read on."""

    line: _Line | None = None

    def driver(self, engine: Engine) -> psycopg.Connection[Any]:
        """Return the connection, a fresh one where the server has hung up."""
        if self.line is None or self.line.engine is not engine or has_hung_up(self.line.driver):
            self.line = None
            self.line = _Line(engine)
        return self.line.driver


_reader = _Reader()


def _ask(statement: str, values: dict[str, object]) -> list[Any]:
    """Run a reading statement as the driver takes it and return named tuples.

    In a transaction it runs there, after what waits to be written. A page that only reads has none: what it asks
    stands alone, on a connection that the thread keeps, which spares it a session's beginning and its end.

    Raises:
        DBAPIError: as SQLAlchemy names what the driver refused.
    """
    session, engine = db.session(), db.engine
    if READING in session.info and not session.in_transaction() and isinstance(engine, Engine):
        connection, driver = None, _reader.driver(engine)
    else:
        session.flush()
        connection = session.connection()
        driver = driver_of(connection)
    try:
        return driver.cursor(row_factory=_named_rows).execute(statement, values).fetchall()
    except psycopg.Error as error:
        if error.sqlstate:
            error.args = (plain(error),)
        if driver.closed and connection is not None:
            connection.invalidate(error)
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, hide_parameters=True, dialect=DIALECT
        ) from error


def _named_rows(cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], Any]:
    return _maker(namedtuple_row(cursor))


@functools.lru_cache(maxsize=1024)
def _maker(make: Any) -> Callable[[Sequence[Any]], Any]:
    """Return the type's own constructor in place of `_make`, which counts the columns of each row again."""
    return functools.partial(tuple.__new__, make.__self__)

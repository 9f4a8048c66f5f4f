"""Statements that every page runs, put together once and handed to the driver as text.

SQLAlchemy reckons anew, at each run, whether it has seen a statement before; for a statement of a few
microseconds in the server that costs more than the statement. These read; what they return are plain rows.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select
from sqlalchemy.dialects.postgresql import psycopg

from ticketing.extensions import db

DIALECT = psycopg.dialect()  # type: ignore[no-untyped-call]


class Kept:
    """A statement whose text is kept; values that it was built with stay, `bindparam`s are given at each run."""

    def __init__(self, statement: Select[Any]) -> None:
        compiled = statement.compile(dialect=DIALECT)
        later = [name for name, bind in compiled.binds.items() if bind.required]
        text = compiled.construct_expanded_state(dict.fromkeys(later))
        self._text = text.statement
        self._fixed = {name: value for name, value in text.parameters.items() if name not in later}

    def rows(self, **values: object) -> Sequence[Row[Any]]:
        """Run it in the session's transaction, after what waits to be written there, and return every row."""
        given = {**self._fixed, **values}
        db.session.flush()
        return db.session.connection().exec_driver_sql(self._text, given).all()

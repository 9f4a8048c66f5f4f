"""Statements that every page runs, put together once and handed to the driver as text.

SQLAlchemy reckons anew, at each run, whether it has seen a statement before; for a statement of a few
microseconds in the server that costs more than the statement. These read; what they return are plain rows.
"""

import functools
from collections.abc import Sequence
from typing import Any

from sqlalchemy import DateTime, Row, Select
from sqlalchemy.dialects.postgresql import psycopg

from ticketing.extensions import db

DIALECT = psycopg.dialect()  # type: ignore[no-untyped-call]
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

    def rows(self, **values: object) -> Sequence[Row[Any]]:
        """Run it in the session's transaction, after what waits to be written there, and return every row."""
        text, fixed = self._driven
        db.session.flush()
        return db.session.connection().exec_driver_sql(text, {**fixed, **values}).all()

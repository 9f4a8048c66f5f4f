"""Many rows with one statement and one parameter: the server unpacks them, so a row costs no round of its own."""

import datetime as dt
import functools
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import CursorResult, text

from ticketing.extensions import Model, db


def insert_rows(model: type[Model], rows: Sequence[dict[str, Any]], *, ending: str = "") -> CursorResult[Any]:
    """Insert rows that all name the same columns; what they do not name takes the model's or table's default.

    `ending`: SQL of our own behind the statement, such as what to do with conflicts; never from outside.
    """
    statement, values = insertion(model, rows, ending=ending)
    return db.session.execute(text(statement), values)  # type: ignore[return-value]


def insertion(
    model: type[Model], rows: Sequence[dict[str, Any]], *, ending: str = ""
) -> tuple[str, dict[str, str]]:
    """Return what `insert_rows` executes, for a statement that does more with the new rows."""
    table = model.__tablename__
    defaults = {name: value for name, value in defaults_of(model).items() if name not in rows[0]}
    columns = ", ".join([*rows[0], *defaults])
    statement = (
        f"INSERT INTO {table} ({columns})"
        f" SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb)) {ending}"
    )
    written = json.dumps([row | defaults for row in rows], ensure_ascii=False, default=_written)
    return statement, {"rows": written}


@functools.cache
def defaults_of(model: type[Model]) -> dict[str, Any]:
    """Return what the mapper would fill in for columns that a row does not name."""
    own = {column.name: column.default for column in model.__table__.columns if column.default is not None}
    return {name: rule.arg(None) if rule.is_callable else rule.arg for name, rule in own.items()}


def _written(value: object) -> str:
    if isinstance(value, dt.date):  # instants are dates too
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in a bulk insert")

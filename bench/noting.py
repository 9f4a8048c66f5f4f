"""What is sent to the server: noted at the driver, which every statement passes, whoever put it together."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

Note = Callable[[psycopg.Cursor[Any], str, Any], None]


@contextlib.contextmanager
def noting(note: Note) -> Iterator[None]:
    """Tell `note` of each reading statement of this process before it is sent: its cursor, its text, its values."""
    execute = psycopg.Cursor.execute

    def noted(
        cursor: psycopg.Cursor[Any], statement: str, values: Any = None, **how: Any
    ) -> psycopg.Cursor[Any]:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            note(cursor, statement, values)
        return execute(cursor, statement, values, **how)

    psycopg.Cursor.execute = noted  # type: ignore[method-assign]
    try:
        yield
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]

"""What goes wrong is logged with its cause and without anybody's data."""

import logging
from collections.abc import Callable

import pytest
import structlog
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from tests.support.requests import sent
from ticketing.extensions import db
from ticketing.models import HistoryEntry, Ticket

SECRET = "张建国 13904510021"


def a_row_with_a_hole() -> None:
    row = {column.name: getattr(sent(), column.name) for column in Ticket.__table__.columns}
    del row["id"]
    db.session.execute(insert(Ticket.__table__).values(row | {"requester": SECRET, "body": None}))


def a_row_that_is_there() -> None:
    row = {"id": sent().id, "username": SECRET}
    db.session.execute(text("create temporary table known (name text unique) on commit drop"))
    for _ in range(2):
        db.session.execute(text("insert into known values (:username)"), row)


def a_value_of_another_kind() -> None:
    db.session.execute(text("select cast(:value as integer)"), {"value": SECRET})


def an_object() -> None:
    db.session.add(HistoryEntry(ticket_id=sent().id, text=SECRET))
    db.session.flush()


@pytest.mark.parametrize(
    ("fail", "told"),
    [
        (a_row_with_a_hole, '"body"'),
        (a_row_that_is_there, "known_name_key"),
        (a_value_of_another_kind, "InvalidTextRepresentation"),
        (an_object, "NotNullViolation"),
    ],
)
def test_a_failing_statement_logs_no_row(
    fail: Callable[[], None], told: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(DBAPIError) as failed, db.session.begin_nested():
        fail()
    structlog.get_logger().error("request failed", exc_info=failed.value)
    logging.getLogger("rq.worker").error("job failed", exc_info=failed.value)
    said = capsys.readouterr().err + caplog.text
    assert said.count(told) >= 2
    assert "13904510021" not in said
    assert "张建国" not in said
    assert "Failing row" not in said

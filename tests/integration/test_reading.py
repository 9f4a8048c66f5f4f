"""A page that only reads stands outside of transactions; what it writes after all is one."""

import contextlib

import psycopg
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy import func, select

from tests.support.requests import sent
from ticketing.extensions import db, reading, transaction
from ticketing.models import Ticket


def driver() -> psycopg.Connection[object]:
    return db.session.connection().connection.dbapi_connection  # type: ignore[return-value]


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Ticket)) or 0


def test_what_only_reads_opens_no_transaction(committed: Flask) -> None:
    reading()
    count()
    assert driver().info.transaction_status == TransactionStatus.IDLE
    db.session.remove()
    count()
    assert driver().info.transaction_status == TransactionStatus.INTRANS


def test_what_it_writes_after_all_is_one_transaction(committed: Flask) -> None:
    reading()
    before = count()
    with contextlib.suppress(ZeroDivisionError), transaction():
        sent()
        1 / 0  # noqa: B018  something goes wrong in the middle
    assert count() == before
    with transaction():
        sent()
    db.session.remove()
    assert count() == before + 1

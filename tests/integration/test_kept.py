"""Kept statements: what they return, where they run, what is told of a refusal, and a server that hung up."""

import pytest
from flask import Flask
from sqlalchemy import Integer, Text, bindparam, cast, func, literal, select, text
from sqlalchemy.exc import DataError, OperationalError

from ticketing.extensions import db, reading, transaction
from ticketing.models import Bureau
from ticketing.services.kept import Kept

SERVED_BY = Kept(select(func.pg_backend_pid().label("pid")))
NAMES = Kept(select(Bureau.code, Bureau.name_zh).where(Bureau.code == bindparam("code", type_=Text)))
A_NUMBER = Kept(select(cast(bindparam("typed", type_=Text), Integer)))


def test_rows_are_read_by_name_and_by_place(rolled_back: Flask) -> None:
    [row] = NAMES.rows(code="HRB-SWJ")
    assert (row.code, row[1]) == ("HRB-SWJ", row.name_zh)
    assert NAMES.rows(code="HRB-NOBODY") == []


def test_what_waits_to_be_written_is_seen(rolled_back: Flask) -> None:
    db.session.get_one(Bureau, "HRB-SWJ").name_zh = "改过的名称"
    assert NAMES.rows(code="HRB-SWJ")[0].name_zh == "改过的名称"


def test_a_page_that_only_reads_begins_no_transaction(committed: Flask) -> None:
    reading()
    first, second = SERVED_BY.rows()[0].pid, SERVED_BY.rows()[0].pid
    assert (first == second, db.session().in_transaction()) == (True, False)


def test_a_transaction_sees_its_own_rows(committed: Flask) -> None:
    reading()
    alone = SERVED_BY.rows()[0].pid
    with transaction():
        db.session.execute(text("update bureau set name_zh = '改过的名称' where code = 'HRB-SWJ'"))
        assert NAMES.rows(code="HRB-SWJ")[0].name_zh == "改过的名称"
        assert SERVED_BY.rows()[0].pid != alone


@pytest.mark.parametrize("alone", [True, False])
def test_a_refusal_has_sqlalchemy_s_name_and_quotes_no_value(committed: Flask, alone: bool) -> None:
    if alone:
        reading()
    with pytest.raises(DataError) as refused:
        A_NUMBER.rows(typed="13904510021x")
    assert "13904510021" not in str(refused.value)


def test_the_next_look_after_the_server_hung_up_is_answered(committed: Flask) -> None:
    reading()
    hung_up = SERVED_BY.rows()[0].pid
    with db.engine.connect() as other:
        other.execute(select(func.pg_terminate_backend(literal(hung_up)))).scalar_one()
        while other.scalar(
            select(func.count()).select_from(text("pg_stat_activity")).where(text(f"pid = {hung_up}"))
        ):
            other.rollback()
    assert SERVED_BY.rows()[0].pid != hung_up


def test_a_server_that_hangs_up_in_the_middle_is_told_and_the_next_look_is_answered(committed: Flask) -> None:
    reading()
    with pytest.raises(OperationalError):
        Kept(select(func.pg_terminate_backend(func.pg_backend_pid()))).rows()
    assert SERVED_BY.rows()

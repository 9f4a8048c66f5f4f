"""Statements kept as text: the same rows as the statement itself, values of each run put in."""

from flask import Flask
from sqlalchemy import bindparam, select

from ticketing.extensions import db
from ticketing.models import Region
from ticketing.services.kept import Kept

CHOSEN = select(Region.code, Region.level).where(
    Region.level.in_(["prefecture", "province"]), Region.code.like("%01%"), Region.code >= bindparam("least")
)


def test_the_kept_text_finds_what_the_statement_finds(rolled_back: Flask) -> None:
    kept = Kept(CHOSEN.order_by(Region.code))
    for least in ("", "230200"):
        plain = db.session.execute(CHOSEN.order_by(Region.code), {"least": least}).all()
        assert [tuple(row) for row in kept.rows(least=least)] == [tuple(row) for row in plain]


def test_rows_answer_to_the_names_of_their_columns(rolled_back: Flask) -> None:
    row = Kept(select(Region).where(Region.code == bindparam("code"))).rows(code="230100")[0]
    assert (row.code, row.active) == ("230100", True)

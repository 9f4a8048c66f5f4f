"""Connections that the server has ended are left lying; the next request takes a fresh one."""

from flask import Flask
from sqlalchemy import text

from ticketing.extensions import db

PID = text("select pg_backend_pid()")


def _pid() -> int:
    pid = db.session.scalar(PID)
    db.session.remove()
    return pid


def test_a_living_connection_is_used_again(committed: Flask) -> None:
    assert _pid() == _pid()


def test_a_connection_that_the_server_ended_is_not_taken(committed: Flask) -> None:
    ended = _pid()
    with db.engine.connect() as victim, db.engine.connect() as killer:
        assert victim.scalar(PID) == ended
        victim.close()
        assert killer.scalar(text("select pg_terminate_backend(:pid, 5000)"), {"pid": ended})
        assert db.session.scalar(PID) not in (ended, killer.scalar(PID))

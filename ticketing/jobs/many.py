"""Carries out what was asked for many tickets at once, when the seconds for undoing are over."""

from flask import current_app

from ticketing.extensions import transaction
from ticketing.services import many
from ticketing.services import province as provinces


def run() -> int:
    """Carry out what is due, a transaction each; return how many."""
    done = 0
    while True:
        now = current_app.extensions["clock"]()
        with transaction():
            row = many.due(now)
            if row is None:
                return done
            many.carry_out(row, now, provinces.current())
        done += 1

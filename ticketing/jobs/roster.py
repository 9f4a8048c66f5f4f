"""Looks hours ahead on the roster: a number with nobody on duty is told before it rings."""

from flask import current_app

from ticketing.extensions import transaction
from ticketing.services import duty_gaps
from ticketing.services import province as provinces


def run() -> int:
    """Note new gaps; return how many."""
    with transaction():
        return duty_gaps.watch(current_app.extensions["clock"](), provinces.current())

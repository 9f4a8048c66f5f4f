"""Looks after duties: lines with nobody on duty hours ahead, call-backs that nobody did in time."""

from flask import current_app

from ticketing.extensions import transaction
from ticketing.services import callback_duties, duty_gaps
from ticketing.services import province as provinces


def run() -> int:
    """Note new gaps and late call-backs; return how many."""
    now = current_app.extensions["clock"]()
    with transaction():
        late = callback_duties.escalate(now)
    with transaction():
        late += duty_gaps.watch_lines(now, provinces.current())
    with transaction():
        return late + duty_gaps.watch(now, provinces.current())

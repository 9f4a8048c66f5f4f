"""Looks at the clocks: rungs that have come, waiting that is over."""

from flask import current_app

from ticketing.extensions import transaction
from ticketing.services import case_sweep, escalation
from ticketing.services import province as provinces

BATCH = 100


def run() -> int:
    """Go through everything that is due, a transaction a batch; return how many tickets and steps were looked at."""
    now = current_app.extensions["clock"]()
    looked = 0
    while True:
        with transaction():
            woken = escalation.wake(now, BATCH)
        with transaction():
            climbed = escalation.climb(now, provinces.current(), BATCH)
        with transaction():
            climbed += case_sweep.climb(now, provinces.current(), BATCH)
        looked += woken + climbed
        if woken + climbed == 0:
            return looked

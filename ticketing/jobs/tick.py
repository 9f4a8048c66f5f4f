"""Looks at the clocks: rungs that have come, waiting that is over, decisions that nobody took in time."""

from flask import current_app

from ticketing.extensions import transaction
from ticketing.services import case_sweep, escalation, returns
from ticketing.services import province as provinces

BATCH = 200


def run() -> int:
    """Go through everything that is due, a transaction a batch; return how many things were looked at.

    Killed anywhere it has lost the batch in hand, which the next look finds again.
    """
    now = current_app.extensions["clock"]()
    looked, unreadable = 0, set[int]()
    while True:
        with transaction():
            woken = escalation.wake(now, BATCH)
        with transaction():
            climbed = escalation.climb(now, provinces.current(), BATCH, unreadable)
        with transaction():
            climbed += case_sweep.climb(now, provinces.current(), BATCH)
        with transaction():
            told = returns.tell_late(now, BATCH) + escalation.pass_on(now, BATCH)
        looked += woken + climbed + told
        if woken + climbed + told == 0:
            return looked

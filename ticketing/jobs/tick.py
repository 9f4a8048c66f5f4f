"""Looks at the clocks: rungs that have come, waiting that is over."""

from flask import current_app

from ticketing.extensions import transaction
from ticketing.services import escalation, returns
from ticketing.services import province as provinces

BATCH = 200


def run() -> int:
    """Go through everything that is due, a transaction a batch; return how many tickets were looked at.

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
            late = returns.tell_late(now, BATCH)
        looked += woken + climbed + late
        if woken + climbed + late == 0:
            return looked

"""Opens the coordination cases that the ladders have proposed, a few in each transaction."""

from flask import current_app

from ticketing.extensions import transaction
from ticketing.services import case_openings
from ticketing.services import province as provinces

AT_ONCE = 10


def run() -> int:
    """Go through what is proposed; return how many proposals were settled. Killed anywhere it lost the few in hand."""
    settled = 0
    while True:
        with transaction():
            looked = case_openings.proposed(current_app.extensions["clock"](), provinces.current(), AT_ONCE)
        settled += looked
        if looked < AT_ONCE:
            return settled

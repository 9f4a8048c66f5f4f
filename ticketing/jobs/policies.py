"""Policies in the background: what a draft would do, and what was published on its way to the open clocks."""

import datetime as dt
from collections.abc import Callable

from flask import current_app

from ticketing.extensions import transaction
from ticketing.services import foresight, policy_replays, rollout
from ticketing.services import province as provinces
from ticketing.services.province import Province


def foresee() -> int:
    """Reckon the looks that were asked for; no lock is held meanwhile. Return how many."""
    clock = current_app.extensions["clock"]
    done = 0
    while True:
        with transaction():
            claimed = foresight.claim(clock())
        if claimed is None:
            return done
        draft_id, asked = claimed
        now = clock()
        with transaction():
            province = provinces.current()
            found = foresight.reckon(draft_id, province, now)
            foresight.keep(draft_id, asked, found, province, now)
        done += 1


def replay() -> int:
    """Go on with the replays that were asked for, a transaction a batch; return how many batches."""
    return _through(policy_replays.step)


def roll_out() -> int:
    """Take what was published to the open clocks, a transaction a batch; return how many batches."""
    return _through(rollout.step)


def _through(step: Callable[[dt.datetime, Province], bool]) -> int:
    clock = current_app.extensions["clock"]
    batches = 0
    while True:
        with transaction():
            more = step(clock(), provinces.current())
        if not more:
            return batches
        batches += 1

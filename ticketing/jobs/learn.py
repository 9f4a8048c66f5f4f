"""Works on the run of learning that is under way, a step a transaction, until it is finished or stopped."""

import importlib

from flask import current_app

from ticketing.extensions import transaction
from ticketing.services import province as provinces
from ticketing.services import runs

#: Trains, and brings scikit-learn: loaded by the worker that needs it, never by the web.
TRAINER = "routing.training"


def run() -> int:
    """Go on with the open run; return how many steps it took. Who finds it locked leaves it to the other."""
    steps = 0
    while _step():
        steps += 1
    return steps


def _step() -> bool:
    now, pack = current_app.extensions["clock"](), current_app.config["PROVINCE_PACK"]
    with transaction():
        open_one = runs.open_run(locked=True)
        if open_one is None:
            return False
        if open_one.model_id is None:
            train = importlib.import_module(TRAINER).train
            runs.train_step(open_one, pack, train, provinces.current(), now)
        else:
            runs.replay_step(open_one, provinces.current(), now)
        return True


def start() -> int:
    """Ask for a run where the rule says that enough was taught since the last."""
    with transaction():
        return int(runs.ask_if_due(current_app.extensions["clock"]()) is not None)

"""Clears away what nobody comes back for: drafts of a week ago, with the files in them."""

from flask import current_app

from ticketing.extensions import transaction
from ticketing.services import drafts


def run() -> int:
    """Drop old drafts; return how many."""
    with transaction():
        return drafts.drop_old(current_app.extensions["clock"]())

"""Clears away what nobody comes back for: drafts of a week ago, with the files in them; lists of a month ago."""

from flask import current_app

from ticketing.extensions import transaction
from ticketing.services import drafts, import_jobs


def run() -> int:
    """Drop old drafts and lists; return how many."""
    with transaction():
        now = current_app.extensions["clock"]()
        return drafts.drop_old(now) + import_jobs.drop_old(now)

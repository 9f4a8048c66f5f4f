"""Clears away what nobody comes back for: drafts and papers of a week ago, lists of a month ago."""

from flask import current_app

from ticketing.extensions import transaction
from ticketing.services import case_papers, drafts, import_jobs


def run() -> int:
    """Drop old drafts, lists and papers; return how many."""
    with transaction():
        now = current_app.extensions["clock"]()
        return drafts.drop_old(now) + import_jobs.drop_old(now) + case_papers.drop_old(now)

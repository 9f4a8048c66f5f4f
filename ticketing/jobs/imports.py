"""Carries lists through that somebody began on a page, a batch a transaction, until they are through or stopped."""

from flask import current_app

from ticketing.extensions import db, transaction
from ticketing.services import import_jobs
from ticketing.services import province as provinces
from ticketing.services.importing import ListUnreadable


def run() -> int:
    """Go on with what is under way; return how many batches. Who finds a list locked leaves it to the other."""
    with transaction():
        job_id = import_jobs.next_running()
    rows = _rows(job_id) if job_id is not None else None
    batches = 0
    while job_id is not None and rows is not None:
        with transaction():
            more = import_jobs.step(job_id, rows, current_app.extensions["clock"](), provinces.current())
        db.session.expunge_all()
        batches += 1
        if not more:
            break
    return batches


def _rows(job_id: int) -> import_jobs.Rows | None:
    """Read the list; one that cannot be read to its end is broken off and says why."""
    try:
        with transaction():
            return import_jobs.rows_of(import_jobs.by_id(job_id))
    except ListUnreadable as error:
        with transaction():
            import_jobs.break_off(
                import_jobs.by_id(job_id, lock=True), error, current_app.extensions["clock"]()
            )
        return None

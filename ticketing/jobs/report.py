"""The monthly report: asked for on the first working day, made of frozen figures, printed by the press.

The row stays locked while the press works, a few seconds once a month; who dies half way leaves it asked for.
"""

import structlog
from flask import current_app

from ticketing.channels import press
from ticketing.domain.errors import DomainError
from ticketing.extensions import transaction
from ticketing.jobs import report_page
from ticketing.services import province as provinces
from ticketing.services import reports

log = structlog.get_logger()


def ask() -> int:
    """Ask for the report of the month before, once its day has come; return how many were asked for."""
    now = current_app.extensions["clock"]()
    with transaction():
        due = reports.is_time(now, provinces.current())
        return int(due and reports.ask(reports.month_before(now), now))


def run() -> int:
    """Make the reports that were asked for; return how many."""
    made = 0
    while _make():
        made += 1
    return made


def _make() -> bool:
    now = current_app.extensions["clock"]()
    with transaction():
        row = reports.next_asked()
        if row is None:
            return False
        row.data = row.data or reports.figures(row.month, provinces.current())
        page = report_page.page(row.data, now, provinces.current(), asked_by=reports.asker(row))
        try:
            reports.finish(row, now, paper=press.pdf(page))
        except DomainError as missing:
            reports.finish(row, now, paper=None, problem=missing.message)
            log.warning("the monthly report has no paper", month=str(row.month), reason=missing.message)
    return True

"""Records of cases that were asked for on paper: each goes through the press once, and says so where it could not."""

import subprocess

import structlog
from flask import current_app

from ticketing.channels import press
from ticketing.domain.errors import DomainError
from ticketing.domain.words import N_
from ticketing.extensions import transaction
from ticketing.services import case_papers

FAILED = N_("这一次没有生成成功，请再试一次；仍不成功的，请告诉管理员。")
log = structlog.get_logger()


def run() -> int:
    """Print what was asked for; return how many papers were tried."""
    tried = 0
    while _print_next():
        tried += 1
    return tried


def _print_next() -> bool:
    with transaction():
        row = case_papers.next_asked()
        if row is None:
            return False
        now, paper, problem = current_app.extensions["clock"](), None, ""
        try:
            paper = press.pdf(case_papers.page(row))
        except DomainError as missing:
            problem = missing.message
        except (RuntimeError, subprocess.TimeoutExpired):
            problem = FAILED
        if problem:
            log.warning("the record of a case has no paper", case_id=row.case_id, reason=problem)
        case_papers.finish(row, now, paper=paper, problem=problem)
    return True

"""Requests that wait for a decision, in lists and on the ticket page."""

from collections.abc import Iterable
from typing import Any

from ticketing.domain.workflow import TABLE, Action
from ticketing.web import rows
from ticketing.web.context import now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import words
from ticketing.web.moments import Reading, reading


def asked(approval: Any) -> str:
    """Return what is asked, in a sentence; `approval`: one, or a row with its kind and reason."""
    verb = words(TABLE[Action(approval.kind)].word)
    return verb + _("：") + approval.reason


def approval_rows(waiting: Iterable[Any]) -> list[rows.Line]:
    """Return list rows whose deadline is that of the decision."""
    shown: list[rows.Line] = []
    for one in waiting:
        why = {one.id: _("申请%(what)s", what=asked(one)[:60])}
        shown += rows.present([one], why, anchor="waiting", due=_decide_by)
    return shown


def _decide_by(row: Any) -> Reading:
    return reading(row.decide_by, now(), province().calendar_at(row.region_code))

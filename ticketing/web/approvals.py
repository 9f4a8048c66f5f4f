"""Requests that wait for a decision, in lists and on the ticket page."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ticketing.domain.workflow import TABLE, Action
from ticketing.models import Approval
from ticketing.web import rows
from ticketing.web.context import now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import words
from ticketing.web.moments import reading


def asked(approval: Approval) -> str:
    """Return what is asked, in a sentence."""
    verb = words(TABLE[Action(approval.kind)].word)
    return verb + _("：") + approval.reason


def approval_rows(waiting: Iterable[Any]) -> list[rows.Line]:
    """Return list rows whose deadline is that of the decision; each comes as the request and its ticket."""
    shown = []
    for found in waiting:
        approval = found[0]
        why = {found.id: _("申请%(what)s", what=asked(approval)[:60])}
        [line] = rows.present([found], why, anchor="waiting")
        shown.append(
            replace(line, due=reading(approval.due_at, now(), province().calendar_at(found.region_code)))
        )
    return shown

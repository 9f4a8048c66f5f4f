"""Requests that wait for a decision, in lists and on the ticket page."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from ticketing.domain.workflow import TABLE, Action
from ticketing.models import Approval
from ticketing.web import rows
from ticketing.web.context import now, province
from ticketing.web.i18n import words
from ticketing.web.moments import reading


def asked(approval: Approval) -> str:
    """Return what is asked, in a sentence."""
    verb = words(TABLE[Action(approval.kind)].word)
    return verb + _("：") + approval.reason


def approval_rows(waiting: Iterable[Any]) -> list[dict[str, Any]]:
    """Return list rows whose deadline is that of the decision; each comes as the request and its ticket."""
    shown = []
    for found in waiting:
        approval = found[0]
        [row] = rows.present([found], {found.id: _("申请%(what)s", what=asked(approval)[:60])})
        due = reading(approval.due_at, now(), province().calendar)
        shown.append(row | {"due": due, "level": due.level, "url": f"{row['url']}#waiting"})
    return shown

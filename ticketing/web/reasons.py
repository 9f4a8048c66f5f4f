"""Why a ticket lies on the dispatch desk, in a sentence."""

from collections.abc import Iterable
from typing import Any

from ticketing.domain.vocabulary import RETURN_WORDS, ReturnReason
from ticketing.services import worklists
from ticketing.web.context import province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, words


def of(rows: Iterable[Any]) -> dict[int, str]:
    """Return the sentences by ticket id; two statements however many rows."""
    found = worklists.why_at_desk([row.id for row in rows])
    return {ticket_id: _said(kind, values) for ticket_id, (kind, values) in found.items()}


def of_one(ticket: Any) -> str:
    """Return the sentence of one ticket; never an empty one."""
    return of([ticket]).get(ticket.id) or _("需要人工判断")


def _said(kind: str, found: dict[str, Any]) -> str:
    archive = province().archive
    if kind == "returned":
        reason = words(RETURN_WORDS[ReturnReason(found["reason"])])
        return _("%(by)s 退回：%(reason)s", by=named(archive.bureaus[found["bureau"]]), reason=reason)
    if found["bureau"]:
        return _("建议派给%(bureau)s，请确认", bureau=named(archive.bureaus[found["bureau"]]))
    return str(found["reasons"][-1]["text_zh"]) if found["reasons"] else _("需要人工判断")

"""The bureaus: what is due next."""

from collections.abc import Sequence

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy import and_

from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import State
from ticketing.models import Ticket
from ticketing.services import worklists
from ticketing.services.worklists import Cursor
from ticketing.web import rows
from ticketing.web.approvals import approval_rows
from ticketing.web.context import act
from ticketing.web.guard import needs

bureau = Blueprint("bureau", __name__)
#: Tabs of the queue: name -> states.
TABS: dict[str, Sequence[State]] = {
    "open": (),
    "dispatched": (State.DISPATCHED,),
    "in_progress": (State.IN_PROGRESS, State.COORDINATING),
    "waiting": (State.AWAITING_REQUESTER, State.SUSPENDED),
    "answered": (State.ANSWERED,),
}


def _words() -> dict[str, str]:
    return {
        "open": _("全部在办"),
        "dispatched": _("待签收"),
        "in_progress": _("办理中"),
        "waiting": _("暂停中"),
        "answered": _("已答复"),
    }


@bureau.get("/bureau")
@needs(Permission.SEE_BUREAU)
def queue() -> str:
    """Show the queue of the colleague's bureaus, the most pressing first."""
    actor = act().actor
    tab = request.args.get("tab", "open")
    tab = tab if tab in TABS else "open"
    numbers = worklists.counts([worklists.at_bureaus(actor, states) for states in TABS.values()])
    page = worklists.by_due(worklists.at_bureaus(actor, TABS[tab]), Cursor.read(request.args.get("after")))
    tabs = [
        {
            "words": words,
            "url": url_for("bureau.queue", tab=name),
            "here": name == tab,
            "count": worklists.shown_count(number),
        }
        for (name, words), number in zip(_words().items(), numbers, strict=True)
    ]
    empty = rows.nothing(
        _("没有%(what)s的工单。", what=_words()[tab]),
        _("看已答复的"),
        url_for("bureau.queue", tab="answered"),
    )
    return rows.draw(
        _("本单位工单"),
        rows.present(page.rows),
        empty,
        tabs=tabs,
        columns={"state"},
        newer=url_for("bureau.queue", tab=tab) if "after" in request.args else "",
        older=url_for("bureau.queue", tab=tab, after=str(page.after)) if page.after else "",
        poll_url=url_for("bureau.news", since=max((row.id for row in page.rows), default=0)),
        reload_url=url_for("bureau.queue", tab=tab),
    )


@bureau.get("/bureau/news")
@needs(Permission.SEE_BUREAU)
def news() -> Response:
    """Say how many tickets came to the bureau since a list was drawn."""
    since = request.args.get("since", 0, type=int)
    newer = and_(worklists.at_bureaus(act().actor, (State.DISPATCHED,)), Ticket.id > since)
    return rows.news(lambda: worklists.counts([newer])[0])


@bureau.get("/bureau/mine")
@needs(Permission.SEE_BUREAU)
def mine() -> str:
    """Show what is the colleague's own."""
    page = worklists.by_due(worklists.assigned_to(act().actor), Cursor.read(request.args.get("after")))
    return rows.draw(
        _("我的工单"),
        rows.present(page.rows),
        rows.nothing(_("您名下没有在办的工单。"), _("去本单位工单签收"), url_for("bureau.queue")),
        columns={"state"},
        newer=url_for("bureau.mine") if "after" in request.args else "",
        older=url_for("bureau.mine", after=str(page.after)) if page.after else "",
    )


@bureau.get("/bureau/approvals")
@needs(Permission.SEE_BUREAU)
def approvals() -> str:
    """Show what waits for the head's decision."""
    waiting = approval_rows(worklists.approvals(act().actor, Permission.APPROVE_AT_BUREAU.value))
    lead = _("打开工单，在“等待审核”里通过或退回。")
    empty = rows.nothing(_("没有等您审核的请求。"))
    return rows.draw(_("待审核"), waiting, empty, lead=lead, columns={"reason", "state"})

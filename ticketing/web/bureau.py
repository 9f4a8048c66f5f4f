"""The bureaus: what is due next."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from ticketing.domain.actors import Actor
from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import State
from ticketing.services import approval_lists, worklists
from ticketing.services.worklists import Cursor
from ticketing.web import many, rows
from ticketing.web.addresses import address
from ticketing.web.approvals import approval_rows
from ticketing.web.context import act
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.record import record

bureau = Blueprint("bureau", __name__)
#: Tabs of the queue: name -> states.
TABS: dict[str, tuple[State, ...]] = {
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
    page = worklists.bureaus_list(actor.bureau_codes, TABS[tab]).by_due(
        Cursor.read(request.args.get("after"))
    )
    empty = rows.nothing(
        _("没有%(what)s的工单。", what=_words()[tab]),
        _("看已答复的"),
        address("bureau.queue", tab="answered"),
    )
    return rows.draw(
        _("本单位工单"),
        rows.present(page.rows),
        empty,
        tabs=_tabs(actor, tab),
        search=rows.find("bureau.tickets"),
        bulk=many.offered(actor),
        columns={"state", "bureau"} if len(actor.bureau_codes) > 1 else {"state"},
        poll_url=url_for("bureau.news", since=rows.stamp()),
        reload_url=address("bureau.queue", tab=tab),
        **rows.pages("bureau.queue", page, tab=tab),
    )


def _tabs(actor: Actor, here: str) -> list[dict[str, Any]]:
    numbers = worklists.bureaus_counts(actor.bureau_codes, tuple(TABS.values())).rows()[0]
    return [
        {
            "words": words,
            "url": address("bureau.queue", tab=name),
            "here": name == here,
            "count": worklists.shown_count(number),
        }
        for (name, words), number in zip(_words().items(), numbers, strict=True)
    ]


@bureau.get("/bureau/news")
@needs(Permission.SEE_BUREAU)
def news() -> Response:
    """Say how many tickets came to the bureau since a list was drawn."""
    return rows.news(lambda: worklists.counts([worklists.come_to_bureau(act().actor, rows.since())])[0])


@bureau.get("/bureau/tickets")
@needs(Permission.SEE_BUREAU)
def tickets() -> str:
    """Find what the colleague's bureaus have or had."""
    return record("bureau.tickets")


@bureau.get("/bureau/mine")
@needs(Permission.SEE_BUREAU)
def mine() -> str:
    """Show what is the colleague's own."""
    page = worklists.MINE.by_due(Cursor.read(request.args.get("after")), me=act().actor.account_id)
    return rows.draw(
        _("我的工单"),
        rows.present(page.rows),
        rows.nothing(_("您名下没有在办的工单。"), _("去本单位工单签收"), url_for("bureau.queue")),
        search=rows.find("bureau.tickets"),
        columns={"state"},
        bulk=many.offered(act().actor),
        **rows.pages("bureau.mine", page),
    )


@bureau.get("/bureau/approvals")
@needs(Permission.SEE_BUREAU)
def approvals() -> str:
    """Show what waits for the head's decision."""
    after = Cursor.read(request.args.get("after"))
    page = approval_lists.page(act().actor, Permission.APPROVE_AT_BUREAU, after)
    return rows.draw(
        _("待审核"),
        approval_rows(page.rows),
        rows.nothing(_("没有等您审核的请求。")),
        lead=_("打开工单，在“等待审核”里通过或退回。"),
        columns={"reason", "state"},
        **rows.pages("bureau.approvals", page),
    )

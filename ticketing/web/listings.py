"""通报: what the ladders propose for the criticism list, the supervisor's word on each, and the list itself."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain import numbers
from ticketing.domain.errors import DomainError, Invalid
from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import CLOCK_WORDS, STATE_WORDS, ClockKind, State
from ticketing.domain.words import N_
from ticketing.extensions import transaction
from ticketing.models import Ticket
from ticketing.services import listing
from ticketing.services.worklists import Cursor, Page
from ticketing.web.context import act, now, province
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, sentence, words
from ticketing.web.moments import moment, stopped

listings = Blueprint("listings", __name__)
TABS = {"proposed": N_("建议通报"), "cases": N_("超时启动的协调"), "listed": N_("已通报")}
EMPTY = {
    "proposed": N_("没有等您决定的通报建议。"),
    "cases": N_("没有等您确认方案的超时协调事项。"),
    "listed": N_("还没有单位被通报。"),
}


@listings.get("/watch/listings")
@needs(Permission.SEE_WATCH)
def show() -> str:
    """Show what waits for a word, or the list."""
    return _draw()


def _draw(wrong: dict[int, dict[str, str]] | None = None) -> str:
    tab = request.args.get("tab", "proposed")
    tab = tab if tab in TABS else "proposed"
    page = _page(tab, Cursor.read(request.args.get("after")))
    return render_template(
        "watch/listings.html",
        tab=tab,
        tabs=[
            {"words": words(said), "url": url_for("listings.show", tab=name), "here": name == tab}
            for name, said in TABS.items()
        ],
        rows=[_row(row, (wrong or {}).get(row.id, {})) for row in page.rows],
        nothing=words(EMPTY[tab]),
        newer=url_for("listings.show", tab=tab) if "after" in request.args else "",
        older=url_for("listings.show", tab=tab, after=str(page.after)) if page.after else "",
    )


def _page(tab: str, after: Cursor | None) -> Page:
    if tab == "listed":
        return listing.listed(after)
    return listing.proposed(listing.Kind.CASE if tab == "cases" else listing.Kind.LIST, after)


def _row(row: Any, typed: dict[str, str]) -> dict[str, Any]:
    calendar = province().calendar_at(row.region_code)
    return {
        "id": row.id,
        "number": numbers.shown(row.number),
        "subject": row.subject,
        "url": url_for("tickets.show", number=row.number),
        "state": words(STATE_WORDS[State(row.state)]),
        "bureau": named(province().archive.bureaus[row.bureau_code]),
        "clock": words(CLOCK_WORDS[ClockKind(row.clock_kind)]),
        "late": stopped(row.decided_at or row.proposed_at, row.due_at, now(), calendar).words,
        "at": moment(row.decided_at or row.proposed_at, now()),
        "reason": row.decision_reason or _("按时限阶梯自动列入"),
        "decide_url": url_for("listings.decide", number=row.number, listing_id=row.id),
        "typed": typed.get("typed", ""),
        "error": typed.get("error", ""),
    }


@listings.post("/watch/listings/<number>/<int:listing_id>")
@needs(Permission.SUPERVISE)
def decide(ticket: Ticket, listing_id: int) -> str | tuple[str, int] | Redirect:
    """List the bureau, or spare it with a reason."""
    reason = request.form.get("reason", "")
    listed = request.form.get("choice") == "list"
    try:
        with transaction():
            listing.decide(ticket, listing_id, act(), listed=listed, reason=reason)
    except Invalid as error:
        return _draw({listing_id: {"typed": reason, "error": sentence(error)}}), 422
    except DomainError as error:
        flash(sentence(error), "over")
    else:
        flash(_("已列入通报。") if listed else _("已决定不列入通报。"), "ok")
    return redirect(url_for("listings.show"))

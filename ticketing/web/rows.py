"""Rows of work lists as templates/desk/list.html draws them."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Response, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from ticketing.domain import numbers
from ticketing.domain.vocabulary import STATE_WORDS, TYPE_WORDS, URGENCY_WORDS, State, TicketType, Urgency
from ticketing.services.worklists import Page
from ticketing.web.context import now, province
from ticketing.web.i18n import named, words
from ticketing.web.moments import Reading, moment, reading

LATEST = 10**10
PLACE = "PLACE"
WAITING = frozenset({State.AWAITING_REQUESTER, State.SUSPENDED})


def present(rows: Iterable[Any], why: Mapping[int, str] | None = None) -> list[dict[str, Any]]:
    """Return rows with every word ready; `why`: by ticket id, what brings it here."""
    archive, at_now = province().archive, now()
    # One address serves as the pattern of all: numbers hold nothing that an address must escape.
    before, after = url_for("tickets.show", number=PLACE).split(PLACE)
    nameless = _("未留企业名称")
    shown = []
    for row in rows:
        due = due_of(row)
        shown.append(
            {
                "id": row.id,
                "url": f"{before}{row.number}{after}",
                "number": numbers.shown(row.number),
                "subject": row.subject,
                "enterprise": row.enterprise or nameless,
                "region": named(archive.regions[row.region_code]) if row.region_code else "",
                "type_word": words(TYPE_WORDS[TicketType(row.type)]),
                "urgency_word": words(URGENCY_WORDS[Urgency(row.urgency)]),
                "hot": row.urgency != Urgency.NORMAL,
                "bureau": named(archive.bureaus[row.bureau_code]),
                "state_word": words(STATE_WORDS[State(row.state)]),
                "level": due.level,
                "due": due,
                "reason": (why or {}).get(row.id, ""),
                "at": moment(row.received_at, at_now),
            }
        )
    return shown


def due_of(row: Any) -> Reading:
    """Return what the nearest due time of a ticket means now."""
    if row.state == State.CLOSED:
        return Reading("none", words(STATE_WORDS[State.CLOSED]))
    return reading(
        row.due_at, now(), province().calendar, paused=State(row.state) in WAITING, since=row.received_at
    )


def news(count: Callable[[], int]) -> Response:
    """Answer a news bar: how many new entries, with an ETag so that nothing new costs nothing."""
    answer = jsonify(count=count())
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:16])
    answer.headers["Cache-Control"] = "no-cache"
    return answer.make_conditional(request)


def draw(heading: str, shown: list[dict[str, Any]], empty: dict[str, str], **more: Any) -> str:
    """Return the page of a list; what a room does not need is left out."""
    plain: dict[str, Any] = {
        "lead": "", "tabs": [], "total": "", "search": None, "columns": set(), "bulk": None,
        "newer": "", "older": "", "poll_url": "", "reload_url": "",
    }  # fmt: skip
    return render_template("desk/list.html", **plain | more, heading=heading, rows=shown, empty=empty)


def pages(endpoint: str, page: Page, **where: str | None) -> dict[str, str]:
    """Return the addresses around a page: back to the first, on to the next."""
    return {
        "newer": url_for(endpoint, **where) if "after" in request.args else "",
        "older": url_for(endpoint, after=str(page.after), **where) if page.after else "",
    }


def find(endpoint: str, query: str = "") -> dict[str, Any]:
    """Return the search of a room, which its record answers."""
    return {"url": url_for(endpoint), "query": query, "filters": []}


def stamp() -> int:
    """Return the instant from which on something is new to this page."""
    return int(now().timestamp())


def since() -> dt.datetime:
    """Return the instant that a news bar names; nonsense is now, so that nothing is new."""
    seconds = request.args.get("since", 0, type=int)
    return dt.datetime.fromtimestamp(seconds, dt.UTC) if 0 < seconds < LATEST else now()


def nothing(said: str, go_on: str = "", url: str = "") -> dict[str, str]:
    """Return the empty state of a list."""
    return {"words": said, "next": go_on, "next_url": url}

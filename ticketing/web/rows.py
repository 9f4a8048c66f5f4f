"""Rows of work lists as templates/desk/list.html draws them."""

import datetime as dt
import functools
import hashlib
import operator
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import Response, current_app, jsonify, render_template, request, url_for
from markupsafe import Markup

from sla.calendar import Calendar
from ticketing.domain import numbers
from ticketing.domain.vocabulary import STATE_WORDS, TYPE_WORDS, URGENCY_WORDS, State, TicketType, Urgency
from ticketing.services.worklists import Page
from ticketing.web.addresses import address
from ticketing.web.context import now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language, named, words
from ticketing.web.moments import Moment, Reading, moment, reader, unsaid_year

LATEST = 10**10
PLACE = "PLACE"
WAITING = frozenset({State.AWAITING_REQUESTER.value, State.SUSPENDED.value})
#: Lines and their markup kept by a process; a busy desk looks at the same few hundred all day.
KEPT = 10_000


@dataclass(frozen=True, eq=False)
class Line:
    """One row with every word ready; equal to itself alone, so that what is drawn of it can be kept."""

    id: int
    url: str
    number: str
    subject: str
    enterprise: str
    region: str
    type_word: str
    urgency_word: str
    hot: bool
    bureau: str
    state_word: str
    due: Reading
    reason: str
    at: Moment


def present(
    rows: Iterable[Any],
    why: Mapping[int, str] | None = None,
    *,
    endpoint: str = "tickets.show",
    anchor: str = "",
    due: Callable[[Any], Reading] | None = None,
) -> list[Line]:
    """Return rows with every word ready; `why`: by ticket id, what brings it here; `endpoint`: what it opens.

    `due`: reads a row's deadline, where that is not the ticket's own.
    """
    # One address serves as the pattern of all: numbers hold nothing that an address must escape.
    pattern = address(endpoint, number=PLACE, _anchor=anchor)
    at_now = now()
    here = (pattern, province().revision, unsaid_year(at_now), language())
    reasons = why or {}
    read = due or functools.partial(
        _due, read=reader(at_now), calendar_at=functools.cache(province().calendar_at)
    )
    return [_line(_facts(row), read(row), reasons.get(row.id, ""), *here) for row in rows]


class _Facts(NamedTuple):
    """What a line says of a ticket."""

    id: int
    number: str
    subject: str
    enterprise: str
    type: str
    urgency: str
    region_code: str | None
    bureau_code: str
    state: str
    received_at: dt.datetime


_facts: Callable[[Any], tuple[Any, ...]] = operator.attrgetter(*_Facts._fields)


@functools.lru_cache(maxsize=KEPT)
def _line(facts: tuple[Any, ...], due: Reading, reason: str, pattern: str, *_beside: object) -> Line:
    """Put a row into words; `_beside`: what the words depend on beside the row, for the cache alone."""
    row, archive = _Facts._make(facts), province().archive
    return Line(
        id=row.id,
        url=pattern.replace(PLACE, row.number),
        number=numbers.shown(row.number),
        subject=row.subject,
        enterprise=row.enterprise or _("未留企业名称"),
        region=named(archive.regions[row.region_code]) if row.region_code else "",
        type_word=words(TYPE_WORDS[TicketType(row.type)]),
        urgency_word=words(URGENCY_WORDS[Urgency(row.urgency)]),
        hot=row.urgency != Urgency.NORMAL,
        bureau=named(archive.bureaus[row.bureau_code]),
        state_word=words(STATE_WORDS[State(row.state)]),
        due=due,
        reason=reason,
        at=moment(row.received_at, now()),
    )


@functools.lru_cache(maxsize=KEPT)
def _drawn(line: Line, columns: frozenset[str]) -> Markup:
    """Draw a line once for as long as it says the same."""
    template = current_app.jinja_env.get_template("desk/line.html")
    return Markup(template.render(row=line, columns=columns))  # noqa: S704  the template escapes


def due_of(row: Any) -> Reading:
    """Return what the nearest due time of a ticket means now."""
    return _due(row, reader(now()), province().calendar_at)


def _due(row: Any, read: Callable[..., Reading], calendar_at: Callable[[str | None], Calendar]) -> Reading:
    if row.state == State.CLOSED:
        return Reading("none", words(STATE_WORDS[State.CLOSED]))
    calendar = calendar_at(row.region_code)
    return read(row.due_at, calendar, paused=row.state in WAITING, since=row.received_at)


def news(count: Callable[[], int]) -> Response:
    """Answer a news bar: how many new entries, with an ETag so that nothing new costs nothing."""
    answer = jsonify(count=count())
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:16])
    answer.headers["Cache-Control"] = "no-cache"
    return answer.make_conditional(request)


def draw(
    heading: str,
    shown: list[Line],
    empty: dict[str, str],
    *,
    columns: AbstractSet[str] = frozenset(),
    bulk: dict[str, Any] | None = None,
    **more: Any,
) -> str:
    """Return the page of a list; what a room does not need is left out."""
    drawn = frozenset(columns) | ({"pick"} if bulk else set())
    plain = {"lead": "", "tabs": [], "total": "", "search": None, "newer": "", "older": "", "poll_url": "",
             "reload_url": "", "save_url": ""}  # fmt: skip
    lines = Markup("\n".join([_drawn(line, drawn) for line in shown]))  # noqa: S704  each is markup already
    return render_template(
        "desk/list.html",
        **plain | more,
        heading=heading,
        lines=lines,
        empty=empty,
        columns=drawn,
        bulk=bulk and bulk | {"next": request.full_path.rstrip("?")},
    )


def pages(endpoint: str, page: Page, **where: str | None) -> dict[str, str]:
    """Return the addresses around a page: back to the first, on to the next."""
    return {
        "newer": url_for(endpoint, **where) if "after" in request.args else "",
        "older": url_for(endpoint, after=str(page.after), **where) if page.after else "",
    }


def find(endpoint: str, query: str = "") -> dict[str, Any]:
    """Return the search of a room, which its record answers."""
    return {"url": address(endpoint), "query": query, "filters": [], "suggest": address("views.suggest")}


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

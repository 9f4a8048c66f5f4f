"""Search for everybody, saved views, the query line's completions, and who else is looking."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.errors import DomainError
from ticketing.domain.permissions import Permission
from ticketing.domain.query import LONGEST, read
from ticketing.domain.query_completion import complete
from ticketing.domain.vocabulary import ROLE_WORDS, Role
from ticketing.extensions import db, transaction
from ticketing.models import SavedView, Ticket
from ticketing.services import looking as who_looks
from ticketing.services import saved_views, search
from ticketing.services.saved_views import COLUMNS, ORDERS
from ticketing.services.visibility import readable
from ticketing.services.worklists import Cursor
from ticketing.web import many, rows
from ticketing.web.context import act, now
from ticketing.web.forms.views import PLACES, SaveView
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language, words
from ticketing.web.lexicon import lexicon
from ticketing.web.record import looked, mistakes, record, under_line

views = Blueprint("views", __name__)
Page = str | tuple[str, int] | Redirect
#: A list asks for the rows that it shows; nobody shows more.
ROWS = 100
#: The columns that are offered first.
PLAIN = ("state", "due", "bureau")


@views.get("/find")
@needs(Permission.SEARCH)
def find() -> str:
    """Search, whatever the room."""
    return record("views.find")


@views.get("/find/suggest")
@needs(Permission.SEARCH)
def suggest() -> Response:
    """Say what may stand at the cursor of a query line; names of the province and words of the desk alone."""
    line = request.args.get("q", "")[:LONGEST]
    cursor = request.args.get("at", len(line), type=int)
    found = complete(line, cursor, lexicon(), english=language() == "en")
    answer = jsonify(
        [
            {"line": one.line, "shown": one.shown, "about": words(one.about), "cursor": one.cursor}
            for one in found
        ]
    )
    answer.headers["Cache-Control"] = "private, max-age=60"
    return answer


@views.get("/find/looking")
@needs(Permission.SEARCH)
def lookers() -> Response:
    """Say who else looks at the tickets of a list, as far as the person may read them."""
    numbers = request.args.get("n", "").split(",")[:ROWS]
    wanted = select(Ticket.id, Ticket.number).where(Ticket.number.in_(numbers), readable(act().actor))
    found = {row.id: row.number for row in db.session.execute(wanted)}
    told = who_looks.others(found, act().actor.account_id or 0, now())
    return jsonify({found[ticket_id]: names for ticket_id, names in told.items()})


@views.get("/tickets/<number>/looking")
@needs(Permission.READ_TICKET)
def looking(ticket: Ticket) -> Response:
    """Note that this person has the ticket open, and say who else has."""
    me = act().actor.account_id or 0
    who_looks.look(ticket.id, me, now())
    return jsonify(others=who_looks.others([ticket.id], me, now()).get(ticket.id, []))


@views.get("/views")
@needs(Permission.SEARCH)
def index() -> str:
    """Show the views that this person may open."""
    found = saved_views.seen_by(act().actor)
    owners = saved_views.owners(found, act().actor)
    views = [_told(row) | {"owner": owners.get(row.owner_id, "")} for row in found]
    return render_template("views/index.html", views=views)


@views.route("/views/new", methods=["GET", "POST"])
@needs(Permission.SEARCH)
def new() -> Page:
    """Keep a query as a view."""
    return _edit(None)


@views.route("/views/<int:identifier>/edit", methods=["GET", "POST"])
@needs(Permission.SEARCH)
def edit(identifier: int) -> Page:
    """Change an own view."""
    return _edit(saved_views.own(identifier, act().actor))


def _edit(row: SavedView | None) -> Page:
    form = SaveView(data=_begun(row) if request.method == "GET" else None)
    form.shared.choices = [
        ("own", _("只有我自己")),
        *((role.value, _("所有%(role)s", role=words(ROLE_WORDS[role]))) for role in saved_views.roles_of(act().actor)),
        ("all", _("所有人")),
    ]  # fmt: skip
    query = read(form.query_line.data or "", lexicon(), now(), english=language() == "en")
    if form.validate_on_submit() and not query.mistakes:
        try:
            with transaction():
                row = saved_views.save(form.wanted(), act().actor, now(), row)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("视图已保存。"), "ok")
            return redirect(url_for("views.show", identifier=row.id))
    shown = mistakes(query, "views.find")
    page = render_template("views/edit.html", form=form, row=row, search=under_line(shown),
                           suggest=url_for("views.suggest"))  # fmt: skip
    return (page, 422) if form.errors or form.form_errors or (shown and request.method == "POST") else page


def _begun(row: SavedView | None) -> dict[str, Any]:
    """Return what the form begins with: a query from the address, or the view as it is."""
    columns = row.columns if row else PLAIN
    told = dict(zip(PLACES, columns, strict=False))
    if row is None:
        return told | {"query_line": request.args.get("q", "")[:LONGEST], "order": "due", "shared": "own"}
    return told | {"name": row.name, "query_line": row.query, "order": row.order, "shared": row.shared}


@views.post("/views/<int:identifier>/remove")
@needs(Permission.SEARCH)
def remove(identifier: int) -> Redirect:
    """Drop an own view."""
    with transaction():
        saved_views.remove(saved_views.own(identifier, act().actor), act().actor)
    flash(_("视图已删除。"), "ok")
    return redirect(url_for("views.index"))


@views.get("/views/<int:identifier>")
@needs(Permission.SEARCH)
def show(identifier: int) -> str:
    """Show the tickets of a view, as far as this person may read them."""
    actor = act().actor
    row = saved_views.one(identifier, actor)
    query = read(row.query, lexicon(), now(), english=language() == "en")
    after = Cursor.read(request.args.get("after"))
    found = search.NOTHING if query.mistakes else search.found(query, actor, after, now(), order=row.order)
    return render_template(
        "views/show.html",
        view=_told(row),
        lines=rows.present(found.page.rows),
        columns=[{"name": one, "words": words(COLUMNS[one])} for one in row.columns or PLAIN],
        total=found.total,
        lead=looked(found),
        search=rows.find("views.find", row.query) | under_line(mistakes(query, "views.find")),
        bulk=(many.offered(actor) or {}) | {"next": request.full_path.rstrip("?")},
        poll_url=url_for("views.news", identifier=row.id, since=rows.stamp()),
        reload_url=url_for("views.show", identifier=row.id),
        **rows.pages("views.show", found.page, identifier=str(row.id)),
    )  # fmt: skip


@views.get("/views/<int:identifier>/news")
@needs(Permission.SEARCH)
def news(identifier: int) -> Response:
    """Say how many tickets have come into a view since it was drawn."""
    row = saved_views.one(identifier, act().actor)
    query = read(row.query, lexicon(), now(), english=language() == "en")
    return rows.news(lambda: 0 if query.mistakes else search.newer(query, act().actor, rows.since(), now()))


def _told(row: SavedView) -> dict[str, Any]:
    shared = {"own": _("只有我自己"), "all": _("所有人")}
    mine = row.owner_id == act().actor.account_id
    return {
        "name": row.name,
        "query": row.query,
        "url": url_for("views.show", identifier=row.id),
        "order": words(ORDERS[row.order]),
        "shared": shared.get(row.shared) or words(ROLE_WORDS[Role(row.shared)]),
        "edit_url": url_for("views.edit", identifier=row.id) if mine else "",
        "remove_url": url_for("views.remove", identifier=row.id) if mine else "",
    }

"""Many tickets at once: look at what would happen, ask for it, and ten seconds in which to undo it."""

from typing import Any

from flask import Blueprint, Response, flash, g, jsonify, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as Redirect

from ticketing.domain import numbers
from ticketing.domain.actors import Actor
from ticketing.domain.errors import DomainError, Invalid, NotFound
from ticketing.domain.permissions import Permission, may
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.models import BulkAction, Ticket
from ticketing.services import many as service
from ticketing.services.many import VERBS, Verb
from ticketing.services.pinyin import order
from ticketing.web import bureaus
from ticketing.web.context import act, now, province
from ticketing.web.forms.base import Form, option
from ticketing.web.forms.many import FORMS
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import sentence, words
from ticketing.web.requests import row_id
from ticketing.web.verb_forms import WORKS_THERE

many = Blueprint("many", __name__)
Page = str | tuple[str, int] | Redirect
#: Which roles are offered which verbs; whether one may is decided at each ticket.
OFFERED = {
    "accept": (Role.HANDLER, Role.HEAD),
    "assign": (Role.HEAD,),
    "dispatch": (Role.DISPATCHER,),
    "remind": (Role.OPERATOR, Role.SUPERVISOR),
    "note": (Role.HANDLER, Role.HEAD, Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR),
}


def offered(actor: Actor) -> dict[str, Any] | None:
    """Return what a list offers to do with the tickets that are picked in it; a key leads from the rows to it."""
    verbs = [name for name, roles in OFFERED.items() if any(actor.has(role) for role in roles)]
    if not verbs:
        return None
    g.page_keys = [{"key": "b", "words": _("批量办理勾选的"), "focus": ".bulk button"}]
    shown = [{"value": name, "words": words(VERBS[name].word)} for name in verbs]
    return {"url": url_for("many.preview"), "verbs": shown}


@many.post("/many/preview")
@needs(Permission.SEARCH)
def preview() -> Page:
    """Show what a verb would do to the tickets that were picked; nothing has happened yet."""
    name, verb = _verb()
    try:
        tickets = service.chosen(request.form.getlist("pick", type=row_id), act().actor)
    except Invalid as error:
        flash(sentence(error), "soon")
        return redirect(_back())
    form = _form(name, tickets)
    told = "step" in request.form and form.validate()
    rehearsed = None
    if told or not verb.asks:
        try:
            rehearsed = service.rehearse(verb, _values(form, verb), tickets, act(), province())
        except DomainError as error:
            form.show(error)
    page = _draw(name, form, tickets, rehearsed)
    return (page, 422) if form.errors or form.form_errors else page


@many.post("/many")
@needs(Permission.SEARCH)
def ask() -> Page:
    """Ask for it: it is carried out in ten seconds unless it is undone."""
    name, verb = _verb()
    tickets = service.chosen(request.form.getlist("pick", type=row_id), act().actor)
    form = _form(name, tickets)
    if not form.validate():
        return _draw(name, form, tickets, None), 422
    with transaction():
        row = service.ask(name, _values(form, verb), tickets, act())
    return redirect(url_for("many.show", identifier=row.id, next=_back()))


@many.get("/many/<int:identifier>")
@needs(Permission.SEARCH)
def show(identifier: int) -> str:
    """Show how far it is: waiting, undone, or what became of each ticket."""
    row = service.own(identifier, act().actor)
    tickets = db.session.scalars(
        select(Ticket).where(Ticket.id.in_([int(one) for one in row.tickets])).order_by(Ticket.id)
    )
    g.page_keys = [{"key": "z", "words": _("撤销"), "click": "#undo"}] if _state(row) == "waiting" else []
    return render_template(
        "views/many_done.html",
        row=row,
        verb=words(VERBS[row.verb].word),
        state=_state(row),
        seconds=max(0, int((row.run_at - now()).total_seconds())),
        lines=[_outcome(row, one) for one in tickets],
        back=_back(),
    )


@many.get("/many/<int:identifier>/state")
@needs(Permission.SEARCH)
def state(identifier: int) -> Response:
    """Say how far it is."""
    return jsonify(state=_state(service.own(identifier, act().actor)))


@many.post("/many/<int:identifier>/undo")
@needs(Permission.SEARCH)
def undo(identifier: int) -> Redirect:
    """Take it back before it happens."""
    with transaction():
        try:
            service.undo(service.own(identifier, act().actor), now())
        except Invalid as error:
            flash(sentence(error), "over")
    return redirect(url_for("many.show", identifier=identifier, next=_back()))


def _state(row: BulkAction) -> str:
    return "undone" if row.undone_at else "done" if row.done_at else "waiting"


def _verb() -> tuple[str, Verb]:
    name = request.form.get("verb", "")
    if name not in VERBS:
        raise NotFound
    return name, VERBS[name]


def _form(name: str, tickets: list[Ticket]) -> Form:
    form = FORMS[name](prefix="many")
    if name == "assign":
        codes = {one.bureau_code for one in tickets if may(act().actor, Permission.ASSIGN, one)}
        people = {row.id: row.name for code in sorted(codes) for row in WORKS_THERE.rows(bureau=code)}
        form["account"].choices = [
            option(str(one), name) for one, name in sorted(people.items(), key=lambda one: order(one[1]))
        ]
    return form


def _values(form: Form, verb: Verb) -> dict[str, Any]:
    values = {name: (form[name].data or "").strip() for name in verb.asks}
    if "bureau" in values:
        values["bureau"] = bureaus.resolve(values["bureau"], province(), field="bureau_code")
    return values


def _back() -> str:
    """Return the list from which the tickets were picked; an address of ours alone."""
    path = request.values.get("next", "")
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else url_for("views.index")


def _draw(name: str, form: Form, tickets: list[Ticket], rehearsed: list[service.Rehearsed] | None) -> str:
    g.page_keys = [{"key": "b", "words": _("填写") if rehearsed is None else _("办"), "focus": "#next"}]
    outcomes = rehearsed or [service.Rehearsed(one, None) for one in tickets]
    lines = [_line(one.ticket) | {"why": sentence(one.refusal) if one.refusal else ""} for one in outcomes]
    return render_template(
        "views/many.html",
        verb={"name": name, "words": words(VERBS[name].word)},
        form=form,
        lines=lines,
        rehearsed=rehearsed is not None,
        possible=sum(not line["why"] for line in lines),
        bureaus=bureaus.listed(province()) if name == "dispatch" else "",
        back=_back(),
    )


def _line(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "number": numbers.shown(ticket.number),
        "subject": ticket.subject,
        "url": url_for("tickets.show", number=ticket.number),
    }


def _outcome(row: BulkAction, ticket: Ticket) -> dict[str, Any]:
    result = row.results.get(str(ticket.id))
    why = words(result["why"], **result["values"]) if result else ""
    return _line(ticket) | {"done": result is not None and not result, "why": why}

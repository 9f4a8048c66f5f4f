"""常用语: one's own, the bureau's, everybody's; written here, put into answers on the ticket page."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.errors import DomainError, NotAllowed
from ticketing.domain.permissions import Permission
from ticketing.extensions import transaction
from ticketing.models import Snippet
from ticketing.services import knowledge
from ticketing.services import snippets as service
from ticketing.services.snippets import ALL, BUREAU, OWN, Wanted
from ticketing.web.context import act, now, province
from ticketing.web.forms.snippets import SnippetForm
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named

snippets = Blueprint("snippets", __name__)
Page = str | tuple[str, int] | Redirect


@snippets.get("/snippets")
@needs(Permission.WRITE_SNIPPETS)
def index() -> str:
    """Show what one may put into answers."""
    actor = act().actor
    return render_template("snippets/index.html", rows=[_row(row) for row in service.seen_by(actor)])


def _row(row: Snippet) -> dict[str, Any]:
    editable = service.changes(row, act().actor)
    return {
        "name": row.name,
        "short": row.short,
        "text": row.text,
        "circle": _circle(row.scope, row.bureau_code),
        "edit_url": url_for("snippets.edit", identifier=row.id) if editable else "",
    }


def _circle(scope: str, bureau_code: str | None) -> str:
    if scope == BUREAU:
        return named(province().archive.bureaus[bureau_code or ""])
    return _("所有同事") if scope == ALL else _("只有我自己")


@snippets.route("/snippets/new", methods=["GET", "POST"])
@needs(Permission.WRITE_SNIPPETS)
def new() -> Page:
    """Write a snippet."""
    return _edit(None)


@snippets.route("/snippets/<int:identifier>", methods=["GET", "POST"])
@needs(Permission.WRITE_SNIPPETS)
def edit(identifier: int) -> Page:
    """Change a snippet."""
    row = service.one(identifier, act().actor)
    if not service.changes(row, act().actor):
        raise NotAllowed
    return _edit(row)


def _edit(row: Snippet | None) -> Page:
    form = SnippetForm(data=_begun(row) if request.method == "GET" else None)
    form.circle.choices = _circles()
    if form.validate_on_submit():
        try:
            with transaction():
                service.save(_wanted(form), act().actor, now(), row)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已保存。"), "ok")
            return redirect(url_for("snippets.index"))
    page = render_template(
        "snippets/edit.html",
        form=form,
        heading=row.name if row else _("新建常用语"),
        drop_url=url_for("snippets.drop", identifier=row.id) if row else "",
    )
    return (page, 422) if form.errors or form.form_errors else page


def _circles() -> list[tuple[str, str]]:
    actor = act().actor
    found = [(OWN, _circle(OWN, None))]
    found += [(f"{BUREAU}:{code}", _circle(BUREAU, code)) for code in sorted(knowledge.heads(actor))]
    return [*found, (ALL, _circle(ALL, None))] if service.may_write(actor, ALL, None) else found


def _begun(row: Snippet | None) -> dict[str, str]:
    if row is None:
        return {"circle": OWN}
    circle = f"{BUREAU}:{row.bureau_code}" if row.scope == BUREAU else row.scope
    return {"name": row.name, "short": row.short, "text": row.text, "circle": circle}


def _wanted(form: SnippetForm) -> Wanted:
    scope, _colon, code = (form.circle.data or OWN).partition(":")
    return Wanted(form.name.data or "", form.short.data or "", form.text.data or "", scope, code or None)


@snippets.post("/snippets/<int:identifier>/drop")
@needs(Permission.WRITE_SNIPPETS)
def drop(identifier: int) -> Redirect:
    """Remove a snippet."""
    with transaction():
        service.remove(service.one(identifier, act().actor), act().actor)
    flash(_("已删除。"), "ok")
    return redirect(url_for("snippets.index"))

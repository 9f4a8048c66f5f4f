"""Hotlines, bureaus and topics: found, drafted, looked at with what hangs on them, published by a second person."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.errors import DomainError, NotFound
from ticketing.domain.permissions import Permission
from ticketing.extensions import transaction
from ticketing.services import directory_edits as service
from ticketing.services.directory_edits import BUREAU, HOTLINE, TOPIC
from ticketing.web import bureaus, choices
from ticketing.web import directory_view as view
from ticketing.web.context import act, province
from ticketing.web.forms.base import Form
from ticketing.web.forms.directory import BureauForm, HotlineForm, TopicForm
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import sentence

directory = Blueprint("directory", __name__)
FORMS: dict[str, type[HotlineForm] | type[BureauForm] | type[TopicForm]] = {
    HOTLINE: HotlineForm,
    BUREAU: BureauForm,
    TOPIC: TopicForm,
}
Page = str | tuple[str, int] | Redirect


@directory.get("/admin/directory")
@needs(Permission.SEE_POLICIES)
def index() -> str:
    """List the drafts in hand and the hotlines, bureaus or topics, by sound, a page at a time."""
    kind = request.args.get("kind", HOTLINE)
    kind = kind if kind in service.KINDS else HOTLINE
    return render_template(
        "admin/directory.html", **view.listed(kind, request.args.get("q", "").strip()[:80], request.args)
    )


@directory.route("/admin/directory/<any(hotline, bureau, topic):kind>/<key>", methods=["GET", "POST"])
@needs(Permission.DRAFT_POLICY)
def edit(kind: str, key: str) -> Page:
    """Write what becomes of a row; saving makes a draft and changes nothing yet."""
    current = service.now_of(kind, key)
    form = FORMS[kind](data=view.typed(kind, current) if request.method == "GET" else None)
    if kind == TOPIC:
        form["line"].choices = choices.lines(province())
    else:
        form["region_code"].choices = choices.regions(province())
    if form.validate_on_submit():
        try:
            with transaction():
                made = service.begin(kind, key, _values(form), act(), province())
        except DomainError as error:
            form.show(error)
        else:
            flash(_("草稿已保存，请另一位同事发布。"), "ok")
            return redirect(url_for("directory.draft", draft_id=made.id))
    page = render_template(
        "admin/directory_edit.html",
        form=form,
        heading=view.name_of(kind, key),
        kind=kind,
        bureaus="" if kind == TOPIC else bureaus.listed(province()),
        back=view.back(kind),
    )
    return (page, 422) if form.errors or form.form_errors else page


def _values(form: Form) -> dict[str, Any]:
    typed = (form["bureau"].data or "").strip() if "bureau" in form else ""
    code = bureaus.resolve(typed, province(), field="bureau") if typed else None
    values: dict[str, Any] = form.values(code)  # type: ignore[attr-defined]
    return values


@directory.get("/admin/directory/drafts/<int:draft_id>")
@needs(Permission.SEE_POLICIES)
def draft(draft_id: int) -> str:
    """Show what a draft changes, and what hangs on it."""
    return render_template("admin/directory_draft.html", **view.draft(service.draft(draft_id), act().actor))


@directory.post("/admin/directory/drafts/<int:draft_id>/<any(publish, discard):verb>")
@needs(Permission.DRAFT_POLICY)
def do(draft_id: int, verb: str) -> Redirect:
    """Publish a draft, or end it."""
    try:
        with transaction():
            one = service.draft(draft_id, lock=True)
            kind = one.kind
            if verb == "publish":
                service.publish(one, act(), province())
            else:
                service.discard(one, act())
    except NotFound:
        raise
    except DomainError as error:
        flash(sentence(error), "over")
        return redirect(url_for("directory.draft", draft_id=draft_id))
    flash(_("已发布，马上生效。") if verb == "publish" else _("草稿已作废。"), "ok")
    return redirect(url_for("directory.index", kind=kind))

"""Calendars, limits, templates and routing rules: versions, drafts, what a draft would do, a second person."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain.clock import local
from ticketing.domain.errors import DomainError, NotFound
from ticketing.domain.permissions import Permission
from ticketing.domain.words import N_
from ticketing.extensions import transaction
from ticketing.models import PolicyDraft
from ticketing.services import policies as service
from ticketing.services import policy_lists, policy_replays, policy_starts, policy_texts
from ticketing.services.pack_documents import CALENDAR, ROUTING
from ticketing.web import policies_effect as effects
from ticketing.web import policies_view as view
from ticketing.web.context import act, now, province
from ticketing.web.forms.policies import DraftForm
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import sentence
from ticketing.web.requests import row_id
from ticketing.web.rows import news

policies = Blueprint("policies", __name__)
Page = str | tuple[str, int] | Redirect
DONE = {
    "what-if": N_("正在试算，通常几秒钟就好。"),
    "discard": N_("草稿已作废。"),
    "publish": N_("已发布，正在应用到在办的时限。"),
}
PUBLISHED = N_("已发布，新来的诉求按它派单。")


@policies.get("/admin/policies")
@needs(Permission.SEE_POLICIES)
def versions() -> str:
    """List the drafts in hand and the versions of one kind, the newest first."""
    kind = request.args.get("kind", CALENDAR)
    kind = kind if kind in policy_texts.KINDS else CALENDAR
    before = request.args.get("before", type=row_id)
    found = policy_lists.versions(kind, before)
    return render_template(
        "admin/policies.html",
        tabs=view.tabs(kind),
        kind=kind,
        drafts=[view.draft_line(row) for row in policy_lists.drafts(kind)],
        discarded=[view.draft_line(row) for row in policy_lists.drafts(kind, service.DISCARDED)],
        rows=[view.version_line(row) for row in found.rows],
        starts=view.starts(kind, found.newest),
        begin_url=url_for("policies.begin"),
        newer=url_for("policies.versions", kind=kind) if before else "",
        older=url_for("policies.versions", kind=kind, before=found.after) if found.after else "",
    )


@policies.get("/admin/policies/<int:document_id>")
@needs(Permission.SEE_POLICIES)
def version(document_id: int) -> str:
    """Show one version: its text, where it came from, how far it has reached."""
    document = service.document(document_id)
    row = policy_lists.version(document_id)
    return render_template(
        "admin/policy.html",
        **view.version(document, row, province()),
        begin_url=url_for("policies.begin"),
        back=view.back(document.kind),
        poll_url=url_for("policies.rollout_news", document_id=document_id, looked=row.looked or 0),
        reload_url=url_for("policies.version", document_id=document_id),
    )


@policies.get("/admin/policies/<int:document_id>/news")
@needs(Permission.SEE_POLICIES)
def rollout_news(document_id: int) -> Response:
    """Say whether a rollout has gone on since its page was drawn."""
    seen = request.args.get("looked", 0, type=int)
    row = policy_lists.version(document_id)
    return news(lambda: int((row.looked or 0) != seen or row.finished_at is not None))


@policies.post("/admin/policies/drafts")
@needs(Permission.DRAFT_POLICY)
def begin() -> Redirect:
    """Begin a draft from a version, from another draft, or from a blank notice."""
    base, draft, start = (request.form.get(name, "") for name in ("base", "draft", "start"))
    today = local(now()).date()
    with transaction():
        if start in policy_starts.WORDS:
            one = service.begin(CALENDAR, policy_starts.text(start, province(), today), act())
        elif draft.isdigit():
            other = service.draft(row_id(draft))
            one = service.begin(other.kind, other.text, act(), base=other.base_version)
        elif base.isdigit():
            document = service.document(row_id(base))
            text = service.copied(document, today)
            one = service.begin(document.kind, text, act(), base=document.version)
        else:
            raise NotFound
    return redirect(url_for("policies.draft", draft_id=one.id))


@policies.route("/admin/policies/drafts/<int:draft_id>", methods=["GET", "POST"])
@needs(Permission.DRAFT_POLICY)
def draft(draft_id: int) -> Page:
    """Write a draft; whatever was typed is kept, its mistakes are told with their lines."""
    form = DraftForm()
    one = service.draft(draft_id)
    if request.method == "GET":
        form.text.data = one.text
    elif form.validate():
        try:
            with transaction():
                service.save(service.draft(draft_id, lock=True), form.text.data or "", act())
        except DomainError as error:
            form.text.errors = [sentence(error)]
        else:
            if "what-if" in request.form:
                return _done(draft_id, "what-if")
            flash(_("草稿已保存。"), "ok")
            return redirect(url_for("policies.draft", draft_id=draft_id))
    return _editor(service.draft(draft_id), form)


@policies.post("/admin/policies/drafts/<int:draft_id>/text")
@needs(Permission.DRAFT_POLICY)
def autosave(draft_id: int) -> tuple[str, int]:
    """Keep what is being typed; what cannot be kept (somebody else's, too long, ended) stays in the browser."""
    with transaction():
        service.save(service.draft(draft_id, lock=True), request.form.get("text", ""), act())
    return "", 204


def _editor(one: PolicyDraft, form: DraftForm) -> Page:
    read = policy_texts.read(one.kind, form.text.data or "", province())
    page = render_template(
        "admin/policy_draft.html",
        **view.draft(one, read, act().actor, form.text.data or ""),
        form=form,
        unread=effects.unread(one, act().actor),
        back=view.back(one.kind),
    )
    return (page, 422) if form.errors or form.text.errors else page


@policies.get("/admin/policies/drafts/<int:draft_id>/effect")
@needs(Permission.SEE_POLICIES)
def effect(draft_id: int) -> Page:
    """Show what the draft would do: how many due times move, and each of them."""
    one = service.draft(draft_id)
    if one.kind == ROUTING:
        return redirect(url_for("policy_replays.show", draft_id=draft_id))
    change = effects.shown_change(one, request.args.get("change", ""))
    page = policy_lists.effects(one.id, change, request.args.get("after", 0, type=row_id))
    here = {"draft_id": one.id, "change": change}
    return render_template(
        "admin/policy_effect.html",
        **effects.effect(one, page, change, act().actor),
        back=view.back(one.kind),
        newer=url_for("policies.effect", **here) if "after" in request.args else "",
        older=url_for("policies.effect", **here, after=page.after) if page.after else "",
        poll_url=url_for("policies.effect_news", draft_id=one.id),
        reload_url=url_for("policies.effect", draft_id=one.id, change=request.args.get("change")),
    )


@policies.get("/admin/policies/drafts/<int:draft_id>/news")
@needs(Permission.SEE_POLICIES)
def effect_news(draft_id: int) -> Response:
    """Say whether the what-if that was asked for is there."""
    one = service.draft(draft_id)
    return news(lambda: int(one.wanted_at is None))


@policies.post("/admin/policies/drafts/<int:draft_id>/<any('what-if', discard, publish):verb>")
@needs(Permission.DRAFT_POLICY)
def do(draft_id: int, verb: str) -> Page:
    """Ask what a draft would do, publish it, or end it."""
    return _done(draft_id, verb)


def _done(draft_id: int, verb: str) -> Redirect:
    try:
        with transaction():
            one = service.draft(draft_id, lock=True)
            done, reaches = _do(one, verb), one.kind != ROUTING
    except DomainError as error:
        flash(sentence(error), "over")
        return redirect(
            url_for("policies.effect" if verb == "publish" else "policies.draft", draft_id=draft_id)
        )
    flash(_(DONE[verb] if verb != "publish" or reaches else PUBLISHED), "ok")
    return redirect(done)


def _do(one: PolicyDraft, verb: str) -> str:
    if verb == "what-if":
        (policy_replays.ask if one.kind == ROUTING else service.ask_what_if)(one, act(), province())
        return url_for("policies.effect", draft_id=one.id)
    if verb == "discard":
        service.discard(one, act())
        return url_for("policies.versions", kind=one.kind)
    published = service.publish(one, act(), province(), seen=effects.seen(request.form.get("seen", "")))
    return url_for("policies.version", document_id=published.id)

"""The ticket page: reading left, acting right; every verb that the table and the person's rights allow."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect
from wtforms import HiddenField, StringField

from ticketing.domain import numbers
from ticketing.domain.errors import Conflict, DomainError, NotFound
from ticketing.domain.permissions import Permission, may
from ticketing.domain.vocabulary import State
from ticketing.domain.workflow import TABLE, Action
from ticketing.extensions import db, transaction
from ticketing.models import Approval, Attachment, Ticket
from ticketing.services import attachments, case_pictures, decisions, linking, moves
from ticketing.services.attachments import Added, Upload
from ticketing.web import (
    actions,
    alike,
    bureaus,
    case_links_view,
    composer,
    knowledge_view,
    merged,
    moments,
    proof_view,
    rows,
    ticket_view,
    timeline,
    verb_forms,
)
from ticketing.web.context import act, now, province
from ticketing.web.errors import status_of
from ticketing.web.files import serve
from ticketing.web.forms import actions as forms
from ticketing.web.forms.base import Form
from ticketing.web.guard import by_number, needs
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import words
from ticketing.web.requests import row_id

tickets = Blueprint("tickets", __name__)
Page = str | tuple[str, int] | Redirect


@tickets.get("/tickets/<number>")
@needs(Permission.READ_TICKET)
def show(ticket: Ticket) -> str:
    """Show a ticket."""
    return _draw(ticket)


@tickets.post("/tickets/<number>/do/<name>")
@needs(Permission.READ_TICKET)
def do(ticket: Ticket, name: str) -> Page:
    """Take a step; a refusal comes back to its field, a change by somebody else is shown first."""
    action, verb = actions.verb_of(name)
    form = verb_forms.posted(action, ticket, province())
    number = ticket.number
    held = composer.before(ticket, action, form)
    if isinstance(held, int):
        return _draw(by_number(number), typed=(action, form)), held
    if held is not None:
        return held
    if not form.validate_on_submit():
        return _draw(by_number(number), typed=(action, form)), 422
    try:
        with transaction():
            locked = moves.locked(ticket.id, seen=_seen())
            verb.run(locked, form, act(), province())
            _keep_files(locked, action, form)
            composer.sent(locked, action)
    except Conflict:
        return _draw(by_number(number), typed=(action, form), since=_seen()), 409
    except DomainError as error:
        form.show(error)
        return _draw(by_number(number), typed=(action, form)), status_of(error)
    composer.finished(number, action)
    flash(actions.outcome(action, by_number(number)), "ok")
    return redirect(_next_page(number))


def _next_page(number: str) -> str:
    """Return the ticket again, or the work list where the step took the ticket out of the person's sight."""
    readable = may(act().actor, Permission.READ_TICKET, by_number(number))
    return url_for("tickets.show", number=number) if readable else url_for("bureau.queue")


def _seen() -> int | None:
    return request.form.get("version", type=row_id)


def _keep_files(ticket: Ticket, action: Action, form: Form) -> None:
    uploads = form.files.data or () if "files" in form and not composer.handled(action) else ()
    for upload in uploads:
        if upload and upload.filename:
            added = Added(act().actor.name, now(), public=TABLE[action].public)
            content = Upload(upload.filename, upload.read())
            attachments.add(ticket, content, added, most_bytes=current_app.config["UPLOAD_MAX_BYTES"])


def _draw(ticket: Ticket, *, typed: tuple[Action, Form] | None = None, since: int | None = None) -> str:
    actor = act().actor
    moments.for_paper()
    lines, hangs = ticket_view.history_of(ticket.id), ticket_view.hanging(ticket)
    linked = ticket_view.links(ticket, actor) if hangs.links_up or hangs.links_down else []
    in_case = any(line.action == Action.OPEN_CASE for line in lines)
    carried = case_links_view.of_ticket(ticket, actor) if in_case else []
    waiting = _waiting(ticket) if hangs.waiting else []
    asked = {one["kind"] for one in waiting if not one["mine"]}  # asking again would be refused
    possible = actions.possible(ticket, act(), province(), ordered=hangs.ordered)
    steps = [step for step in possible if step.action not in asked]
    able = {step.action for step in steps}
    filled = typed or composer.drafted(ticket, able)
    drawn = [_action(step.action, ticket, filled) for step in steps]
    gone = _gone(*typed) if typed and typed[0] not in able else None
    newer = [line for line in lines if since is not None and line.seq > since]
    only = request.args.get("only", "")
    shown = [line for line in lines if only != "public" or line.public]
    g.page_keys = [*actions.keys(drawn, waiting), *composer.keys(able)]
    return render_template(
        "ticket/show.html",
        ticket=ticket_view.present(ticket, actor, hangs),
        entries=timeline.entries(shown),
        filter_tabs=_tabs(ticket, only),
        actions=drawn,
        primary=bool(drawn) and (actions.leads(drawn[0]["id"], ticket) or bool(typed and not gone)),
        conflict={"entries": timeline.entries(newer)} if newer else None,
        gone=gone,
        rival=composer.rival(ticket, typed, since) if newer or gone else None,
        composer=composer.shown(ticket, lines, able),
        drafts_done=composer.drafts_done(),
        waiting=waiting,
        head=merged.head(ticket, actor),
        followers=merged.followers(ticket, actor) if hangs.followers else None,
        links=[*carried, *linked],
        no_pictures=words(case_pictures.NOT_HERE) if in_case and case_pictures.barred(ticket) else "",
        alike=alike.of_ticket(ticket, {one["number"] for one in linked}),
        link_url=url_for("links.link", number=ticket.number),
        offer_url=_offer_url(ticket) if hangs.followers else "",
        outdated=knowledge_view.outdated(ticket, lines),
        knowledge=knowledge_view.citable(ticket, {one["id"] for one in drawn}),
        precedents=case_links_view.precedents(ticket, [step.action for step in steps]),
        bureaus=bureaus.listed(province()) if any(one["bureau"] for one in drawn) else "",
        poll_url=url_for("tickets.news", number=ticket.number, since=ticket.history_seq),
        reload_url=url_for("tickets.show", number=ticket.number),
        looking_url=url_for("views.looking", number=ticket.number),
        back=_back(actor),
    )


def _action(action: Action, ticket: Ticket, typed: tuple[Action, Form] | None) -> dict[str, Any]:
    verb = actions.VERBS[action]
    form = typed[1] if typed and typed[0] is action else None
    return {
        "id": action.value,
        "verb": _word(action, ticket),
        "key": verb.key,
        "url": url_for("tickets.do", number=ticket.number, name=action.value),
        "form": form,
        "fields": verb_forms.blank(action, ticket, province()) if form is None else "",
        "bureau": hasattr(verb.form, "bureau"),
        "grave": verb.grave,
    }


def _gone(action: Action, form: Form) -> dict[str, Any]:
    """Return what a step that cannot be taken any more was refused for, and what was written for it."""
    return {
        "verb": words(TABLE[action].word),
        "sentences": [*form.form_errors, *(sentence for field in form for sentence in field.errors)],
        "typed": [
            (field.label.text, field.data)
            for field in form
            if isinstance(field, StringField) and not isinstance(field, HiddenField) and field.data
        ],
    }


def _word(action: Action, ticket: Ticket) -> str:
    from_answer = action is Action.ANSWER and not actions.handling.may_answer_directly(ticket, act())
    return _("提请审核答复") if from_answer else words(TABLE[action].word)


def _tabs(ticket: Ticket, only: str) -> list[dict[str, Any]]:
    here = {"": _("全部"), "public": _("企业可见")}
    return [
        {
            "words": word,
            "url": url_for("tickets.show", number=ticket.number, only=name or None),
            "here": only == name,
        }
        for name, word in here.items()
    ]


def _waiting(ticket: Ticket) -> list[dict[str, Any]]:
    """Return what waits, with the form of a decision where it is this person's; a refused one as typed."""
    typed_id, typed = g.get("decision", (None, None))
    found = ticket_view.waiting(ticket, act().actor)
    for one in found:
        blank = forms.Decide(formdata=None, prefix=f"decide{one['id']}") if one["mine"] else None
        one["form"] = typed if one["id"] == typed_id else blank
    return found


def _offer_url(ticket: Ticket) -> str:
    answered = ticket.state in (State.ANSWERED, State.CLOSED)
    able = answered and may(act().actor, Permission.HANDLE, ticket)
    return url_for("tickets.offer", number=ticket.number) if able else ""


def _back(actor: Any) -> dict[str, str]:
    ways = (
        (Permission.SEE_BUREAU, "bureau.queue", _("本单位工单")),
        (Permission.SEE_DISPATCH, "dispatch.queue", _("待派单")),
        (Permission.SEE_WATCH, "watch.wallboard", _("督办大屏")),
        (Permission.SEE_DESK, "desk.tickets", _("诉求记录")),
    )
    return next({"words": word, "url": url_for(end)} for right, end, word in ways if may(actor, right))


@tickets.post("/tickets/<number>/approvals/<int:approval_id>")
@needs(Permission.READ_TICKET)
def decide(ticket: Ticket, approval_id: int) -> Page:
    """Approve or refuse what somebody asked for."""
    form = forms.Decide(prefix=f"decide{approval_id}")
    number = ticket.number
    if not form.validate_on_submit():
        return _draw_decision(ticket, approval_id, form), 422
    try:
        with transaction():
            locked = moves.locked(ticket.id)
            approval = db.session.get(Approval, approval_id)
            if approval is None or approval.ticket_id != locked.id:
                raise NotFound
            approve = form.verdict.data == "approve"
            decisions.decide(
                locked, approval, act(), province(), approve=approve, reason=form.reason.data or ""
            )
    except DomainError as error:
        form.show(error)
        if not form.at_fields:
            raise
        return _draw_decision(by_number(number), approval_id, form), status_of(error)
    flash(_("审核：已完成。"), "ok")
    return redirect(url_for("tickets.show", number=number))


def _draw_decision(ticket: Ticket, approval_id: int, form: forms.Decide) -> str:
    g.decision = (approval_id, form)
    return _draw(ticket)


@tickets.post("/tickets/<number>/offer")
@needs(Permission.HANDLE)
def offer(ticket: Ticket) -> Page:
    """Give the head's answer to each follower as an answer of its own."""
    with transaction():
        answered = linking.offer_answer(moves.locked(ticket.id), act(), province())
    flash(_("已向 %(count)s 件并入的工单给出同样的答复。", count=len(answered)), "ok")
    return redirect(url_for("tickets.show", number=ticket.number))


@tickets.get("/tickets/<number>/deadline")
@needs(Permission.READ_TICKET)
def deadline(ticket: Ticket) -> str:
    """Say what each deadline of the ticket rests on, day by day."""
    return render_template(
        "ticket/proof.html",
        number=numbers.shown(ticket.number),
        subject=ticket.subject,
        back={"words": _("回到工单"), "url": url_for("tickets.show", number=ticket.number)},
        clocks=proof_view.present(ticket),
    )


@tickets.get("/tickets/<number>/files/<int:file_id>")
@needs(Permission.READ_TICKET)
def file(ticket: Ticket, file_id: int) -> Response:
    """Hand out a file of the ticket."""
    row = db.session.get(Attachment, file_id)
    if row is None or row.ticket_id != ticket.id:
        raise NotFound
    return serve(row)


@tickets.get("/tickets/<number>/news")
@needs(Permission.READ_TICKET)
def news(ticket: Ticket) -> Response:
    """Say how many entries came since the page was drawn."""
    since = request.args.get("since", 0, type=row_id)
    return rows.news(lambda: max(0, ticket.history_seq - since))

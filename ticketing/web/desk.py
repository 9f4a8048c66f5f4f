"""The operators: registering while talking, the record of requests, follow-up visits."""

import datetime as dt
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import and_
from werkzeug.wrappers import Response as Redirect

from routing import hints
from ticketing.domain import numbers
from ticketing.domain.errors import DomainError
from ticketing.domain.messages import Inbound
from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import STATE_WORDS, Door, State, Urgency
from ticketing.extensions import db, transaction
from ticketing.models import Ticket
from ticketing.services import attachments, drafts, intake, judging, worklists
from ticketing.services.attachments import Added, Upload
from ticketing.services.visibility import readable
from ticketing.services.worklists import Cursor
from ticketing.web import choices, handed, rows, spoken
from ticketing.web.context import act, now, province
from ticketing.web.forms.base import NOTHING
from ticketing.web.forms.register import Register
from ticketing.web.guard import needs
from ticketing.web.i18n import words
from ticketing.web.moments import moment
from ticketing.web.rows import due_of

desk = Blueprint("desk", __name__)
PAGE = "register"
#: A page opened longer ago than this was not opened for this call.
LONGEST_CALL = dt.timedelta(hours=4)
Page = str | tuple[str, int] | Redirect


@desk.route("/desk/register", methods=["GET", "POST"])
@needs(Permission.REGISTER)
def register() -> Page:
    """Write a request down; what is typed is kept from the first second."""
    draft = drafts.for_account(_me(), PAGE)
    kept = draft.data if draft else {}
    form = Register(data=None if request.method == "POST" else {"began": now().isoformat(), **kept})
    _fill(form)
    if request.method == "GET":
        form.phone.data = request.args.get("phone", form.phone.data)
    elif form.validate():
        try:
            receipt = _file(form)
        except DomainError as error:
            form.show(error)
        else:
            return _filed(receipt)
    page = _draw(form)
    return (page, 422) if form.errors or form.form_errors else page


def _me() -> int:
    return act().actor.account_id or 0


def _fill(form: Register) -> None:
    form.topic.choices = [NOTHING, *choices.topics(province())]
    form.region.choices = [NOTHING, *choices.regions(province())]
    form.hotline.choices = [NOTHING, *choices.hotlines(province())]


def _file(form: Register) -> intake.Receipt:
    """Take the request in, with what was answered on the call, in one transaction."""
    answered = bool((form.answer.data or "").strip())
    with transaction():
        receipt = intake.receive(_inbound(form), act(), province(), intake.Options(dispatch=not answered))
        ticket = db.session.get_one(Ticket, receipt.ticket_id)
        for upload in form.uploads.data or ():
            if upload and upload.filename:
                added = Added(act().actor.name, now(), public=True)
                content = Upload(upload.filename, upload.read())
                attachments.add(ticket, content, added, most_bytes=current_app.config["UPLOAD_MAX_BYTES"])
        if answered:
            judging.answer_on_call(ticket, form.answer.data or "", form.cited.data or "", act())
        if draft := drafts.for_account(_me(), PAGE):
            drafts.drop(draft)
    return receipt


def _inbound(form: Register) -> Inbound:
    return Inbound(
        door=Door(form.door.data),
        body=form.body.data or "",
        subject=form.subject.data or "",
        received_at=_began(form.began.data),
        type=form.type.data or None,
        urgency=form.urgency.data or None,
        topic_code=form.topic.data or None,
        region_code=form.region.data or None,
        hotline_number=form.hotline.data or None,
        enterprise=form.enterprise.data or "",
        register_code=form.register_code.data or "",
        requester=form.name.data or "",
        phone=form.phone.data or "",
    )


def _began(text: str | None) -> dt.datetime:
    """Return when the enterprise spoke: the page was opened with the call; nonsense is now."""
    try:
        began = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return now()
    if began.tzinfo is None or not now() - LONGEST_CALL <= began <= now():
        return now()
    return began


def _filed(receipt: intake.Receipt) -> Redirect:
    handed.keep(receipt.number, receipt.password or "", now())
    if request.form.get("then") == "next":
        flash(_("已登记：%(number)s，查询密码 %(password)s。",
                number=numbers.shown(receipt.number), password=receipt.password), "ok")  # fmt: skip
        return redirect(url_for("desk.register"))
    return redirect(url_for("desk.registered", number=receipt.number))


def _draw(form: Register) -> str:
    g.page_keys = [
        {"key": "n", "words": _("写内容"), "focus": "#body"},
        {"key": "e", "words": _("通话中已经答复"), "focus": "#answer-on-call"},
    ]
    phone = form.phone.data or ""
    hint = hints.read(f"{form.subject.data or ''}\n{form.body.data or ''}", province().rules).urgency
    danger = hint is not None and hint.says == Urgency.CRITICAL
    return render_template(
        "desk/register.html",
        form=form,
        call=None,
        past=[_past(row) for row in worklists.past_of(phone, act().actor)] if phone else [],
        past_url=url_for("desk.tickets", q=phone) if phone else "",
        similar=[],
        look_up_url=url_for("desk.register"),
        draft=PAGE,
        autosave_url=url_for("desk.autosave"),
        danger_note=_(
            "内容里有“%(words)s”。有危险时先热转 110、119 或 120，记录照常保留。", words=hint.because
        )
        if danger and hint
        else "",
    )


def _past(row: Any) -> dict[str, Any]:
    due = due_of(row)
    return {
        "number": numbers.shown(row.number),
        "url": url_for("tickets.show", number=row.number),
        "subject": row.subject,
        "state_word": words(STATE_WORDS[State(row.state)]),
        "level": due.level,
        "due": due if row.state != State.CLOSED else None,
        "at": moment(row.received_at, now()),
    }


@desk.post("/desk/register/draft")
@needs(Permission.REGISTER)
def autosave() -> tuple[str, int]:
    """Keep what is being typed."""
    names = Register().data.keys()
    values = {name: text for name, text in request.form.items() if name in names and name != "csrf_token"}
    with transaction():
        drafts.save_for_account(_me(), PAGE, values, now())
    return "", 204


@desk.get("/desk/registered/<number>")
@needs(Permission.REGISTER)
def registered(ticket: Ticket) -> str:
    """Show number and password to read out, as long as the call may last."""
    password = handed.find(ticket.number, now())
    return render_template(
        "desk/registered.html",
        number=numbers.shown(ticket.number),
        spoken=spoken.number(ticket.number),
        password=password,
        password_spoken=spoken.password(password) if password else "",
        row=rows.present([ticket])[0],
    )


@desk.get("/desk/tickets")
@needs(Permission.SEE_DESK)
def tickets() -> str:
    """Show the record of requests, newest first, or what a search finds in it."""
    query, after = request.args.get("q", "").strip(), Cursor.read(request.args.get("after"))
    actor = act().actor
    page = worklists.found(query, actor, after) if query else worklists.newest(readable(actor), after)
    empty = rows.nothing(
        _("没有找到和“%(query)s”有关的诉求。", query=query) if query else _("还没有诉求。"),
        _("登记诉求"),
        url_for("desk.register"),
    )
    return rows.draw(
        _("诉求记录"),
        rows.present(page.rows),
        empty,
        search={"url": url_for("desk.tickets"), "query": query, "filters": []},
        columns={"state", "bureau"},
        newer=url_for("desk.tickets", q=query or None) if after else "",
        older=url_for("desk.tickets", q=query or None, after=str(page.after)) if page.after else "",
    )


@desk.get("/desk/follow-ups")
@needs(Permission.FOLLOW_UP)
def follow_ups() -> str:
    """Show the answered requests that wait for a follow-up visit."""
    waiting = and_(Ticket.state == State.ANSWERED.value, readable(act().actor))
    page = worklists.by_due(waiting, Cursor.read(request.args.get("after")))
    return rows.draw(
        _("回访"),
        rows.present(page.rows),
        rows.nothing(_("没有等回访的诉求。")),
        lead=_("打开工单，联系企业后记录回访；企业认可或不认可，也可以代为登记。"),
        columns={"bureau"},
        newer=url_for("desk.follow_ups") if "after" in request.args else "",
        older=url_for("desk.follow_ups", after=str(page.after)) if page.after else "",
    )

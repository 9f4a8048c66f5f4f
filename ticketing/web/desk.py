"""The operators: registering while talking, the record of requests, follow-up visits."""

import dataclasses
import datetime as dt
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from ticketing.domain import numbers
from ticketing.domain.clock import LOCAL, local
from ticketing.domain.errors import DomainError, Invalid
from ticketing.domain.messages import Inbound
from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import Door, TicketType, Urgency
from ticketing.domain.words import N_
from ticketing.extensions import db, transaction
from ticketing.models import Draft, Ticket
from ticketing.services import attachments, drafts, follow_up_lists, intake, judging, worklists
from ticketing.services import status as status_service
from ticketing.services.attachments import Added, Upload
from ticketing.services.worklists import Cursor
from ticketing.web import alike, choices, handed, moments, register_call, rows, sent, spoken
from ticketing.web.beside import beside
from ticketing.web.context import act, now, province
from ticketing.web.forms.base import NOTHING
from ticketing.web.forms.register import Register
from ticketing.web.guard import needs
from ticketing.web.i18n import gettext as _
from ticketing.web.record import record

desk = Blueprint("desk", __name__)
#: A page opened longer ago than this was not opened for this call.
LONGEST_CALL = dt.timedelta(hours=4)
#: Where tickets of this form come from, with the key of its sending.
SOURCE = "desk"
DOORS = frozenset({Door.TELEPHONE, Door.ASSISTED})
Page = str | tuple[str, int] | Redirect


@desk.route("/desk/register", methods=["GET", "POST"])
@needs(Permission.REGISTER)
def register() -> Page:
    """Write a request down; what is typed is kept from the first second."""
    draft = drafts.for_account(_me(), register_call.page())
    form = Register(data=None if request.method == "POST" else _started(draft))
    _fill(form)
    if request.method == "POST" and request.form.get("then") != "look" and form.validate():
        try:
            receipt = _file(form)
        except DomainError as error:
            form.show(error)
        else:
            return _filed(receipt)
    page = _draw(form, kept=draft is not None)
    return (page, 422) if form.errors or form.form_errors else page


def _started(draft: Draft | None) -> dict[str, Any]:
    """Return what the page begins with: what was typed before, the caller's number from the address."""
    values = {"began": now().isoformat(), **register_call.started(), **(draft.data if draft else {})}
    values[sent.FIELD] = sent.token()
    return values | ({"phone": request.args["phone"]} if "phone" in request.args else {})


def _me() -> int:
    return act().actor.account_id or 0


def _fill(form: Register) -> None:
    form.topic.choices = [NOTHING, *choices.topics(province())]
    form.region.choices = [NOTHING, *choices.regions(province())]
    form.hotline.choices = [NOTHING, *choices.hotlines(province())]


def _file(form: Register) -> intake.Receipt:
    """Take the request in, with what was answered on the call, in one transaction; the same form only once."""
    answered = bool((form.answer.data or "").strip())
    key = sent.key(_me())
    inbound = dataclasses.replace(_inbound(form, _spoken_at(form)), source=key and SOURCE, source_id=key)
    password = status_service.derived_password(key) if key else intake.six_digits()
    options = intake.Options(dispatch=not answered, new_password=lambda: password)
    with transaction():
        receipt = intake.receive(inbound, act(), province(), options)
        if receipt.duplicate:
            return dataclasses.replace(receipt, password=password)
        ticket = db.session.get_one(Ticket, receipt.ticket_id)
        for upload in form.uploads.data or ():
            if upload and upload.filename:
                added = Added(act().actor.name, now(), public=True)
                content = Upload(upload.filename, upload.read())
                attachments.add(ticket, content, added, most_bytes=current_app.config["UPLOAD_MAX_BYTES"])
        if answered:
            judging.answer_on_call(ticket, form.answer.data or "", form.cited.data or "", act())
        alike.link_ticked(ticket, act())
        register_call.filed(ticket, answered=answered)
        if draft := drafts.for_account(_me(), register_call.page()):
            drafts.drop(draft)
    return receipt


def _inbound(form: Register, received_at: dt.datetime | None = None) -> Inbound:
    return Inbound(
        door=Door(form.door.data) if form.door.data in DOORS else Door.TELEPHONE,
        body=form.body.data or "",
        subject=form.subject.data or "",
        received_at=received_at,
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


def _spoken_at(form: Register) -> dt.datetime:
    """Return when the enterprise spoke: the time of today that was typed, else when the page was opened.

    Raises:
        Invalid: what was typed is no time; one in the future is refused at intake.
    """
    if typed := (form.spoke.data or "").strip():
        try:
            time = dt.time.fromisoformat(typed)
        except ValueError:
            raise Invalid(N_("时间请写成 09:30 这样。"), field="received_at") from None
        return dt.datetime.combine(local(now()).date(), time.replace(tzinfo=None), LOCAL).astimezone(dt.UTC)
    return register_call.spoken_at() or _began(form.began.data)


def _began(text: str | None) -> dt.datetime:
    """Return when the page was opened, with the call; nonsense is now."""
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
        flash(_("已登记：%(number)s（读作 %(spoken)s），查询密码 %(password)s（读作 %(password_spoken)s）。",
                number=numbers.shown(receipt.number), spoken=spoken.number(receipt.number),
                password=receipt.password, password_spoken=spoken.password(receipt.password or "")),
              "ok")  # fmt: skip
        return redirect(register_call.next_url())
    return redirect(url_for("desk.registered", number=receipt.number, **register_call.here()))


def _draw(form: Register, *, kept: bool) -> str:
    g.page_keys = [
        {"key": "n", "words": _("写内容"), "focus": "#body"},
        {"key": "e", "words": _("通话中已经答复"), "focus": "#answer-on-call"},
    ]
    return render_template(
        "desk/register.html",
        form=form,
        call=register_call.shown(),
        draft=register_call.page(),
        autosave_url=url_for("desk.autosave", **register_call.here()),
        beside_url=url_for("desk.aside", **register_call.here()),
        discard_url=url_for("desk.discard", **register_call.here()) if kept else "",
        fresh="fresh" in request.args,
        answering="answering" in request.args,
        **beside(_known(_inbound(form))),
    )


def _known(inbound: Inbound) -> Inbound:
    """Return what is typed so far without codes that nobody offered."""
    known = province().known
    return dataclasses.replace(
        inbound,
        topic_code=inbound.topic_code if inbound.topic_code in known.topics else None,
        region_code=inbound.region_code if inbound.region_code in known.regions else None,
        hotline_number=inbound.hotline_number if inbound.hotline_number in known.hotlines else None,
        type=inbound.type if inbound.type in frozenset(TicketType) else None,
        urgency=inbound.urgency if inbound.urgency in frozenset(Urgency) else None,
    )


@desk.post("/desk/register/beside")
@needs(Permission.REGISTER)
def aside() -> str:
    """Draw again what stands beside the form, for what is typed so far."""
    return render_template("desk/beside.html", **beside(_known(_inbound(Register()))))


@desk.post("/desk/register/draft")
@needs(Permission.REGISTER)
def autosave() -> tuple[str, int]:
    """Keep what is being typed, and from the first time on when the call began."""
    names = Register().data.keys() - {"csrf_token", "began", "once", "uploads"}
    values = {name: text for name, text in request.form.items() if name in names}
    with transaction():
        draft = drafts.for_account(_me(), register_call.page())
        began = {} if draft and "began" in draft.data else {"began": now().isoformat()}
        drafts.save_for_account(_me(), register_call.page(), values | began, now())
    return "", 204


@desk.post("/desk/register/discard")
@needs(Permission.REGISTER)
def discard() -> Redirect:
    """Forget what was typed: the call came to nothing."""
    with transaction():
        if draft := drafts.for_account(_me(), register_call.page()):
            drafts.drop(draft)
    return redirect(url_for("desk.register", fresh=1, **register_call.here()))


@desk.get("/desk/registered/<number>")
@needs(Permission.REGISTER)
def registered(ticket: Ticket) -> str:
    """Show number and password to read out, as long as the call may last."""
    password = handed.find(ticket.number, now())
    moments.for_paper()
    return render_template(
        "desk/registered.html",
        number=numbers.shown(ticket.number),
        spoken=spoken.number(ticket.number),
        password=password,
        password_spoken=spoken.password(password) if password else "",
        row=rows.present([ticket])[0],
        draft=register_call.page(),
        next_url=register_call.next_url(),
    )


@desk.get("/desk/tickets")
@needs(Permission.SEE_DESK)
def tickets() -> str:
    """Show the record of requests, newest first, or what a search finds in it."""
    return record("desk.tickets")


@desk.get("/desk/follow-ups")
@needs(Permission.FOLLOW_UP)
def follow_ups() -> str:
    """Show the answers that wait for a follow-up visit, or for the enterprise's word after one."""
    visited = request.args.get("tab") == "visited"
    lists = follow_up_lists.of(act().actor.grants)
    counts = [worklists.shown_count(count) for count in lists.counting.rows()[0]]
    page = (lists.visited if visited else lists.to_visit).by_due(Cursor.read(request.args.get("after")))
    shown = rows.present(page.rows, endpoint="desk.follow_up")
    tabs = [
        {"words": _("等回访"), "url": url_for("desk.follow_ups"), "here": not visited, "count": counts[0]},
        {"words": _("已联系，等企业评价"), "url": url_for("desk.follow_ups", tab="visited"), "here": visited,
         "count": counts[1]},
    ]  # fmt: skip
    return rows.draw(
        _("回访"),
        shown,
        rows.nothing(_("没有等企业评价的诉求。") if visited else _("没有等回访的诉求。")),
        lead=_(
            "按时限先后排列；打开一件，照着话术打，当场登记企业的评价。三个工作日各打一次都没打通，按到期未评价办结。"
        ),
        tabs=tabs,
        search=rows.find("desk.tickets"),
        columns={"bureau"},
        **rows.pages("desk.follow_ups", page, tab="visited" if visited else None),
    )

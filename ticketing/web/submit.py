"""The web form: five plain posts and a receipt; works without JavaScript and on a bad line, loses nothing.

What is typed lives in a draft on the server that only the visitor's cookie opens. The last step may be sent
twice: the draft's token is the key of the ticket and the source of its query password.
"""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as Redirect

from ticketing.domain import numbers
from ticketing.domain.actors import Actor, ActorKind
from ticketing.domain.errors import DomainError, InvalidFields, NotFound
from ticketing.domain.messages import Inbound
from ticketing.domain.vocabulary import Door
from ticketing.extensions import db, transaction
from ticketing.models import Draft, Ticket
from ticketing.services import attachments, drafts, guesses, intake
from ticketing.services import status as status_service
from ticketing.services.attachments import Added, Upload
from ticketing.services.history import Act
from ticketing.web import submit_own, submit_steps, submit_view
from ticketing.web.context import now, province
from ticketing.web.errors import status_of
from ticketing.web.forms.base import Form
from ticketing.web.guard import open_to_all
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language
from ticketing.web.submit_steps import FORMS, STEP_OF, STEPS

submit = Blueprint("submit", __name__)
COOKIE = "draft"
NEVER_KEPT = frozenset({"csrf_token", "files", "remove"})
#: Fields of which one ticks several.
SEVERAL = frozenset({"told_by"})
Page = str | tuple[str, int] | Redirect


@dataclass(frozen=True)
class Visit:
    """A visitor's draft and the secret that opens it; no draft before the first word is sent."""

    draft: Draft | None
    token: str | None

    @property
    def values(self) -> dict[str, Any]:
        """What was typed so far."""
        return self.draft.data if self.draft else {}


def _visit(*, lock: bool = False) -> Visit:
    token = request.cookies.get(COOKIE)
    draft = drafts.for_visitor(token, lock=lock) if token else None
    return Visit(draft, token if draft else None)


@submit.get("/submit")
@open_to_all
def begin() -> Response | Redirect:
    """Begin, or go on where the visitor left off: at the receipt, where its answer may have been lost."""
    visit = _visit()
    if _fresh(visit):
        return redirect(url_for("submit.receipt"))
    if visit.draft is None or "done" in visit.values:
        return _begin_anew(visit)
    steps = submit_steps.of(visit.values, province())
    following = next((name for name in steps if name not in visit.values.get("reached", [])), steps[-1])
    return redirect(url_for("submit.step", name=following))


@submit.post("/submit")
@open_to_all
def another() -> Response | Redirect:
    """Put the receipt away and begin another request; a draft that was not sent yet stays."""
    visit = _visit()
    return _begin_anew(visit) if "done" in visit.values else redirect(url_for("submit.begin"))


def _begin_anew(visit: Visit) -> Response | Redirect:
    answer = redirect(url_for("submit.step", name="what", topic=request.args.get("topic")))
    if visit.draft is not None:
        answer.delete_cookie(COOKIE, path="/")
    return answer


def _fresh(visit: Visit) -> bool:
    """Tell whether the receipt may still be shown."""
    if visit.draft is None or "done" not in visit.values:
        return False
    return now() - visit.draft.updated_at <= submit_view.RECEIPT_SHOWN


@submit.route("/submit/<name>", methods=["GET", "POST"])
@open_to_all
def step(name: str) -> Page:
    """Show a step, or take it in and go on."""
    if name not in FORMS:
        raise NotFound
    visit = _visit()
    if "done" in visit.values:
        return redirect(url_for("submit.receipt"))
    form = _form(name, visit)
    if request.method == "GET":
        missing = _unseen(visit) if name == "check" else None
        return redirect(url_for("submit.step", name=missing)) if missing else _draw(name, form, visit)
    if name == "matter" and request.form.get("remove"):
        return _remove_file(visit)
    if name == "check":
        return _send(visit)
    try:
        submit_steps.check(name, form)
        with transaction():
            draft, token = _keep(name, form, visit)
            if name == "matter":
                _take_files(draft, form)
    except DomainError as error:
        form.show(error)
        return _draw(name, form, _visit()), status_of(error)
    steps = submit_steps.of(draft.data, province())
    answer = redirect(
        url_for("submit.step", name=next(one for one in steps if STEPS.index(one) > STEPS.index(name)))
    )
    _set_cookie(answer, token)
    return answer


def _unseen(visit: Visit) -> str | None:
    """Return the first step that was not gone through: nothing can be checked before it was said."""
    reached = visit.values.get("reached", ())
    steps = submit_steps.of(visit.values, province())[:-1]
    return next((one for one in steps if one != "where" and one not in reached), None)


def _form(name: str, visit: Visit) -> Form:
    kept = {**({"topic": request.args.get("topic")} if "topic" in request.args else {}), **visit.values}
    if name == "contact":
        kept = {**submit_own.prefilled(), **kept}
    data = None if request.method == "POST" else kept
    drawn = submit_steps.form(name, province(), visit.values.get("topic"), data=data)
    if name == "contact" and submit_own.openid() is None:
        drawn.told_by.choices = [one for one in drawn.told_by.choices if one.value != "wechat"]
    return drawn


def _keep(name: str, form: Form, visit: Visit) -> tuple[Draft, str]:
    draft, token = (visit.draft, visit.token) if visit.draft else drafts.begin(now())
    reached = [*draft.data.get("reached", []), name]
    values = {key: value for key, value in form.data.items() if key not in NEVER_KEPT}
    drafts.save(draft, {**values, "reached": list(dict.fromkeys(reached))}, now())
    return draft, token or ""


def _take_files(draft: Draft, form: Form) -> None:
    for upload in form["files"].data or ():
        if upload and upload.filename:
            content = Upload(upload.filename, upload.read())
            added = Added(_("企业"), now(), public=True)
            attachments.add(draft, content, added, most_bytes=current_app.config["UPLOAD_MAX_BYTES"])


def _remove_file(visit: Visit) -> Page:
    if visit.draft is not None:
        with transaction():
            form = submit_steps.form("matter", province(), visit.values.get("topic"))
            drafts.save(visit.draft, {key: v for key, v in form.data.items() if key not in NEVER_KEPT}, now())
            wanted = request.form.get("remove", type=int)
            attachments.drop([row for row in attachments.of_draft(visit.draft) if row.id == wanted])
    return redirect(url_for("submit.step", name="matter"))


def _set_cookie(answer: Redirect | Response, token: str) -> None:
    lives = int(drafts.KEPT.total_seconds())
    answer.set_cookie(COOKIE, token, max_age=lives, httponly=True, samesite="Lax", secure=request.is_secure)


def _send(visit: Visit) -> Page:
    """File the request; whoever sends it twice gets the same ticket."""
    if visit.draft is None:
        return redirect(url_for("submit.begin"))
    try:
        with transaction():
            locked = _visit(lock=True)
            if locked.draft is not None and locked.token and "done" not in locked.values:
                _file(locked.draft, locked.token)
    except InvalidFields as error:
        return _lead_back(error)
    return redirect(url_for("submit.receipt"))


def _file(draft: Draft, token: str) -> None:
    guesses.submitted(request.remote_addr or "", now(), most=current_app.config["SUBMISSIONS_PER_HOUR"])
    inbound = _inbound(draft)
    actor = Actor(ActorKind.REQUESTER, inbound.requester or inbound.enterprise, Door.WEB)
    options = intake.Options(new_password=lambda: status_service.derived_password(token))
    receipt = intake.receive(inbound, Act(actor, now()), province(), options)
    ticket = db.session.get_one(Ticket, receipt.ticket_id)
    attachments.move(draft, ticket)
    submit_own.keep(ticket)
    draft.data = {"done": receipt.number}
    draft.updated_at = now()


def _inbound(draft: Draft) -> Inbound:
    kept = draft.data
    asks_place = "where" in submit_steps.of(kept, province())
    place = kept.get("place") if asks_place else ""
    return Inbound(
        door=Door.WEB,
        body=kept.get("body") or "",
        subject=kept.get("subject") or "",
        type=kept.get("type") or None,
        topic_code=kept.get("topic") or None,
        region_code=(kept.get("region") or None) if asks_place else None,
        enterprise=kept.get("enterprise") or "",
        register_code=kept.get("register_code") or "",
        requester=kept.get("name") or "",
        phone=kept.get("phone") or "",
        email=kept.get("email") or "",
        locale=language(),
        source="web",
        source_id=draft.token,
        openid=submit_own.openid() if "wechat" in kept.get("told_by", []) else None,
        told_by=tuple(kept["told_by"]) if "told_by" in kept else None,
        extra=({_("项目、街道或门店"): place} if place else {}) | submit_steps.asked(kept, province()),
    )


def _lead_back(error: InvalidFields) -> Page:
    """Show the first step at which something is wrong, with what is wrong at its field."""
    names = [STEP_OF.get(problem.field or "", "matter") for problem in error.problems]
    name = min(names, key=STEPS.index)
    visit = _visit()
    form = submit_steps.form(name, province(), visit.values.get("topic"), formdata=None, data=visit.values)
    form.show(InvalidFields([p for p in error.problems if STEP_OF.get(p.field or "", "matter") == name]))
    return _draw(name, form, visit), 422


def _draw(name: str, form: Form, visit: Visit) -> str:
    steps = submit_steps.of(visit.values, province())
    place = steps.index(name) if name in steps else 0
    files = attachments.of_draft(visit.draft) if visit.draft and name in ("matter", "check") else []
    return render_template(
        f"public/submit/{name}.html",
        form=form,
        step=place,
        steps=submit_view.steps(steps),
        draft=visit.draft.id if visit.draft else "new",
        autosave_url=url_for("submit.autosave"),
        back_url=url_for("submit.step", name=steps[place - 1]) if place else "",
        **submit_view.extras(name, visit.values, files, province()),
    )


@submit.post("/submit/draft")
@open_to_all
def autosave() -> Response:
    """Keep what is being typed."""
    visit = _visit()
    known = {name for kind in FORMS.values() for name in kind().data} - NEVER_KEPT - SEVERAL
    asked = {f"{submit_steps.ASKED}{one.key}" for one in province().form.of(visit.values.get("topic"))}
    values = {name: value for name, value in request.form.items() if name in known | asked}
    answer = make_response("", 204)
    if values and "done" not in visit.values:
        with transaction():
            draft, token = (visit.draft, visit.token) if visit.draft else drafts.begin(now())
            drafts.save(draft, values, now())
        _set_cookie(answer, token or "")
    return answer


@submit.get("/submit/receipt")
@open_to_all
def receipt() -> Page:
    """Show number and password, for half an hour and to this browser alone."""
    visit = _visit()
    number = visit.values.get("done")
    if not _fresh(visit) or visit.draft is None or visit.token is None:
        return redirect(url_for("status.login", number=number))
    ticket = db.session.scalars(select(Ticket).where(Ticket.number == numbers.parse(number))).one()
    shown = submit_view.receipt(ticket, status_service.derived_password(visit.token), province())
    link = url_for("status.login", number=numbers.shown(ticket.number))
    return render_template(
        "public/receipt.html",
        receipt=shown,
        status_url=link,
        another_url=url_for("submit.another"),
        draft=visit.draft.id,
    )
